//! What a path names, and the path of what is named.

use percent_encoding::percent_decode_str;
use trunklog_odata::{Error, ErrorKind, Instant};
use trunklog_reports::{REPORTS, Report};

/// The name of the rows themselves among the reports.
pub(crate) const USAGE: &str = "usage";

/// The name of what tells of sources.
pub(crate) const DATA: &str = "data";

/// What comes before the time and the id of a call.
const CALLS: &str = "calls";

/// What a path names.
#[derive(Debug, Clone)]
pub(super) enum Resource {
    /// What there is.
    List,
    /// The rows themselves, page by page.
    Usage,
    /// How sources stand.
    Data,
    Report(&'static Report),
    /// The report about one call, and which.
    Call(&'static Report, (Instant, String)),
}

/// The path of a report. One about a call takes its time and id.
pub(crate) fn address(report: &Report) -> String {
    let name = if report.takes.call { "calls/{time}/{id}" } else { report.key };
    format!("/reports/v1/{name}")
}

impl Resource {
    /// Doubled slashes and one at the end change nothing, as everywhere.
    ///
    /// # Errors
    /// 404 for what there is not, 400 for a time that is none.
    pub(super) fn of(path: &str) -> Result<Resource, Error> {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        match *segments.as_slice() {
            ["reports", "v1"] => Ok(Resource::List),
            ["reports", "v1", name] if name.eq_ignore_ascii_case(USAGE) => Ok(Resource::Usage),
            ["reports", "v1", name] if name.eq_ignore_ascii_case(DATA) => Ok(Resource::Data),
            ["reports", "v1", calls, time, id] if calls.eq_ignore_ascii_case(CALLS) => {
                let report = REPORTS.iter().copied().find(|report| report.takes.call);
                let call = (time_of(&decoded(time)?)?, decoded(id)?);
                report.map(|report| Resource::Call(report, call)).ok_or_else(unknown)
            }
            ["reports", "v1", name] => {
                let report = Report::by_key(&decoded(name)?).ok_or_else(unknown)?;
                if report.takes.call {
                    let message = "The report is about one call, and the path names none.";
                    let hint = format!("ask for {}: startDateTime and id of its row", address(report));
                    return Err(Error::new(ErrorKind::NotFound, message).hint(hint));
                }
                Ok(Resource::Report(report))
            }
            _ => Err(unknown()),
        }
    }
}

fn unknown() -> Error {
    let keys: Vec<&str> =
        REPORTS.iter().filter(|report| !report.takes.call).map(|report| report.key).collect();
    let hint = format!(
        "below /reports/v1 there are {}, {USAGE}, {DATA} and {CALLS}/{{time}}/{{id}}; /reports/v1/ says what they take",
        keys.join(", ")
    );
    Error::new(ErrorKind::NotFound, "There is no such report.").hint(hint)
}

fn time_of(text: &str) -> Result<Instant, Error> {
    Instant::parse(text).map_err(|_| {
        Error::bad_request("time: it is no moment")
            .hint("write startDateTime as its row has it, such as 2026-11-30T08:00:00.125Z")
    })
}

fn decoded(segment: &str) -> Result<String, Error> {
    percent_decode_str(segment).decode_utf8().map(|text| text.into_owned()).map_err(|_| {
        Error::bad_request("The path is not UTF-8 after percent-decoding.").hint("encode it once, as UTF-8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_reports() {
        for path in ["/reports/v1", "/reports/v1/", "//reports//v1"] {
            assert!(matches!(Resource::of(path), Ok(Resource::List)), "{path}");
        }
        assert!(matches!(Resource::of("/reports/v1/Usage/"), Ok(Resource::Usage)));
        assert!(matches!(Resource::of("/reports/v1/data"), Ok(Resource::Data)));
        for report in REPORTS.iter().filter(|report| !report.takes.call) {
            let found = Resource::of(&address(report)).unwrap();
            assert!(matches!(found, Resource::Report(found) if found.key == report.key), "{}", report.key);
        }
        let call = Resource::of("/reports/v1/calls/2026-11-30T08%3A00:00.5Z/a%2Fb").unwrap();
        let at = Instant::parse("2026-11-30T08:00:00.5Z").unwrap();
        assert!(matches!(call, Resource::Call(_, call) if call == (at, "a/b".to_owned())));
    }

    #[test]
    fn what_is_not_there_is_told_with_what_is() {
        for path in
            ["/reports", "/reports/v2/kpis", "/reports/v1/nothing", "/reports/v1/kpis/x", "/reports/v1/calls"]
        {
            let error = Resource::of(path).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotFound, "{path}");
            assert!(error.hint_text().unwrap().contains("usage"), "{path}: {error}");
        }
        for report in REPORTS.iter().filter(|report| report.takes.call) {
            let error = Resource::of(&format!("/reports/v1/{}", report.key)).unwrap_err();
            assert!(error.hint_text().unwrap().contains("calls/{time}/{id}"), "{error}");
        }
        for path in ["/reports/v1/calls/yesterday/a", "/reports/v1/calls/%ff/a", "/reports/v1/%ff"] {
            assert_eq!(Resource::of(path).unwrap_err().kind(), ErrorKind::BadRequest, "{path}");
        }
    }

    #[test]
    fn no_report_is_called_as_something_else() {
        for name in [USAGE, DATA, CALLS] {
            assert!(Report::by_key(name).is_none(), "{name}");
        }
    }
}
