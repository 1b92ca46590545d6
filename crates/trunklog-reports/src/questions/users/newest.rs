//! The newest row of each of some users: it has the name that they go by now.

use std::collections::{BTreeMap, BTreeSet};

use trunklog_odata::Instant;
use trunklog_odata::expr::{Comparison, Direction, Expr, Kind, Literal, Node, OrderBy};
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Cell, Rows};
use trunklog_store::{PageQuery, Store, Watermark};

use crate::ReportError;
use crate::ask::Ask;
use crate::facts::Facts;
use crate::filter::all_of;
use crate::questions::scan;

/// What a user's newest row tells.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Newest {
    pub(super) time: Option<Instant>,
    pub(super) display_name: Option<String>,
    pub(super) principal_name: Option<String>,
}

/// Rows that are read at a time. Users with many rows are found among the first.
const ROWS: u32 = 1_000;

/// Users that are looked for at once. A filter that names more takes long to read.
const AT_ONCE: usize = 500;

const COLUMNS: [&str; 3] = ["userId", "userPrincipalName", "userDisplayName"];

/// Looks for the newest of the rows that are asked for, of each of these users.
///
/// It goes back in time and leaves out who was found, so each page finds one more
/// at least.
pub(super) fn rows(
    store: &dyn Store,
    ask: &Ask,
    users: BTreeSet<String>,
    commit: Watermark,
) -> Result<BTreeMap<String, Newest>, ReportError> {
    let mut found = BTreeMap::new();
    let users: Vec<String> = users.into_iter().collect();
    for some in users.chunks(AT_ONCE) {
        find(store, ask, some.iter().cloned().collect(), commit, &mut found)?;
    }
    Ok(found)
}

fn find(
    store: &dyn Store,
    ask: &Ask,
    mut missing: BTreeSet<String>,
    commit: Watermark,
    found: &mut BTreeMap<String, Newest>,
) -> Result<(), ReportError> {
    let mut range = ask.range;
    while !missing.is_empty() {
        let mut selection = scan::selection(ask, range, &COLUMNS)?;
        selection.filter = all_of(selection.filter.into_iter().chain([is_one_of(&missing)]).collect());
        selection.order = vec![newest_first()];
        let page = store.page(&PageQuery { watermark: Some(commit), ..PageQuery::of(selection, ROWS) })?;
        let facts = Facts::of(&page.rows);
        for (row, fact) in facts.rows().enumerate() {
            if let Some(user) = fact.user
                && missing.remove(user)
            {
                let text = |name| filled(&page.rows, name, row);
                let (display_name, principal_name) = (text("userDisplayName"), text("userPrincipalName"));
                let newest = Newest { time: Some(page.rows.time(row)), display_name, principal_name };
                found.insert(user.to_owned(), newest);
            }
        }
        let Some(last) = page.next else { break };
        // Others may have rows of the same time as the last one.
        range = range.until(last.time.saturating_add_ticks(1));
    }
    Ok(())
}

fn filled(rows: &Rows, name: &str, row: usize) -> Option<String> {
    match rows.column(DIRECT_ROUTING_CALLS.index_of(name)?).value(row) {
        Some(Cell::Text(text)) if !text.is_empty() => Some(text.to_owned()),
        _ => None,
    }
}

/// Whether a row is of one of these users: by its id, or where it has none by its
/// principal name, as [`Fact::user`](crate::Fact::user) tells them.
fn is_one_of(users: &BTreeSet<String>) -> Expr {
    let property = |name: &str| {
        let at = DIRECT_ROUTING_CALLS.index_of(name).expect("a test reads rows by these properties");
        Box::new(Expr::new(Kind::Text, Node::Property(at)))
    };
    let is = |node: Node| Expr::new(Kind::Bool, node);
    let literals: Vec<Literal> = users.iter().cloned().map(Literal::Text).collect();
    let has_no_id = is(Node::Or(vec![
        is(Node::IsNull(property("userId"))),
        is(Node::Compare(
            Comparison::Equal,
            property("userId"),
            Box::new(Expr::literal(Literal::Text(String::new()))),
        )),
    ]));
    is(Node::Or(vec![
        is(Node::In(property("userId"), literals.clone())),
        is(Node::And(vec![has_no_id, is(Node::In(property("userPrincipalName"), literals))])),
    ]))
}

fn newest_first() -> OrderBy {
    let time = Expr::new(Kind::Instant, Node::Property(DIRECT_ROUTING_CALLS.time_index()));
    OrderBy { by: time, direction: Direction::Descending }
}
