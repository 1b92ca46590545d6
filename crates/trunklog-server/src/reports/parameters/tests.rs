use trunklog_reports::calendar::zone;

use super::*;

const ALL: Takes = Takes {
    buckets: Buckets::Asked,
    by: &Dimension::ALL,
    filter: true,
    compare: true,
    top: Some(20),
    extras: &Extra::ALL,
    call: false,
};

fn read(query: &str) -> Result<Asked, Error> {
    Asked::read(query, "test", &of_log(&DIRECT_ROUTING_CALLS, &ALL))
}

fn whole(asked: &Asked) -> Result<(), ReportError> {
    let now = Instant::parse("2026-11-24T08:00:00Z").unwrap();
    asked.zone(&TimeZone::UTC)?;
    asked.range(&TimeZone::UTC, now)?;
    asked.bucket()?;
    asked.by()?;
    asked.compare()?;
    asked.top()?;
    asked.extras().map(drop)
}

#[test]
fn parameters_are_read_by_their_names() {
    let asked =
        read("%24filter=isLeg+eq+false&ZONE=Asia%2FKolkata&$top=3&by=trunk,direction&Users=TRUE").unwrap();
    assert_eq!(asked.get("$filter"), Some("isLeg eq false"));
    assert_eq!(asked.top().unwrap(), Some(3));
    assert_eq!(asked.by().unwrap(), [Dimension::Trunk, Dimension::Direction]);
    assert_eq!(asked.extras().unwrap(), [Extra::Users]);
    assert_eq!((asked.bucket().unwrap(), asked.compare().unwrap()), (None, None));
    assert_eq!(asked.zone(&TimeZone::UTC).unwrap().iana_name(), Some("Asia/Kolkata"));
    assert_eq!(read("").unwrap().zone(&TimeZone::UTC).unwrap(), TimeZone::UTC);
}

#[test]
fn what_cannot_be_taken_is_named() {
    for (query, named, right) in [
        ("buckets=day", "buckets", "bucket, by"),
        ("$orderby=id", "$orderby", "$filter"),
        ("filter=true&$filter=true", "$filter", "once"),
        ("by=trunk&by=direction", "by", "once"),
        ("bucket=", "bucket", "leave it out"),
        ("bucket", "bucket", "leave it out"),
    ] {
        let error = read(query).unwrap_err();
        assert!(error.message().starts_with(&format!("{named}: ")), "{query}: {error}");
        assert!(error.hint_text().unwrap().contains(right), "{query}: {error}");
    }
    let other = Asked::read("bucket=day", "usage", &of_usage(10)).unwrap_err();
    assert!(other.message().contains("usage"), "{other}");
}

#[test]
fn wrong_values_are_named_with_what_is_right() {
    for (query, named) in [
        ("zone=Berlin", "zone"),
        ("bucket=hours", "bucket"),
        ("by=user", "by"),
        ("compare=year2", "compare"),
        ("top=0", "top"),
        ("top=%2B5", "top"),
        ("top=5.0", "top"),
        ("top=99999999999999999999", "top"),
        ("users=1", "users"),
        ("range=7", "range"),
        ("range=7d&from=2026-11-01", "range"),
        ("to=2026-11-01", "from"),
        ("from=2026-11-31", "from"),
        ("from=2026-11-02&to=2026-11-01", "from"),
    ] {
        let told = whole(&read(query).unwrap()).unwrap_err().to_string();
        assert!(told.starts_with(&format!("{named}: ")), "{query}: {told}");
    }
}

#[test]
fn a_plus_in_a_time_stays_one() {
    let now = Instant::parse("2026-11-24T08:00:00Z").unwrap();
    for query in [
        "from=2026-11-01T08:00+01:00",
        "from=2026-11-01T08:00%2B01:00",
        "from=2026-11-01T08:00&zone=Europe/Berlin",
    ] {
        let asked = read(query).unwrap();
        let range = asked.range(&asked.zone(&TimeZone::UTC).unwrap(), now).unwrap();
        assert_eq!(range.from().to_string(), "2026-11-01T07:00:00Z", "{query}");
    }
}

#[test]
fn each_parameter_takes_its_example() {
    let berlin = zone("Europe/Berlin").unwrap();
    let now = Instant::parse("2026-12-02T08:00:00Z").unwrap();
    for parameter in of_log(&DIRECT_ROUTING_CALLS, &ALL) {
        let value = parameter.example.replace(' ', "%20");
        let alone = format!("{}={value}", parameter.name);
        let query = if parameter.name == "to" { format!("from=2026-11-01&{alone}") } else { alone };
        let asked = read(&query).unwrap();
        assert!(asked.range(&berlin, now).is_ok(), "{query}");
        assert!(asked.bucket().is_ok() && asked.by().is_ok() && asked.compare().is_ok(), "{query}");
        assert!(asked.top().is_ok() && asked.extras().is_ok(), "{query}");
        match parameter.value {
            Values::Words(words) | Values::List(words) => {
                assert!(words.contains(&parameter.example.as_str()));
            }
            Values::Whole => assert!(parameter.example.parse::<u32>().is_ok()),
            Values::Text | Values::Truth => {}
        }
    }
}
