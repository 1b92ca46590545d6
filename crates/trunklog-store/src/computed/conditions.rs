//! What a filter on computed rows says of the rows that are summed up: which of
//! them need not be looked at.

use std::collections::BTreeMap;

use trunklog_odata::expr::{Comparison, Expr, Kind, Literal, Node};
use trunklog_records::Log;
use trunklog_records::schema::Summary;

use super::made::index;
use crate::Result;
use crate::evaluate::{Cell, Scope};

/// The conditions on the log that is summed up which follow from a filter on
/// the computed one: those of its parts that look at nothing but groups.
///
/// A computed row that satisfies the filter sums up only rows that satisfy the
/// conditions, and all of its own. Of groups that the filter leaves out, some may
/// pass as a whole or in part, so the filter has to be applied to what is made.
pub(super) fn of_source(
    summary: &'static Summary,
    log: &'static Log,
    filter: Option<&Expr>,
) -> Result<Vec<Expr>> {
    let Some(filter) = filter else { return Ok(Vec::new()) };
    let mut groups = BTreeMap::new();
    for (here, there) in summary.groups {
        groups.insert(index(log, here)?, index(summary.of, there)?);
    }
    Ok(parts(filter).into_iter().filter_map(|part| condition(log, &groups, part)).collect())
}

/// What all has to be true for the filter to be.
fn parts(filter: &Expr) -> Vec<&Expr> {
    match &filter.node {
        Node::And(all) => all.iter().flat_map(parts).collect(),
        _ => vec![filter],
    }
}

/// A part as a condition on the rows that are summed up; None where it looks at
/// something else than groups.
///
/// A group has the value of its rows, but for one: what is empty there is null
/// here, and no expression says null. So rows with an empty value pass, unless it
/// is plain that the part is not true of null.
fn condition(log: &'static Log, groups: &BTreeMap<usize, usize>, part: &Expr) -> Option<Expr> {
    let named = part.properties();
    let there: Vec<usize> = named.iter().map(|here| groups.get(here).copied()).collect::<Option<_>>()?;
    if there.is_empty() {
        return None;
    }
    let moved = part.clone().map(&mut |part: Expr| match part.node {
        Node::Property(here) => {
            Expr::new(part.kind, Node::Property(groups.get(&here).copied().unwrap_or(here)))
        }
        _ => part,
    });
    let nulls = vec![Cell::Null; log.properties.len()];
    if there.len() == 1 && !Scope::new(log, &nulls).selects(Some(part)) {
        return Some(moved);
    }
    let mut either = vec![moved];
    either.extend(there.into_iter().map(is_empty));
    Some(Expr::new(Kind::Bool, Node::Or(either)))
}

fn is_empty(property: usize) -> Expr {
    let value = Expr::new(Kind::Text, Node::Property(property));
    let empty = Expr::literal(Literal::Text(String::new()));
    Expr::new(Kind::Bool, Node::Compare(Comparison::Equal, Box::new(value), Box::new(empty)))
}

#[cfg(test)]
mod tests;
