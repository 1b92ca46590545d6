//! Expressions, written by hand and made by chance.

use trunklog_odata::Instant;
use trunklog_odata::edm::EdmType;
use trunklog_odata::expr::{Arithmetic, Comparison, Direction, Expr, Function, Kind, Literal, Node, OrderBy};
use trunklog_records::Log;
use trunklog_store::{kind_of, signature};

use super::dice::Dice;
use super::odd_rows::{INSTANTS, INTS, instant, texts};

const KINDS: [Kind; 7] =
    [Kind::Text, Kind::Text, Kind::Instant, Kind::Int, Kind::Number, Kind::Date, Kind::TimeOfDay];

pub(super) const COMPARISONS: [Comparison; 6] = [
    Comparison::Equal,
    Comparison::NotEqual,
    Comparison::Greater,
    Comparison::GreaterOrEqual,
    Comparison::Less,
    Comparison::LessOrEqual,
];

pub(super) const ARITHMETIC: [Arithmetic; 6] = [
    Arithmetic::Add,
    Arithmetic::Subtract,
    Arithmetic::Multiply,
    Arithmetic::Divide,
    Arithmetic::DivideBy,
    Arithmetic::Modulo,
];

pub(super) const FUNCTIONS: [Function; 14] = [
    Function::StartsWith,
    Function::EndsWith,
    Function::Contains,
    Function::ToLower,
    Function::ToUpper,
    Function::Length,
    Function::Year,
    Function::Month,
    Function::Day,
    Function::Hour,
    Function::Minute,
    Function::Second,
    Function::Date,
    Function::Time,
];

/// A property by its name.
pub(super) fn property(log: &Log, name: &str) -> Expr {
    let at = log.index_of(name).expect("the cases name properties of their log");
    Expr::new(kind_of(log.properties[at].edm), Node::Property(at))
}

pub(super) fn text(text: &str) -> Expr {
    Expr::literal(Literal::Text(text.to_owned()))
}

pub(super) fn int(value: i64) -> Expr {
    Expr::literal(Literal::Int(value))
}

pub(super) fn compare(by: Comparison, left: Expr, right: Expr) -> Expr {
    Expr::new(Kind::Bool, Node::Compare(by, Box::new(left), Box::new(right)))
}

/// A function of those arguments.
pub(super) fn call(function: Function, arguments: Vec<Expr>) -> Expr {
    Expr::new(signature(function).1, Node::Call(function, arguments))
}

pub(super) fn ascending(by: Expr) -> OrderBy {
    OrderBy { by, direction: Direction::Ascending }
}

pub(super) fn descending(by: Expr) -> OrderBy {
    OrderBy { by, direction: Direction::Descending }
}

/// Makes expressions over the properties of a log.
pub(super) struct Generator {
    log: &'static Log,
    dice: Dice,
    texts: Vec<String>,
    /// Within the predicate of a collection.
    in_element: bool,
}

impl Generator {
    pub(super) fn new(log: &'static Log, seed: u64) -> Generator {
        Generator { log, dice: Dice(seed), texts: texts(), in_element: false }
    }

    /// A filter.
    pub(super) fn filter(&mut self) -> Expr {
        self.bool(3)
    }

    /// A filter that depends on a function.
    pub(super) fn filter_by(&mut self, function: Function) -> Expr {
        let called = self.called(function, 1);
        if called.kind == Kind::Bool { called } else { self.compared_with(called, 1) }
    }

    /// A filter that depends on arithmetic.
    pub(super) fn filter_with(&mut self, by: Arithmetic) -> Expr {
        let (left, right) = (self.number_of_any_kind(1), self.number_of_any_kind(1));
        self.compared_with(arithmetic(by, left, right), 1)
    }

    fn of(&mut self, kind: Kind, depth: u32) -> Expr {
        if depth == 0 || self.dice.chance(20) {
            return self.leaf(kind);
        }
        if kind != Kind::Bool && self.dice.chance(8) {
            let (when, then, or) = (self.bool(depth - 1), self.of(kind, depth - 1), self.of(kind, depth - 1));
            return Expr::new(kind, Node::If(Box::new(when), Box::new(then), Box::new(or)));
        }
        match kind {
            Kind::Bool => self.bool(depth),
            Kind::Text => self.text(depth - 1),
            Kind::Int | Kind::Number => self.number(kind, depth - 1),
            Kind::Date => self.called(Function::Date, depth - 1),
            Kind::TimeOfDay => self.called(Function::Time, depth - 1),
            Kind::Instant => self.leaf(kind),
        }
    }

    fn bool(&mut self, depth: u32) -> Expr {
        if depth == 0 {
            let (left, by) = (self.leaf(Kind::Text), self.dice.one_of(&COMPARISONS));
            return compare(by, left, self.leaf(Kind::Text));
        }
        let node = match self.dice.below(12) {
            0 => Node::And(self.bools(depth)),
            1 => Node::Or(self.bools(depth)),
            2 => Node::Not(Box::new(self.bool(depth - 1))),
            3 => {
                let kind = self.dice.one_of(&KINDS);
                Node::IsNull(Box::new(self.of(kind, depth - 1)))
            }
            4 => {
                let kind = self.dice.one_of(&KINDS);
                let of = self.of(kind, depth - 1);
                let literals = (0..self.dice.below(4)).map(|_| self.literal(kind)).collect();
                Node::In(Box::new(of), literals)
            }
            5 if !self.in_element && self.collection().is_some() => return self.about_elements(depth),
            6 => {
                let function = self.dice.one_of(&FUNCTIONS[..3]);
                return self.called(function, depth - 1);
            }
            7 => {
                let (when, then, or) = (self.bool(depth - 1), self.bool(depth - 1), self.bool(depth - 1));
                Node::If(Box::new(when), Box::new(then), Box::new(or))
            }
            8 => return self.leaf(Kind::Bool),
            _ => {
                let kind = self.dice.one_of(&KINDS);
                let left = self.of(kind, depth - 1);
                return self.compared_with(left, depth);
            }
        };
        Expr::new(Kind::Bool, node)
    }

    fn bools(&mut self, depth: u32) -> Vec<Expr> {
        (0..2 + self.dice.below(2)).map(|_| self.bool(depth - 1)).collect()
    }

    fn compared_with(&mut self, left: Expr, depth: u32) -> Expr {
        let kind = match left.kind {
            Kind::Int | Kind::Number => self.dice.one_of(&[Kind::Int, Kind::Number]),
            kind => kind,
        };
        let right =
            if self.dice.chance(70) { Expr::literal(self.literal(kind)) } else { self.of(kind, depth - 1) };
        compare(self.dice.one_of(&COMPARISONS), left, right)
    }

    /// The property that is a collection, if the log has one.
    fn collection(&self) -> Option<usize> {
        self.log.properties.iter().position(|property| matches!(property.edm, EdmType::Collection(_)))
    }

    fn about_elements(&mut self, depth: u32) -> Expr {
        let at = self.collection().expect("only who found a collection asks for its elements");
        let which = self.dice.below(5);
        self.in_element = true;
        let predicate = Box::new(self.bool(depth - 1));
        self.in_element = false;
        let node = match which {
            0 => Node::Any(at, None),
            1 | 2 => Node::Any(at, Some(predicate)),
            _ => Node::All(at, predicate),
        };
        Expr::new(Kind::Bool, node)
    }

    fn called(&mut self, function: Function, depth: u32) -> Expr {
        let mut arguments = Vec::new();
        for kinds in signature(function).0 {
            let kind = self.dice.one_of(kinds);
            let argument = match arguments.len() {
                0 => self.of(kind, depth),
                _ => Expr::literal(self.literal(kind)),
            };
            arguments.push(argument);
        }
        call(function, arguments)
    }

    fn text(&mut self, depth: u32) -> Expr {
        match self.dice.below(3) {
            0 => self.called(Function::ToLower, depth),
            1 => self.called(Function::ToUpper, depth),
            _ => {
                let digits = self.dice.one_of(&[0, 1, 3, 4, 13]);
                Expr::new(Kind::Text, Node::Mask(Box::new(self.of(Kind::Text, depth)), digits))
            }
        }
    }

    fn number(&mut self, kind: Kind, depth: u32) -> Expr {
        match (self.dice.below(3), kind) {
            (0, _) => Expr::new(kind, Node::Negate(Box::new(self.of(kind, depth)))),
            (1, Kind::Int) => {
                // The functions after those that give texts and truths.
                let function = self.dice.one_of(&FUNCTIONS[5..12]);
                self.called(function, depth)
            }
            (_, Kind::Int) => {
                let by = self.dice.one_of(&ARITHMETIC.map(|by| match by {
                    Arithmetic::DivideBy => Arithmetic::Divide,
                    by => by,
                }));
                let (left, right) = (self.of(kind, depth), self.of(kind, depth));
                arithmetic(by, left, right)
            }
            _ => {
                let by = self.dice.one_of(&ARITHMETIC);
                let (left, right) = (self.of(Kind::Number, depth), self.number_of_any_kind(depth));
                arithmetic(by, left, right)
            }
        }
    }

    fn number_of_any_kind(&mut self, depth: u32) -> Expr {
        let kind = self.dice.one_of(&[Kind::Int, Kind::Number]);
        self.of(kind, depth)
    }

    /// A property, a member or a literal.
    fn leaf(&mut self, kind: Kind) -> Expr {
        if self.in_element && kind == Kind::Text && self.dice.chance(70) {
            return Expr::new(kind, Node::Member(0));
        }
        let of_kind: Vec<usize> = self
            .log
            .properties
            .iter()
            .enumerate()
            .filter(|(_, property)| {
                kind_of(property.edm) == kind && !matches!(property.edm, EdmType::Collection(_))
            })
            .map(|(at, _)| at)
            .collect();
        if of_kind.is_empty() || self.dice.chance(20) {
            return match kind {
                Kind::Date => call(Function::Date, vec![self.leaf(Kind::Instant)]),
                Kind::TimeOfDay => call(Function::Time, vec![self.leaf(Kind::Instant)]),
                kind => Expr::literal(self.literal(kind)),
            };
        }
        Expr::new(kind, Node::Property(self.dice.one_of(&of_kind)))
    }

    /// A literal that rows have too, or almost.
    fn literal(&mut self, kind: Kind) -> Literal {
        const DAY: i64 = Instant::TICKS_PER_DAY;
        let moment = instant(self.dice.one_of(&INSTANTS));
        match kind {
            Kind::Text => {
                let text = &self.texts[self.dice.below(self.texts.len())];
                let chars = if self.dice.chance(30) { 1 } else { usize::MAX };
                Literal::Text(text.chars().take(chars).collect())
            }
            Kind::Instant => Literal::Instant(moment),
            Kind::Int if self.dice.chance(10) => {
                Literal::Int(self.dice.one_of(&[i64::MAX, i64::MIN, 4_294_967_296, 2024]))
            }
            Kind::Int => Literal::Int(i64::from(self.dice.one_of(&INTS))),
            Kind::Number => {
                Literal::Number(self.dice.one_of(&[0.0, 0.1, 0.2, 0.3, 0.5, -1.5, 2.0, 12.83, 1e10, 1e300]))
            }
            Kind::Bool => Literal::Bool(self.dice.chance(50)),
            Kind::Date => Literal::Date(moment.ticks().div_euclid(DAY)),
            Kind::TimeOfDay => Literal::TimeOfDay(moment.ticks().rem_euclid(DAY)),
        }
    }
}

/// Arithmetic of the kind that its operands give it.
pub(super) fn arithmetic(by: Arithmetic, left: Expr, right: Expr) -> Expr {
    let whole = by != Arithmetic::DivideBy && left.kind == Kind::Int && right.kind == Kind::Int;
    let kind = if whole { Kind::Int } else { Kind::Number };
    Expr::new(kind, Node::Arithmetic(by, Box::new(left), Box::new(right)))
}
