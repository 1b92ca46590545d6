//! A key figure, worked out for the calls of an hour.
//!
//! What each call brings to it is asked of the figure itself, call by call.

use trunklog_odata::Instant;
use trunklog_records::call_types::Direction;
use trunklog_reports::kpi::{BUSY_KPIS, Definition, EXAMPLE, Example, KPIS, Unit};
use trunklog_reports::{Argument, Fact, Facts};

use crate::context::PageContext;
use crate::formats::NOTHING;
use crate::pages::figures::float;
use crate::state::Code;
use crate::table::{Cell, Head, Table};

/// What is shown: the calls with what each brings, and what it all comes to.
type Worked = (Table, String);

/// The figures that are quantiles, the mean of the same values, and which part of
/// them they do not exceed.
static QUANTILES: [(&str, &str, f64); 4] = [
    ("talkTimeP50", "talkTimeMean", 0.5),
    ("talkTimeP95", "talkTimeMean", 0.95),
    ("answerDelayP50", "answerDelayMean", 0.5),
    ("answerDelayP95", "answerDelayMean", 0.95),
];

/// A figure of calls.
pub(super) fn calls(page: &PageContext, of: &Definition) -> Option<Worked> {
    let by_key = |key: &str| KPIS.iter().find(|kpi| kpi.definition.key == key);
    let kpi = by_key(of.key)?;
    let quantile = QUANTILES.iter().find(|(key, ..)| *key == of.key);
    // Quantiles are of bins: of one call the mean is the value itself.
    let of_each = quantile.map_or(Some(kpi), |(_, mean, _)| by_key(mean))?;
    let facts = Facts::of(EXAMPLE.rows());
    let brought: Vec<Option<f64>> = facts
        .rows()
        .map(|fact| {
            let told = of_each.of(&Example::totals_of(&fact));
            told.value.filter(|_| told.n > 0)
        })
        .collect();
    let brings =
        |value: Option<f64>| value.map_or_else(|| NOTHING.to_owned(), |value| part(page, of.unit, value));
    let table = table(page, of, brought.iter().map(|value| brings(*value)).collect());
    let all = kpi.of(&EXAMPLE.totals());
    let value = page.formats.in_unit(of.unit, all.value?);
    let count = page.formats.count(all.n);
    let result = match (of.unit, quantile) {
        (_, Some((_, _, at))) => {
            let mut values: Vec<f64> = brought.into_iter().flatten().collect();
            values.sort_by(f64::total_cmp);
            let values: Vec<String> = values.into_iter().map(|value| part(page, of.unit, value)).collect();
            page.text(
                "help-quantile",
                &[
                    ("from", Argument::Text(&values.join(" · "))),
                    ("at", Argument::Text(&page.formats.percent(*at))),
                    ("value", Argument::Text(&value)),
                ],
            )
        }
        (Unit::Ratio, None) => {
            // Of how many rows it is true.
            let part = page.formats.decimal(all.value? * float(all.n), 0);
            page.text(
                "help-ratio",
                &[
                    ("from", Argument::Text(&part)),
                    ("to", Argument::Text(&count)),
                    ("value", Argument::Text(&value)),
                ],
            )
        }
        (Unit::Seconds, None) => {
            page.text("help-mean", &[("count", Argument::Text(&count)), ("value", Argument::Text(&value))])
        }
        (Unit::Minutes | Unit::Calls | Unit::Channels | Unit::Erlangs, None) => {
            page.about("help-sum", &value)
        }
    };
    Some((table, result))
}

/// A figure of busy channels.
pub(super) fn busy(page: &PageContext, of: &Definition) -> Option<Worked> {
    let kpi = BUSY_KPIS.iter().find(|kpi| kpi.definition.key == of.key)?;
    let facts = Facts::of(EXAMPLE.rows());
    let is_talking = of.key == "talkingChannels";
    let brought = facts
        .rows()
        .map(|fact| if is_talking { fact.talking() } else { fact.occupied() })
        .map(|span| span.map_or_else(|| NOTHING.to_owned(), |(from, until)| seconds(page, until - from)))
        .collect();
    let table = table(page, of, brought);
    let busy = EXAMPLE.busy();
    let value = page.formats.in_unit(of.unit, kpi.of(&busy).value?);
    let text = |key: &str, from: &str, to: &str| {
        let arguments =
            [("from", Argument::Text(from)), ("to", Argument::Text(to)), ("value", Argument::Text(&value))];
        page.text(key, &arguments)
    };
    let result = match of.key {
        "occupiedChannels" | "talkingChannels" => page.about("help-peak", &value),
        "traffic" | "busyHourTraffic" => {
            let [occupied, range] =
                [busy.occupied_ms, busy.range_ms].map(|millis| page.formats.seconds(float(millis) / 1_000.0));
            text("help-ratio", &occupied, &range)
        }
        _ => {
            let erlangs = page.formats.in_unit(Unit::Erlangs, busy.busy_hour_erlangs);
            text("help-channels", &erlangs, "")
        }
    };
    Some((table, result))
}

/// The calls with what each brings.
fn table(page: &PageContext, of: &Definition, brought: Vec<String>) -> Table {
    let heads = vec![
        Head::number(page.t("evidence-number")),
        Head::of(page.t("help-span")),
        Head::of(page.t("filter-direction")),
        Head::of(page.t("reason-code")),
        Head::of(page.t("column-class")),
        Head::number(page.t("help-until-start")),
        Head::number(page.t("help-after-start")),
        Head::number(page.t("help-brings")),
    ];
    let mut table = Table::new(page.about("help-example-of", &page.t(of.name)), heads);
    let facts = Facts::of(EXAMPLE.rows());
    let hour = facts.rows().filter_map(|fact| fact.invite).min().unwrap_or(0);
    let hour = hour - hour.rem_euclid(Instant::TICKS_PER_HOUR);
    for (at, (fact, brought)) in facts.rows().zip(brought).enumerate() {
        table.row(cells(page, at + 1, &fact, hour, brought));
    }
    table
}

fn cells(page: &PageContext, number: usize, fact: &Fact<'_>, hour: i64, brought: String) -> Vec<Cell> {
    let clock = |ticks: Option<i64>| {
        let Some(ticks) = ticks else { return NOTHING.to_owned() };
        let secs = (ticks - hour) / Instant::TICKS_PER_SEC;
        format!("{}:{:02}", secs / 60, secs % 60)
    };
    let between = |from: Option<i64>, until: Option<i64>| match (from, until) {
        (Some(from), Some(until)) => seconds(page, until - from),
        _ => NOTHING.to_owned(),
    };
    let stop = fact.end.or(fact.failure);
    let direction = match fact.direction {
        Some(Direction::Inbound) => "direction-inbound",
        Some(Direction::Outbound) => "direction-outbound",
        None => "direction-unknown",
    };
    let leg = if fact.is_leg { page.t("help-leg") } else { String::new() };
    let code = Code::of(fact.sip.map(i64::from), fact.sub.map(i64::from));
    vec![
        Cell::name(number.to_string()),
        Cell::text(format!("{} – {}", clock(fact.invite), clock(stop))),
        Cell::text(page.t(direction)).beside(leg),
        Cell::text(code.to_string()).linked(Some(page.to(&format!("codes/{code}")))),
        Cell::text(page.t(fact.class.name())),
        Cell::number(between(fact.invite, fact.start)),
        Cell::number(between(fact.start, stop)),
        Cell::number(brought),
    ]
}

/// What a call brings to a figure, so that parts of minutes can be seen.
fn part(page: &PageContext, unit: Unit, value: f64) -> String {
    match unit {
        Unit::Minutes => page.formats.seconds(value * 60.0),
        // Whether it is one of those that count.
        Unit::Ratio => page.formats.decimal(value, 0),
        unit => page.formats.in_unit(unit, value),
    }
}

fn seconds(page: &PageContext, ticks: i64) -> String {
    page.formats.seconds(float(ticks) / float(Instant::TICKS_PER_SEC))
}
