//! How busy a trunk's channels are, of how many there are, and how many it needs.

use jiff::civil::Date;
use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_reports::calendar::{Bucket, local_date};
use trunklog_reports::{Answer, Argument, erlang};
use trunklog_trunks::Trunk;

use super::{TrunkAnswer, peak_at};
use crate::chart::{Line, Plot, Point, line};
use crate::context::PageContext;
use crate::formats::NOTHING;
use crate::pages::axis::labels;
use crate::pages::figures::{Figure, float, moment};
use crate::pages::trunks::{NEARLY_FULL, peak_cell};
use crate::state::Span;
use crate::svg::Svg;
use crate::table::{Cell, Head, Table};

/// How busy a trunk's channels are.
#[derive(Debug)]
pub(super) struct Capacity {
    pub(super) title: String,
    pub(super) figures: Table,
    /// The chart; None where nothing is known.
    pub(super) chart: Option<Svg>,
    pub(super) place: String,
    /// The edges of buckets in seconds since 1970, with blanks between.
    pub(super) edges: String,
    /// Where to zoom to, with `FROM` and `TO` in it.
    pub(super) zoom: String,
    /// The buckets as a table.
    pub(super) buckets: Table,
    /// What the dashed line is; empty where there is none.
    pub(super) limit: String,
    /// What has to be known; empty for nothing.
    pub(super) note: String,
}

/// A bucket.
struct Slot {
    range: TimeRange,
    peak: Figure,
    /// How many channels there were then.
    limit: Option<u32>,
    is_open: bool,
    is_unknown: bool,
}

impl Slot {
    fn is_nearly_full(&self) -> bool {
        let known = self.peak.value.zip(self.limit).filter(|_| !self.is_unknown);
        known.is_some_and(|(peak, limit)| peak >= NEARLY_FULL * f64::from(limit))
    }
}

impl Capacity {
    pub(super) fn new(page: &PageContext, answer: &TrunkAnswer<'_>, trunk: Option<&Trunk>) -> Capacity {
        let slots = answer.channels.as_ref().map(|channels| slots(page, channels, trunk)).unwrap_or_default();
        let limit = trunk.and_then(|trunk| trunk.channels(answer.known.today));
        let title = page.t("capacity");
        let plot = (!slots.is_empty()).then(|| plot(page, answer.channels.as_ref(), &slots));
        let secs = |at: Instant| at.ticks().div_euclid(Instant::TICKS_PER_SEC).to_string();
        let last = slots.last().map(|slot| slot.range.end());
        let edges: Vec<String> = slots.iter().map(|slot| slot.range.from()).chain(last).map(secs).collect();
        let has_limit = slots.iter().any(|slot| slot.limit.is_some());
        let (chart, place) = plot.map_or((None, String::new()), |Plot { svg, place }| (Some(svg), place));
        Capacity {
            figures: figures(page, answer, limit, &slots),
            chart,
            place,
            edges: edges.join(" "),
            zoom: page.here(|state| {
                state.span = Span::Between { from: "FROM".to_owned(), to: Some("TO".to_owned()) };
            }),
            buckets: buckets(page, &slots),
            limit: if has_limit { page.t("capacity-limit") } else { String::new() },
            note: if has_limit { String::new() } else { page.t("capacity-no-limit") },
            title,
        }
    }
}

fn slots(page: &PageContext, channels: &Answer, trunk: Option<&Trunk>) -> Vec<Slot> {
    let table = &channels.table;
    let starts: Vec<Instant> = (0..table.rows.len()).filter_map(|row| moment(table, row, "start")).collect();
    let mut slots = Vec::with_capacity(starts.len());
    for (row, start) in starts.iter().enumerate() {
        let end = starts.get(row + 1).copied().unwrap_or(channels.range.end());
        let Ok(range) = TimeRange::of(&DIRECT_ROUTING_CALLS, *start, end) else { continue };
        let day: Option<Date> = local_date(&page.tenant_zone, *start).parse().ok();
        slots.push(Slot {
            range,
            peak: Figure::of(table, row, "occupiedChannels"),
            limit: trunk.zip(day).and_then(|(trunk, day)| trunk.channels(day)),
            is_open: page.completeness.until().is_none_or(|until| end > until),
            is_unknown: page.is_unknown(*start),
        });
    }
    slots
}

fn plot(page: &PageContext, channels: Option<&Answer>, slots: &[Slot]) -> Plot {
    let bucket = channels.and_then(|channels| channels.bucket).unwrap_or(Bucket::Hour);
    let starts: Vec<Instant> = slots.iter().map(|slot| slot.range.from()).collect();
    let labels = labels(&page.formats, bucket.suited(page.range), &starts);
    let most =
        slots.iter().filter(|slot| !slot.is_unknown).filter_map(|slot| slot.peak.value).fold(0.0, f64::max);
    let axis = |number: f64| page.formats.decimal(number, 0);
    let point = |(slot, label): (&Slot, String)| {
        let start = page.formats.moment(slot.range.from());
        Point {
            label,
            told: format!("{start}: {}", told(page, slot)),
            value: slot.peak.value.filter(|_| !slot.is_unknown),
            before: slot.limit.map(f64::from),
            is_open: slot.is_open,
        }
    };
    line(&Line {
        id: "capacity",
        name: page.t("capacity-over-time"),
        description: page.about("week-most", &axis(most)),
        points: slots.iter().zip(labels).map(point).collect(),
        is_whole: true,
        axis: &axis,
        most: None,
    })
}

/// What is told of a bucket: the peak, of how many channels.
fn told(page: &PageContext, slot: &Slot) -> String {
    if slot.is_unknown {
        return page.t("state-no-data-short");
    }
    let peak = slot.peak.told(page);
    match slot.limit {
        None => peak,
        Some(limit) => format!("{peak} {}", page.about("over-n", &page.formats.count(limit.into()))),
    }
}

fn buckets(page: &PageContext, slots: &[Slot]) -> Table {
    let heads = vec![Head::of(page.t("series-start")), Head::number(page.t("capacity-peak"))];
    let mut table = Table::new(page.t("capacity-over-time"), heads).or_why(page, "state-not-kept");
    for slot in slots {
        let zoom = page.here(|state| state.span = Span::of(slot.range));
        let mut peak = if slot.is_unknown {
            Cell::number(page.t("state-no-data-short"))
        } else {
            peak_cell(page, slot.peak, slot.limit)
        };
        if !slot.is_unknown && slot.peak.value.is_some_and(|peak| peak > 0.0) {
            peak = peak.linked(page.calls_within(slot.range, |_| {}));
        }
        table.row(vec![Cell::name(page.formats.moment(slot.range.from())).linked(Some(zoom)), peak]);
    }
    table
}

/// The figures of capacity, a row each.
fn figures(page: &PageContext, answer: &TrunkAnswer<'_>, limit: Option<u32>, slots: &[Slot]) -> Table {
    let heads = vec![Head::of(page.t("inventory-figure")), Head::number(page.t("inventory-value"))];
    let table = Table::new(page.t("capacity"), heads);
    let Some(totals) = &answer.totals else { return table.or_why(page, "state-not-kept") };
    let mut table = table;
    let figure = |key: &str| Figure::of(&totals.table, 0, key);
    // What is a key figure is explained on a page of its own.
    let mut add = |title: &str, key: &str, cell: Cell| {
        let help = (!key.is_empty()).then(|| page.to(&format!("help/{key}")));
        table.row(vec![Cell::name(page.t(title)).linked(help), cell]);
    };
    let at = peak_at(answer.totals.as_ref());
    let peak = peak_cell(page, figure("occupiedChannels"), limit);
    let peak = match at.and_then(around) {
        Some(hour) => peak.linked(Some(page.here(|state| state.span = Span::of(hour)))),
        None => peak,
    };
    add("capacity-peak", "occupiedChannels", peak);
    let shown = at.map_or_else(|| NOTHING.to_owned(), |at| page.formats.moment(at));
    add("capacity-peak-at", "", Cell::number(shown));
    let told = |cell: Option<u32>| {
        cell.map_or_else(Cell::nothing, |limit| Cell::number(page.formats.count(limit.into())))
    };
    add("capacity-limit", "", told(limit));
    if slots.iter().any(|slot| slot.limit.is_some()) {
        let full = slots.iter().filter(|slot| slot.is_nearly_full()).count();
        let text = page.text(
            "capacity-full-of",
            &[
                ("value", Argument::Text(&count_text(page, full))),
                ("count", Argument::Text(&count_text(page, slots.len()))),
            ],
        );
        add("capacity-full", "", Cell::number(text));
    }
    for (title, key) in [
        ("capacity-traffic", "traffic"),
        ("capacity-busy-hour", "busyHourTraffic"),
        ("capacity-one-percent", "channelsForOnePercent"),
        ("capacity-one-per-mille", "channelsForOnePerMille"),
    ] {
        add(title, key, Cell::number(figure(key).told(page)));
    }
    if let Some((limit, erlangs)) = limit.zip(figure("busyHourTraffic").value) {
        let blocked = erlang::blocking(erlangs, limit);
        let cell = blocked.map_or_else(Cell::nothing, |share| Cell::number(page.formats.percent(share)));
        add("capacity-blocked", "", cell);
    }
    table
}

/// The hour around a moment.
fn around(at: Instant) -> Option<TimeRange> {
    let half = Instant::TICKS_PER_HOUR / 2;
    TimeRange::of(&DIRECT_ROUTING_CALLS, at.saturating_add_ticks(-half), at.saturating_add_ticks(half)).ok()
}

fn count_text(page: &PageContext, number: usize) -> String {
    page.formats.decimal(float(i64::try_from(number).unwrap_or(i64::MAX)), 0)
}
