//! What the columns of a table are, by their names.

use trunklog_errors::is_plain;
use trunklog_odata::edm::EdmType;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, LOGS, PSTN_CALLS, Property, SMS};
use trunklog_records::{Log, RowKind, kind_of_properties};

use super::localized::english;

/// The most characters of a column's name that are shown.
const MAX_SHOWN: usize = 48;

/// A table whose columns are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Table {
    /// An export of the admin centre.
    Export(ExportTable),
    /// Rows with Graph's names.
    Graph(Vec<GraphColumn>),
}

/// The columns of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ExportTable {
    /// The log of its rows. Of calls over Calling Plans, some may be messages.
    pub(super) log: &'static Log,
    pub(super) columns: Vec<ExportColumn>,
}

/// A column of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ExportColumn {
    /// What to call it, in messages.
    pub(super) shown: String,
    pub(super) target: Target,
}

/// What becomes of a column of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// It is known.
    Known(&'static Known),
    /// It is kept under that name, as a property that the log does not have.
    Kept(String),
}

/// A column that exports have, or had.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// Its names, as [`key`] has them.
    keys: &'static [&'static str],
    /// The property that it becomes; empty where its form says more.
    pub(super) property: &'static str,
    /// The property of a message that it becomes.
    pub(super) of_message: &'static str,
    pub(super) form: Form,
}

/// How the values of a column are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Text.
    Text,
    /// A telephone number, or what is in its place.
    Number,
    /// A country of two letters; `??` is none.
    Country,
    /// A time in UTC.
    Time,
    /// The same, of which Graph says the year 1 where there is none.
    TimeOrAbsent,
    /// A whole number.
    Int,
    /// Yes or no.
    YesNo,
    /// Success or attempt, or yes or no.
    Outcome,
    /// A decimal number.
    Decimal,
    /// Microsoft or an operator.
    DurationSource,
    /// Ids of administrative units.
    Units,
    /// A call type of Direct Routing.
    CallType,
    /// The direction, which the call type says, too.
    Direction,
    /// The type of a number; in exports of old the call type.
    NumberType,
    /// A sign-in name or an id.
    User,
}

/// A column with one of Graph's names, or another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GraphColumn {
    pub(super) name: String,
    pub(super) form: GraphForm,
}

/// How values of a column with Graph's names are looked at before they are decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GraphForm {
    /// Text, and what no log has.
    Text,
    /// A time.
    Time,
    /// True or false.
    Boolean,
    /// Numbers and collections.
    Other,
}

const fn known(
    keys: &'static [&'static str],
    property: &'static str,
    of_message: &'static str,
    form: Form,
) -> Known {
    Known { keys, property, of_message, form }
}

/// The columns of Direct Routing, of all years.
#[rustfmt::skip]
static DIRECT_ROUTING: [Known; 27] = [
    known(&["correlationid"],                                        "correlationId",                 "", Form::Text),
    known(&["aadobjectid", "microsoftentraobjectid", "entraobjectid"], "userId",                      "", Form::Text),
    known(&["upn", "sipaddress", "username"],                        "userPrincipalName",             "", Form::Text),
    known(&["displayname", "userdisplayname"],                       "userDisplayName",               "", Form::Text),
    known(&["usercountry"],                                          "userCountryCode",               "", Form::Country),
    known(&["externalcountry"],                                      "otherPartyCountryCode",         "", Form::Country),
    known(&["invitetime"],                                           "inviteDateTime",                "", Form::Time),
    known(&["starttime"],                                            "startDateTime",                 "", Form::Time),
    known(&["failuretime"],                                          "failureDateTime",               "", Form::TimeOrAbsent),
    known(&["endtime"],                                              "endDateTime",                   "", Form::TimeOrAbsent),
    known(&["durationseconds", "duration"],                          "duration",                      "", Form::Int),
    known(&["success"],                                              "successfulCall",                "", Form::Outcome),
    known(&["eventtype"],                                            "successfulCall",                "", Form::Outcome),
    known(&["callernumber"],                                         "callerNumber",                  "", Form::Number),
    known(&["calleenumber"],                                         "calleeNumber",                  "", Form::Number),
    known(&["calltype"],                                             "callType",                      "", Form::CallType),
    known(&["numbertype"],                                           "",                              "", Form::NumberType),
    known(&["calldirection"],                                        "",                              "", Form::Direction),
    known(&["azureregionformedia", "azureregion"],                   "mediaPathLocation",             "", Form::Text),
    known(&["azureregionforsignaling", "azureregionforsignalling"],  "signalingLocation",             "", Form::Text),
    known(&["finalsipcode"],                                         "finalSipCode",                  "", Form::Int),
    known(&["finalmicrosoftsubcode"],                                "callEndSubReason",              "", Form::Int),
    known(&["finalsipphrase"],                                       "finalSipCodePhrase",            "", Form::Text),
    known(&["sbcfqdn"],                                              "trunkFullyQualifiedDomainName", "", Form::Text),
    known(&["mediabypass"],                                          "mediaBypassEnabled",            "", Form::YesNo),
    known(&["sharedcorrelationid"],                                  "sharedCorrelationId",           "", Form::Text),
    known(&["transferorcorrelationid", "transferorcorelationid"],    "transferorCorrelationId",       "", Form::Text),
];

/// The columns of Calling Plans, Operator Connect and Audio Conferencing, of all
/// years.
#[rustfmt::skip]
static CALLING_PLANS: [Known; 24] = [
    known(&["usageid"],                                              "id",                    "id",                    Form::Text),
    known(&["callid"],                                               "callId",                "smsId",                 Form::Text),
    known(&["conferenceid", "confid"],                               "conferenceId",          "",                      Form::Text),
    known(&["userlocation", "userslocation"],                        "usageCountryCode",      "userCountryCode",       Form::Country),
    known(&["aadobjectid", "microsoftentraobjectid", "entraobjectid"], "userId",              "userId",                Form::Text),
    known(&["upn", "username"],                                      "userPrincipalName",     "userPrincipalName",     Form::Text),
    known(&["userid"],                                               "",                      "",                      Form::User),
    known(&["userdisplayname", "displayname"],                       "userDisplayName",       "userDisplayName",       Form::Text),
    known(&["callerid"],                                             "callerNumber",          "sourceNumber",          Form::Number),
    known(&["calltype", "callsmstype", "smstype"],                   "callType",              "smsType",               Form::Text),
    known(&["calldirection"],                                        "",                      "",                      Form::Direction),
    known(&["numbertype"],                                           "inventoryType",         "",                      Form::Text),
    known(&["domesticinternational"],                                "destinationContext",    "destinationContext",    Form::Text),
    known(&["destinationdialed"],                                    "destinationName",       "destinationName",       Form::Text),
    known(&["destinationnumber", "calledto"],                        "calleeNumber",          "destinationNumber",     Form::Number),
    known(&["externalcountry"],                                      "otherPartyCountryCode", "otherPartyCountryCode", Form::Country),
    known(&["starttime"],                                            "startDateTime",         "sentDateTime",          Form::Time),
    known(&["endtime"],                                              "endDateTime",           "",                      Form::Time),
    known(&["durationseconds", "duration"],                          "duration",              "",                      Form::Int),
    known(&["connectionfee"],                                        "connectionCharge",      "",                      Form::Decimal),
    known(&["charge", "cost"],                                       "charge",                "callCharge",            Form::Decimal),
    known(&["currency"],                                             "currency",              "currency",              Form::Text),
    known(&["capability"],                                           "licenseCapability",     "licenseCapability",     Form::Text),
    known(&["operator"],                                             "operator",              "",                      Form::Text),
];

/// Columns that both have.
#[rustfmt::skip]
static COMMON: [Known; 2] = [
    known(&["administrativeunits", "administrativeunit"], "administrativeUnitInfos", "administrativeUnitInfos", Form::Units),
    known(&["sourceofcallduration"],                      "callDurationSource",      "",                        Form::DurationSource),
];

/// Columns of which one shows, beside those that all have, that a table is an export
/// of Direct Routing.
const MARKS_OF_DIRECT_ROUTING: [&str; 6] =
    ["sbcfqdn", "finalsipcode", "finalmicrosoftsubcode", "finalsipphrase", "invitetime", "mediabypass"];

/// The same of Calling Plans.
const MARKS_OF_CALLING_PLANS: [&str; 7] = [
    "calltype",
    "callsmstype",
    "destinationnumber",
    "destinationdialed",
    "callerid",
    "capability",
    "domesticinternational",
];

/// A name without what people and programs write differently: letter case, blanks,
/// marks, and the zone that is always UTC.
pub(super) fn key(name: &str) -> String {
    let key: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    match key.strip_suffix("utc") {
        Some(time) if !time.is_empty() => time.to_owned(),
        _ => key,
    }
}

/// Whether a column of some export has that key.
#[cfg(test)]
pub(super) fn knows(key: &str) -> bool {
    find(&DIRECT_ROUTING, key).is_some() || find(&CALLING_PLANS, key).is_some()
}

/// What a table with these names is, and how many of them are known. None when it is
/// nothing that is read.
pub(super) fn of(names: &[&str]) -> Option<(Table, usize)> {
    let keys: Vec<String> = names.iter().map(|name| english(&key(name)).to_owned()).collect();
    let has = |name: &str| keys.iter().any(|key| key == name);
    let has_one = |marks: &[&str]| marks.iter().any(|mark| has(mark));
    if has("starttime") && has("correlationid") && has_one(&MARKS_OF_DIRECT_ROUTING) {
        return Some(export(&DIRECT_ROUTING_CALLS, &DIRECT_ROUTING, names, &keys));
    }
    if has("starttime") && (has("usageid") || has("callid")) && has_one(&MARKS_OF_CALLING_PLANS) {
        return Some(export(&PSTN_CALLS, &CALLING_PLANS, names, &keys));
    }
    graph(names)
}

/// The log of a table with these names, which lacks the column with the time of its
/// rows.
pub(super) fn without_time(names: &[&str]) -> Option<&'static Log> {
    if of(names).is_some() {
        return None;
    }
    // With the name of the time, it would be one that is read.
    if let Some((Table::Export(table), _)) = of(&[names, ["Start time"].as_slice()].concat()) {
        return Some(table.log);
    }
    let Some(RowKind::Log(log)) = kind_of_properties(names.iter().copied()) else { return None };
    // One name could be anybody's, and few among many: tables of SIP servers have ids, too.
    let known = names.iter().filter(|name| has_property(log, name.trim())).count();
    (known > 1 && known * 2 >= names.len()).then_some(log)
}

fn find(table: &'static [Known], key: &str) -> Option<&'static Known> {
    table.iter().chain(&COMMON).find(|known| known.keys.contains(&key))
}

fn export(log: &'static Log, table: &'static [Known], names: &[&str], keys: &[String]) -> (Table, usize) {
    let mut columns: Vec<ExportColumn> = Vec::with_capacity(names.len());
    let mut known = 0;
    for (number, (name, key)) in (1_usize..).zip(names.iter().zip(keys)) {
        let fits = |of: &&Known| of.property.is_empty() || log.index_of(of.property).is_some();
        let target = match find(table, key).filter(fits) {
            Some(of) => {
                known += 1;
                Target::Known(of)
            }
            None => Target::Kept(kept_name(log, name, number, &columns)),
        };
        columns.push(ExportColumn { shown: shown(name, number), target });
    }
    (Table::Export(ExportTable { log, columns }), known)
}

/// A name that may be shown: that of the file, unless it could be anything.
fn shown(name: &str, number: usize) -> String {
    let name = name.trim().trim_start_matches('\u{feff}');
    let fits = !name.is_empty() && name.chars().count() <= MAX_SHOWN && name.chars().all(is_plain);
    if fits { name.to_owned() } else { format!("column {number}") }
}

/// What the values of an unknown column are called: an identifier made of its name,
/// as OData writes them, that no other column has, nor the log.
fn kept_name(log: &Log, name: &str, number: usize, columns: &[ExportColumn]) -> String {
    let mut identifier = String::new();
    for word in name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if identifier.is_empty() {
            identifier.push_str(&lower_camel(word));
        } else {
            let mut rest = word.chars();
            identifier.extend(rest.next().into_iter().flat_map(char::to_uppercase));
            identifier.push_str(&rest.as_str().to_lowercase());
        }
        if identifier.len() > MAX_SHOWN {
            break;
        }
    }
    if !identifier.starts_with(char::is_alphabetic) {
        identifier = format!("column{number}");
    }
    let is_taken = |candidate: &str| {
        let is_kept =
            |column: &ExportColumn| matches!(&column.target, Target::Kept(name) if name == candidate);
        [log, &SMS].into_iter().any(|log| has_property(log, candidate)) || columns.iter().any(is_kept)
    };
    if is_taken(&identifier) { format!("{identifier}Column{number}") } else { identifier }
}

/// A first word in small letters, but one that has both sorts keeps those after its
/// first: `userName` stays.
fn lower_camel(word: &str) -> String {
    let has_small = word.chars().any(char::is_lowercase);
    let mut rest = word.chars();
    let first: String = rest.next().into_iter().flat_map(char::to_lowercase).collect();
    let rest = if has_small { rest.as_str().to_owned() } else { rest.as_str().to_lowercase() };
    first + &rest
}

fn has_property(log: &Log, name: &str) -> bool {
    log.properties.iter().any(|property| property.name.eq_ignore_ascii_case(name))
}

/// Rows with Graph's names: those of one log, or of any that have its time.
fn graph(names: &[&str]) -> Option<(Table, usize)> {
    let names: Vec<&str> = names.iter().map(|name| name.trim().trim_start_matches('\u{feff}')).collect();
    let has_time_of =
        |log: &Log| names.iter().any(|name| name.replace('_', "").eq_ignore_ascii_case(log.time));
    // Rows without the time that their log shows are none, whatever else they have.
    let has_time = match kind_of_properties(names.iter().copied()) {
        Some(RowKind::Log(log)) => !log.shows_time() || has_time_of(log),
        _ => LOGS.into_iter().any(|log| log.shows_time() && has_time_of(log)),
    };
    if !has_time {
        return None;
    }
    let column = |name: &&str| GraphColumn { name: (*name).to_owned(), form: graph_form(name) };
    let is_known = |name: &&&str| LOGS.into_iter().any(|log| has_property(log, name));
    let known = names.iter().filter(is_known).count();
    Some((Table::Graph(names.iter().map(column).collect()), known))
}

fn graph_form(name: &str) -> GraphForm {
    let is_it = |property: &&Property| property.name.eq_ignore_ascii_case(name);
    let property = LOGS.into_iter().flat_map(|log| log.json_properties()).find(is_it);
    match property.map(|property| property.edm) {
        None | Some(EdmType::String) => GraphForm::Text,
        Some(EdmType::DateTimeOffset) => GraphForm::Time,
        Some(EdmType::Boolean) => GraphForm::Boolean,
        Some(_) => GraphForm::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_column_leads_to_a_property() {
        for (log, table) in [(&DIRECT_ROUTING_CALLS, &DIRECT_ROUTING[..]), (&PSTN_CALLS, &CALLING_PLANS)] {
            for known in table {
                let is_there = |log: &Log, name: &str| name.is_empty() || log.index_of(name).is_some();
                assert!(is_there(log, known.property), "{known:?}");
                assert!(is_there(&SMS, known.of_message), "{known:?}");
                assert!(known.keys.iter().all(|name| key(name) == *name), "{known:?}");
            }
        }
    }

    #[test]
    fn names_are_compared_by_letters_and_digits() {
        for (name, expected) in [
            ("Duration (seconds)", "durationseconds"),
            ("Duration Seconds", "durationseconds"),
            ("Transfer or Correlation ID", "transferorcorrelationid"),
            ("TransferorCorrelationId", "transferorcorrelationid"),
            ("Start Time (UTC)", "starttime"),
            ("\u{feff}UsageId", "usageid"),
            ("Domestic/International", "domesticinternational"),
            ("UTC", "utc"),
        ] {
            assert_eq!(key(name), expected, "{name}");
        }
    }

    fn kind(names: &str) -> Option<&'static str> {
        let names: Vec<&str> = names.split(',').collect();
        match of(&names)?.0 {
            Table::Export(table) => Some(table.log.name),
            Table::Graph(_) => Some("graph"),
        }
    }

    #[test]
    fn the_names_say_what_a_table_is() {
        for (names, expected) in [
            ("CorrelationId,SIP Address,Start time,SBC FQDN", Some("directRoutingCalls")),
            ("Start time,Korrelations-ID,Einladungszeit", Some("directRoutingCalls")),
            ("UsageId,Call ID,Start Time,Call Type", Some("pstnCalls")),
            ("Report Refresh Date,UsageId,Caller ID,Start Time", Some("pstnCalls")),
            ("Call ID,User ID,Call type,Start Time (UTC)", Some("pstnCalls")),
            ("id,calleeNumber,callerNumber,startDateTime", Some("graph")),
            ("id,correlationId,trunkFullyQualifiedDomainName", None),
            ("userId,blockDateTime,blockReason", Some("graph")),
            ("smsId,smsUnits,startDateTime", None),
            ("call_type,start_date_time,callee_number,trunk_fully_qualified_domain_name", Some("graph")),
            ("name,number", None),
            ("", None),
            ("Call ID,Start Time", None),
        ] {
            assert_eq!(kind(names), expected, "{names}");
        }
    }

    #[test]
    fn unknown_columns_get_names_of_their_own() {
        let names = [
            "CorrelationId",
            "Start time",
            "Invite time",
            "Unique Customer Support ID",
            "",
            "Operator",
            "Support-ID",
            "support id",
            "4th",
        ];
        let Some((Table::Export(table), 3)) = of(&names) else { panic!("it is an export") };
        let kept = |column: &ExportColumn| match &column.target {
            Target::Kept(name) => Some(name.clone()),
            Target::Known(_) => None,
        };
        let kept: Vec<String> = table.columns.iter().filter_map(kept).collect();
        let expected =
            ["uniqueCustomerSupportId", "column5", "operator", "supportId", "supportIdColumn8", "column9"];
        assert_eq!(kept, expected);
        assert_eq!(table.columns[4].shown, "column 5");
    }
}
