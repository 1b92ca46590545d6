//! The audit trail, on a page. Looking at it is an entry of it, too.

use std::path::Path;

use jiff::Timestamp;
use serde_json::Value;
use trunklog_audit::{Action, Detail, Entry, Names, Search};
use trunklog_errors::with_causes;
use trunklog_odata::{Error, ErrorKind, Instant};
use trunklog_records::masking::{Mask, masked};
use trunklog_web::pages::admin::{EntryView, TrailPage};
use trunklog_web::state::Ends;

use super::{administers_all, instant};
use crate::pages::chosen_by::ENDS;
use crate::pages::fault::Fault;
use crate::pages::visit::{Shown, Visit};

/// How many entries a page has.
const ENTRIES: usize = 100;

/// Makes the page.
pub(super) fn show(visit: &Visit<'_>) -> Result<Shown, Fault> {
    let state = &visit.page.state;
    let has_names = state.own("names").is_some();
    let told = visit.told(Action::AuditRead);
    if has_names {
        // Whose pseudonyms are whose is shown only once it is known who looked.
        let told = told.detail("what", Detail::Word("names"));
        visit.app.services.trail.record(told).wait().map_err(|_| unaudited())?;
    } else {
        visit.note(told);
    }
    let mut entries = Vec::new();
    let mut has_more = false;
    if let Some(folder) = visit.app.services.trail.folder() {
        let found = search(visit)?.newest_first(folder, ENTRIES + 1).map_err(|error| unreadable(&error))?;
        has_more = found.len() > ENTRIES;
        let names = if has_names { Some(read_names(folder)?) } else { None };
        let shown = Shows { names: names.as_ref(), mask: visit.page.mask };
        entries = found.iter().take(ENTRIES).map(|entry| shown.view(entry)).collect();
    }
    let whats = Action::all().map(Action::name).collect();
    Shown::of(&TrailPage::new(visit.page, &entries, whats, has_more))
}

/// What is asked for. Who administers all tenants sees what belongs to none, too, such
/// as sign-ins.
fn search(visit: &Visit<'_>) -> Result<Search, Error> {
    let page = visit.page;
    let what = page.state.own("what").map(|what| {
        Action::named(what).map(|action| action.name().to_owned()).ok_or_else(|| {
            Error::bad_request("what: nothing is called so").hint("choose it from the list of the page")
        })
    });
    let before = page
        .state
        .own("before")
        .map(|before| before.parse().map_err(|_| Error::bad_request("before: it is no number of an entry")));
    Ok(Search {
        since: Some(timestamp(page.range.from())),
        until: Some(timestamp(page.range.end())),
        before: before.transpose()?,
        what: what.transpose()?,
        tenant: (!administers_all(visit.reader)).then(|| page.tenant.id.guid()),
        whose: None,
    })
}

fn read_names(folder: &Path) -> Result<Names, Fault> {
    Names::read(folder).map_err(|error| unreadable(&error))
}

fn unreadable(error: &trunklog_audit::Error) -> Fault {
    tracing::error!(error = %with_causes(error), "the audit trail cannot be read");
    Error::new(ErrorKind::GeneralException, "An unexpected error occurred.").into()
}

fn unaudited() -> Error {
    Error::new(ErrorKind::ServiceUnavailable, "The service is temporarily unavailable.")
        .hint("the audit trail cannot be written, so no names are shown; the server's log says why")
}

fn timestamp(at: Instant) -> Timestamp {
    Timestamp::from_nanosecond(i128::from(at.ticks()) * 100).unwrap_or(Timestamp::MAX)
}

/// What a reader sees of entries.
struct Shows<'a> {
    names: Option<&'a Names>,
    mask: Mask,
}

impl Shows<'_> {
    fn view(&self, entry: &Entry) -> EntryView {
        let named =
            |pseudonym: Option<&str>| pseudonym.map(|pseudonym| self.named(pseudonym)).unwrap_or_default();
        EntryView {
            number: entry.n,
            at: instant(entry.at),
            what: entry.what.clone(),
            requests: entry.requests,
            who: named(entry.who.as_deref()),
            from: named(entry.from.as_deref()),
            about: self.about(entry),
            range: entry.range.as_ref().and_then(range),
            filter: entry.filter.clone(),
            ends: ends(entry),
            more: self.more(entry),
            rows: entry.rows,
            outcome: match (&entry.outcome, &entry.why) {
                (Some(outcome), Some(why)) => format!("{outcome}: {why}"),
                (Some(outcome), None) => outcome.clone(),
                (None, _) => String::new(),
            },
        }
    }

    /// A name where there is one, else a pseudonym, shortened to what tells it from
    /// others at a glance. Of a number no more than the reader sees elsewhere.
    fn named(&self, pseudonym: &str) -> String {
        const DIGITS: usize = 8;
        let (kind, digits) = pseudonym.split_once(':').unwrap_or((pseudonym, ""));
        if let Some(name) = self.names.and_then(|names| names.of(pseudonym)) {
            return if kind == "number" { hidden(name, self.mask) } else { name.to_owned() };
        }
        // The id of an application is no pseudonym.
        if digits.is_empty() || kind == "application" {
            return pseudonym.to_owned();
        }
        format!("{kind}:{}", digits.chars().take(DIGITS).collect::<String>())
    }

    fn about(&self, entry: &Entry) -> Vec<String> {
        let mut parts: Vec<String> = Vec::new();
        parts.extend(entry.via.clone());
        parts.extend(entry.of.clone());
        parts.extend(entry.tenant.map(|tenant| tenant.to_string()));
        parts.extend(entry.subject.as_deref().map(|subject| self.named(subject)));
        parts
    }

    /// The details, of which ends are told with the filter, and the reason.
    fn more(&self, entry: &Entry) -> Vec<String> {
        let details = entry.details.iter().filter(|(name, _)| *name != ENDS);
        let told = details.map(|(name, value)| match value.as_str() {
            Some(text) => format!("{name} {text}"),
            None => format!("{name} {value}"),
        });
        told.chain(self.names.and_then(|names| names.reason(entry))).collect()
    }
}

/// Which time of a log it was about. What this program cannot read is no time.
fn range([from, end]: &[String; 2]) -> Option<(Instant, Instant)> {
    Instant::parse(from).ok().zip(Instant::parse(end).ok())
}

/// By which ends calls were chosen.
fn ends(entry: &Entry) -> Vec<Ends> {
    let keys = entry.details.get(ENDS).and_then(Value::as_array).into_iter().flatten();
    keys.filter_map(|key| Ends::by_key(key.as_str()?)).collect()
}

/// A number as the trail knows it: nothing but digits, or an address.
fn hidden(number: &str, mask: Mask) -> String {
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return masked(number, mask.digits()).into_owned();
    }
    let shown = number.len().saturating_sub(usize::from(mask.digits()));
    format!("{}{}", &number[..shown], "*".repeat(number.len() - shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_shows_no_more_than_elsewhere() {
        assert_eq!(hidden("4930123456", Mask::hiding(4)), "493012****");
        assert_eq!(hidden("112", Mask::hiding(4)), "***");
        assert_eq!(hidden("4930123456", Mask::NONE), "4930123456");
        assert_eq!(hidden("anonymous", Mask::hiding(4)), "anonymous");
    }

    #[test]
    fn whatever_can_be_done_has_a_text() {
        for action in Action::all() {
            assert!(trunklog_web::pages::admin::act(action.name()).is_some(), "{}", action.name());
        }
    }

    #[test]
    fn pseudonyms_are_shortened_and_ids_are_not() {
        let shows = Shows { names: None, mask: Mask::NONE };
        for (pseudonym, told) in [
            ("user:0123456789abcdef", "user:01234567"),
            (
                "application:6f1d0000-0000-4000-8000-000000000001",
                "application:6f1d0000-0000-4000-8000-000000000001",
            ),
            ("program", "program"),
        ] {
            assert_eq!(shows.named(pseudonym), told);
        }
    }
}
