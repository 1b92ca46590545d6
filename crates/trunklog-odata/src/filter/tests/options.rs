//! `$orderby` and `$select`.

use super::*;

fn orders(text: &str) -> Result<Vec<(String, Direction)>> {
    Ok(order_by(text, &Row)?.into_iter().map(|order| (print(&order.by), order.direction)).collect())
}

#[test]
fn orders_are_read() {
    use Direction::{Ascending, Descending};
    for (text, expected) in [
        ("startDateTime", vec![("startDateTime", Ascending)]),
        ("startDateTime desc, userId", vec![("startDateTime", Descending), ("userId", Ascending)]),
        (" duration DESC,charge Asc ", vec![("duration", Descending), ("charge", Ascending)]),
        ("length(userId) desc", vec![("length(userId)", Descending)]),
        (
            "duration mod 60,successfulCall",
            vec![("(duration mod 60)", Ascending), ("successfulCall", Ascending)],
        ),
        ("userId eq null desc", vec![("(userId eq null)", Descending)]),
    ] {
        let expected: Vec<_> = expected.into_iter().map(|(by, way)| (by.to_owned(), way)).collect();
        assert_eq!(orders(text), Ok(expected), "{text}");
    }
}

#[test]
fn wrong_orders_are_refused() {
    let nine = ["id"; MAX_ORDER + 1].join(",");
    for (text, position, hint) in [
        ("", 0, "expected a property"),
        ("foo", 0, "the properties are"),
        ("id,userid", 3, "did you mean 'userId'?"),
        ("'startDateTime'", 0, "without quotes"),
        ("null", 0, "without quotes"),
        ("startDateTime dsc", 14, "did you mean 'desc'?"),
        ("startDateTime down", 14, "mod, in), asc, desc, ',' or the end"),
        ("startDateTime = 1", 14, "write eq instead"),
        ("startDateTime desc userId", 19, "expected ',' or the end"),
        ("startDateTime desc = 1", 19, "expected ',' or the end"),
        ("@user", 0, "aliases are not allowed in $orderby"),
        ("id,startswith(userId,@user) desc", 21, "aliases are not allowed in $orderby"),
        ("startDateTime,", 14, "expected a property"),
        ("administrativeUnitInfos", 23, "is a collection"),
        (nine.as_str(), 24, "leave out"),
    ] {
        let error = order_by(text, &Row).unwrap_err();
        assert!(error.message().contains(&format!("at position {position} in '")), "{text}: {error}");
        assert!(error.hint_text().unwrap().contains(hint), "{text}: {error}");
    }
    assert!(order_by(&["id"; MAX_ORDER].join(","), &Row).is_ok());
}

#[test]
fn selections_are_read() {
    for (text, expected) in [
        ("id", Some(vec![0])),
        ("userId, id ,userId", Some(vec![0, 1])),
        ("administrativeUnitInfos,startDateTime", Some(vec![2, 7])),
        ("*", None),
        ("id,*", None),
    ] {
        assert_eq!(select(text, &Row), Ok(expected), "{text}");
    }
}

#[test]
fn wrong_selections_are_refused() {
    for (text, position, hint) in [
        ("", 0, "the properties are id, userId"),
        ("id,", 3, "the properties are"),
        ("id,,userId", 3, "the properties are"),
        ("id,userid", 3, "did you mean 'userId'?"),
        ("id,foo", 3, "the properties are"),
        ("id,smsUnits", 3, "smsUnits is elsewhere"),
        ("@user", 0, "aliases are not allowed in $orderby and $select"),
        ("id,@user", 3, "aliases are not allowed in $orderby and $select"),
        ("*,foo", 2, "the properties are"),
        ("id userId", 3, "separated by commas"),
        ("administrativeUnitInfos/id", 23, "without a path"),
        ("'id'", 0, "the properties are"),
    ] {
        let error = select(text, &Row).unwrap_err();
        assert!(error.message().contains(&format!("at position {position} in '")), "{text}: {error}");
        assert!(error.hint_text().unwrap().contains(hint), "{text}: {error}");
    }
}
