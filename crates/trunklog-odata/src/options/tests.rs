use proptest::prelude::*;

use super::*;

fn parse(query: &str) -> Result<QueryOptions> {
    QueryOptions::parse(query, Profile::Default)
}

#[test]
fn the_hint_names_all_options_that_are_served() {
    for (name, _) in super::known::SYSTEM_OPTIONS {
        let is_named = SERVED.split([' ', ',', ';']).any(|word| word.strip_prefix('$') == Some(name));
        let refusal = "is not supported on this function";
        let is_refused = parse(&format!("${name}=1")).is_err_and(|error| error.message().contains(refusal));
        assert_ne!(is_named, is_refused, "{name}");
    }
}

#[test]
fn skip_is_read_in_every_spelling() {
    for query in ["$skip=1000", "%24skip=1000", "skip=1000", "$SKIP=1000", "a=b&&$skip=1000&"] {
        assert_eq!(parse(query).unwrap().skip(), Some(1000), "{query}");
    }
}

#[test]
fn wrong_values_are_refused() {
    for query in
        ["$skip=-1", "$skip=abc", "$skip=", "$skip=+1", "$skip=1&skip=2", "$skip=99999999999999999999"]
    {
        assert!(parse(query).is_err(), "{query}");
    }
}

#[test]
fn every_option_is_read_with_and_without_its_dollar() {
    let plain = parse(
        "$filter=userId eq 'x'&$orderby=id desc&$select=id,userId&$top=5&$skip=10&$skiptoken=t&$count=true\
         &$format=json&$deltatoken=d",
    )
    .unwrap();
    assert_eq!(plain.filter(), Some("userId eq 'x'"));
    assert_eq!(plain.order_by(), Some("id desc"));
    assert_eq!(plain.select(), Some("id,userId"));
    assert_eq!((plain.top(), plain.skip(), plain.skip_token()), (Some(5), Some(10), Some("t")));
    assert_eq!((plain.count(), plain.format(), plain.delta_token()), (true, Some("json"), Some("d")));
    for query in [
        "filter=userId eq 'x'&orderby=id desc&select=id,userId&top=5&skip=10&skiptoken=t&count=true&format=json&deltatoken=d",
        "%24filter=userId%20eq%20%27x%27&%24orderby=id+desc&%24select=id%2CuserId&%24top=5&%24skip=10\
         &%24skiptoken=t&%24count=True&%24format=json&%24deltatoken=d",
        "$FILTER=userId+eq+'x'&$OrderBy=id%20desc&$Select=id,userId&$Top=5&$Skip=10&$SkipToken=t&$Count=TRUE\
         &$Format=json&$DeltaToken=d",
    ] {
        assert_eq!(parse(query).as_ref(), Ok(&plain), "{query}");
    }
}

#[test]
fn a_filter_may_hold_what_separates_options_when_it_is_encoded() {
    let options = parse("$filter=contains(userId,'a%26b%3Dc%2Bd')&$top=1").unwrap();
    assert_eq!(options.filter(), Some("contains(userId,'a&b=c+d')"));
    assert_eq!(options.top(), Some(1));
}

#[test]
fn a_plus_is_a_space_unless_it_cannot_be_one() {
    for (query, filter) in [
        ("$filter=userId+eq+'x'", "userId eq 'x'"),
        ("$filter=startswith(callerNumber,'+49')", "startswith(callerNumber,'+49')"),
        ("$filter=callerNumber+in+('+4930','+4940')", "callerNumber in ('+4930','+4940')"),
        ("$filter=callerNumber%20eq%20'+49'", "callerNumber eq '+49'"),
        ("$filter=callerNumber%20eq%20%27+49%27", "callerNumber eq '+49'"),
        ("$filter=contains(callerNumber,%27+49%27)", "contains(callerNumber,' 49')"),
        ("$filter=callerNumber+eq+%27%2B49%27", "callerNumber eq '+49'"),
        ("$filter=userDisplayName+eq+'a+1'", "userDisplayName eq 'a 1'"),
        ("$filter='é'+eq+'+é'", "'é' eq ' é'"),
    ] {
        assert_eq!(parse(query).unwrap().filter(), Some(filter), "{query}");
    }
}

#[test]
fn wrong_or_empty_values_are_refused() {
    for query in [
        "$top=-1",
        "$top=",
        "$count=1",
        "$count=",
        "$filter=",
        "$filter",
        "filter=%20",
        "$orderby=+",
        "$select=",
        "$format=",
        "$filter=a&filter=b",
        "$count=true&count=true",
    ] {
        assert!(parse(query).is_err(), "{query}");
        assert_eq!(QueryOptions::parse(query, Profile::Strict), Ok(QueryOptions::default()), "{query}");
    }
    assert!(!parse("$count=false").unwrap().count());
}

#[test]
fn options_that_are_not_served_are_never_silent_unless_strict() {
    for query in ["$search=x", "%24expand=sessions", "$apply=x", "compute=x", "$levels=1", "$nonsense=1"] {
        let hint = parse(query).unwrap_err().hint_text().unwrap().to_owned();
        assert!(hint.contains("$filter, $orderby, $select"), "{query}");
        assert_eq!(QueryOptions::parse(query, Profile::Strict), Ok(QueryOptions::default()));
    }
    let strict = QueryOptions::parse("$filter=a&$skip=5&$top=1&$skiptoken=t", Profile::Strict).unwrap();
    assert_eq!((strict.filter(), strict.top()), (None, None));
    assert_eq!((strict.skip(), strict.skip_token()), (Some(5), Some("t")));
    // Who sends it must not get all rows in place of what changed.
    let strict = QueryOptions::parse("$deltatoken=1&$filter=a", Profile::Strict).unwrap();
    assert_eq!((strict.delta_token(), strict.filter()), (Some("1"), None));
    for query in ["$deltatoken=a&$deltatoken=b", "%2524deltatoken=a", "$deltatokn=a", "\\u0024deltatoken=a"] {
        for profile in [Profile::Default, Profile::Strict] {
            assert!(QueryOptions::parse(query, profile).is_err(), "{query} ({profile:?})");
        }
    }
    assert_eq!(parse("api-version=1.0"), Ok(QueryOptions::default()));
}

#[test]
fn a_byte_order_mark_is_asked_for_by_an_option_of_ours() {
    for (query, bom) in [("bom=true", Some(true)), ("BOM=False", Some(false)), ("x=bom", None)] {
        assert_eq!(parse(query).unwrap().bom(), bom, "{query}");
    }
    for query in ["bom", "bom=1", "bom=true&bom=true"] {
        assert!(parse(query).is_err(), "{query}");
        assert_eq!(QueryOptions::parse(query, Profile::Strict), Ok(QueryOptions::default()), "{query}");
    }
}

#[test]
fn aliases_are_kept() {
    let options = parse("@a=2019-11-01&@b=2019-12-01T00%3A00%3A00Z").unwrap();
    assert_eq!(options.alias("@b").as_deref(), Some("2019-12-01T00:00:00Z"));
}

proptest! {
    #[test]
    fn never_panics(query in "[$&=%@+a-z0-9]{0,40}") {
        let _ = parse(&query);
    }
}
