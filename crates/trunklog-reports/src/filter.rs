//! Which rows count: `$filter`, as Graph's functions have it, with some names more.
//!
//! All properties of the beta's rows can be named, and what only reports know of a
//! row: `direction`, `class`, `isLeg`, `isMissed` and `country`. The first four
//! follow from properties, so they become expressions over these and may stand
//! anywhere. A country does not: it may only be compared with the code of one, in
//! a condition that all rows must satisfy.
//!
//! A condition that says what one of these names must be is kept as such, too.
//! Where a cube has it as a key, the cube answers.

mod derived;

use trunklog_odata::edm::EdmType;
use trunklog_odata::expr::{Comparison, Expr, Kind, Literal, Node};
use trunklog_odata::filter::{Shape, parse};
use trunklog_odata::{Error, Version};
use trunklog_records::LogShape;
use trunklog_records::masking::Mask;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;

pub use derived::Derived;
pub(crate) use derived::{class_is, missed, no_leg};

use crate::ReportError;
use crate::classes::Class;
use crate::countries::Country;
use crate::error::one_of;

/// Which rows count; all of them by default.
///
/// ```
/// use trunklog_records::masking::Mask;
/// use trunklog_reports::Filter;
///
/// let filter = Filter::read("class eq 'sbcFault' and duration gt 60", Mask::NONE)?;
/// assert_eq!(filter.text(), Some("class eq 'sbcFault' and duration gt 60"));
/// assert_eq!(filter.personal(), None);
/// let of_one = Filter::read("userId eq 'a'", Mask::NONE)?;
/// assert_eq!(of_one.personal(), Some("userId"));
/// assert!(Filter::read("class eq 'sbcFaults'", Mask::NONE).is_err());
/// # Ok::<(), trunklog_odata::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filter {
    text: Option<String>,
    conditions: Vec<Condition>,
}

/// One of the conditions that rows must all satisfy.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Condition {
    /// What it says one of the reports' own names must be, if that is all.
    pub(crate) choice: Option<Choice>,
    /// The same over the log's properties; None where these do not tell.
    pub(crate) expr: Option<Expr>,
}

/// What one of the reports' own names must be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Choice {
    /// The name.
    pub(crate) of: Derived,
    /// What it may be: keys, codes of countries, or `true` and `false`. None is
    /// null.
    pub(crate) values: Vec<Option<String>>,
}

/// Properties that tell of one person, call or number.
const PERSONAL: [&str; 9] = [
    "id",
    "correlationId",
    "transferorCorrelationId",
    "sharedCorrelationId",
    "userId",
    "userPrincipalName",
    "userDisplayName",
    "callerNumber",
    "calleeNumber",
];

/// How often a filter may have the reports' own names. What stands for one of them has
/// hundreds of parts, and the plan of a query some megabytes for each.
const MOST_NAMED: usize = 20;

impl Filter {
    /// Reads a filter for a reader with that mask, who finds in numbers what it
    /// sees of them.
    ///
    /// # Errors
    /// 400, as those of [`parse`]; also for a value that one of the reports' own
    /// names never has, and where there are too many of these names.
    pub fn read(text: &str, mask: Mask) -> Result<Filter, Error> {
        let shape = ReportShape { log: DIRECT_ROUTING_CALLS.shape(Version::Beta) };
        let mut named = 0_usize;
        let whole = parse(text, &shape, &|_| None)?.map(&mut |part: Expr| {
            let is_named = matches!(part.node, Node::Property(at) if Derived::at(at).is_some());
            named += usize::from(is_named);
            part
        });
        if named > MOST_NAMED {
            let names = Derived::ALL.map(Derived::name).join(", ");
            let text = format!("The filter has more than {MOST_NAMED} of the names {names}.");
            let hint = "name each once, with a list: class in ('userBusy','ringNoAnswer')";
            return Err(Error::bad_request(text).hint(hint));
        }
        let parts = match whole.node {
            Node::And(parts) => parts,
            _ => vec![whole],
        };
        let conditions = parts.into_iter().map(|part| Condition::of(part, mask)).collect::<Result<_, _>>()?;
        Ok(Filter { text: Some(text.to_owned()), conditions })
    }

    /// Whether all rows count.
    pub fn is_empty(&self) -> bool {
        self.conditions.is_empty()
    }

    /// The text that was read.
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// A property that it looks at and that tells of one person, call or number. A
    /// count of such rows says whether somebody called.
    pub fn personal(&self) -> Option<&'static str> {
        let named = |name: &&'static str| {
            let at = DIRECT_ROUTING_CALLS.index_of(name)?;
            let mut exprs = self.conditions.iter().filter_map(|condition| condition.expr.as_ref());
            exprs.any(|expr| expr.properties().contains(&at)).then_some(*name)
        };
        PERSONAL.iter().find_map(named)
    }

    /// The names of what it looks at, for who may know how rows were chosen and not
    /// which.
    ///
    /// ```
    /// use trunklog_records::masking::Mask;
    /// use trunklog_reports::Filter;
    ///
    /// let filter = Filter::read("country eq 'DE' and callerNumber eq '+4930'", Mask::NONE)?;
    /// assert_eq!(filter.looks_at(), ["country", "callerNumber"]);
    /// # Ok::<(), trunklog_odata::Error>(())
    /// ```
    pub fn looks_at(&self) -> Vec<&'static str> {
        let mut names = Vec::new();
        for condition in &self.conditions {
            match (&condition.choice, &condition.expr) {
                (Some(choice), _) => names.push(choice.of.name()),
                (None, Some(expr)) => {
                    let properties = expr.properties().into_iter();
                    names.extend(
                        properties.filter_map(|at| Some(DIRECT_ROUTING_CALLS.properties.get(at)?.name)),
                    );
                }
                (None, None) => {}
            }
        }
        names
    }

    /// The same over the log's properties, for who wants the rows themselves.
    ///
    /// # Errors
    /// When it is about the country, which the properties do not tell.
    ///
    /// ```
    /// use trunklog_records::masking::Mask;
    /// use trunklog_reports::Filter;
    ///
    /// let inbound = Filter::read("direction eq 'inbound'", Mask::NONE).unwrap();
    /// assert!(inbound.over_rows().unwrap().is_some());
    /// assert!(Filter::read("country eq 'DE'", Mask::NONE).unwrap().over_rows().is_err());
    /// assert_eq!(Filter::default().over_rows().unwrap(), None);
    /// ```
    pub fn over_rows(&self) -> Result<Option<Expr>, ReportError> {
        self.expr().map_err(|name| {
            let problem = format!("rows cannot be chosen by {}", name.name());
            let hint =
                "leave it out, or ask for a report; userCountryCode and otherPartyCountryCode can be used";
            ReportError::asked("$filter", problem, hint)
        })
    }

    /// Its conditions.
    pub(crate) fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// All of it over the log's properties; the error is the name that these do
    /// not tell.
    pub(crate) fn expr(&self) -> Result<Option<Expr>, Derived> {
        let mut parts = Vec::new();
        for condition in &self.conditions {
            match (&condition.expr, &condition.choice) {
                (Some(expr), _) => parts.push(expr.clone()),
                (None, Some(choice)) => return Err(choice.of),
                (None, None) => {}
            }
        }
        Ok(all_of(parts))
    }
}

/// The conditions as one; None without any.
pub(crate) fn all_of(mut parts: Vec<Expr>) -> Option<Expr> {
    match parts.len() {
        0 => None,
        1 => parts.pop(),
        _ => Some(Expr::new(Kind::Bool, Node::And(parts))),
    }
}

impl Condition {
    fn of(part: Expr, mask: Mask) -> Result<Condition, Error> {
        let choice = Choice::of(&part)?;
        if let Some(choice) = choice.clone().filter(|choice| choice.of == Derived::Country) {
            return Ok(Condition { choice: Some(choice), expr: None });
        }
        if part.properties().contains(&Derived::Country.index()) {
            let text = "A country can only be compared with the code of one, in a condition beside others.";
            let hint = "write country eq 'DE' or country in ('DE','FR'), and 'and' between conditions";
            return Err(Error::bad_request(text).hint(hint));
        }
        let expr = match &choice {
            Some(choice) => choice.expr(),
            None => None,
        };
        let expr = expr.unwrap_or_else(|| derived::without_derived(mask.expr(&DIRECT_ROUTING_CALLS, part)));
        Ok(Condition { choice, expr: Some(expr) })
    }
}

impl Choice {
    /// What a condition says one of the reports' own names must be, if that is all.
    fn of(part: &Expr) -> Result<Option<Choice>, Error> {
        let (named, values) = match &part.node {
            Node::Property(_) => (part, vec![Some("true".to_owned())]),
            Node::Not(of) if matches!(of.node, Node::Property(_)) => {
                (of.as_ref(), vec![Some("false".to_owned())])
            }
            Node::IsNull(of) => (of.as_ref(), vec![None]),
            Node::In(of, literals) => (of.as_ref(), literals.iter().map(text_of).collect()),
            Node::Compare(Comparison::Equal, left, right) => match (&left.node, &right.node) {
                (Node::Property(_), Node::Literal(literal)) => (left.as_ref(), vec![text_of(literal)]),
                (Node::Literal(literal), Node::Property(_)) => (right.as_ref(), vec![text_of(literal)]),
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        let Node::Property(at) = named.node else { return Ok(None) };
        let Some(of) = Derived::at(at) else { return Ok(None) };
        for value in values.iter().flatten() {
            of.check(value)?;
        }
        Ok(Some(Choice { of, values }))
    }

    /// The condition over the log's properties, where it is shorter than what
    /// stands for the name.
    fn expr(&self) -> Option<Expr> {
        if self.of != Derived::Class {
            return None;
        }
        let classes: Vec<Class> =
            self.values.iter().flatten().filter_map(|value| Class::by_key(value)).collect();
        Some(class_is(|class| classes.contains(&class)))
    }
}

impl Derived {
    /// Checks that it can ever be that.
    fn check(self, value: &str) -> Result<(), Error> {
        let words: Vec<&str> = match self {
            Derived::Direction => derived::DIRECTIONS.to_vec(),
            Derived::Class => Class::ALL.iter().map(|class| class.key()).collect(),
            Derived::Country => {
                let known = Country::by_code(value).is_some_and(|country| country.code() == value);
                if known || value == Country::NO_CODE {
                    return Ok(());
                }
                let hint = "write the code of ISO 3166-1 in capitals, such as 'DE', '001' for numbers of no \
                            country, or null";
                return Err(Error::bad_request("There is no such country.").hint(hint));
            }
            Derived::IsLeg | Derived::IsMissed => return Ok(()),
        };
        if words.contains(&value) {
            return Ok(());
        }
        let text = format!("No row has such a {}.", self.name());
        Err(Error::bad_request(text).hint(format!("take {}", one_of(words))))
    }
}

fn text_of(literal: &Literal) -> Option<String> {
    Some(match literal {
        Literal::Text(text) => text.clone(),
        Literal::Bool(value) => value.to_string(),
        // No name of reports is of another kind.
        other => format!("{other:?}"),
    })
}

/// The properties of the beta's rows, and what only reports know of them.
struct ReportShape {
    log: LogShape,
}

impl Shape for ReportShape {
    fn type_name(&self) -> &str {
        self.log.type_name()
    }

    fn property(&self, name: &str) -> Option<(usize, EdmType)> {
        let derived = || Derived::by_name(name).map(|derived| (derived.index(), derived.edm()));
        self.log.property(name).or_else(derived)
    }

    fn names(&self) -> Vec<&'static str> {
        let mut names = self.log.names();
        names.extend(Derived::ALL.map(Derived::name));
        names
    }

    fn elsewhere(&self, name: &str) -> Option<String> {
        self.log.elsewhere(name)
    }
}

#[cfg(test)]
mod tests;
