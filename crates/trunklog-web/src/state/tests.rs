use proptest::prelude::*;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_reports::{Class, Filter};

use super::*;

fn week() -> TimeRange {
    let at = |text: &str| Instant::parse(text).unwrap();
    TimeRange::of(&DIRECT_ROUTING_CALLS, at("2026-11-16T00:00:00Z"), at("2026-11-23T00:00:00Z")).unwrap()
}

fn problem(query: &str) -> String {
    FilterState::read(query, &["metric"]).unwrap_err().message().to_owned()
}

/// States as pages make them.
fn states() -> impl Strategy<Value = FilterState> {
    let text = || proptest::option::of("[^\\p{C}\\p{Z}]([^\\p{C}]{0,20}[^\\p{C}\\p{Z}])?");
    let span = prop_oneof![
        Just(Span::default()),
        Just(Span::Last("24h".to_owned())),
        Just(Span::Between { from: "2026-11-30".to_owned(), to: None }),
        Just(Span::of(week())),
    ];
    let ends = prop_oneof![
        Just(Vec::new()),
        Just(vec![Ends::Missed, Ends::Failed]),
        (0..Group::ALL.len()).prop_map(|at| vec![Ends::Group(Group::ALL[at])]),
        (0..Class::COUNT).prop_map(|at| vec![Ends::Class(Class::ALL[at]), Ends::Unanswered]),
    ];
    let part = prop_oneof![Just(CodePart::Missing), any::<i32>().prop_map(CodePart::Is)];
    let code = proptest::option::of((part.clone(), prop_oneof![Just(CodePart::Any), part]));
    let code = code.prop_map(|code| code.map(|(sip, sub)| Code { sip, sub }));
    let hour = proptest::option::of((0..7_usize, 0..24_i64));
    let hour = hour.prop_map(|hour| {
        let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        hour.and_then(|(day, hour)| HourOfWeek::of(days[day], hour))
    });
    let compare = prop_oneof![
        Just(None),
        Just(Some(Compare::Off)),
        (0..4_usize).prop_map(|at| Some(Compare::With(Comparison::ALL[at]))),
    ];
    let first = (span, compare, text(), text(), text());
    let second = (ends, code, hour, proptest::option::of(any::<u64>()), text(), 0..4_usize);
    (first, second).prop_map(
        |((span, compare, trunk, call_type, who), (ends, code, hour, commit, own, way))| {
            let mut state = FilterState {
                span,
                compare,
                trunk: trunk.map(|trunk| trunk.to_lowercase()),
                call_type,
                who,
                ends,
                code,
                hour,
                commit,
                zone: (way == 1).then(|| "Europe/Berlin".to_owned()),
                country: (way == 2).then(|| "DE".to_owned()),
                direction: Direction::ALL.get(way).copied(),
                ..FilterState::default()
            };
            state.own.extend(own.map(|own| ("metric".to_owned(), own)));
            state
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(state in states()) {
        let query = state.query();
        prop_assert!(query.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"'<>#".contains(&byte)), "{}", query);
        // Lower case of some letters is longer, or changes once more.
        prop_assume!(state.trunk.as_ref().is_none_or(|trunk| trunk.to_lowercase() == *trunk));
        prop_assert_eq!(FilterState::read(&query, &["metric"]).unwrap(), state);
    }

    #[test]
    fn a_filter_is_one(state in states(), name in "[^\\p{C}]{1,20}") {
        let zone = calendar::zone("Europe/Berlin").unwrap();
        let whos: [fn(String) -> Who; 5] = [Who::Name, Who::User, Who::Number, Who::Own, Who::Outside];
        let whos = whos.into_iter().map(|of| Some(of(name.clone()))).chain([None]);
        for who in whos {
            if let Some(text) = state.filter(who.as_ref(), Mask::hiding(4), week(), &zone) {
                let read = Filter::read(&text, Mask::hiding(4));
                prop_assert!(read.is_ok(), "{}: {:?}", text, read);
            }
        }
    }

    #[test]
    fn no_address_makes_it_panic(query in ".{0,80}") {
        let _ = FilterState::read(&query, &[]);
    }
}

#[test]
fn what_is_wrong_is_named() {
    for (query, name) in [
        ("colour=red", "colour"),
        ("range=7d&range=8d", "range"),
        ("zone=Berlin", "zone"),
        ("compare=never", "compare"),
        ("direction=up", "direction"),
        ("country=XX", "country"),
        ("code=busy", "code"),
        ("code=any", "code"),
        ("ends=well", "ends"),
        ("hour=monday", "hour"),
        ("commit=-1", "commit"),
        ("to=2026-11-30", "from"),
        ("trunk=a%00b", "trunk"),
    ] {
        assert!(problem(query).starts_with(&format!("{name}: ")), "{query}: {}", problem(query));
    }
    let long = format!("trunk={}", "x".repeat(LONGEST + 1));
    assert!(problem(&long).starts_with("trunk: "));
}

#[test]
fn fields_of_a_form_may_be_empty() {
    let state = FilterState::read("range=7d&from=&to=&trunk=&country=de&metric=", &["metric"]).unwrap();
    assert_eq!(state, FilterState { country: Some("DE".to_owned()), ..FilterState::default() });
    assert!(state.is_narrowed());
    // A date that was written wins over the range that the form had before.
    let state = FilterState::read("range=7d&from=2026-11-30", &[]).unwrap();
    assert_eq!(state.span, Span::Between { from: "2026-11-30".to_owned(), to: None });
}

#[test]
fn values_that_rows_lack_can_be_chosen() {
    let state = FilterState::read("trunk=none&type=none&country=none&code=none-none", &[]).unwrap();
    let filter = state.filter(None, Mask::NONE, week(), &TimeZone::UTC).unwrap();
    assert_eq!(
        filter,
        "trunkFullyQualifiedDomainName eq null and callType eq null and country eq null and finalSipCode eq null \
         and callEndSubReason eq null"
    );
}

#[test]
fn longer_ranges_are_compared_with_earlier_ones() {
    let state = FilterState::default();
    let of = |from: &str| {
        let [from, to] = [from, "2026-11-30T00:00:00Z"].map(|text| Instant::parse(text).unwrap());
        state.comparison(TimeRange::of(&DIRECT_ROUTING_CALLS, from, to).unwrap())
    };
    assert_eq!(of("2026-11-23T00:00:00Z"), Some(Comparison::Week));
    assert_eq!(of("2026-11-02T00:00:00Z"), Some(Comparison::FourWeeks));
    assert_eq!(of("2026-09-01T00:00:00Z"), Some(Comparison::Previous));
    let off = state.with(|state| state.compare = Some(Compare::Off));
    assert_eq!(off.comparison(week()), None);
}

#[test]
fn figures_and_lists_count_the_same_ends() {
    for group in Group::ALL {
        assert!(Class::ALL.iter().any(|class| Group::of(*class) == group), "{group:?}");
        assert_eq!(Ends::by_key(group.key()), Some(Ends::Group(group)));
    }
    for class in Class::ALL {
        assert_eq!(Ends::by_key(class.key()), Some(Ends::Class(class)));
    }
    assert_eq!(Ends::Group(Group::Answered).condition(), Ends::Class(Class::Answered).condition());
}
