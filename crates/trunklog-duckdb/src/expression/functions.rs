//! Arithmetic, functions, and what looks into a value.

use trunklog_odata::edm::EdmType;
use trunklog_odata::expr::{Arithmetic, Expr, Function, Kind, Node};
use trunklog_records::masking::MOST_DIALLED;

use super::Writer;
use super::masked::MASKED;
use crate::sql::quoted;

/// What is added to an instant to count from the year 1, which makes it
/// positive: SQL's division rounds toward zero.
const TICKS_BEFORE_1970: i64 = 621_355_968_000_000_000;

const DAYS_BEFORE_1970: i64 = 719_162;

const TICKS_PER_DAY: i64 = trunklog_odata::Instant::TICKS_PER_DAY;

/// What DuckDB makes small although Unicode's full mapping gives two
/// characters.
const WITHOUT_LOWER: &str = "İ";

/// The same for what it makes large.
const WITHOUT_UPPER: &str = "ßᾀᾁᾂᾃᾄᾅᾆᾇᾐᾑᾒᾓᾔᾕᾖᾗᾠᾡᾢᾣᾤᾥᾦᾧᾳῃῳ";

impl Writer<'_> {
    pub(super) fn arithmetic(&mut self, kind: Kind, by: Arithmetic, left: &Expr, right: &Expr) -> String {
        if kind == Kind::Int && by != Arithmetic::DivideBy {
            return self.whole(by, left, right);
        }
        let (left, right) = (self.value_as(Kind::Number, left), self.value_as(Kind::Number, right));
        let operator = match by {
            Arithmetic::Add => "+",
            Arithmetic::Subtract => "-",
            Arithmetic::Multiply => "*",
            Arithmetic::Divide | Arithmetic::DivideBy => "/",
            Arithmetic::Modulo => "%",
        };
        // Beyond 9e8 a float has no ten digits behind the point to round.
        self.named(&format!("{left} {operator} {right}"), |x| {
            format!(
                "CASE WHEN NOT isfinite({x}) THEN NULL WHEN abs({x}) < 9e8 THEN round({x} * 1e10) / 1e10 ELSE {x} END"
            )
        })
    }

    /// Arithmetic on whole numbers.
    fn whole(&mut self, by: Arithmetic, left: &Expr, right: &Expr) -> String {
        let (left, right) = (self.value(left), self.value(right));
        let (left, right) = (format!("CAST({left} AS HUGEINT)"), format!("CAST({right} AS HUGEINT)"));
        let operator = match by {
            Arithmetic::Add => "+",
            Arithmetic::Subtract => "-",
            Arithmetic::Multiply => "*",
            Arithmetic::Divide | Arithmetic::DivideBy => "//",
            // The remainder overflows where the quotient does.
            Arithmetic::Modulo => {
                return self.named(&format!("[{left}, {right}]"), |x| {
                    format!(
                        "CASE WHEN TRY_CAST({x}[1] // {x}[2] AS BIGINT) IS NULL THEN NULL \
                         ELSE CAST({x}[1] % {x}[2] AS BIGINT) END"
                    )
                });
            }
        };
        self.within_bigint(&format!("{left} {operator} {right}"))
    }

    /// A large whole number as a `BIGINT`, or null where it is too large.
    ///
    /// `TRY_CAST` would not do: in a comparison with a constant DuckDB takes it
    /// away and compares the large numbers.
    fn within_bigint(&mut self, value: &str) -> String {
        self.named(value, |x| {
            format!(
                "CASE WHEN {x} BETWEEN -9223372036854775808 AND 9223372036854775807 THEN CAST({x} AS BIGINT) END"
            )
        })
    }

    pub(super) fn negated(&mut self, of: &Expr) -> String {
        let value = self.value(of);
        if of.kind == Kind::Number {
            format!("(-{value})")
        } else {
            self.within_bigint(&format!("-CAST({value} AS HUGEINT)"))
        }
    }

    pub(super) fn call(&mut self, function: Function, arguments: &[Expr]) -> String {
        let [of, others @ ..] = arguments else { return "NULL".to_owned() };
        let second = others.first().map_or_else(|| "NULL".to_owned(), |second| self.value(second));
        match function {
            Function::StartsWith => format!("starts_with({}, {second})", self.value(of)),
            Function::EndsWith => format!("suffix({}, {second})", self.value(of)),
            Function::Contains => format!("contains({}, {second})", self.value(of)),
            Function::ToLower => self.cased(of, "lower", WITHOUT_LOWER),
            Function::ToUpper => self.cased(of, "upper", WITHOUT_UPPER),
            Function::Length => format!("length({})", self.value(of)),
            Function::Year => self.of_date("year", of),
            Function::Month => self.of_date("month", of),
            Function::Day => self.of_date("day", of),
            Function::Hour => format!("({} // 36000000000)", self.time_of_day(of)),
            Function::Minute => format!("(({} // 600000000) % 60)", self.time_of_day(of)),
            Function::Second => format!("(({} // 10000000) % 60)", self.time_of_day(of)),
            Function::Date => self.days(of),
            Function::Time => self.time_of_day(of),
        }
    }

    /// Days since 1970 of an instant or a date.
    fn days(&mut self, of: &Expr) -> String {
        let value = self.value(of);
        if of.kind == Kind::Date {
            return value;
        }
        format!("(({value} + {TICKS_BEFORE_1970}) // {TICKS_PER_DAY} - {DAYS_BEFORE_1970})")
    }

    /// Ticks since midnight of an instant or a time of day.
    fn time_of_day(&mut self, of: &Expr) -> String {
        let value = self.value(of);
        if of.kind == Kind::TimeOfDay {
            return value;
        }
        format!("(({value} + {TICKS_BEFORE_1970}) % {TICKS_PER_DAY})")
    }

    fn of_date(&mut self, field: &str, of: &Expr) -> String {
        format!("{field}(DATE '1970-01-01' + CAST({} AS INTEGER))", self.days(of))
    }

    /// A text with its letters made small or large, but for those in `kept`.
    fn cased(&mut self, of: &Expr, function: &str, kept: &str) -> String {
        self.repeated(of, |x| {
            // As many bytes as characters: ASCII, which nearly all texts are.
            format!(
                "CASE WHEN strlen({x}) = length({x}) THEN {function}({x}) \
                 ELSE array_to_string(list_transform(regexp_extract_all({x}, '(?s).'), \
                 lambda c: CASE WHEN contains('{kept}', c) THEN c ELSE {function}(c) END), '') END"
            )
        })
    }

    /// What `body` makes of an expression's value, which it writes more than
    /// once.
    fn repeated(&mut self, of: &Expr, body: impl FnOnce(&str) -> String) -> String {
        let plain = matches!(of.node, Node::Property(_) | Node::Member(_) | Node::Literal(_));
        let value = self.value(of);
        if plain { body(&value) } else { self.named(&value, body) }
    }

    /// What `body` makes of a value, whose text stands there only once: else
    /// nested expressions would double with each level.
    fn named(&mut self, value: &str, body: impl FnOnce(&str) -> String) -> String {
        self.names += 1;
        let name = format!("v{}", self.names);
        format!("list_transform([{value}], lambda {name}: {})[1]", body(&name))
    }

    /// A text as [`trunklog_records::masking::masked`] makes it. What is written
    /// here for plain numbers is the start of that function once more: a case of
    /// the store's kit holds the two together.
    pub(super) fn masked(&mut self, of: &Expr, digits: u8) -> String {
        if digits == 0 {
            return self.value(of);
        }
        let stars = "*".repeat(usize::from(digits));
        let shown = MOST_DIALLED.saturating_sub(usize::from(digits));
        // Nearly all numbers are plain, and much cheaper so. They are ASCII, so
        // that their bytes are their characters. Those that were masked before
        // end with what takes the place of their end, and stay.
        self.repeated(of, |x| {
            let plus = format!("CAST(starts_with({x}, '+') AS INTEGER)");
            format!(
                "CASE WHEN {x} IS NULL THEN NULL \
                 WHEN regexp_full_match({x}, '\\+?([0-9]{{1,{MOST_DIALLED}}}|[0-9]{{0,{shown}}}\\*{{{digits},}})') \
                 THEN left({x}, greatest(strlen({x}) - {digits}, {plus})) || right('{stars}', strlen({x}) - {plus}) \
                 ELSE {MASKED}({x}, {digits}) END"
            )
        })
    }

    /// Whether the collection at that index has an element that satisfies what
    /// `predicate` writes.
    pub(super) fn elements(
        &mut self,
        at: usize,
        predicate: impl FnOnce(&mut Self) -> Option<String>,
    ) -> String {
        let Some(property) = self.log.properties.get(at) else { return "false".to_owned() };
        let column = quoted(property.name);
        self.collections.push(at);
        let alias = alias(self.collections.len());
        let filter = predicate(self).map_or_else(String::new, |predicate| format!(" WHERE {predicate}"));
        self.collections.pop();
        format!(
            "EXISTS (SELECT 1 FROM unnest(json_extract(CASE WHEN json_valid({column}) THEN {column} END, '$[*]')) \
             AS {alias}(element){filter})"
        )
    }

    /// A property of the element that is looked at.
    pub(super) fn member(&self, at: usize) -> String {
        let collection = self.collections.last().and_then(|of| self.log.properties.get(*of));
        let Some(EdmType::Collection(of)) = collection.map(|property| property.edm) else {
            return "NULL".to_owned();
        };
        let Some((name, edm)) = of.properties.get(at) else { return "NULL".to_owned() };
        let text = format!("json_extract_string({}.element, '$.{name}')", alias(self.collections.len()));
        match edm {
            EdmType::String | EdmType::Enum(_) | EdmType::Collection(_) => text,
            EdmType::Decimal => format!("TRY_CAST({text} AS DOUBLE)"),
            EdmType::Int32 | EdmType::DateTimeOffset => format!("TRY_CAST({text} AS BIGINT)"),
            EdmType::Boolean => format!("TRY_CAST({text} AS BOOLEAN)"),
        }
    }
}

/// Names the elements at a depth of nested collections.
fn alias(depth: usize) -> String {
    format!("e{depth}")
}
