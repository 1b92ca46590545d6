use std::collections::HashSet;

use trunklog_records::Rows;
use trunklog_records::schema::SMS;

use super::*;
use crate::tests::{all_texts, ints, options, rows_of, ten_thousandths, ticks};

fn rows(options: SyntheticOptions) -> Rows {
    rows_of(&SMS, options)
}

#[test]
fn the_user_is_at_the_end_that_the_direction_names() {
    let rows = rows(options(5_000));
    let (types, countries) = (all_texts(&rows, "smsType"), all_texts(&rows, "userCountryCode"));
    let (sources, destinations) = (all_texts(&rows, "sourceNumber"), all_texts(&rows, "destinationNumber"));
    let (others, contexts) =
        (all_texts(&rows, "otherPartyCountryCode"), all_texts(&rows, "destinationContext"));
    let mut inbound = 0;
    for row in 0..rows.len() {
        let user = match types[row] {
            "sms_in" => destinations[row],
            "sms_out" => sources[row],
            other => panic!("{other}"),
        };
        inbound += usize::from(types[row] == "sms_in");
        assert!(countries[row] == "US" && user.starts_with("+1"), "{user}");
        assert_eq!(contexts[row] == "Domestic", others[row] == "US");
    }
    assert!((2_000..3_000).contains(&inbound), "{inbound}");
}

#[test]
fn sent_messages_cost_something_for_each_part() {
    let rows = rows(options(5_000));
    let (types, charges) = (all_texts(&rows, "smsType"), all_texts(&rows, "callCharge"));
    let contexts = all_texts(&rows, "destinationContext");
    let parts = ints(&rows, "smsUnits");
    for row in 0..rows.len() {
        assert!((1..=4).contains(&parts[row]));
        let each = match (types[row], contexts[row]) {
            ("sms_in", _) => 0,
            (_, "Domestic") => 75,
            (_, _) => 395,
        };
        assert_eq!(i128::from(ten_thousandths(charges[row])), i128::from(parts[row]) * each);
    }
    assert!(parts.contains(&4));
    assert!(ticks(&rows, "sentDateTime").iter().any(|sent| sent % 10 != 0), "Graph sends seven digits");
}

#[test]
fn messages_are_answered() {
    let rows = rows(options(5_000));
    let (sources, destinations) = (all_texts(&rows, "sourceNumber"), all_texts(&rows, "destinationNumber"));
    let sent: HashSet<_> = sources.iter().zip(&destinations).collect();
    let answered = sources.iter().zip(&destinations).filter(|(from, to)| sent.contains(&(*to, *from)));
    assert!(answered.count() > 2_000);
}

#[test]
fn a_small_organisation_has_messages_too() {
    let rows = rows(SyntheticOptions { users: 1, ..options(100) });
    assert_eq!(rows.len(), 100);
}
