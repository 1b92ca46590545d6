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
use trunklog_web::pages::welcome::WelcomePage;
use trunklog_web::{Completeness, Place};

use super::fault::Fault;
use super::visit::{Shown, Visit};

pub(super) use figures::by_trunk;
pub(super) use forms::{change, import};

/// What is shown of trunks where nothing is stored yet: what people enter of them.
const ENTERED: &str = "inventory";

/// Makes the page of all trunks.
pub(super) fn list(visit: &Visit<'_>) -> Result<Shown, Fault> {
    if has_nothing(visit) {
        return welcome(visit);
    }
    let TrunkAnswers { totals, by_bucket } = by_trunk(visit)?;
    Shown::of(&TrunksPage::new(visit.page, &TrunksAnswer { totals, by_bucket, known: known(visit) }))
}

/// Whether there is neither a call nor a trunk that somebody entered, nor somebody who is
/// about to.
fn has_nothing(visit: &Visit<'_>) -> bool {
    visit.page.completeness == Completeness::Nothing
        && visit.inventory().trunks().next().is_none()
        && visit.page.state.own("show") != Some(ENTERED)
}

/// What to do first, as on other pages. Who administers may enter trunks before any call.
fn welcome(visit: &Visit<'_>) -> Result<Shown, Fault> {
    let page = visit.page;
    let welcome = WelcomePage::new(page, Place::Trunks);
    let welcome = if page.sees.admin {
        welcome.with_link(page.with_own("show", ENTERED), page.t("welcome-trunks"))
    } else {
        welcome
    };
    Shown::of(&welcome)
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
