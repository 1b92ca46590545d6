//! What an entry says, in words.

use trunklog_odata::Instant;
use trunklog_records::TimeRange;

use super::EntryView;
use crate::context::PageContext;
use crate::state::Ends;

/// What can be done, as the trail names it, with the keys of the texts; those that start
/// with `trail.` are what the trail says of itself.
const ACTS: [(&str, &str); 31] = [
    ("sign-in", "act-sign-in"),
    ("sign-out", "act-sign-out"),
    ("session.revoke", "act-session-revoke"),
    ("calls.read", "act-calls-read"),
    ("report.read", "act-report-read"),
    ("number.reveal", "act-number-reveal"),
    ("calls.export", "act-calls-export"),
    ("calls.import", "act-calls-import"),
    ("calls.delete", "act-calls-delete"),
    ("person.export", "act-person-export"),
    ("person.erase", "act-person-erase"),
    ("person.hold", "act-person-hold"),
    ("application.add", "act-application-add"),
    ("application.change", "act-application-change"),
    ("application.remove", "act-application-remove"),
    ("account.add", "act-account-add"),
    ("account.change", "act-account-change"),
    ("account.remove", "act-account-remove"),
    ("setting.change", "act-setting-change"),
    ("tenant.change", "act-tenant-change"),
    ("server.start", "act-server-start"),
    ("server.stop", "act-server-stop"),
    ("audit.read", "act-audit-read"),
    ("audit.export", "act-audit-export"),
    ("trail.started", "act-trail-started"),
    ("trail.file", "act-trail-file"),
    ("trail.mended", "act-trail-mended"),
    ("trail.lost", "act-trail-lost"),
    ("trail.gap", "act-trail-gap"),
    ("trail.expired", "act-trail-expired"),
    ("trail.forgot", "act-trail-forgot"),
];

/// The key of the text for what was done; None for what this program does not know.
pub fn act(what: &str) -> Option<&'static str> {
    ACTS.iter().find(|(known, _)| *known == what).map(|(_, key)| *key)
}

/// What was done, in words where there are any.
pub(super) fn act_told(page: &PageContext, what: &str) -> String {
    act(what).map_or_else(|| what.to_owned(), |key| page.t(key))
}

/// What it was done to.
pub(super) fn about(page: &PageContext, entry: &EntryView) -> String {
    let mut parts = entry.about.clone();
    parts.extend(entry.range.map(|range| range_told(page, range)));
    parts.extend(entry.filter.as_deref().map(|filter| filter_told(page, filter, &entry.ends)));
    parts.extend(entry.more.iter().cloned());
    // A filter and a reason have commas of their own.
    parts.join("; ")
}

fn range_told(page: &PageContext, (from, end): (Instant, Instant)) -> String {
    let all = TimeRange::ALL;
    match (from <= all.from(), end >= all.end()) {
        (true, true) => page.t("act-range-all"),
        (false, true) => format!("{} –", page.formats.moment(from)),
        (true, false) => format!("– {}", page.formats.moment(end)),
        (false, false) => format!("{} – {}", page.formats.moment(from), page.formats.moment(end)),
    }
}

/// How rows were chosen: by the names of their ends where these are known, and never by
/// the working out of them.
fn filter_told(page: &PageContext, filter: &str, ends: &[Ends]) -> String {
    // Of reports and pages the trail has no more than what a filter looks at.
    let joint = if filter.contains('?') { " and " } else { ", " };
    let mut told: Vec<String> = ends.iter().map(|ends| ends_told(page, *ends)).collect();
    for part in parts(filter, joint) {
        let part = match (is_of_ends(part), ends.is_empty()) {
            (true, true) => page.t("act-by-class"),
            (true, false) => continue,
            (false, _) => part.to_owned(),
        };
        if !told.contains(&part) {
            told.push(part);
        }
    }
    told.join(joint)
}

/// Whether a part of a filter is about how calls ended. Of rows that is worked out from
/// their codes, by many choices among cases.
fn is_of_ends(part: &str) -> bool {
    // A name that ends so is no choice.
    let is_choice = |at: usize| !part[..at].ends_with(|sign: char| sign.is_ascii_alphanumeric());
    let has_choice = part.match_indices("if(").any(|(at, _)| is_choice(at));
    ["class", "isMissed"].contains(&part) || has_choice
}

/// The parts of a filter that stand in no brackets. Of one that was cut off, the last goes
/// to its end.
fn parts<'a>(filter: &'a str, joint: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let (mut start, mut open) = (0, 0_usize);
    for (at, sign) in filter.char_indices() {
        match sign {
            '(' => open += 1,
            ')' => open = open.saturating_sub(1),
            _ if open == 0 && at >= start && filter[at..].starts_with(joint) => {
                parts.push(&filter[start..at]);
                start = at + joint.len();
            }
            _ => {}
        }
    }
    parts.push(&filter[start..]);
    parts
}

fn ends_told(page: &PageContext, ends: Ends) -> String {
    match ends {
        Ends::Failed => page.t("act-ends-failed"),
        Ends::Delivered => page.t("act-ends-delivered"),
        Ends::Missed => page.t("act-ends-missed"),
        Ends::Unanswered => page.t("act-ends-unanswered"),
        Ends::Group(_) | Ends::Class(_) => page.about("act-ends-other", &page.t(ends.name())),
    }
}

#[cfg(test)]
mod tests {
    use trunklog_reports::{Class, Language};

    use super::*;
    use crate::pages::testing::{at, in_language, page};

    const CLASS_OF_ROW: &str = "if(successfulCall eq ?,?,if(finalSipCode in (?),?,?))";

    fn entry() -> EntryView {
        EntryView {
            number: 7,
            at: at("2026-11-30T07:00:00Z"),
            what: "calls.read".to_owned(),
            requests: None,
            who: "user:01234567".to_owned(),
            from: String::new(),
            about: vec!["pages".to_owned()],
            range: None,
            filter: None,
            ends: Vec::new(),
            more: vec!["session x".to_owned()],
            rows: None,
            outcome: String::new(),
        }
    }

    #[test]
    fn a_filter_is_told_by_its_name() {
        let page = page("admin", "", true);
        let trunk = "trunkFullyQualifiedDomainName eq ?";
        let cut = &CLASS_OF_ROW[..40];
        for (filter, ends, expected) in [
            (format!("{CLASS_OF_ROW} in (?)"), vec![Ends::Failed], "failed calls".to_owned()),
            (
                format!("{trunk} and {CLASS_OF_ROW} in (?)"),
                vec![Ends::Failed],
                format!("failed calls and {trunk}"),
            ),
            (format!("{trunk} and {cut}..."), vec![Ends::Missed], format!("missed calls and {trunk}")),
            (
                format!("{CLASS_OF_ROW} eq ? and {trunk}"),
                vec![Ends::Class(Class::SbcFault)],
                format!("calls that ended: {} and {trunk}", page.t(Class::SbcFault.name())),
            ),
            // Entries of before do not have which ends these were.
            (format!("{CLASS_OF_ROW} in (?) and {trunk}"), vec![], format!("how the call ended and {trunk}")),
            (format!("{cut}..."), vec![], "how the call ended".to_owned()),
            ("country, class".to_owned(), vec![Ends::Failed], "failed calls, country".to_owned()),
            ("isMissed, country".to_owned(), vec![], "how the call ended, country".to_owned()),
            (
                format!("(contains(callType,?) and not(a eq ?) and {CLASS_OF_ROW}) and {trunk}"),
                vec![Ends::Missed],
                format!("missed calls and {trunk}"),
            ),
            ("callerNumber".to_owned(), vec![], "callerNumber".to_owned()),
            ("contains(callerNumber,?)".to_owned(), vec![], "contains(callerNumber,?)".to_owned()),
            ("notif(a) eq ?".to_owned(), vec![], "notif(a) eq ?".to_owned()),
        ] {
            assert_eq!(filter_told(&page, &filter, &ends), expected, "{filter}");
        }
    }

    #[test]
    fn a_range_without_an_end_is_no_row_of_digits() {
        let mut page = page("admin", "", true);
        page.formats = crate::Formats::new(Language::English, jiff::tz::TimeZone::UTC);
        let (from, end) = (at("2026-11-20T00:00:00Z"), at("2026-11-30T00:00:00Z"));
        let all = TimeRange::ALL;
        for (range, expected) in [
            ((all.from(), all.end()), "pages; all time; session x"),
            ((from, end), "pages; 20 Nov 2026, 00:00 – 30 Nov 2026, 00:00; session x"),
            ((all.from(), end), "pages; – 30 Nov 2026, 00:00; session x"),
            ((from, all.end()), "pages; 20 Nov 2026, 00:00 –; session x"),
        ] {
            assert_eq!(about(&page, &EntryView { range: Some(range), ..entry() }), expected);
        }
    }

    #[test]
    fn what_was_done_is_told_in_each_language() {
        for language in Language::ALL {
            let page = in_language(language, page("admin", "", true));
            for (what, key) in ACTS {
                let told = act_told(&page, what);
                assert!(told != key && told != what, "{}: {what}", language.tag());
            }
            assert_eq!(act_told(&page, "something.new"), "something.new");
        }
    }
}
