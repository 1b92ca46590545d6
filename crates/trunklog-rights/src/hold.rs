//! Rows that nobody may delete: neither a retention nor an erasure, until the hold is
//! removed.

use serde::{Deserialize, Serialize};
use trunklog_odata::Instant;
use trunklog_odata::expr::{Comparison, Expr, Function, Kind, Literal, Node};
use trunklog_records::{Log, TenantId, TimeRange};
use trunklog_store::{Engine, Store};

use crate::find::find_all;
use crate::person::{Person, PersonError};
use crate::{Error, Result};

/// The first part of the names of these states.
pub(crate) const HOLDS: &str = "holds/";

/// The most holds of a tenant. Each is looked for whenever rows are deleted.
const MOST: usize = 1_000;

/// The longest name.
const MOST_NAME: usize = 64;

/// A hold. Its rows are those of the person in the range; all of the range where it
/// names no person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hold {
    /// What it is called: a case's number, say.
    pub name: String,
    /// The user.
    pub user: Option<String>,
    /// The number.
    pub number: Option<String>,
    /// The first instant; None for all before the end.
    pub from: Option<Instant>,
    /// The first instant after it; None for all that come.
    pub to: Option<Instant>,
    /// Why.
    pub reason: Option<String>,
    /// When it was made.
    pub since: Instant,
}

/// What is wrong with a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HoldError {
    /// The name.
    #[error("a hold's name has 1 to 64 letters, digits, '.', '-' and '_'")]
    Name,
    /// Nothing is named.
    #[error("say what is held: a user, a number or a range of time")]
    Nothing,
    /// Both are named.
    #[error("a hold is about a user or a number: make two")]
    Both,
    /// The range.
    #[error("the range ends before it starts")]
    Range,
    /// The person.
    #[error(transparent)]
    Person(#[from] PersonError),
}

impl Hold {
    /// Checks that it says what is held.
    pub fn check(&self) -> std::result::Result<(), HoldError> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        if self.name.is_empty() || self.name.len() > MOST_NAME || !self.name.bytes().all(fits) {
            return Err(HoldError::Name);
        }
        if self.user.is_some() && self.number.is_some() {
            return Err(HoldError::Both);
        }
        if self.person()?.is_none() && self.from.is_none() && self.to.is_none() {
            return Err(HoldError::Nothing);
        }
        if self.from.zip(self.to).is_some_and(|(from, to)| from >= to) {
            return Err(HoldError::Range);
        }
        Ok(())
    }

    /// The person, if it names one.
    pub fn person(&self) -> std::result::Result<Option<Person>, PersonError> {
        match (&self.user, &self.number) {
            (Some(user), _) => Person::user(user).map(Some),
            (None, Some(number)) => Person::number(number).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// What of a range it holds.
    fn within(&self, range: TimeRange) -> TimeRange {
        let range = range.since(self.from.unwrap_or(Instant::ABSENT));
        range.until(self.to.unwrap_or(Instant::MAX))
    }
}

/// The holds of a tenant, in the order of their names.
pub fn holds(engine: &dyn Engine, tenant: TenantId) -> Result<Vec<Hold>> {
    let states = engine.states(&format!("{HOLDS}{tenant}/"))?;
    let read = |(name, value): &(String, String)| serde_json::from_str(value).map_err(|_| unreadable(name));
    states.iter().map(read).collect()
}

/// What cannot be read holds all the same: nothing is deleted until it is looked at.
pub(crate) fn unreadable(name: &str) -> Error {
    let name = name.rsplit('/').next().unwrap_or(name);
    Error::Key(format!("the hold {name} cannot be read by this version: remove it, or use the newer version"))
}

/// Adds a hold; one of that name must not be there.
pub fn add_hold(engine: &dyn Engine, tenant: TenantId, hold: &Hold) -> Result<()> {
    if holds(engine, tenant)?.len() >= MOST {
        return Err(Error::Key(format!("the tenant has {MOST} holds: remove one first")));
    }
    let value = serde_json::to_string(hold).expect("a hold is texts and numbers");
    if engine.exchange_state(&name_of(tenant, &hold.name), None, Some(&value))? {
        Ok(())
    } else {
        Err(Error::Key(format!("there is a hold {} already: choose another name", hold.name)))
    }
}

/// Removes a hold; false where there is none of that name.
pub fn remove_hold(engine: &dyn Engine, tenant: TenantId, name: &str) -> Result<bool> {
    let name = name_of(tenant, name);
    let Some(value) = engine.state(&name)? else { return Ok(false) };
    if engine.exchange_state(&name, Some(&value), None)? { Ok(true) } else { Err(Error::Changed("the hold")) }
}

fn name_of(tenant: TenantId, name: &str) -> String {
    format!("{HOLDS}{tenant}/{name}")
}

/// Which rows of a log in a range a hold keeps, as a condition; None where it keeps
/// none of them.
pub(crate) fn condition(
    store: &dyn Store,
    log: &'static Log,
    hold: &Hold,
    range: TimeRange,
) -> trunklog_store::Result<Option<Expr>> {
    let part = hold.within(range);
    if part.from() >= part.end() {
        return Ok(None);
    }
    let mut conditions = Vec::new();
    let time = || Expr::new(Kind::Instant, Node::Property(log.time_index()));
    let compared = |by, instant| {
        let instant = Box::new(Expr::literal(Literal::Instant(instant)));
        Expr::new(Kind::Bool, Node::Compare(by, Box::new(time()), instant))
    };
    conditions.extend(hold.from.map(|from| compared(Comparison::GreaterOrEqual, from)));
    conditions.extend(hold.to.map(|to| compared(Comparison::Less, to)));
    // One whose person cannot be read holds all of its range.
    if let Ok(Some(person)) = hold.person() {
        let Some(of_person) = rows_of(store, log, &person, part)? else { return Ok(None) };
        conditions.push(of_person);
    }
    Ok(Some(all(conditions)))
}

/// Which rows a person is in; None where in none.
fn rows_of(
    store: &dyn Store,
    log: &'static Log,
    person: &Person,
    range: TimeRange,
) -> trunklog_store::Result<Option<Expr>> {
    let found = find_all(store, log, person, None, None, range)?;
    if found.rows.unwrap_or_default() == 0 {
        return Ok(None);
    }
    let by_unknown = found.unknown_rows().into_iter().filter_map(|rows| rows.filter);
    Ok(Some(any(found.condition(Some(person)).into_iter().chain(by_unknown).collect())))
}

/// Whether a property is one of some texts.
pub(crate) fn is_one_of(at: usize, texts: impl IntoIterator<Item = String>) -> Expr {
    let property = Box::new(Expr::new(Kind::Text, Node::Property(at)));
    Expr::new(Kind::Bool, Node::In(property, texts.into_iter().map(Literal::Text).collect()))
}

/// The same in any letter case; the texts are in lower case.
pub(crate) fn is_one_of_ignoring_case(at: usize, texts: impl IntoIterator<Item = String>) -> Expr {
    let property = Expr::new(Kind::Text, Node::Property(at));
    let lower = Box::new(Expr::new(Kind::Text, Node::Call(Function::ToLower, vec![property])));
    Expr::new(Kind::Bool, Node::In(lower, texts.into_iter().map(Literal::Text).collect()))
}

/// All conditions, or any of them, as one. Of none, it is `of_none`.
fn joined(mut conditions: Vec<Expr>, of_none: bool, join: impl FnOnce(Vec<Expr>) -> Node) -> Expr {
    match conditions.len() {
        0 => Expr::literal(Literal::Bool(of_none)),
        1 => conditions.remove(0),
        _ => Expr::new(Kind::Bool, join(conditions)),
    }
}

/// All conditions as one.
pub(crate) fn all(conditions: Vec<Expr>) -> Expr {
    joined(conditions, true, Node::And)
}

/// Any of the conditions.
pub(crate) fn any(conditions: Vec<Expr>) -> Expr {
    joined(conditions, false, Node::Or)
}
