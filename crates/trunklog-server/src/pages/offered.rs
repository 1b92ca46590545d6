//! What filter bars offer.

use trunklog_reports::calendar::Bucket;
use trunklog_reports::{Ask, Dimension, Filter};
use trunklog_web::pages::health::Trunks;

use super::fault::Fault;
use super::visit::Visit;

/// The trunks that had calls in the range, whatever else is looked at: sums tell
/// them.
pub(super) fn trunks(visit: &Visit<'_>) -> Result<Vec<String>, Fault> {
    let (by, bucket) = (vec![Dimension::Trunk], Some(Bucket::Month));
    let ask = Ask { by, bucket, filter: Filter::default(), ..visit.ask() };
    let answer = visit.answer_if_told("series", &ask)?;
    let mut trunks = answer.as_ref().map(Trunks::names).unwrap_or_default();
    trunks.sort_unstable();
    trunks.dedup();
    Ok(trunks)
}
