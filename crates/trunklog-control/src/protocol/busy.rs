//! Busy channels on the socket.

use serde::{Deserialize, Serialize};
use trunklog_odata::Instant;
use trunklog_odata::expr::Expr;
use trunklog_store::Result;
use trunklog_store::busy::{BusyGroup, BusyQuery, Load};
use trunklog_store::cube::CubeSet;

use super::cubes::SetRef;
use super::{from_json, to_json};

/// Whose busy channels a [`BusyQuery`] is about.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct BusyHead {
    set: SetRef,
}

/// The rest of it. It can be long, so it is a body.
#[derive(Debug, Serialize, Deserialize)]
struct BusyBody {
    edges: Vec<Instant>,
    filter: Option<Expr>,
    series: Option<Vec<Option<String>>>,
    direction: Option<i64>,
    by_series: bool,
}

/// A [`BusyGroup`].
#[derive(Debug, Serialize, Deserialize)]
struct BusyGroupForm {
    bucket: usize,
    series: Option<String>,
    occupied: LoadForm,
    talking: LoadForm,
}

/// A [`Load`]: the peak, when it was, and the time in ticks.
#[derive(Debug, Serialize, Deserialize)]
struct LoadForm(i64, Instant, i64);

impl BusyHead {
    /// The head of a request and its body.
    pub(crate) fn of(query: &BusyQuery) -> Result<(BusyHead, Vec<u8>)> {
        let body = BusyBody {
            edges: query.edges.to_vec(),
            filter: query.filter.clone(),
            series: query.series.clone(),
            direction: query.direction,
            by_series: query.by_series,
        };
        Ok((BusyHead { set: SetRef::of(query.set) }, to_json(&body, "busy channels")?))
    }

    /// The query, with the body that came after it, when `known` cubes have it.
    pub(crate) fn into_query(self, body: &[u8], known: &[&'static CubeSet]) -> Result<BusyQuery> {
        let set = self.set.into_set(known)?;
        let BusyBody { edges, filter, series, direction, by_series } = from_json(body, "busy channels")?;
        let query = BusyQuery { set, edges: edges.into(), filter, series, direction, by_series };
        query.check()?;
        Ok(query)
    }
}

/// Some groups of busy channels, as a part of the answer.
pub(crate) fn busy_part(groups: &[BusyGroup]) -> Result<Vec<u8>> {
    to_json(&groups.iter().map(BusyGroupForm::of).collect::<Vec<_>>(), "busy channels")
}

/// Reads such a part.
pub(crate) fn read_busy_part(part: &[u8]) -> Result<Vec<BusyGroup>> {
    let groups: Vec<BusyGroupForm> = from_json(part, "busy channels")?;
    Ok(groups.into_iter().map(BusyGroupForm::into_group).collect())
}

impl BusyGroupForm {
    fn of(group: &BusyGroup) -> BusyGroupForm {
        BusyGroupForm {
            bucket: group.bucket,
            series: group.series.clone(),
            occupied: LoadForm::of(group.occupied),
            talking: LoadForm::of(group.talking),
        }
    }

    fn into_group(self) -> BusyGroup {
        BusyGroup {
            bucket: self.bucket,
            series: self.series,
            occupied: self.occupied.into_load(),
            talking: self.talking.into_load(),
        }
    }
}

impl LoadForm {
    fn of(load: Load) -> LoadForm {
        LoadForm(load.peak, load.peak_at, load.ticks)
    }

    fn into_load(self) -> Load {
        let LoadForm(peak, peak_at, ticks) = self;
        Load { peak, peak_at, ticks }
    }
}
