//! `/exports`: the files of a reader.

use jiff::Timestamp;
use trunklog_downloads::{Download, Reason, State};
use trunklog_errors::with_causes;
use trunklog_odata::{Error, ErrorKind, Instant};
use trunklog_web::pages::exports::{DownloadState, DownloadView, ExportsPage};
use trunklog_web::pages::usage::UsageTab;

use super::form::FileForm;
use crate::pages::fault::Fault;
use crate::pages::visit::{Shown, Visit};

/// Makes the page.
pub(in crate::pages) fn show(visit: &Visit<'_>) -> Result<Shown, Fault> {
    visit.check_whole()?;
    let downloads = &visit.app.services.downloads;
    let listed = downloads.list(visit.page.tenant.id.guid(), &visit.reader.person().id).map_err(|error| {
        tracing::error!(error = %with_causes(&error), "the files of exports cannot be used");
        Error::new(ErrorKind::GeneralException, "An unexpected error occurred.")
    })?;
    let views: Vec<DownloadView> = listed.into_iter().map(view).collect();
    let limits = downloads.limits();
    Shown::of(&ExportsPage::new(visit.page, &views, limits.of_person, limits.kept.as_hours()))
}

fn view(download: Download) -> DownloadView {
    let Download { id, log, form, range: [from, to], file_name, created, expires, state, .. } = download;
    let of_a_sheet = FileForm::by_name(&form).ok().and_then(FileForm::rows_of_a_sheet);
    let range = Instant::parse(&from).and_then(|from| Ok((from, Instant::parse(&to)?))).ok();
    DownloadView {
        id: id.to_string(),
        tab: UsageTab::of_log(&log),
        form,
        range,
        created: instant(created),
        expires: instant(expires),
        state: match state {
            State::Making { .. } => DownloadState::Making,
            State::Done { rows, bytes } => {
                // The names of the columns are a row, too.
                let of_a_sheet = of_a_sheet.filter(|most| rows >= *most);
                DownloadState::Done { file_name, rows, bytes, of_a_sheet }
            }
            State::Failed { why: Reason::Stopped } => DownloadState::Stopped,
            State::Failed { why: Reason::TooLarge } => DownloadState::TooLarge,
            State::Failed { why: Reason::Disk } => DownloadState::DiskFull,
            State::Failed { why: Reason::Rows } => DownloadState::NoRows,
        },
    }
}

fn instant(at: Timestamp) -> Instant {
    Instant::from_unix_secs(at.as_second()).unwrap_or(Instant::ABSENT)
}
