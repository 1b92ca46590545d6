//! Files that people order: how they are ordered, made, listed, fetched and removed.
//!
//! An export is made into a file in the data folder, on the threads that are for
//! exports, which are shared out among tenants. Who ordered a small one goes straight
//! to its file; of a large one the list says when it is there. Nothing is made before
//! the audit trail has it, and nothing is fetched before.

mod fetch;
mod form;
mod job;
mod list;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;
use trunklog_audit::{Action, Detail};
use trunklog_downloads::{Download, Draft, NewDownload, Refusal, State};
use trunklog_errors::with_causes;
use trunklog_exports::Occasion;
use trunklog_odata::{Error, ErrorKind};
use trunklog_records::TenantId;
use trunklog_store::{ScanQuery, Watermark};
use trunklog_web::Links;
use trunklog_web::pages::usage::UsageTab;
use trunklog_web::state::FilterState;
use uuid::Uuid;

use self::form::FileForm;
use self::job::Job;
use super::change::Changing;
use super::chosen::Chosen;
use super::chosen_by::ChosenBy;
use super::fault::Fault;
use super::form::Form;
use super::look::Look;
use super::{made, seal, usage};
use crate::answer::Failure;
use crate::app::App;
use crate::audit;
use crate::share::Share;

pub(super) use self::fetch::{file_of, serve as fetch};
pub(super) use self::list::show;

/// How long somebody who ordered a file waits for it before seeing the list.
const AT_ONCE: Duration = Duration::from_secs(2);

/// Where the list is.
const LIST: &str = "exports";

/// What is ordered.
struct Order {
    tenant: TenantId,
    owner: String,
    tab: UsageTab,
    form: FileForm,
    state: FilterState,
    /// What the reader does not see of numbers.
    mask: trunklog_records::masking::Mask,
}

/// What is to be made.
struct Prepared {
    draft: Draft,
    query: ScanQuery,
    occasion: Occasion,
    by: ChosenBy,
}

/// Orders a file, and tells where to go on: to the file if it is there already, else to
/// the list.
pub(super) async fn order(changing: Changing<'_>, form: &Form) -> Result<String, Failure> {
    let Changing { app, parts, reader, tenant } = changing;
    let order = Order {
        tenant,
        owner: reader.person().id.clone(),
        tab: usage::tab(Some(form.one("tab")?))?,
        form: FileForm::by_name(form.one("form")?)?,
        state: FilterState::read(form.one("state")?, &[])?,
        mask: reader.mask(tenant, &app.settings.masks),
    };
    let (log, file_form, mask) = (order.tab.log(), order.form, order.mask);
    let (work_app, share) = (Arc::clone(app), Share::Tenant(tenant));
    let prepared = app.searches.run(share, move || prepare(&work_app, order)).await?;
    let Prepared { draft, query, occasion, by } =
        prepared.map_err(|fault| made::failure(app, parts, fault))?;
    let selection = &query.selection;
    let told = changing.told(Action::CallsExport).of(log.name);
    let told = told.range(selection.range.from(), selection.range.end());
    let told = by
        .tell(told)
        .detail("format", Detail::Word(file_form.name()))
        .detail("export", Detail::Id(draft.id()));
    // Before the first row is read; how many there were is told at the end.
    if let Err(failure) = audit::recorded(app, told.clone().detail("step", Detail::Word("start"))).await {
        changing.blocking(move || draft.discard()).await?;
        return Err(failure);
    }
    let (id, (done, is_done)) = (draft.id(), oneshot::channel());
    let job = Job { app: Arc::clone(app), tenant, form: file_form, mask, query, occasion, told };
    let queue = Arc::clone(app);
    tokio::spawn(async move {
        let work = move || {
            job.run(draft);
            // Nobody may wait any more.
            let _ = done.send(());
        };
        // What gets no place is dropped, and its draft has failed with it.
        if queue.exports.start(share, work).await.is_err() {
            tracing::warn!(%id, "an export was not made: too many wait already");
        }
    });
    if timeout(AT_ONCE, is_done).await.is_ok()
        && let Some(place) = found(changing, id).await?.as_ref().and_then(place)
    {
        return Ok(place);
    }
    Ok(LIST.to_owned())
}

/// Removes a file of the reader's.
///
/// # Errors
/// 404 if there is none of that id.
pub(super) async fn remove(changing: Changing<'_>, id: Uuid) -> Result<(), Failure> {
    let downloads = Arc::clone(&changing.app.services.downloads);
    let (tenant, owner) = (changing.tenant.guid(), changing.reader.person().id.clone());
    let removed = changing.blocking(move || downloads.remove(id, tenant, &owner)).await?;
    if !removed.map_err(|error| unusable(&error))? {
        return Err(no_such_file());
    }
    let told = changing.told(Action::CallsExport).detail("export", Detail::Id(id));
    changing.app.services.trail.note(told.detail("step", Detail::Word("remove")));
    Ok(())
}

/// A file of the reader's.
async fn found(changing: Changing<'_>, id: Uuid) -> Result<Option<Download>, Failure> {
    let downloads = Arc::clone(&changing.app.services.downloads);
    let (tenant, owner) = (changing.tenant.guid(), changing.reader.person().id.clone());
    let found = changing.blocking(move || downloads.get(id, tenant, &owner)).await?;
    found.map_err(|error| unusable(&error))
}

/// The path of a file that is there.
fn place(download: &Download) -> Option<String> {
    let is_there = matches!(download.state, State::Done { .. });
    is_there.then(|| format!("{LIST}/{}/{}", download.id, Links::segment(&download.file_name)))
}

/// Finds out what is to be made, and makes room for it.
fn prepare(app: &App, order: Order) -> Result<Prepared, Fault> {
    let Order { tenant, owner, tab, form, state, mask } = order;
    let engine = app.services.engine.as_ref();
    let days = app.settings.zones.of(tenant);
    let zone = state.time_zone(days)?;
    let who = state.who.as_deref().map(|token| seal::who(&seal::of(engine, tenant)?, token)).transpose()?;
    let inventory = trunklog_trunks::read(engine, tenant, app.settings.inventories.of(tenant))?;
    let look = Look { tenant, who: who.as_ref(), mask, zone: &zone, inventory: &inventory, days };
    let Chosen { selection, by, .. } = Chosen::of(app, tab, &state, &look)?;
    let newest = engine.tenant(tenant).newest()?;
    // What was on the screen, as far as it can be.
    let commit = state.commit.map_or(newest, |commit| Watermark(commit).min(newest));
    let (from, to) = (selection.range.from(), selection.range.end());
    let id = Uuid::new_v4();
    let occasion = Occasion { from, to, made: app.now(), id: id.to_string() };
    let new = NewDownload {
        id,
        tenant: tenant.guid(),
        owner,
        log: tab.log().name.to_owned(),
        form: form.name().to_owned(),
        range: [from.to_string(), to.to_string()],
        hidden_digits: mask.digits(),
        file_name: form.file_name(&occasion, tab.log()),
    };
    let draft = app.services.downloads.order(new).map_err(refused)?;
    let query = ScanQuery { selection, skip: 0, limit: None, watermark: Some(commit) };
    Ok(Prepared { draft, query, occasion, by })
}

/// What a reader is told who gets no file.
fn refused(refusal: Refusal) -> Error {
    match refusal {
        Refusal::TooMany { most } => Error::new(ErrorKind::TooManyRequests, "You have too many files.")
            .hint(format!("remove one of your {most} files under Usage, Your files, and order again")),
        Refusal::Full => Error::new(ErrorKind::ServiceUnavailable, "There is no room for another file.").hint(
            "all files of all people together take as much room as they may: remove yours, or come again when \
             others have expired; downloads.all_mib sets how much it is",
        ),
        Refusal::Folder(error) => {
            tracing::error!(error = %with_causes(&error), "an export cannot be made");
            Error::new(ErrorKind::GeneralException, "An unexpected error occurred.")
        }
    }
}

fn unusable(error: &trunklog_downloads::Error) -> Failure {
    tracing::error!(error = %with_causes(error), "the files of exports cannot be used");
    Failure::unexpected()
}

fn no_such_file() -> Failure {
    let hint = "it may have expired, or it is another person's: order it again";
    Error::new(ErrorKind::NotFound, "There is no such file.").hint(hint).into()
}
