//! Which rows count: `$filter`, as Graph's functions have it, with some names more.
//!
//! All properties of the beta's rows can be named, and what only reports know of a
//! row: `direction`, `class`, `isLeg`, `isMissed` and `country`. The first four
//! follow from properties, so they become expressions over these and may stand
//! anywhere. A country does not: it may only be compared with the code of one, in
//! a condition that all rows must satisfy. Rows of other logs than direct routing's
//! have a direction and a country where they have a party outside, and none of the
//! other names.
//!
//! A condition that says what one of these names must be is kept as such, too.
//! Where a cube has it as a key, the cube answers.

mod derived;

use trunklog_odata::edm::EdmType;
use trunklog_odata::expr::{Comparison, Expr, Kind, Literal, Node};
use trunklog_odata::filter::{Shape, parse};
use trunklog_odata::{Error, Version};
use trunklog_records::masking::Mask;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Log, LogShape};

pub use derived::Derived;
pub(crate) use derived::class_is;

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
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// The log whose rows it is about.
    log: &'static Log,
    text: Option<String>,
    conditions: Vec<Condition>,
}

impl Default for Filter {
    fn default() -> Filter {
        Filter { log: &DIRECT_ROUTING_CALLS, text: None, conditions: Vec::new() }
    }
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

/// Properties that tell of one person, call, message or number, of all logs.
const PERSONAL: [&str; 20] = [
    "id",
    "correlationId",
    "transferorCorrelationId",
    "sharedCorrelationId",
    "callId",
    "conferenceId",
    "smsId",
    "userId",
    "userPrincipalName",
    "userDisplayName",
    "userTelephoneNumber",
    "remediationId",
    "callerNumber",
    "calleeNumber",
    "sourceNumber",
    "destinationNumber",
    "clientLocalIpV4Address",
    "clientLocalIpV6Address",
    "clientPublicIpV4Address",
    "clientPublicIpV6Address",
];

/// How often a filter may have the reports' own names. What stands for one of them has
/// hundreds of parts, and the plan of a query some megabytes for each.
const MOST_NAMED: usize = 20;

impl Filter {
    /// Reads a filter over the rows of direct routing for a reader with that mask, who
    /// finds in numbers what it sees of them.
    ///
    /// # Errors
    /// Those of [`Filter::over`].
    pub fn read(text: &str, mask: Mask) -> Result<Filter, Error> {
        Filter::over(&DIRECT_ROUTING_CALLS, text, mask)
    }

    /// The same over the rows of any log.
    ///
    /// # Errors
    /// 400, as those of [`parse`]; also for a value that one of the reports' own
    /// names never has, and where there are too many of these names.
    ///
    /// ```
    /// use trunklog_records::masking::Mask;
    /// use trunklog_records::schema::{PSTN_BLOCKED_USERS, SMS};
    /// use trunklog_reports::Filter;
    ///
    /// assert!(Filter::over(&SMS, "direction eq 'outbound' and smsUnits gt 1", Mask::NONE).is_ok());
    /// assert!(Filter::over(&SMS, "class eq 'userBusy'", Mask::NONE).is_err());
    /// assert!(Filter::over(&PSTN_BLOCKED_USERS, "direction eq 'outbound'", Mask::NONE).is_err());
    /// ```
    pub fn over(log: &'static Log, text: &str, mask: Mask) -> Result<Filter, Error> {
        let shape = ReportShape { log, of_log: log.shape(Version::Beta) };
        let mut named = 0_usize;
        let whole = parse(text, &shape, &|_| None)?.map(&mut |part: Expr| {
            let is_named = matches!(part.node, Node::Property(at) if Derived::at(at).is_some());
            named += usize::from(is_named);
            part
        });
        if named > MOST_NAMED {
            let names = Derived::of(log).map(Derived::name).collect::<Vec<_>>().join(", ");
            let text = format!("The filter has more than {MOST_NAMED} of the names {names}.");
            let hint = if Derived::Class.is_of(log) {
                "name each once, with a list: class in ('userBusy','ringNoAnswer')"
            } else {
                "name each once, with a list: direction in ('inbound','unknown')"
            };
            return Err(Error::bad_request(text).hint(hint));
        }
        let parts = match whole.node {
            Node::And(parts) => parts,
            _ => vec![whole],
        };
        let condition = |part| Condition::of(log, part, mask);
        let conditions = parts.into_iter().map(condition).collect::<Result<_, _>>()?;
        Ok(Filter { log, text: Some(text.to_owned()), conditions })
    }

    /// The log whose rows it is about.
    pub fn log(&self) -> &'static Log {
        self.log
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
            let at = self.log.index_of(name)?;
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
                    names.extend(properties.filter_map(|at| Some(self.log.properties.get(at)?.name)));
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

    /// What the log's properties tell of it, and which countries else it asks for: a
    /// row must satisfy all of both.
    pub(crate) fn apart(&self) -> (Option<Expr>, Countries) {
        let of_rows = self.conditions.iter().filter_map(|condition| condition.expr.clone()).collect();
        let others = self.conditions.iter().filter(|condition| condition.expr.is_none());
        let countries = others.filter_map(|condition| condition.choice.clone()).collect();
        (all_of(of_rows), Countries(countries))
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

/// The countries that a filter asks for.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Countries(Vec<Choice>);

impl Countries {
    /// Leaves what another condition asks for, too.
    pub(crate) fn add(&mut self, choice: Choice) {
        self.0.push(choice);
    }

    /// Whether all are taken.
    pub(crate) fn is_all(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether that one is among them; None where nobody knows which it is.
    pub(crate) fn take(&self, country: Option<Country>) -> bool {
        let code = country.map(Country::code);
        self.0.iter().all(|choice| choice.values.iter().any(|value| value.as_deref() == code))
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
    fn of(log: &'static Log, part: Expr, mask: Mask) -> Result<Condition, Error> {
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
        let expr = expr.unwrap_or_else(|| derived::without_derived(log, mask.expr(log, part)));
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
    log: &'static Log,
    of_log: LogShape,
}

impl Shape for ReportShape {
    fn type_name(&self) -> &str {
        self.of_log.type_name()
    }

    fn property(&self, name: &str) -> Option<(usize, EdmType)> {
        let derived = || {
            let derived = Derived::of(self.log).find(|derived| derived.name() == name)?;
            Some((derived.index(), derived.edm()))
        };
        self.of_log.property(name).or_else(derived)
    }

    fn names(&self) -> Vec<&'static str> {
        let mut names = self.of_log.names();
        names.extend(Derived::of(self.log).map(Derived::name));
        names
    }

    fn elsewhere(&self, name: &str) -> Option<String> {
        self.of_log.elsewhere(name)
    }
}

#[cfg(test)]
mod tests;
