//! `/trunks` and `/trunks/{fqdn}`, and what their forms send.

mod figures;
mod forms;

use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_reports::calendar::Bucket;
use trunklog_reports::{Ask, Extra};
use trunklog_web::pages::health::TrunkAnswers;
use trunklog_web::pages::trunk::{TrunkAnswer, TrunkPage};
use trunklog_web::pages::trunks::{Known, TrunksAnswer, TrunksPage};

use super::fault::Fault;
use super::visit::{Shown, Visit};

pub(super) use figures::by_trunk;
pub(super) use forms::{change, import};

/// Makes the page of all trunks.
pub(super) fn list(visit: &Visit<'_>) -> Result<Shown, Fault> {
    let TrunkAnswers { totals, by_bucket } = by_trunk(visit)?;
    Shown::of(&TrunksPage::new(visit.page, &TrunksAnswer { totals, by_bucket, known: known(visit) }))
}

/// Makes the page of one trunk, under whichever of its names it is asked for.
pub(super) fn one(visit: &Visit<'_>) -> Result<Shown, Fault> {
    let asked = visit.page.state.trunk.clone().unwrap_or_default();
    let names = visit.names(&asked);
    let whole = Ask { compare: visit.page.comparison, extras: vec![Extra::Channels], ..visit.ask() };
    let totals = visit.answer_if_told("kpis", &whole)?;
    let buckets = Ask { bucket: Some(bucket(visit.page.range)), ..visit.ask() };
    let channels = visit.answer_if_told("concurrency", &buckets)?;
    let answer = TrunkAnswer { totals, channels, name: names.main(), known: known(visit) };
    Shown::of(&TrunkPage::new(visit.page, &answer))
}

fn known<'a>(visit: &'a Visit<'_>) -> Known<'a> {
    Known {
        inventory: visit.inventory(),
        probed: visit.probed(),
        is_probing: visit.is_probing(),
        today: visit.today(),
    }
}

/// Buckets of which a chart has some hundred.
fn bucket(range: TimeRange) -> Bucket {
    let ticks = range.end().ticks().saturating_sub(range.from().ticks());
    match () {
        // Clocks may have gone back in between.
        () if ticks <= 25 * Instant::TICKS_PER_HOUR => Bucket::FiveMinutes,
        () if ticks <= 8 * Instant::TICKS_PER_DAY => Bucket::Hour,
        () => Bucket::Day,
    }
}
