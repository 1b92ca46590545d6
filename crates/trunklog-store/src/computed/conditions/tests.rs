use proptest::prelude::*;
use trunklog_odata::Version;
use trunklog_odata::filter::parse;
use trunklog_records::TimeRange;
use trunklog_records::schema::{PSTN_CALLS, PSTN_ONLINE_MEETING_DIALOUT};

use super::*;
use crate::Selection;

static REPORT: &Log = &PSTN_ONLINE_MEETING_DIALOUT;

fn summary() -> &'static Summary {
    REPORT.summary().unwrap()
}

fn filter_on(log: &'static Log, text: &str) -> Expr {
    parse(text, &log.shape(Version::Beta), &|_| None).unwrap()
}

fn conditions(filter: &str) -> Vec<Expr> {
    of_source(summary(), REPORT, Some(&filter_on(REPORT, filter))).unwrap()
}

#[test]
fn parts_about_groups_become_conditions_on_calls() {
    for (filter, expected) in [
        ("userId eq 'a'", &["userId eq 'a'"][..]),
        ("usageLocation eq 'DE'", &["usageCountryCode eq 'DE'"]),
        ("userId eq 'a' and totalCalls gt 2", &["userId eq 'a'"]),
        (
            "totalCalls gt 2 and (userId eq 'a' and currency in ('EUR','USD'))",
            &["userId eq 'a'", "currency in ('EUR','USD')"],
        ),
        ("startswith(tolower(usageLocation),'d')", &["startswith(tolower(usageCountryCode),'d')"]),
        ("not startswith(userId,'a')", &["not startswith(userId,'a')"]),
        // What is true of null is true of calls with an empty value.
        ("userId eq null", &["userId eq null or userId eq ''"]),
        ("usageLocation ne 'DE'", &["usageCountryCode ne 'DE' or usageCountryCode eq ''"]),
        (
            "userId eq 'a' or currency eq 'EUR'",
            &["(userId eq 'a' or currency eq 'EUR') or userId eq '' or currency eq ''"],
        ),
        // Of the groups alone there is nothing to say.
        ("totalCalls gt 2", &[]),
        ("userId eq 'a' or totalCalls gt 2", &[]),
        ("not (userId eq 'a' and totalCalls gt 2)", &[]),
        ("userDisplayName eq 'Ann'", &[]),
        ("userId eq userPrincipalName", &[]),
    ] {
        let found = conditions(filter);
        assert_eq!(found.len(), expected.len(), "{filter}: {found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert_eq!(flat(found), flat(&filter_on(&PSTN_CALLS, expected)), "{filter}");
        }
    }
    assert!(of_source(summary(), REPORT, None).unwrap().is_empty());
}

/// An expression whose alternatives are no longer nested.
fn flat(expr: &Expr) -> Expr {
    expr.clone().map(&mut |part: Expr| match part.node {
        Node::Or(parts) => {
            let parts = parts.into_iter().flat_map(|part| match part.node {
                Node::Or(inner) => inner,
                _ => vec![part],
            });
            Expr::new(part.kind, Node::Or(parts.collect()))
        }
        _ => part,
    })
}

#[test]
fn what_says_nothing_of_a_row_is_no_condition() {
    let truth = Expr::literal(Literal::Bool(false));
    assert!(of_source(summary(), REPORT, Some(&truth)).unwrap().is_empty());
    let both = Expr::new(Kind::Bool, Node::And(vec![truth, filter_on(REPORT, "userId eq 'a'")]));
    assert_eq!(of_source(summary(), REPORT, Some(&both)).unwrap().len(), 1);
}

#[test]
fn masked_groups_become_conditions() {
    let masked = |at| {
        let number = Expr::new(Kind::Text, Node::Property(at));
        let number = Expr::new(Kind::Text, Node::Mask(Box::new(number), 3));
        let shown = Expr::literal(Literal::Text("+4930123***".to_owned()));
        Expr::new(Kind::Bool, Node::Compare(Comparison::Equal, Box::new(number), Box::new(shown)))
    };
    let (here, there) = (REPORT.index_of("userId").unwrap(), PSTN_CALLS.index_of("userId").unwrap());
    let found = of_source(summary(), REPORT, Some(&masked(here))).unwrap();
    assert_eq!(found, [masked(there)]);
}

/// Values that groups have, among them both that become null.
fn value() -> impl Strategy<Value = Cell> {
    let text = |text: &str| Just(Cell::Text(text.to_owned()));
    prop_oneof![Just(Cell::Null), text(""), text("a"), text("B"), text("+49301234567")]
}

/// Filters over groups and other properties.
fn filter() -> impl Strategy<Value = String> {
    let property = || {
        prop_oneof![
            Just("userId"),
            Just("usageLocation"),
            Just("destinationContext"),
            Just("currency"),
            Just("userDisplayName"),
        ]
    };
    let literal = || prop_oneof![Just("null"), Just("''"), Just("'a'"), Just("'B'"), Just("'b'")];
    let compared = prop_oneof![Just("eq"), Just("ne")];
    let ordered = prop_oneof![Just("lt"), Just("ge")];
    let text = prop_oneof![Just("''"), Just("'a'"), Just("'B'")];
    let leaf = prop_oneof![
        (property(), compared, literal()).prop_map(|(at, by, value)| format!("{at} {by} {value}")),
        (property(), ordered, text).prop_map(|(at, by, value)| format!("{at} {by} {value}")),
        (property(), property()).prop_map(|(at, other)| format!("{at} eq {other}")),
        property().prop_map(|at| format!("tolower({at}) eq 'b'")),
        property().prop_map(|at| format!("startswith({at},'')")),
        property().prop_map(|at| format!("{at} in ('','a')")),
        property().prop_map(|at| format!("length({at}) lt 2")),
        (0..3_i32).prop_map(|count| format!("totalCalls gt {count}")),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("({left} and {right})")),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("({left} or {right})")),
            inner.prop_map(|of| format!("not ({of})")),
        ]
    })
}

proptest! {
    /// Each call of a group that the filter selects satisfies all conditions,
    /// whatever else is true of the row.
    #[test]
    fn no_row_of_a_selected_group_is_left_out(
        filter in filter(),
        values in prop::collection::vec(value(), 4),
        (calls, name) in (0..4_i32, value()),
    ) {
        let mut call = vec![Cell::Null; PSTN_CALLS.properties.len()];
        let mut row = vec![Cell::Null; REPORT.properties.len()];
        for ((here, there), value) in summary().groups.iter().zip(values) {
            call[PSTN_CALLS.index_of(there).unwrap()] = value.clone();
            let is_null = value == Cell::Text(String::new());
            row[REPORT.index_of(here).unwrap()] = if is_null { Cell::Null } else { value };
        }
        row[REPORT.index_of("totalCalls").unwrap()] = Cell::Int(calls);
        row[REPORT.index_of("userDisplayName").unwrap()] = name;
        let expr = filter_on(REPORT, &filter);
        let conditions = of_source(summary(), REPORT, Some(&expr)).unwrap();
        for condition in &conditions {
            let all = Selection::all(&PSTN_CALLS, TimeRange::ALL);
            let selection = Selection { filter: Some(condition.clone()), ..all };
            prop_assert!(selection.check().is_ok(), "{}: {:?}", filter, condition);
        }
        if Scope::new(REPORT, &row).selects(Some(&expr)) {
            let scope = Scope::new(&PSTN_CALLS, &call);
            let passes = conditions.iter().all(|condition| scope.selects(Some(condition)));
            prop_assert!(passes, "{}: {:?}", filter, conditions);
        }
    }
}
