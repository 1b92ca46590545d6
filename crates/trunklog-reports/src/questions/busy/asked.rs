//! Which calls' channels are counted: what a filter says, as a store keeps it.

use std::sync::Arc;

use trunklog_odata::Instant;
use trunklog_odata::expr::{Comparison, Expr, Literal, Node};
use trunklog_store::ReportValue;
use trunklog_store::busy::BusyQuery;
use trunklog_store::cube::NO_KEY;

use crate::ReportError;
use crate::ask::{Ask, Dimension, Extra};
use crate::cubes::{DIRECT_ROUTING, INBOUND, OUTBOUND};
use crate::filter::{Choice, Derived, all_of};

/// The property that tells a series.
const TRUNK: &str = "trunkFullyQualifiedDomainName";

/// What is asked for.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Only these trunks.
    series: Option<Vec<Option<String>>>,
    /// Only these directions, by their keys.
    directions: Option<Vec<i64>>,
    /// What says so of rows, where a query cannot.
    directions_expr: Vec<Expr>,
    /// What else rows must satisfy.
    exprs: Vec<Expr>,
}

impl Asked {
    /// What a filter says.
    pub(super) fn of(ask: &Ask, by: &[Dimension]) -> Result<Asked, ReportError> {
        if by.contains(&Dimension::CallType) {
            let problem = "busy channels are not kept by callType";
            return Err(ReportError::asked(Extra::Channels.key(), problem, "leave channels or callType out"));
        }
        let mut asked = Asked::default();
        for condition in ask.filter.conditions() {
            match (&condition.choice, &condition.expr) {
                (Some(choice), Some(expr)) if choice.of == Derived::Direction => {
                    let chosen = directions_of(choice);
                    retain(&mut asked.directions, chosen);
                    asked.directions_expr.push(expr.clone());
                }
                (_, Some(expr)) => match trunks_of(expr) {
                    Some(trunks) => retain(&mut asked.series, trunks),
                    None => asked.exprs.push(expr.clone()),
                },
                // Rows tell a country, and are read for it.
                (_, None) => {}
            }
        }
        Ok(asked)
    }

    /// The queries that tell it, each with the direction of its calls where these
    /// are counted apart; none where no call can be of what is asked for.
    pub(super) fn queries(&self, edges: &Arc<[Instant]>, by: &[Dimension]) -> Vec<(Option<i64>, BusyQuery)> {
        if self.series.as_ref().is_some_and(Vec::is_empty) {
            return Vec::new();
        }
        let mut exprs = self.exprs.clone();
        let directions: Vec<Option<i64>> = match &self.directions {
            Some(asked) if asked.len() < 2 => asked.iter().copied().map(Some).collect(),
            asked if by.contains(&Dimension::Direction) => {
                let all = vec![INBOUND, OUTBOUND, NO_KEY];
                asked.clone().unwrap_or(all).into_iter().map(Some).collect()
            }
            // More than one, and counted together: rows must say it.
            _ => {
                exprs.extend(self.directions_expr.iter().cloned());
                vec![None]
            }
        };
        let query = |direction: Option<i64>| BusyQuery {
            set: &DIRECT_ROUTING,
            edges: Arc::clone(edges),
            filter: all_of(exprs.clone()),
            series: self.series.clone(),
            direction,
            by_series: by.contains(&Dimension::Trunk),
        };
        directions.into_iter().map(|direction| (direction, query(direction))).collect()
    }
}

/// A direction's key as a value of cubes.
pub(super) fn direction_key(direction: i64) -> ReportValue {
    if direction == NO_KEY { ReportValue::Null } else { ReportValue::Int(direction) }
}

/// Leaves what another condition asks for, too.
fn retain<T: PartialEq>(known: &mut Option<Vec<T>>, asked: Vec<T>) {
    *known = Some(match known.take() {
        None => asked,
        Some(known) => known.into_iter().filter(|one| asked.contains(one)).collect(),
    });
}

/// The keys of the directions that a condition leaves, each once.
fn directions_of(choice: &Choice) -> Vec<i64> {
    let says = |word: &str| choice.values.iter().any(|value| value.as_deref() == Some(word));
    let keys = [("inbound", INBOUND), ("outbound", OUTBOUND), ("unknown", NO_KEY)];
    keys.into_iter().filter(|(word, _)| says(word)).map(|(_, key)| key).collect()
}

/// The trunks that a condition leaves, if that is all that it says.
fn trunks_of(expr: &Expr) -> Option<Vec<Option<String>>> {
    let is_trunk = |expr: &Expr| match expr.node {
        Node::Property(at) => DIRECT_ROUTING.log.properties.get(at).is_some_and(|of| of.name == TRUNK),
        _ => false,
    };
    let text = |literal: &Literal| match literal {
        Literal::Text(text) => Some(Some(text.clone())),
        _ => None,
    };
    match &expr.node {
        Node::IsNull(of) if is_trunk(of) => Some(vec![None]),
        Node::In(of, literals) if is_trunk(of) => literals.iter().map(text).collect(),
        Node::Compare(Comparison::Equal, left, right) => match (&left.node, &right.node) {
            (_, Node::Literal(literal)) if is_trunk(left) => Some(vec![text(literal)?]),
            (Node::Literal(literal), _) if is_trunk(right) => Some(vec![text(literal)?]),
            _ => None,
        },
        _ => None,
    }
}
