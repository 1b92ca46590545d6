//! The rows that figures need, and what they bring to totals.

use trunklog_store::ReportValue;

use crate::classes::{Class, Ner};
use crate::cubes::{INBOUND, calls, countries};
use crate::plan::{CALLS, Family, Group, Only};
use crate::row_kind::{ISA_CODES, RowKind, SEER_CODES};
use crate::totals::Totals;

/// Some of the rows, and what is counted of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::questions) enum Slice {
    /// All rows by their kind, from which everything follows.
    ByKind,
    /// All rows: attempts, answered, sums of times.
    All,
    /// Rows that the network delivered.
    Effective,
    /// Rows that the adjusted effectiveness leaves out.
    LeftOut,
    /// Missed calls.
    Missed,
    /// Rows that are no leg.
    Calls,
    /// Unanswered rows with the SIP codes of RFC 6076's ratios.
    Sip,
    /// Answered rows with a normal end.
    NormalEnds,
}

impl Slice {
    /// Those from which all key figures of calls follow.
    pub(in crate::questions) const OF_ALL_KPIS: &'static [Slice] = &[
        Slice::All,
        Slice::Effective,
        Slice::LeftOut,
        Slice::Missed,
        Slice::Calls,
        Slice::Sip,
        Slice::NormalEnds,
    ];

    /// Whether a family of cubes tells it.
    pub(super) fn is_in(self, family: Family) -> bool {
        family == CALLS || !matches!(self, Slice::ByKind | Slice::Sip | Slice::NormalEnds)
    }

    /// The keys that its groups are told apart by.
    pub(super) fn keys(self, family: Family) -> &'static [&'static str] {
        match self {
            _ if family != CALLS => &[],
            Slice::ByKind => &["kind"],
            Slice::All => &["successfulCall"],
            Slice::Sip => &["finalSipCode"],
            _ => &[],
        }
    }

    /// What keys must be.
    pub(super) fn only(self, family: Family) -> Vec<Only> {
        let ints = |values: &[i64]| values.iter().copied().map(ReportValue::Int).collect();
        let classes = |holds: fn(Class) -> bool| Only::of("class", classes(holds));
        if family != CALLS {
            return match self {
                Slice::Effective => vec![classes(|class| class.ner() == Ner::Effective)],
                Slice::LeftOut => vec![classes(|class| class.ner() == Ner::LeftOut)],
                Slice::Missed => vec![
                    classes(Class::is_user_behaviour),
                    Only::of("direction", ints(&[INBOUND])),
                    Only::of("leg", ints(&[0])),
                ],
                Slice::Calls => vec![Only::of("leg", ints(&[0]))],
                Slice::ByKind | Slice::All | Slice::Sip | Slice::NormalEnds => Vec::new(),
            };
        }
        let (bits, values) = match self {
            Slice::ByKind | Slice::All => return Vec::new(),
            Slice::Sip => {
                let codes = (300..=399).chain(SEER_CODES).chain(ISA_CODES).map(i64::from);
                let unanswered = vec![ReportValue::Null, ReportValue::Int(0)];
                let codes = codes.map(ReportValue::Int).collect();
                return vec![Only::of("finalSipCode", codes), Only::of("successfulCall", unanswered)];
            }
            Slice::Effective => RowKind::of_classes(|class| class.ner() == Ner::Effective),
            Slice::LeftOut => RowKind::of_classes(|class| class.ner() == Ner::LeftOut),
            Slice::Missed => (RowKind::MISSED, vec![RowKind::MISSED]),
            Slice::Calls => (RowKind::LEG, vec![0]),
            Slice::NormalEnds => (RowKind::NORMAL_END, vec![RowKind::NORMAL_END]),
        };
        vec![Only { bits: Some(bits), ..Only::of("kind", ints(&values)) }]
    }

    /// The measures that are needed; None for all.
    pub(super) fn measures(self, family: Family) -> Option<&'static [usize]> {
        match self {
            Slice::ByKind | Slice::All if family == CALLS => Some(&OF_ALL),
            Slice::ByKind | Slice::All => None,
            // The number of rows, which is the first of all cubes.
            _ => Some(&[calls::ROWS]),
        }
    }

    /// What a group of such rows brings.
    pub(super) fn totals(self, family: Family, group: &Group) -> Totals {
        let rows = group.sums.first().copied().unwrap_or(0);
        match self {
            Slice::ByKind => {
                let kind = group.int(0).map(RowKind::of_key);
                with_times(kind.map(|kind| Totals::of_kind(rows, kind)).unwrap_or_default(), &group.sums)
            }
            Slice::All if family != CALLS => all_by_country(group),
            Slice::All => {
                let answered = if group.int(0) == Some(1) { rows } else { 0 };
                let mut totals = with_times(Totals::default(), &group.sums);
                (totals.rows, totals.answered, totals.seer_delivered) = (rows, answered, answered);
                totals.by_class[Class::Unknown.index()] = rows;
                totals
            }
            Slice::Effective => of_ner(Ner::Effective, rows),
            Slice::LeftOut => of_ner(Ner::LeftOut, rows),
            Slice::Missed => Totals { missed: rows, ..Totals::default() },
            Slice::Calls => Totals { calls: rows, ..Totals::default() },
            Slice::Sip => {
                let of = Totals::of_end(rows, Some(false), group.code(0), None);
                Totals {
                    redirected: of.redirected,
                    seer_delivered: of.seer_delivered,
                    isa_failed: of.isa_failed,
                    ..Totals::default()
                }
            }
            Slice::NormalEnds => Totals { normal_ends: rows, ..Totals::default() },
        }
    }
}

/// Rows whose classes were told apart no further than the effectiveness needs: one
/// class stands for all that count as it does. All rows count as ineffective until
/// these come, which then leave that class.
fn of_ner(ner: Ner, rows: i64) -> Totals {
    let mut totals = Totals::default();
    if let Some(class) = Class::ALL.into_iter().find(|class| class.ner() == ner) {
        totals.by_class[class.index()] += rows;
        totals.by_class[Class::Unknown.index()] -= rows;
    }
    totals
}

/// What key figures are made of.
const OF_ALL: [usize; 11] = [
    calls::ROWS,
    calls::ODD,
    calls::DISAGREEING,
    calls::DURATION_S,
    calls::DURATION_N,
    calls::TALK_MS,
    calls::TALK_N,
    calls::ANSWER_MS,
    calls::ANSWER_N,
    calls::HELD_MS,
    calls::COMPARED,
];
const _: () = assert!(calls::ROWS == 0 && countries::ROWS == 0, "the number of rows comes first");

/// What the cubes of calls have as sums.
fn with_times(totals: Totals, sums: &[i64]) -> Totals {
    let sum = |at: usize| sums.get(at).copied().unwrap_or(0);
    Totals {
        odd: sum(calls::ODD),
        disagreeing: sum(calls::DISAGREEING),
        timed: sum(calls::COMPARED),
        duration_s: sum(calls::DURATION_S),
        duration_n: sum(calls::DURATION_N),
        talk_ms: sum(calls::TALK_MS),
        talk_n: sum(calls::TALK_N),
        answer_ms: sum(calls::ANSWER_MS),
        answer_n: sum(calls::ANSWER_N),
        held_ms: sum(calls::HELD_MS),
        ..totals
    }
}

/// All rows of a cube that is by country, which has fewer sums.
fn all_by_country(group: &Group) -> Totals {
    let sum = |at: usize| group.sums.get(at).copied().unwrap_or(0);
    let mut totals = Totals {
        rows: sum(countries::ROWS),
        answered: sum(countries::ANSWERED),
        duration_s: sum(countries::DURATION_S),
        duration_n: sum(countries::DURATION_N),
        talk_ms: sum(countries::TALK_MS),
        talk_n: sum(countries::TALK_N),
        ..Totals::default()
    };
    totals.by_class[Class::Unknown.index()] = totals.rows;
    totals
}

/// The keys of classes.
fn classes(holds: impl Fn(Class) -> bool) -> Vec<ReportValue> {
    let classes = Class::ALL.into_iter().filter(|class| holds(*class));
    classes.map(|class| ReportValue::Text(class.key().to_owned())).collect()
}
