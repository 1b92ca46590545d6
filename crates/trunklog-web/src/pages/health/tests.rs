use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_reports::calendar::zone;
use trunklog_reports::calendar::{Bucket, Comparison};
use trunklog_reports::kpi::Unit;
use trunklog_reports::{Column, Kind, Language, Source, Table, Value};

use super::*;
use crate::context::{Completeness, Reads, Sees, Trouble, Wrong};
use crate::formats::Formats;
use crate::links::Links;
use crate::state::FilterState;
use crate::table::Cell;

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn range(from: &str, to: &str) -> TimeRange {
    TimeRange::of(&DIRECT_ROUTING_CALLS, at(from), at(to)).unwrap()
}

fn page(query: &str, calls: bool) -> PageContext {
    let now = at("2026-11-30T08:00:00Z");
    PageContext {
        range: range("2026-11-28T00:00:00Z", "2026-12-01T00:00:00Z"),
        comparison: Some(Comparison::Week),
        completeness: Completeness::Until(at("2026-11-30T06:00:00Z")),
        sees: Sees { reads: if calls { Reads::Calls } else { Reads::Sums }, ..Sees::default() },
        reader: "Ada".to_owned(),
        state: FilterState::read(query, &["metric", "heat", "sort"]).unwrap(),
        formats: Formats::new(Language::English, zone("Europe/Berlin").unwrap()),
        ..PageContext::plain(Language::English, Links::new("/", None), now)
    }
}

fn answer(
    report: &'static str,
    columns: Vec<Column>,
    rows: Vec<Vec<Value>>,
    before: Option<Vec<Vec<Value>>>,
) -> Answer {
    let table = Table { columns: columns.clone(), rows };
    Answer {
        report,
        definitions: 1,
        zone: zone("Europe/Berlin").unwrap(),
        range: range("2026-11-28T00:00:00Z", "2026-12-01T00:00:00Z"),
        bucket: Some(Bucket::Day),
        by: Vec::new(),
        filter: None,
        comparison: Some((Comparison::Week, range("2026-11-21T00:00:00Z", "2026-11-24T00:00:00Z"))),
        commit: trunklog_store::Watermark(1),
        complete_until: None,
        source: Source::default(),
        notes: Vec::new(),
        compared: before.map(|rows| Table { columns, rows }),
        table,
    }
}

fn figures() -> Vec<Column> {
    let of = |key, unit| Column::of(key, Kind::Figure(unit));
    vec![
        of("attempts", Unit::Calls),
        of("answered", Unit::Calls),
        of("failed", Unit::Calls),
        of("missed", Unit::Calls),
        of("asr", Unit::Ratio),
        of("ner", Unit::Ratio),
        of("minutes", Unit::Minutes),
        of("acd", Unit::Seconds),
        of("occupiedChannels", Unit::Channels),
        Column::of("occupiedPeakAt", Kind::Moment),
        of("answerDelayP50", Unit::Seconds),
        of("answerDelayP95", Unit::Seconds),
    ]
}

fn values(attempts: i64, answered: i64, failed: i64) -> Vec<Value> {
    let ratio = |part: i64| Value::Ratio { value: crate::pages::figures::ratio(part, attempts), n: attempts };
    vec![
        Value::Int(attempts),
        Value::Int(answered),
        Value::Int(failed),
        Value::Int(3),
        ratio(answered),
        ratio(attempts - failed),
        Value::Number(42.0),
        Value::Ratio { value: Some(61.0), n: answered },
        Value::Int(7),
        Value::Instant(at("2026-11-29T09:30:00Z")),
        Value::Ratio { value: Some(4.0), n: 50 },
        Value::Ratio { value: Some(9.0), n: 50 },
    ]
}

fn first() -> FirstAnswers {
    let mut columns = vec![Column::key("start", Kind::Moment)];
    columns.extend(figures());
    let day = |day: &str, values: Vec<Value>| {
        let mut row = vec![Value::Instant(at(&format!("2026-11-{day}T00:00:00Z")))];
        row.extend(values);
        row
    };
    let now = vec![day("28", values(100, 80, 10)), day("29", values(50, 40, 0)), day("30", values(0, 0, 0))];
    let before =
        vec![day("21", values(90, 80, 1)), day("22", values(50, 40, 0)), day("23", values(60, 50, 2))];
    FirstAnswers {
        totals: Some(answer("kpis", figures(), vec![values(150, 120, 10)], Some(vec![values(200, 170, 3)]))),
        by_bucket: answer("kpis", columns, now, Some(before)),
    }
}

fn ends() -> EndsAnswers {
    let columns = vec![
        Column::key("sipCode", Kind::Code),
        Column::key("subcode", Kind::Code),
        Column::key("class", Kind::Word),
        Column::key("side", Kind::Word),
        Column::key("cause", Kind::Text),
        Column::key("action", Kind::Text),
        Column::of("attempts", Kind::Figure(Unit::Calls)),
    ];
    let row = |sip, sub, class: trunklog_reports::Class, cause: &str, count| {
        vec![
            Value::Int(sip),
            Value::Int(sub),
            Value::Word { key: class.key(), name: class.name() },
            Value::Word { key: "sbc", name: "side-sbc" },
            Value::text(cause),
            Value::text("read the <log>"),
            Value::Int(count),
        ]
    };
    let rows = vec![
        row(0, 560_000, trunklog_reports::Class::Answered, "ended", 120),
        row(486, 560_486, trunklog_reports::Class::UserBusy, "busy", 20),
        row(503, 560_503, trunklog_reports::Class::SbcFault, "overload", 10),
    ];
    EndsAnswers { ends: Some(answer("endReasons", columns, rows.clone(), Some(rows))) }
}

#[test]
fn tiles_lead_to_the_calls_that_they_count() {
    let page = page("trunk=sbc1.example&commit=7", true);
    let html = Tiles::new(&page, &first()).to_string();
    assert_eq!(html.matches("<li class=\"tile").count(), 8, "{html}");
    for (href, text) in [
        ("./calls?trunk=sbc1.example&#38;commit=7", "150 calls"),
        ("./calls?trunk=sbc1.example&#38;ends=answered&#38;commit=7", "120 answered calls"),
        ("./calls?trunk=sbc1.example&#38;ends=delivered&#38;commit=7", "140 delivered calls"),
        ("./calls?trunk=sbc1.example&#38;ends=failed&#38;commit=7", "10 failed calls"),
    ] {
        assert!(html.contains(&format!("<a href=\"{href}\">{text}</a>")), "{text}: {html}");
    }
    assert!(html.contains("80.0%") && html.contains("of 150") && html.contains("−25%"), "{html}");
    // Who may not read calls gets the numbers, not the links.
    let masked = self::page("", false);
    let html = Tiles::new(&masked, &first()).to_string();
    assert!(!html.contains("./calls") && html.contains("10 failed calls"), "{html}");
}

#[test]
fn ratios_of_few_calls_are_grey() {
    let mut answers = first();
    answers.totals = Some(answer("kpis", figures(), vec![values(50, 40, 1)], None));
    let page = page("", true);
    let html = Tiles::new(&page, &answers).to_string();
    assert!(html.contains("value few"), "{html}");
    assert!(!html.contains("class=\"change\""), "nothing to compare with: {html}");
}

/// Tiles and tables have one rule.
#[test]
fn ratios_of_too_few_calls_are_not_told_and_say_why() {
    let page = page("", true);
    let why = "title=\"too few calls: a ratio is told from 10 on\"";
    for (attempts, is_told) in [(7, false), (9, false), (10, true), (100, true)] {
        let mut answers = first();
        let now = vec![values(attempts, attempts, 0)];
        answers.totals = Some(answer("kpis", figures(), now, Some(vec![values(200, 150, 3)])));
        let html = Tiles::new(&page, &answers).to_string();
        let tile = html.split("<li class").find(|tile| tile.contains("(ASR)")).unwrap();
        let cell = Cell::ratio(&page, Some(1.0), attempts);
        let mut table = crate::Table::new("x", vec![crate::Head::number("y")]);
        table.row(vec![cell.clone()]);
        let table = table.to_string();
        for shown in [tile, table.as_str()] {
            assert_eq!(shown.contains(why), !is_told, "{attempts}: {shown}");
            assert_eq!(shown.contains("100%"), is_told, "{attempts}: {shown}");
            assert!(shown.contains(&format!("of {attempts}")), "{attempts}: {shown}");
        }
        assert_eq!(tile.contains("value few"), cell.class == "few", "{attempts}: {tile}");
        assert_eq!(tile.contains("class=\"change\""), is_told, "{attempts}: {tile}");
        // A mean is told of one call, too.
        let mean = html.split("<li class").find(|tile| tile.contains("Call duration")).unwrap();
        assert!(!mean.contains("title=\"too few"), "{mean}");
    }
    let nothing = Cell::ratio(&page, None, 200);
    assert!(nothing.help.is_empty() && nothing.class == "few");
}

#[test]
fn where_no_sums_are_kept_buckets_are_added_up() {
    let with_sums = first();
    let without = FirstAnswers { totals: None, ..first() };
    let page = page("", true);
    let [with_sums, without] = [with_sums, without].map(|answers| Tiles::new(&page, &answers).to_string());
    for told in ["150 calls", "120 answered calls", "10 failed calls", "80.0%"] {
        assert!(with_sums.contains(told) && without.contains(told), "{told}: {without}");
    }
}

#[test]
fn the_series_knows_what_may_be_missing() {
    let page = page("metric=failed", true);
    let html = Series::new(&page, &first()).to_string();
    // The last day has begun, and data are complete up to eight o'clock.
    assert_eq!(html.matches("url(#series-open)").count(), 1, "{html}");
    assert!(html.contains("data-edges=\"1795824000 1795910400 1795996800 1796083200\""), "{html}");
    assert!(html.contains("from=FROM&#38;to=TO") && html.contains("metric=failed"), "{html}");
    // Without a script each bucket is a link to zoom, and its number one to its calls.
    assert!(
        html.contains("from=2026-11-28T00:00:00Z&#38;to=2026-11-29T00:00:00Z&#38;metric=failed"),
        "{html}"
    );
    assert!(
        html.contains("./calls?from=2026-11-28T00:00:00Z&#38;to=2026-11-29T00:00:00Z&#38;ends=failed"),
        "{html}"
    );
    assert!(html.contains("a week before"), "{html}");
}

#[test]
fn days_without_data_are_not_days_without_calls() {
    let mut page = page("", true);
    page.completeness = Completeness::Until(at("2026-11-29T00:00:00Z"));
    let html = Series::new(&page, &first()).to_string();
    assert_eq!(html.matches("no data yet").count(), 2 * 2, "two days, in drawing and table: {html}");
    assert_eq!(page.emptiness(), "state-no-calls");
    page.completeness = Completeness::Stored(at("2026-11-27T00:00:00Z"));
    assert_eq!(page.emptiness(), "state-no-data");
}

#[test]
fn no_calls_no_data_and_a_source_that_broke_off_look_different() {
    let mut page = page("", true);
    let from = page.range.from();
    let before = from.saturating_add_ticks(-1);
    let source = |what| Some(Trouble { source: "pull/<contoso>".to_owned(), what });
    for (completeness, trouble, why, class) in [
        (Completeness::Until(Instant::MAX), None, "state-no-calls", "s-none"),
        (Completeness::Unknown, source(Wrong::Waiting), "state-no-calls", "s-none"),
        (Completeness::Stored(before), None, "state-no-data", "s-open"),
        (Completeness::Stored(before), source(Wrong::Waiting), "state-no-data", "s-open"),
        (Completeness::Stored(before), source(Wrong::Failing(from)), "state-cut-off", "s-silent"),
        (Completeness::Unknown, source(Wrong::Failing(before)), "state-cut-off", "s-silent"),
        (Completeness::Unknown, source(Wrong::Overdue(before)), "state-cut-off", "s-silent"),
        // It broke off after the range had begun: what there was is known.
        (Completeness::Unknown, source(Wrong::Failing(page.range.end())), "state-no-calls", "s-none"),
    ] {
        (page.completeness, page.trouble) = (completeness, trouble);
        assert_eq!(page.emptiness(), why, "{completeness:?} {:?}", page.trouble);
        let table = crate::Table::new("x", vec![crate::Head::of("y")]).or_why(&page, page.emptiness());
        let html = table.to_string();
        assert!(html.contains(&format!("class=\"empty {class}\"")) && html.contains(&page.t(why)), "{html}");
    }
    page.trouble = source(Wrong::Failing(at("2026-11-30T07:24:00Z")));
    let bar = crate::FilterBar::new(&page, Vec::new()).to_string();
    assert!(bar.contains("<a href=\"./data\">pull/&#60;contoso&#62; fails since "), "{bar}");
    for quiet in [source(Wrong::Waiting), None] {
        page.trouble = quiet;
        let bar = crate::FilterBar::new(&page, Vec::new()).to_string();
        assert!(!bar.contains("class=\"note trouble\""), "{bar}");
    }
}

#[test]
fn reasons_tell_cause_and_action_and_escape_them() {
    let page = page("", true);
    let html = Reasons::new(&page, &ends()).to_string();
    assert!(html.contains("overload") && !html.contains("ended"), "answered calls have no reason: {html}");
    assert!(html.contains("read the &#60;log&#62;"), "{html}");
    assert!(html.contains("./calls?code=503-560503&#38;ends=sbcFault"), "{html}");
    assert!(html.contains("./codes/486-560486"), "{html}");
}

/// As in tools for web sites: a row is a filter of the page, and its number leads to calls.
#[test]
fn rows_are_filters_of_the_page() {
    let of = page("trunk=sbc1.example&commit=7", true);
    let help = "title=\"Look at these alone, on this page\"";
    for (html, name, filter) in [
        (Reasons::new(&of, &ends()).to_string(), "overload", "code=503-560503&#38;ends=sbcFault"),
        (Classes::new(&of, &ends()).to_string(), "SBC or carrier", "ends=g-sbc"),
    ] {
        let link = format!("{help}><a href=\"./?trunk=sbc1.example&#38;{filter}&#38;commit=7\">{name}</a>");
        assert!(html.contains(&link), "{link}: {html}");
        assert!(html.contains(&format!("./calls?trunk=sbc1.example&#38;{filter}&#38;commit=7")), "{html}");
    }
    // Who may not read calls may narrow sums.
    let sums = page("", false);
    let html = Classes::new(&sums, &ends()).to_string();
    assert!(html.contains("./?ends=g-sbc") && !html.contains("./calls"), "{html}");
}

#[test]
fn classes_add_up_to_all_calls() {
    let page = page("", true);
    let html = Classes::new(&page, &ends()).to_string();
    for (group, count, share) in
        [("g-answered", "120", "80.0%"), ("g-people", "20", "13.3%"), ("g-sbc", "10", "6.7%")]
    {
        assert!(html.contains(&format!("./calls?ends={group}\">{count}</a>")), "{group}: {html}");
        assert!(html.contains(share), "{share}: {html}");
    }
    let none = Classes::new(&page, &EndsAnswers { ends: None }).to_string();
    assert!(none.contains("not kept for this filter"), "{none}");
}

#[test]
fn trunks_that_fell_silent_are_told() {
    let mut columns = vec![Column::key("trunk", Kind::Text)];
    columns.extend(figures());
    let row = |trunk: &str, values: Vec<Value>| {
        let mut row = vec![Value::text(trunk)];
        row.extend(values);
        row
    };
    let now = vec![row("sbc1.example", values(0, 0, 0)), row("sbc2.example", values(150, 120, 10))];
    let before = vec![row("sbc1.example", values(80, 70, 0)), row("sbc2.example", values(100, 90, 0))];
    let totals = answer("kpis", columns, now, Some(before));
    assert_eq!(Trunks::names(&totals), ["sbc1.example", "sbc2.example"]);
    let answers = TrunkAnswers { totals: Some(totals), by_bucket: None };
    let page = page("", true);
    let html = Trunks::new(&page, &answers).to_string();
    assert!(html.contains("silent: had calls before") && html.contains("has calls"), "{html}");
    let places = ["sbc2.example", "sbc1.example"].map(|name| html.find(&format!("trunks/{name}")).unwrap());
    assert!(places[0] < places[1], "the largest is first: {html}");
    assert!(html.contains("aria-sort=\"descending\"") && html.contains("sort=attempts"), "{html}");
    let by_name = self::page("sort=trunk", true);
    let html = Trunks::new(&by_name, &answers).to_string();
    let places = ["sbc1.example", "sbc2.example"].map(|name| html.find(&format!("trunks/{name}")).unwrap());
    assert!(places[0] < places[1], "{html}");
}

/// Rows by trunk.
fn by_trunk(rows: Vec<(&str, Vec<Value>)>, before: Option<Vec<(&str, Vec<Value>)>>) -> TrunkAnswers {
    let mut columns = vec![Column::key("trunk", Kind::Text)];
    columns.extend(figures());
    let totals = answer("kpis", columns, named_rows(rows), before.map(named_rows));
    TrunkAnswers { totals: Some(totals), by_bucket: None }
}

fn named_rows(rows: Vec<(&str, Vec<Value>)>) -> Vec<Vec<Value>> {
    let named =
        |(name, values): (&str, Vec<Value>)| std::iter::once(Value::text(name)).chain(values).collect();
    rows.into_iter().map(named).collect()
}

#[test]
fn trunks_that_deliver_less_are_told() {
    let now = vec![
        ("sbc1.example", values(200, 150, 30)),
        ("sbc2.example", values(100, 20, 70)),
        ("sbc3.example", values(10, 0, 10)),
        ("sbc4.example", values(200, 150, 12)),
        ("sbc5.example", values(5, 4, 1)),
    ];
    let before = vec![
        ("sbc1.example", values(200, 180, 2)),
        ("sbc2.example", values(100, 90, 2)),
        ("sbc3.example", values(10, 10, 0)),
        ("sbc4.example", values(200, 180, 2)),
        ("sbc5.example", values(5, 5, 0)),
    ];
    let page = page("", true);
    let html = Trunks::new(&page, &by_trunk(now.clone(), Some(before))).to_string();
    assert_eq!(html.matches(">delivers less <small>−14.0\u{a0}pp</small>").count(), 1, "{html}");
    assert_eq!(html.matches(">most calls fail<").count(), 1, "{html}");
    assert_eq!(html.matches(">has calls<").count(), 3, "ten calls say nothing, nor do five points: {html}");
    assert!(html.contains("of 5") && !html.contains(">–</a>"), "what is not told leads nowhere: {html}");
    // Without a time to compare with, what fails is told all the same.
    let html = Trunks::new(&page, &by_trunk(now, None)).to_string();
    assert!(html.contains(">most calls fail<") && !html.contains(">delivers less "), "{html}");
}

#[test]
fn a_trunk_that_fails_is_told_among_many() {
    let names: Vec<String> = (0..25).map(|nth| format!("sbc{nth:02}.example")).collect();
    let rows = names.iter().zip(0_i64..).map(|(name, nth)| {
        let failed = if nth == 24 { 150 } else { 0 };
        (name.as_str(), values(200 - nth, 20, failed))
    });
    let page = page("", true);
    let html = Trunks::new(&page, &by_trunk(rows.collect(), None)).to_string();
    assert!(html.contains("trunks/sbc24.example") && html.contains("5 more trunks"), "{html}");
    let places = ["sbc00", "sbc18", "sbc24"].map(|name| html.find(&format!("trunks/{name}")).unwrap());
    assert!(places.is_sorted(), "the others keep their order: {places:?}");
    assert!(!html.contains("trunks/sbc19.example"), "{html}");
}

#[test]
fn what_is_level_has_one_number_and_what_is_not_known_none() {
    let mut answers = first();
    answers.by_bucket.table.rows.truncate(1);
    answers.by_bucket.compared = None;
    let page = page("", true);
    let html = Tiles::new(&page, &answers).to_string();
    assert!(html.contains("<small>100</small>") && !html.contains("100 – 100"), "{html}");
    assert!(html.contains("95 % below ≈ 9.0\u{a0}s"), "{html}");
    assert!(!html.contains("below ≈ –"), "no percentile of talk time is in these answers: {html}");
}

#[test]
fn reasons_that_were_not_there_before_are_told() {
    let mut of = ends();
    let earlier = of.ends.as_mut().unwrap().compared.as_mut().unwrap();
    *earlier.rows.last_mut().unwrap().last_mut().unwrap() = Value::Int(0);
    let page = page("", true);
    let html = Reasons::new(&page, &of).to_string();
    assert_eq!(html.matches(">none before<").count(), 1, "{html}");
    of.ends.as_mut().unwrap().compared = None;
    let html = Reasons::new(&page, &of).to_string();
    assert!(!html.contains("none before"), "nobody looked: {html}");
}

#[test]
fn the_week_leads_to_each_hour() {
    let columns = vec![
        Column::key("weekday", Kind::Word),
        Column::key("hour", Kind::Code),
        Column::of("hours", Kind::Count),
        Column::of("attempts", Kind::Figure(Unit::Calls)),
    ];
    let days = [("monday", "weekday-monday"), ("tuesday", "weekday-tuesday")];
    let hours = days.into_iter().flat_map(|(key, name)| (0..24).map(move |hour| (key, name, hour)));
    let rows = hours
        .map(|(key, name, hour)| {
            let is_there = key == "monday";
            let attempts = if is_there && hour == 8 { 12 } else { 0 };
            vec![
                Value::Word { key, name },
                Value::Int(hour),
                Value::Int(i64::from(is_there)),
                Value::Int(attempts),
            ]
        })
        .collect();
    let answer = answer("heatMap", columns, rows, None);
    let page = page("heat=attempts", true);
    let html = Week::new(&page, Some(&answer)).to_string();
    assert!(html.contains("./calls?hour=monday-8\">12</a>"), "{html}");
    assert!(html.contains("The most: Monday, 08:00: 12."), "{html}");
    // Hours that the range does not have are no hours without calls.
    assert_eq!(html.matches("class=\"h-none\"").count(), 24, "{html}");
}

#[test]
fn the_page_is_whole_and_small() {
    let page = page("trunk=sbc1.example", true);
    let (first, ends) = (first(), ends());
    let trunks = TrunkAnswers { totals: None, by_bucket: None };
    let of = |later| {
        HealthPage::new(
            &page,
            vec!["<sbc>".to_owned()],
            Tiles::new(&page, &first),
            Series::new(&page, &first),
            Classes::new(&page, &ends),
            Trunks::new(&page, &trunks),
            Reasons::new(&page, &ends),
            later,
        )
        .render()
        .unwrap()
    };
    let html = of(Later::new(&page, None, None));
    assert!(html.len() < 60_000, "{}", html.len());
    assert!(html.contains("<option value=\"&#60;sbc&#62;\">"), "{html}");
    assert!(html.contains("complete until 07:00"), "{html}");
    assert!(html.contains("hx-get=\"./?trunk=sbc1.example&#38;part=week\""), "{html}");
    assert!(!html.contains("style=") && !html.contains("&lt;svg") && !html.contains("&#60;svg"), "{html}");
    let mut ids: Vec<&str> =
        html.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default()).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "no id is there twice: {ids:?}");
    let all = of(Later::new(&page, Some(Week::new(&page, None)), Some(Countries::new(&page, None))));
    assert!(!all.contains("hx-get"), "{all}");
    // The chip says what is narrowed, with a way to take it off.
    assert!(html.contains("Trunk sbc1.example") && html.contains("Remove: Trunk sbc1.example"), "{html}");
}

#[test]
fn all_languages_show_the_page() {
    for language in Language::ALL {
        let page = PageContext {
            words: crate::words(language),
            formats: Formats::new(language, zone("Europe/Berlin").unwrap()),
            ..page("", true)
        };
        let html = Tiles::new(&page, &first()).to_string() + &Reasons::new(&page, &ends()).to_string();
        assert!(!html.contains("tile-") && !html.contains("column-") && !html.contains("reason-"), "{html}");
    }
}
