use crate::{Profile, QueryOptions};

/// What next links became on their way.
const GARBLED_WALKS: [&str; 45] = [
    "%24skip%3D1000%26%24skiptoken%3DAVCr",
    "?$skip%3D1000",
    "skip%3D1000",
    "%2524skip%253D1000%2526%2524skiptoken%253DAVCr",
    "\\u0024skip=1000",
    "%5Cu0024skip=1000",
    "%u0024skip=1000",
    "%26%2336;skip=1000",
    "&#36;skip=1000",
    "@a=1?$skip=1000",
    "@a=1;$skip=1000",
    "@$skip=1000",
    "@skip=1000",
    "{$skip}=1000",
    "__skip=1000",
    "skip[]=1000",
    "x=1%26skip=1000",
    "x=1%2526skip%253D1000",
    "x=1%3Fskip=1000",
    "x='1'?$skip=1000",
    "12345skip=1000",
    "$count=true?$skip=1000",
    "$count=true%26skip=1000",
    "$format=json?$skip=1000",
    "$format=json;$skip=1000",
    "$top=5;$skip=1000",
    "$filter=a%20eq%201?$skip=1000",
    "$filter=a%20eq%20'?$skip=1000",
    "$count=true\\u0026$skip=1000",
    "bom=true?$skip=1000",
    "${skip}=1000",
    "$skip[]=1000",
    "$skip:1000",
    "$skip%201000",
    "$sk=1000",
    "s%E2%80%8Bkip=1000",
    "%73%2573kip=1000",
    "=1000%22",
    "=%221000%22",
    "=<1000>;",
    "=24skip=1000",
    ":1000",
    "[]=1000",
    "{}=1000",
    "@=1000",
];

/// The hint on the fault of a query, in a profile.
fn hint(query: &str, profile: Profile) -> Option<String> {
    QueryOptions::parse(query, profile).err().map(|error| error.hint_text().unwrap_or_default().to_owned())
}

#[test]
fn what_a_shell_or_a_tool_makes_of_a_name_is_refused() {
    for (query, told) in [
        ("=successfulCall%20eq%20false&$count=true", "single quotes"),
        ("$count=true&=successfulCall%20eq%20false", "single quotes"),
        ("=", "single quotes"),
        ("$=x", "single quotes"),
        ("?=x", "single quotes"),
        // What curl makes of --data-urlencode "$filter=…".
        ("successfulCall%20eq%20false", "single quotes"),
        ("startswith(callerNumber,%27%2B49%27)", "single quotes"),
        ("userId%20eq%20'a=b'", "single quotes"),
        ("id%2Cduration", "single quotes"),
        ("true", "single quotes"),
        ("?$filter=x", "write $filter: options start after one ?"),
        ("$top=5&?filter=x", "options start after one ?"),
        ("%20$filter=x", "write $filter: leave out the blanks"),
        ("+$filter=x", "leave out the blanks"),
        ("filter%20=x", "leave out the blanks"),
        ("$%20top=x", "write $top: leave out the blanks"),
        ("%0A$orderby=id", "write $orderby: leave out the blanks"),
        ("%C2%A0$filter=x", "leave out the blanks"),
        ("%E2%80%8B$filter=x", "leave out the blanks"),
        ("%EF%BB%BFfilter=x", "leave out the blanks"),
        ("amp;$filter=x", "send & itself"),
        ("$top=1&amp;$filter=x", "send & itself"),
        ("amp;filter=x", "send & itself"),
        ("%26$filter=x", "send & itself"),
        ("&dollar;filter=x", "send & itself"),
        ("%2524filter=x", "percent-encoded twice"),
        ("%252524filter=x", "percent-encoded twice"),
        ("%2520filter=x", "percent-encoded twice"),
        ("$$filter=x", "one $ is enough"),
        ("%24$filter=x", "one $ is enough"),
        ("%EF%BC%84filter=x", "looks alike"),
        ("%EF%B9%A9filter=x", "looks alike"),
        ("\\$filter=x", "marks for a shell"),
        ("%60$filter=x", "marks for a shell"),
        ("'$filter'=x", "marks for a shell"),
        ("%22filter%22=x", "marks for a shell"),
        ("amp;%20?%2524$filter=x", "send & itself"),
        ("api-version=1?$filter=x", "separate $filter"),
        ("api-version=1;%24filter=x", "separate $filter"),
        ("api-version?$top=1", "separate $top"),
        ("fliter=x", "did you mean '$filter'?"),
        ("$fitler=x", "did you mean '$filter'?"),
        ("$filtre=x", "did you mean '$filter'?"),
        ("FILTERS=x", "did you mean '$filter'?"),
        ("order_by=id", "did you mean '$orderby'?"),
        ("order=id", "did you mean '$orderby'?"),
        ("$order-by=id", "did you mean '$orderby'?"),
        ("select[]=id", "did you mean '$select'?"),
        ("$tpo=5", "did you mean '$top'?"),
        ("coutn=true", "did you mean '$count'?"),
        ("serach=x", "did you mean '$search'?"),
        ("$levles=1", "did you mean '$levels'?"),
        ("%20fliter=x", "did you mean '$filter'?"),
        ("filter%3Dx", "write $filter with a plain ="),
        ("%24filter%3Dx%26%24top%3D5", "write $top with a plain ="),
        ("%2524filter%253Dx", "with a plain ="),
        ("fliter%3Dx", "write $filter with a plain ="),
        ("what?filter=x", "write $filter with a plain ="),
        ("\\u0024filter=x", "write $filter: its $ is an escape"),
        ("%5Cu0024filter=x", "its $ is an escape"),
        ("%u0024filter=x", "its $ is an escape"),
        ("&#36;filter=x", "its $ is an escape"),
        ("%26%23x24;filter=x", "write $filter"),
        ("{$filter}=x", "did you mean '$filter'?"),
        ("${filter}=x", "did you mean '$filter'?"),
        ("(filter)=x", "did you mean '$filter'?"),
        ("__filter=x", "did you mean '$filter'?"),
        ("$filter[]=x", "did you mean '$filter'?"),
        ("[]=x", "single quotes"),
        ("$format=json;$filter=x", "separate $filter"),
        ("bom%3Dtrue", "write bom with a plain ="),
        ("%EF%BB%BFbom=true", "write bom: leave out the blanks"),
        ("amp;bom=true", "write bom: "),
        ("bomm=true", "did you mean 'bom'?"),
        ("bmo=True", "did you mean 'bom'?"),
        ("_bom=true", "did you mean 'bom'?"),
    ] {
        let hint = hint(query, Profile::Default).unwrap_or_default();
        assert!(hint.contains(told), "{query}: {hint}");
        assert_eq!(QueryOptions::parse(query, Profile::Strict), Ok(QueryOptions::default()), "{query}");
    }
}

#[test]
fn what_is_left_of_a_next_link_never_starts_the_walk_anew() {
    const TOKEN: &str = "AVCrZm9vYmFyAAAAAAAAAAcAAAAAAAAD6A-_Zm9vYmFy";
    for query in [
        "=1000".to_owned(),
        "=%201000".to_owned(),
        "1000".to_owned(),
        "$=1000".to_owned(),
        "??=1000".to_owned(),
        TOKEN.to_owned(),
        format!("=1000&={TOKEN}"),
        format!("={TOKEN}&$top=5"),
        format!("$skip=1000&={TOKEN}"),
        format!("%2524skip=1000&%2524skiptoken={TOKEN}"),
        format!("%252524skiptoken={TOKEN}"),
        format!("amp;$skiptoken={TOKEN}"),
        format!("$$skip=1000&$$skiptoken={TOKEN}"),
        "%20$skip=1000".to_owned(),
        "?$skip=1000".to_owned(),
        "\\$skip=1000".to_owned(),
        "x=1?$skip=1000".to_owned(),
        "x=1;%24skip=1000".to_owned(),
        "x=$filter=1$skip=1000".to_owned(),
        "$skp=1000".to_owned(),
        "skpi=1000".to_owned(),
        "skip_token=abc".to_owned(),
    ]
    .into_iter()
    .chain(GARBLED_WALKS.map(str::to_owned))
    {
        for profile in [Profile::Default, Profile::Strict] {
            let hint = hint(&query, profile).unwrap_or_default();
            assert!(!hint.is_empty(), "{query} ({profile:?})");
        }
    }
}

#[test]
fn names_that_are_nobodys_are_passed_over() {
    for query in [
        "api-version=1.0",
        "x=1&y",
        "from=2019-11-01&to=2019-12-01",
        "_=1699999999999",
        "country=DE&account=7&level=2&step=1&type=a&mode=b&form=c",
        "maxpagesize=5",
        "track-changes=true",
        "sessionId",
        "orderId=1&formId=2&searchId=3&filterId=4&forms=5&former=6&orders=7&format1=8",
        "selected=a&selector=b&expanded=c&computer=d&stop=e&skin=f&ship=g&ski=h&sip=i",
        "county=a&counts=b&counter=c&court=d&reach=e&research=f&to=g&otp=h&topic=i",
        "a(1)=2&a,b=1&x.y=3&filter[name]=4&boom=no&bob=true&bomb=5",
        "@a=2019-11-01&@filter='x'&@b='a?$skip=1'&@c='x;skip=1'",
        "mode=skip&q=why?skip",
        "redirect=https%3A%2F%2Fx.example%2F%3F%24filter%3Dy",
        "price=$5",
        "%20x=1",
        "&&",
        "%20",
        "?",
    ] {
        for profile in [Profile::Default, Profile::Strict] {
            assert_eq!(hint(query, profile), None, "{query} ({profile:?})");
        }
    }
}

#[test]
fn no_fault_repeats_what_is_perhaps_a_number() {
    for query in ["='%2B4930123456'", "callerNumber%20eq%20'%2B4930123456'", "x='%2B4930123456'?$top=1"] {
        let error = QueryOptions::parse(query, Profile::Default).unwrap_err().to_string();
        assert!(!error.contains("4930123456"), "{error}");
    }
}

#[test]
fn many_marks_do_not_take_long() {
    for mark in ["$", "?", "%25", "amp;", "$?", "%20$"] {
        let _ = hint(&format!("{}=x", mark.repeat(2_000)), Profile::Default);
    }
}

#[test]
fn literals_of_a_filter_may_speak_of_anything() {
    for query in [
        "$filter=userId eq 'a?$skip=1'",
        "$filter=contains(userId,'it''s%26skip=1')%20or%20id%20eq%20'b;skip=1'",
        "$filter=userId%20eq%20%27%252527%3F%24skip%3D1%27",
    ] {
        for profile in [Profile::Default, Profile::Strict] {
            assert_eq!(hint(query, profile), None, "{query} ({profile:?})");
        }
    }
}

#[test]
fn values_of_other_options_may_be_urls_and_lists() {
    for query in [
        "url=https%3A%2F%2Fa%2F%3Fskip%3D1",
        "url=https%3A%2F%2Fa%2F%3Fa%3D1%26skip%3D1",
        "back=/calls?skip=1",
        "note=please%20skip=1",
        "tags=a,skip=1",
    ] {
        for profile in [Profile::Default, Profile::Strict] {
            assert_eq!(hint(query, profile), None, "{query} ({profile:?})");
        }
    }
}

#[test]
fn an_alias_is_no_way_around() {
    for (query, told) in [
        ("@$filter=x", "separate $filter"),
        ("%40%24filter=x", "separate $filter"),
        ("@=x", "single quotes"),
        ("@a=1?$filter=x", "separate $filter"),
    ] {
        let told_by_us = hint(query, Profile::Default).unwrap_or_default();
        assert!(told_by_us.contains(told), "{query}: {told_by_us}");
        assert_eq!(hint(query, Profile::Strict), None, "{query}");
    }
}
