use proptest::prelude::*;
use trunklog_store::evaluate::{Scope, take_row};

use super::*;
use crate::facts::Facts;
use crate::facts::sample::{calls, rows};

fn read(text: &str) -> Filter {
    Filter::read(text, Mask::NONE).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Whether the rows of some calls satisfy a filter, one after the other.
fn selected(filter: &Filter, rows: &trunklog_records::Rows) -> Vec<bool> {
    let expr = filter.expr().unwrap();
    (0..rows.len())
        .map(|row| {
            let cells = take_row(rows, row).cells;
            Scope::new(&DIRECT_ROUTING_CALLS, &cells).selects(expr.as_ref())
        })
        .collect()
}

proptest! {
    /// What stands for a name says of each row what its facts say.
    #[test]
    fn names_of_reports_say_what_facts_say(calls in calls(12)) {
        let rows = rows(&calls);
        let facts = Facts::of(&rows);
        for class in Class::ALL {
            let is_of: Vec<bool> = facts.rows().map(|fact| fact.class == class).collect();
            let key = class.key();
            for text in [
                format!("class eq '{key}'"),
                format!("class in ('{key}')"),
                format!("not (class ne '{key}')"),
                format!("startswith(class, '{key}') and length(class) eq {}", key.len()),
            ] {
                prop_assert_eq!(selected(&read(&text), &rows), is_of.clone(), "{}", text);
            }
        }
        for (word, key) in [("inbound", Some(1)), ("outbound", Some(2)), ("unknown", None)] {
            let goes = |fact: crate::Fact<'_>| fact.direction.map(|way| match way {
                trunklog_records::call_types::Direction::Inbound => 1,
                trunklog_records::call_types::Direction::Outbound => 2,
            });
            let is_so: Vec<bool> = facts.rows().map(|fact| goes(fact) == key).collect();
            prop_assert_eq!(selected(&read(&format!("direction eq '{word}'")), &rows), is_so, "{}", word);
        }
        let legs: Vec<bool> = facts.rows().map(|fact| fact.is_leg).collect();
        let missed: Vec<bool> = facts.rows().map(|fact| fact.is_missed()).collect();
        prop_assert_eq!(selected(&read("isLeg"), &rows), legs.clone());
        prop_assert_eq!(selected(&read("isLeg eq false"), &rows), legs.iter().map(|is| !is).collect::<Vec<_>>());
        prop_assert_eq!(selected(&read("isMissed eq true"), &rows), missed.clone());
        let either: Vec<bool> = legs.iter().zip(&missed).map(|(a, b)| *a || *b).collect();
        prop_assert_eq!(selected(&read("isLeg or isMissed"), &rows), either);
    }
}

#[test]
fn conditions_become_choices() {
    let filter = read(
        "class in ('userBusy','ringNoAnswer') and direction eq 'inbound' and duration gt 60 and not isLeg",
    );
    let choices: Vec<Option<Derived>> = filter
        .conditions()
        .iter()
        .map(|condition| condition.choice.as_ref().map(|choice| choice.of))
        .collect();
    assert_eq!(choices, [Some(Derived::Class), Some(Derived::Direction), None, Some(Derived::IsLeg)]);
    let last = filter.conditions()[3].choice.as_ref().unwrap();
    assert_eq!(last.values, [Some("false".to_owned())]);
}

#[test]
fn a_country_stands_alone() {
    let filter = read("country in ('DE','001') and duration gt 60");
    assert_eq!(filter.expr(), Err(Derived::Country));
    assert_eq!(filter.conditions()[0].choice.as_ref().unwrap().values.len(), 2);
    for text in [
        "country eq 'DE' or duration gt 60",
        "startswith(country, 'D')",
        "country ne 'DE'",
        "country eq 'de'",
    ] {
        let error = Filter::read(text, Mask::NONE).unwrap_err();
        assert_eq!(error.kind().status(), 400, "{text}");
    }
}

#[test]
fn what_no_row_has_is_refused() {
    for text in ["class eq 'Busy'", "direction eq 'in'", "class eq null and direction in ('x')", "sbc eq 'a'"]
    {
        let error = Filter::read(text, Mask::NONE).unwrap_err();
        assert!(error.kind().status() == 400, "{text}");
    }
}

#[test]
fn names_of_reports_can_be_had_some_times_alone() {
    let filter = |times: usize, one: &str, by: &str| vec![one; times].join(by);
    for (one, by) in [
        ("class ne 'userBusy'", " or "),
        ("class eq 'userBusy'", " and "),
        ("isMissed", " or "),
        ("length(direction) gt 3", " and "),
    ] {
        assert!(Filter::read(&filter(20, one, by), Mask::NONE).is_ok(), "{one}");
        let error = Filter::read(&filter(21, one, by), Mask::NONE).unwrap_err();
        assert_eq!(error.kind().status(), 400, "{one}");
        assert!(error.message().contains("more than 20") && error.message().contains("isLeg"), "{error}");
    }
    // Whatever else there is does not count.
    assert!(Filter::read(&filter(100, "duration gt 3", " or "), Mask::NONE).is_ok());
    assert!(Filter::read("class in ('userBusy','ringNoAnswer') or duration gt 3", Mask::NONE).is_ok());
}

#[test]
fn personal_properties_are_found_wherever_they_are() {
    for (text, property) in [
        ("userId eq 'a'", Some("userId")),
        ("isLeg and not (contains(callerNumber, '1') or duration gt 3)", Some("callerNumber")),
        ("correlationId in ('a','b')", Some("correlationId")),
        ("class eq 'userBusy' and trunkFullyQualifiedDomainName eq 'a'", None),
    ] {
        assert_eq!(read(text).personal(), property, "{text}");
    }
}

/// Of each property of each log somebody has said whether it tells of one person, call,
/// message or number.
#[test]
fn every_property_is_personal_or_is_not() {
    // Times, kinds, places of groups, sums and codes.
    const OTHERS: [&str; 42] = [
        "startDateTime",
        "inviteDateTime",
        "failureDateTime",
        "endDateTime",
        "duration",
        "callType",
        "successfulCall",
        "mediaPathLocation",
        "signalingLocation",
        "finalSipCode",
        "callEndSubReason",
        "finalSipCodePhrase",
        "trunkFullyQualifiedDomainName",
        "mediaBypassEnabled",
        "userCountryCode",
        "otherPartyCountryCode",
        "administrativeUnitInfos",
        "charge",
        "currency",
        "usageCountryCode",
        "tenantCountryCode",
        "connectionCharge",
        "destinationContext",
        "destinationName",
        "licenseCapability",
        "inventoryType",
        "operator",
        "callDurationSource",
        "recordedBy",
        "sentDateTime",
        "callCharge",
        "smsType",
        "smsUnits",
        "blockDateTime",
        "userBlockMode",
        "blockReason",
        "periodStartDateTime",
        "periodEndDateTime",
        "usageLocation",
        "totalCalls",
        "totalCallCharge",
        "totalCallSeconds",
    ];
    for log in trunklog_records::schema::LOGS {
        for property in log.properties {
            let (personal, other) = (PERSONAL.contains(&property.name), OTHERS.contains(&property.name));
            assert!(personal != other, "{} of {}: is it personal?", property.name, log.name);
        }
        for property in log.json_properties() {
            let is_text = property.edm == EdmType::String && log.layout(Version::Beta).len() > 1;
            let is_shown = property.position(Version::Beta).is_some();
            if PERSONAL.contains(&property.name) && is_text && is_shown {
                let filter = Filter::over(log, &format!("{} ne null", property.name), Mask::NONE).unwrap();
                assert_eq!(filter.personal(), Some(property.name), "{}", log.name);
            }
        }
    }
}

#[test]
fn directions_of_other_logs_follow_from_their_types() {
    use trunklog_records::schema::SMS;
    let filter = Filter::over(&SMS, "direction eq 'outbound'", Mask::NONE).unwrap();
    let mut rows = trunklog_records::RowBuilder::new(&SMS);
    let types = ["sms_out", "SMS_IN", "other"];
    for (id, kind) in types.iter().enumerate() {
        let text = |text: String| trunklog_records::Value::Text(text.into());
        let time =
            trunklog_records::Value::Instant(trunklog_odata::Instant::from_date(2026, 11, 27).unwrap());
        let row = rows.row().set("id", text(id.to_string())).unwrap();
        row.set("sentDateTime", time)
            .unwrap()
            .set("smsType", text((*kind).to_owned()))
            .unwrap()
            .finish()
            .unwrap();
    }
    let rows = rows.finish();
    let expr = filter.expr().unwrap();
    let selected = |row| Scope::new(&SMS, &take_row(&rows, row).cells).selects(expr.as_ref());
    assert_eq!([0, 1, 2].map(selected), [true, false, false]);
}
