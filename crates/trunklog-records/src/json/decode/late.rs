//! Properties that a log did not have yet when rows with them were stored.

use std::borrow::Cow;

use super::RowDecoder;
use super::members::Members;
use crate::json::minify::write_string;
use crate::rows::{RowBuilder, RowError, Rows};
use crate::schema::{ID, Log};

/// What rows read that have no time of their own here.
const ANY_TIME: &str = "2000-01-01T00:00:00Z";

/// What the unknown properties of stored rows are, now that their log has some of
/// them.
///
/// A value that does not fit its property's type stays among the unknown ones, and
/// so do names in another letter case.
///
/// ```
/// use trunklog_records::Cell;
/// use trunklog_records::json::LateProperties;
/// use trunklog_records::schema::SMS;
///
/// let units = SMS.index_of("smsUnits").unwrap();
/// let stored = [Some(r#""smsUnits":2,"future":1"#), Some(r#""smsUnits":"x""#), None];
/// let late = LateProperties::of(&SMS, &[units], stored);
/// assert_eq!(late.rows.column(units).value(0), Some(Cell::Int(2)));
/// assert_eq!(late.rows.column(units).value(1), None);
/// let unknown: Vec<_> = late.unknown.iter().map(Option::as_deref).collect();
/// assert_eq!(unknown, [Some(r#""future":1"#), Some(r#""smsUnits":"x""#), None]);
/// ```
#[derive(Debug)]
pub struct LateProperties {
    /// A row for each that was stored, with the properties that were asked for.
    /// The others, time and id among them, mean nothing.
    pub rows: Rows,
    /// The properties that are still unknown, as they are stored.
    pub unknown: Vec<Option<String>>,
}

impl LateProperties {
    /// Reads what is stored as [`DYNAMIC_PROPERTIES`](crate::schema::DYNAMIC_PROPERTIES)
    /// of some rows. `late` has the indices of the properties that their log has by
    /// now; those that JSON never has are left out.
    pub fn of<'a>(
        log: &'static Log,
        late: &[usize],
        stored: impl IntoIterator<Item = Option<&'a str>>,
    ) -> LateProperties {
        let properties = late.iter().filter_map(|at| log.properties.get(*at));
        let names = properties.filter(|property| property.is_read()).map(|property| property.name).collect();
        let reader = LateReader { log, decoder: RowDecoder::new(log).for_stored_rows(), names };
        let mut rows = RowBuilder::new(log);
        let unknown = stored.into_iter().map(|members| reader.read(members, &mut rows)).collect();
        LateProperties { rows: rows.finish(), unknown }
    }
}

struct LateReader {
    log: &'static Log,
    decoder: RowDecoder,
    /// The properties that are looked for.
    names: Vec<&'static str>,
}

impl LateReader {
    /// Adds a row, and gives what is still unknown of it.
    fn read(&self, members: Option<&str>, rows: &mut RowBuilder) -> Option<String> {
        let json = format!("{{{}}}", members.unwrap_or_default());
        let found = serde_json::from_str::<Members<'_>>(&json).map(|members| members.0).unwrap_or_default();
        let is_there = |name: &&str| found.iter().any(|(member, _)| member == *name);
        let mut known: Vec<&str> = self.names.iter().copied().filter(is_there).collect();
        if self.add(&found, &known, rows).is_err() {
            // Each by itself: one that is wrong keeps no other where it is.
            known.retain(|name| self.add(&found, &[*name], &mut RowBuilder::new(self.log)).is_ok());
            let added = self.add(&found, &known, rows);
            debug_assert!(added.is_ok(), "each of the values was read before");
        }
        if known.is_empty() {
            return members.map(str::to_owned);
        }
        let mut unknown = String::new();
        for (name, value) in found.iter().filter(|(name, _)| !known.contains(&&**name)) {
            write_member(name, value, &mut unknown);
        }
        (!unknown.is_empty()).then_some(unknown)
    }

    /// Adds a row with the members of these names.
    fn add(
        &self,
        members: &[(Cow<'_, str>, &str)],
        names: &[&str],
        rows: &mut RowBuilder,
    ) -> Result<(), RowError> {
        let mut json = String::new();
        write_member(self.log.time, &format!("\"{ANY_TIME}\""), &mut json);
        write_member(ID, "\"-\"", &mut json);
        for (name, value) in members.iter().filter(|(name, _)| names.contains(&&**name)) {
            write_member(name, value, &mut json);
        }
        self.decoder.decode(format!("{{{json}}}").as_bytes(), rows).map(|_| ())
    }
}

/// Appends a member of an object.
fn write_member(name: &str, json: &str, out: &mut String) {
    if !out.is_empty() {
        out.push(',');
    }
    write_string(name, out);
    out.push(':');
    out.push_str(json);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cell;
    use crate::schema::{DIRECT_ROUTING_CALLS, PSTN_BLOCKED_USERS, PSTN_CALLS, RECORDED_BY};

    /// The values of some properties of one row, and what is unknown of it.
    fn late(log: &'static Log, names: &[&str], stored: &str) -> (Vec<Option<String>>, Option<String>) {
        let at: Vec<_> = names.iter().map(|name| log.index_of(name).unwrap()).collect();
        let mut found = LateProperties::of(log, &at, [None, Some(stored)]);
        assert_eq!((found.rows.len(), found.unknown[0].as_deref()), (2, None));
        let value = |at: &usize| found.rows.column(*at).value(1).map(|cell: Cell<'_>| cell.to_string());
        (at.iter().map(value).collect(), found.unknown.remove(1))
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn a_property_that_was_unknown_is_found() {
        let log = &PSTN_BLOCKED_USERS;
        let found = late(log, &["blockReason"], r#""blockReason":"High","future":[1,{"blockReason":2}]"#);
        assert_eq!(found, (vec![some("High")], some(r#""future":[1,{"blockReason":2}]"#)));
        assert_eq!(late(log, &["blockReason"], r#""blockReason":"High""#), (vec![some("High")], None));
        assert_eq!(late(log, &["blockReason"], r#""blockReason":null"#), (vec![None], None));
        let inner = r#""future":{"blockReason":"x"}"#;
        assert_eq!(late(log, &["blockReason"], inner), (vec![None], some(inner)));
        assert_eq!(late(log, &[], r#""blockReason":"High""#), (vec![], some(r#""blockReason":"High""#)));
    }

    #[test]
    fn what_does_not_fit_stays_and_keeps_nothing_else() {
        let names = ["duration", "userCountryCode", "mediaBypassEnabled"];
        let stored = r#""duration":"long","userCountryCode":"US","mediaBypassEnabled":"maybe","x":1"#;
        let found = late(&DIRECT_ROUTING_CALLS, &names, stored);
        let unknown = r#""duration":"long","mediaBypassEnabled":"maybe","x":1"#;
        assert_eq!(found, (vec![None, some("US"), None], some(unknown)));
    }

    #[test]
    fn unknown_properties_stay_whatever_they_are_called() {
        let stored = r#""organizer":{},"UserId":"u","userCountryCode":"US""#;
        let (values, unknown) = late(&DIRECT_ROUTING_CALLS, &["userId", "userCountryCode"], stored);
        assert_eq!((values, unknown), (vec![None, some("US")], some(r#""organizer":{},"UserId":"u""#)));
    }

    #[test]
    fn what_json_never_has_is_not_looked_for() {
        let stored = r#""recordedBy":"x""#;
        assert_eq!(late(&PSTN_CALLS, &[RECORDED_BY], stored), (vec![None], some(stored)));
    }

    #[test]
    fn what_is_no_json_stays() {
        let stored = r#""blockReason":"#;
        assert_eq!(late(&PSTN_BLOCKED_USERS, &["blockReason"], stored), (vec![None], some(stored)));
    }
}
