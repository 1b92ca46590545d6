//! Which rows tell of the same call.

use trunklog_odata::Instant;
use trunklog_records::Log;
use trunklog_records::schema::Supersession;
use trunklog_store::evaluate::{Cell, Place};

/// How a log tells rows that give way to others of the same call.
#[derive(Debug)]
pub(super) struct Matching {
    marked_by: usize,
    same: Vec<usize>,
    alike: Vec<usize>,
    within_ticks: i64,
}

impl Matching {
    /// None for a log whose rows never give way.
    pub(super) fn of(log: &Log) -> Option<Matching> {
        let supersession = log.supersession?;
        let index = |name: &str| {
            log.index_of(name).expect("a test asserts that rows are told by properties of their log")
        };
        Some(Matching {
            marked_by: index(supersession.marked_by),
            same: supersession.same.iter().map(|name| index(name)).collect(),
            alike: supersession.alike.iter().map(|name| index(name)).collect(),
            within_ticks: supersession.within_ticks,
        })
    }

    /// Whether another source than Graph recorded a row.
    pub(super) fn is_marked(&self, cells: &[Cell]) -> bool {
        cells[self.marked_by] != Cell::Null
    }

    /// Whether a row of another source tells of the same call as one of Graph.
    pub(super) fn are_one_call(&self, marked: (&Place, &[Cell]), of_graph: (&Place, &[Cell])) -> bool {
        let apart = (marked.0.time.ticks() - of_graph.0.time.ticks()).abs();
        apart <= self.within_ticks
            && self.same.iter().enumerate().all(|(number, at)| match &marked.1[*at] {
                Cell::Null => number > 0,
                value => *value == of_graph.1[*at],
            })
            && self.alike.iter().all(|at| match (&marked.1[*at], &of_graph.1[*at]) {
                (Cell::Text(of_other), Cell::Text(of_graph)) => Supersession::are_alike(of_other, of_graph),
                _ => true,
            })
    }

    /// Whether they may tell of the same call, as far as what they have to agree in says,
    /// and their times.
    pub(super) fn may_be_one_call(&self, marked: (&Place, &[Cell]), of_graph: (&Place, &[Cell])) -> bool {
        let apart = (marked.0.time.ticks() - of_graph.0.time.ticks()).abs();
        let told_by = self.same[0];
        apart <= self.within_ticks
            && marked.1[told_by] != Cell::Null
            && marked.1[told_by] == of_graph.1[told_by]
    }

    /// The first and the last place where a row of the same call may be.
    pub(super) fn around(&self, time: Instant) -> (Place, Instant) {
        let first = time.saturating_add_ticks(-self.within_ticks);
        (Place { time: first, id: String::new() }, time.saturating_add_ticks(self.within_ticks))
    }
}
