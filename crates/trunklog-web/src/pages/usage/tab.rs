//! The tabs of the report: which log each shows, and in which columns.

use trunklog_odata::Instant;
use trunklog_records::schema::{
    DIRECT_ROUTING_CALLS, PSTN_BLOCKED_USERS, PSTN_CALLS, PSTN_ONLINE_MEETING_DIALOUT, SMS,
};
use trunklog_records::{Cell as Value, Column, Log, Rows};

use self::Form::{Count, Plain, Seconds};
use crate::context::PageContext;
use crate::formats::NOTHING;
use crate::links::Links;
use crate::pages::figures::float;
use crate::table::{Cell, Head, Table};

/// A tab of the report, as the admin centre has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsageTab {
    /// Calls over the organisation's own trunks.
    DirectRouting,
    /// Calls over Calling Plans and Operator Connect.
    Pstn,
    /// Text messages.
    Sms,
    /// Users whose calls were blocked.
    BlockedUsers,
    /// Calls that meetings made.
    DialOut,
}

/// A column: the property, the key of the text that names it, and how it is written.
type Shown = (&'static str, &'static str, Form);

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As it is.
    Plain,
    /// A number of things.
    Count,
    /// A number of seconds.
    Seconds,
}

const DIRECT_ROUTING: &[Shown] = &[
    ("startDateTime", "column-startDateTime", Plain),
    ("userDisplayName", "column-displayName", Plain),
    ("userPrincipalName", "column-userPrincipalName", Plain),
    ("callerNumber", "column-callerNumber", Plain),
    ("calleeNumber", "column-calleeNumber", Plain),
    ("callType", "column-callType", Plain),
    ("duration", "column-duration", Seconds),
    ("successfulCall", "column-successfulCall", Plain),
    ("finalSipCode", "column-sipCode", Plain),
    ("callEndSubReason", "column-subcode", Plain),
    ("finalSipCodePhrase", "usage-phrase", Plain),
    ("trunkFullyQualifiedDomainName", "column-trunk", Plain),
    ("mediaBypassEnabled", "usage-bypass", Plain),
    ("correlationId", "column-correlationId", Plain),
];

const PSTN: &[Shown] = &[
    ("startDateTime", "column-startDateTime", Plain),
    ("userDisplayName", "column-displayName", Plain),
    ("userPrincipalName", "column-userPrincipalName", Plain),
    ("callerNumber", "column-callerNumber", Plain),
    ("calleeNumber", "column-calleeNumber", Plain),
    ("operator", "usage-operator", Plain),
    ("callType", "column-callType", Plain),
    ("destinationName", "usage-destination", Plain),
    ("destinationContext", "usage-context", Plain),
    ("charge", "usage-charge", Plain),
    ("connectionCharge", "usage-connection-charge", Plain),
    ("currency", "usage-currency", Plain),
    ("duration", "column-duration", Seconds),
    ("inventoryType", "usage-number-type", Plain),
    ("licenseCapability", "usage-capability", Plain),
    ("callId", "usage-call-id", Plain),
];

const MESSAGES: &[Shown] = &[
    ("sentDateTime", "usage-sent", Plain),
    ("userDisplayName", "column-displayName", Plain),
    ("userPrincipalName", "column-userPrincipalName", Plain),
    ("sourceNumber", "usage-source", Plain),
    ("destinationNumber", "usage-destination-number", Plain),
    ("smsType", "usage-sms-type", Plain),
    ("destinationName", "usage-destination", Plain),
    ("smsUnits", "usage-units", Count),
    ("callCharge", "usage-charge", Plain),
    ("currency", "usage-currency", Plain),
];

const BLOCKED_USERS: &[Shown] = &[
    ("blockDateTime", "usage-blocked-at", Plain),
    ("userDisplayName", "column-displayName", Plain),
    ("userPrincipalName", "column-userPrincipalName", Plain),
    ("userTelephoneNumber", "column-number", Plain),
    ("userBlockMode", "usage-block-mode", Plain),
    ("blockReason", "usage-block-reason", Plain),
    ("remediationId", "usage-remediation", Plain),
];

const DIAL_OUT: &[Shown] = &[
    ("userDisplayName", "column-displayName", Plain),
    ("userPrincipalName", "column-userPrincipalName", Plain),
    ("usageLocation", "usage-location", Plain),
    ("destinationContext", "usage-context", Plain),
    ("totalCalls", "nav-calls", Count),
    ("totalCallSeconds", "column-duration", Seconds),
    ("totalCallCharge", "usage-charge", Plain),
    ("currency", "usage-currency", Plain),
];

impl UsageTab {
    /// All, in their order.
    pub const ALL: [UsageTab; 5] =
        [UsageTab::DirectRouting, UsageTab::Pstn, UsageTab::Sms, UsageTab::BlockedUsers, UsageTab::DialOut];

    /// What it is called in addresses.
    pub fn key(self) -> &'static str {
        match self {
            UsageTab::DirectRouting => "direct-routing",
            UsageTab::Pstn => "pstn",
            UsageTab::Sms => "sms",
            UsageTab::BlockedUsers => "blocked-users",
            UsageTab::DialOut => "dial-out",
        }
    }

    /// The one of that key.
    pub fn by_key(key: &str) -> Option<UsageTab> {
        UsageTab::ALL.into_iter().find(|tab| tab.key() == key)
    }

    /// The one that shows a log.
    pub fn of_log(name: &str) -> Option<UsageTab> {
        UsageTab::ALL.into_iter().find(|tab| tab.log().name == name)
    }

    /// Which log it shows.
    pub fn log(self) -> &'static Log {
        match self {
            UsageTab::DirectRouting => &DIRECT_ROUTING_CALLS,
            UsageTab::Pstn => &PSTN_CALLS,
            UsageTab::Sms => &SMS,
            UsageTab::BlockedUsers => &PSTN_BLOCKED_USERS,
            UsageTab::DialOut => &PSTN_ONLINE_MEETING_DIALOUT,
        }
    }

    /// The key of the text that names it.
    pub fn name(self) -> &'static str {
        match self {
            UsageTab::DirectRouting => "usage-direct-routing",
            UsageTab::Pstn => "usage-pstn",
            UsageTab::Sms => "usage-sms",
            UsageTab::BlockedUsers => "usage-blocked-users",
            UsageTab::DialOut => "usage-dial-out",
        }
    }

    /// The property with how long something took, in seconds.
    pub fn seconds(self) -> Option<&'static str> {
        match self {
            UsageTab::DirectRouting | UsageTab::Pstn => Some("duration"),
            UsageTab::DialOut => Some("totalCallSeconds"),
            UsageTab::Sms | UsageTab::BlockedUsers => None,
        }
    }

    /// The property with what something cost.
    pub fn charge(self) -> Option<&'static str> {
        match self {
            UsageTab::Pstn => Some("charge"),
            UsageTab::Sms => Some("callCharge"),
            UsageTab::DialOut => Some("totalCallCharge"),
            UsageTab::DirectRouting | UsageTab::BlockedUsers => None,
        }
    }

    fn columns(self) -> &'static [Shown] {
        match self {
            UsageTab::DirectRouting => DIRECT_ROUTING,
            UsageTab::Pstn => PSTN,
            UsageTab::Sms => MESSAGES,
            UsageTab::BlockedUsers => BLOCKED_USERS,
            UsageTab::DialOut => DIAL_OUT,
        }
    }

    fn is_number(self, property: &str, form: Form) -> bool {
        form != Plain || self.charge() == Some(property)
    }

    /// A table of rows.
    pub(super) fn table(self, page: &PageContext, rows: &Rows) -> Table {
        let log = self.log();
        let heads = self.columns().iter().map(|(property, title, form)| {
            let title = page.t(title);
            if self.is_number(property, *form) { Head::number(title) } else { Head::of(title) }
        });
        let mut table = Table::new(page.t(self.name()), heads.collect()).or_why(page, super::emptiness(page));
        let columns: Vec<(&'static str, Form, Column<'_>)> = self
            .columns()
            .iter()
            .filter_map(|(property, _, form)| Some((*property, *form, rows.column(log.index_of(property)?))))
            .collect();
        for row in 0..rows.len() {
            let cell = |(property, form, column): &(&'static str, Form, Column<'_>)| {
                let text = told(page, *form, column.value(row));
                if self.is_number(property, *form) {
                    return Cell::number(text);
                }
                if *property != log.time {
                    return Cell::text(text);
                }
                Cell::name(text).linked(self.place(page, rows, row))
            };
            table.row(columns.iter().map(cell).collect());
        }
        table
    }

    /// The page of a row, if it has one: that of its call.
    fn place(self, page: &PageContext, rows: &Rows, row: usize) -> Option<String> {
        if self != UsageTab::DirectRouting {
            return None;
        }
        let (time, id) = rows.key(row);
        Some(page.to(&format!("calls/{}/{}", Links::segment(&time.to_string()), Links::segment(id))))
    }
}

fn told(page: &PageContext, form: Form, value: Option<Value<'_>>) -> String {
    let formats = &page.formats;
    match (value, form) {
        (None | Some(Value::Instant(Instant::ABSENT)), _) => NOTHING.to_owned(),
        (Some(Value::Instant(at)), _) => formats.second(at),
        (Some(Value::Int(secs)), Seconds) => formats.seconds(f64::from(secs)),
        (Some(Value::Int(number)), Count) => formats.count(i64::from(number)),
        (Some(Value::Int(number)), Plain) => number.to_string(),
        (Some(Value::Decimal(digits)), _) => formats.money(digits),
        (Some(Value::Bool(value)), _) => page.t(if value { "report-yes" } else { "report-no" }),
        (Some(other), _) => other.to_string(),
    }
}

/// A number of seconds, summed up.
pub(super) fn minutes(page: &PageContext, secs: i64) -> String {
    page.formats.minutes(float(secs) / 60.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_name_properties_of_their_log() {
        for tab in UsageTab::ALL {
            let log = tab.log();
            for (property, _, _) in tab.columns() {
                assert!(log.index_of(property).is_some(), "{}: {property}", log.name);
            }
            for property in [tab.seconds(), tab.charge()].into_iter().flatten() {
                assert!(log.index_of(property).is_some(), "{}: {property}", log.name);
            }
            assert_eq!(UsageTab::by_key(tab.key()), Some(tab));
            assert_eq!(UsageTab::of_log(log.name), Some(tab));
        }
        assert_eq!(UsageTab::by_key("calls"), None);
    }
}
