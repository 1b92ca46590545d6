//! What happens to the logs of a long history: rows come, change, give way and go.

use trunklog_odata::Instant;
use trunklog_odata::expr::{Comparison, Expr, Kind, Literal, Node};
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Rows, TenantId, TimeRange};
use trunklog_store::{Engine, Erase, Erasure, Selection};

use super::TENANTS;
use super::calls::{Call, DAY, MINUTE, SEC, rows};
use trunklog_store_kit::Dice;

/// Rows of a usual commit.
const ROWS: usize = 100;

/// Around these all happens, in seconds since 1970: a year's start, and the days on
/// which clocks are changed in the tenants' zones.
pub(super) const ANCHORS: [i64; 5] = [
    1_767_225_600, // 2026-01-01
    1_772_928_000, // 2026-03-08, Newfoundland
    1_775_304_000, // 2026-04-04T12:00Z, Lord Howe
    1_791_028_800, // 2026-10-03T12:00Z, Lord Howe
    1_793_491_200, // 2026-11-01, Newfoundland
];

pub(super) fn instant(ticks: i64) -> Instant {
    Instant::from_ticks(ticks).unwrap()
}

/// What happens to a log, in one commit or more.
pub(super) enum Deed {
    Append(Rows),
    Erase(Erasure),
    Forget(Instant),
    Tidy,
}

impl Deed {
    /// Does it. Done again, it changes nothing.
    pub(super) fn apply(&self, engine: &dyn Engine, tenant: TenantId) -> trunklog_store::Result<()> {
        let store = engine.tenant(tenant);
        match self {
            Deed::Append(rows) => store.append(rows).map(drop),
            Deed::Erase(erasure) => store.erase(erasure).map(drop),
            Deed::Forget(before) => store.forget(&DIRECT_ROUTING_CALLS, *before).map(drop),
            Deed::Tidy => engine.tidy(),
        }
    }
}

/// A log's past.
#[derive(Default)]
struct Past {
    /// All calls that were ever given, as they were given last.
    given: Vec<Call>,
    /// Graph's rows of calls of which another source has told.
    waiting: Vec<Call>,
}

/// Makes up what happens.
pub(super) struct Story {
    dice: Dice,
    pasts: [Past; TENANTS.len()],
    /// How many calls were made up.
    pub(super) calls: usize,
}

impl Story {
    pub(super) fn new(seed: u64) -> Story {
        Story { dice: Dice(seed), pasts: Default::default(), calls: 0 }
    }

    /// What happens next, and to which tenant.
    pub(super) fn next_deed(&mut self) -> (usize, Deed) {
        let at = self.dice.below(TENANTS.len());
        let deed = match self.dice.below(20) {
            0..=7 => {
                let new = (0..ROWS).map(|_| self.call()).collect();
                self.give(at, new)
            }
            8..=10 => {
                let mut changed = self.some(at, ROWS / 2);
                for call in &mut changed {
                    call.turn_out(&mut self.dice);
                }
                changed.extend((0..ROWS / 2).map(|_| self.call()));
                self.give(at, changed)
            }
            11 => {
                let again = self.some(at, ROWS);
                self.give(at, again)
            }
            12 | 13 => {
                let mut others: Vec<Call> = (0..ROWS / 4).map(|_| self.call()).collect();
                for call in &mut others {
                    call.recorded_by = Some("export");
                    let of_graph = call.of_graph(&mut self.dice);
                    self.pasts[at].waiting.push(of_graph);
                }
                self.give(at, others)
            }
            14 | 15 => {
                let mut known = std::mem::take(&mut self.pasts[at].waiting);
                known.extend((0..ROWS / 2).map(|_| self.call()));
                self.give(at, known)
            }
            16 | 17 => self.erasure(),
            // A little of what is oldest, mostly.
            18 => {
                let anchor = if self.dice.chance(80) { ANCHORS[0] } else { ANCHORS[1] };
                Deed::Forget(instant(anchor * SEC + self.dice.between(-DAY, DAY)))
            }
            _ => Deed::Tidy,
        };
        (at, deed)
    }

    /// A new call, within some days of an anchor.
    fn call(&mut self) -> Call {
        let anchor = self.dice.one_of(&ANCHORS) * SEC;
        let off = self.dice.one_of(&[0, 0, 1, -1, 7 * SEC, 350 * SEC]);
        let start = anchor + self.dice.between(-4 * 96, 4 * 96) * 15 * MINUTE + off;
        self.calls += 1;
        Call::new(&mut self.dice, self.calls, start)
    }

    /// Some calls that were given before.
    fn some(&mut self, at: usize, count: usize) -> Vec<Call> {
        let given = &self.pasts[at].given;
        let count = count.min(given.len());
        (0..count).map(|_| given[self.dice.below(given.len())].clone()).collect()
    }

    fn give(&mut self, at: usize, calls: Vec<Call>) -> Deed {
        let deed = Deed::Append(rows(&calls));
        self.pasts[at].given.extend(calls);
        deed
    }

    /// Takes rows of a user away, or values of them.
    fn erasure(&mut self) -> Deed {
        let user = self.dice.one_of(&["u1", "u2", "u3", "u4"]);
        let property = |name: &str| DIRECT_ROUTING_CALLS.index_of(name).unwrap();
        let of_user = Node::Compare(
            Comparison::Equal,
            Box::new(Expr::new(Kind::Text, Node::Property(property("userId")))),
            Box::new(Expr::literal(Literal::Text(user.to_owned()))),
        );
        let anchor = self.dice.one_of(&ANCHORS) * SEC;
        let from = anchor + self.dice.between(-2 * DAY, DAY);
        let range = TimeRange::of(&DIRECT_ROUTING_CALLS, instant(from), instant(from + DAY)).unwrap();
        let filter = Some(Expr::new(Kind::Bool, of_user));
        let selection = Selection { filter, ..Selection::all(&DIRECT_ROUTING_CALLS, range) };
        let what = if self.dice.chance(50) {
            Erase::Rows
        } else {
            // Not what tells that two rows are of one call: without it, a row that gave
            // way comes back once it is given again, sooner or later.
            let mut properties: Vec<usize> =
                ["trunkFullyQualifiedDomainName", "endDateTime", "callerNumber", "callEndSubReason"]
                    .map(property)
                    .to_vec();
            properties.sort_unstable();
            Erase::Properties(properties)
        };
        Deed::Erase(Erasure { selection, what })
    }
}
