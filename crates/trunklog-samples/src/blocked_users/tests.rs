use std::collections::HashMap;

use trunklog_records::schema::PSTN_BLOCKED_USERS;

use super::*;
use crate::tests::{all_texts, options, rows_of};

#[test]
fn who_is_blocked_is_unblocked_later() {
    let rows = rows_of(&PSTN_BLOCKED_USERS, options(600));
    let (users, modes) = (all_texts(&rows, "userId"), all_texts(&rows, "userBlockMode"));
    let (reasons, ids) = (all_texts(&rows, "blockReason"), all_texts(&rows, "remediationId"));
    let mut blocked: HashMap<&str, usize> = HashMap::new();
    let mut pairs = 0;
    for row in 0..rows.len() {
        if modes[row] == "blocked" {
            assert!(["High Overall Usage", "Tenant Requested"].contains(&reasons[row]));
            assert_eq!(blocked.insert(users[row], row), None, "nobody is blocked twice");
        } else {
            let begin = blocked.remove(users[row]).expect("who is unblocked was blocked");
            assert_eq!((ids[begin], reasons[row]), (ids[row], "Tenant Requested"));
            assert!(rows.time(begin) < rows.time(row));
            pairs += 1;
        }
    }
    assert!(pairs > 250 && blocked.len() < 50, "{pairs} pairs, {} left", blocked.len());
}

#[test]
fn times_are_whole_milliseconds() {
    let rows = rows_of(&PSTN_BLOCKED_USERS, options(100));
    assert!((0..rows.len()).all(|row| rows.time(row).ticks() % 10_000 == 0));
}

#[test]
fn an_organisation_in_which_everybody_is_blocked_still_has_rows() {
    let rows = rows_of(&PSTN_BLOCKED_USERS, SyntheticOptions { users: 1, ..options(1_000) });
    assert_eq!(rows.len(), 1_000);
}
