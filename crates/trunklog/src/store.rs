//! Opens the store for a command: as its owner, or through the process that
//! owns it.

use std::fs::{DirBuilder, Metadata};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use trunklog_control::{Acquisition, ControlError, Holder, Ownership, RemoteEngine};
use trunklog_errors::with_causes;
use trunklog_rights::{Unfinished, with_rights};
use trunklog_store::cube::{ZoneChoice, note_zones};
use trunklog_store::{Engine, with_computed_logs};

use crate::config::Settings;

/// The logs hold personal data.
const OWNER_ONLY: u32 = 0o700;

/// Permissions of others than the owner.
const OTHERS: u32 = 0o077;

/// The purpose for which a server owns its store.
pub(crate) const SERVING: &str = "serve";

/// A store in use. As long as it lives, nobody else can own the store.
pub(crate) struct OpenStore {
    // Closed before the ownership ends: fields are dropped in this order.
    engine: Arc<dyn Engine>,
    _ownership: Option<Ownership>,
    /// The process that answers for it, if it is another.
    holder: Option<Holder>,
}

impl OpenStore {
    /// The engine.
    pub(crate) fn engine(&self) -> &dyn Engine {
        self.engine.as_ref()
    }

    /// The engine, shared.
    pub(crate) fn shared_engine(&self) -> Arc<dyn Engine> {
        Arc::clone(&self.engine)
    }

    /// The server that answers for it, if one runs: its process id.
    pub(crate) fn server(&self) -> Option<u32> {
        self.holder.as_ref().filter(|holder| holder.purpose == SERVING).map(|holder| holder.pid)
    }

    /// Whether this process opened it itself.
    pub(crate) fn is_own(&self) -> bool {
        self.holder.is_none()
    }

    /// How it is reached, in words.
    pub(crate) fn describe(&self) -> String {
        match &self.holder {
            None => "opened".to_owned(),
            Some(holder) => format!("process {} ({}) answers for it", holder.pid, holder.purpose),
        }
    }
}

/// Opens the store; `purpose` is what others are told who find it taken.
pub(crate) fn open(settings: &Settings, purpose: &str) -> Result<OpenStore> {
    match acquire(settings, purpose)? {
        // Its days are those by which a server counts, whatever this command knows of them.
        Acquisition::Owner(ownership) => own(settings, ownership, ZoneChoice::Kept),
        Acquisition::Running(holder) => through(settings, holder),
    }
}

/// Opens the store that there is. Only what fills a store makes one: in a folder
/// that was named wrongly, all others would find an empty log and not say so.
pub(crate) fn open_existing(settings: &Settings, purpose: &str) -> Result<OpenStore> {
    must_exist(settings)?;
    open(settings, purpose)
}

/// Fails where there is no store.
pub(crate) fn must_exist(settings: &Settings) -> Result<()> {
    if !is_there(settings)? {
        bail!("there is no store in {}: give its folder with --data-dir", settings.data_dir.display());
    }
    Ok(())
}

/// Whether there is a store.
pub(crate) fn is_there(settings: &Settings) -> Result<bool> {
    let file = file(settings);
    let found = settings.store.kind.exists(&file);
    found.with_context(|| format!("cannot look for the store {}", file.display()))
}

/// Opens the store to look at it, if there is one. Neither makes nor changes
/// anything in it; None when there is none.
pub(crate) fn look(settings: &Settings, purpose: &str) -> Result<Option<OpenStore>> {
    if !is_there(settings)? {
        return Ok(None);
    }
    let store = match acquire(settings, purpose)? {
        Acquisition::Owner(ownership) => {
            let file = file(settings);
            opened(&file, settings.store.look(&file)).map(|engine| owned(engine, ownership))
        }
        Acquisition::Running(holder) => through(settings, holder),
    };
    store.map(Some)
}

/// Opens the store only if this process can own it. Days are counted in the zones of the
/// settings from now on, which is noted in the store.
pub(crate) fn open_owned(settings: &Settings, purpose: &str) -> Result<OpenStore> {
    match acquire(settings, purpose)? {
        Acquisition::Owner(ownership) => {
            let store = own(settings, ownership, ZoneChoice::Given)?;
            note_zones_of(settings, store.engine());
            Ok(store)
        }
        Acquisition::Running(holder) => Err(taken(settings, &holder)),
    }
}

/// Notes in which zones days are counted, for commands to come.
fn note_zones_of(settings: &Settings, engine: &dyn Engine) {
    let cubes = &settings.store.cubes;
    if cubes.sets.is_empty() {
        return;
    }
    if let Err(error) = note_zones(engine, cubes) {
        // All else works, and a full disk must not keep a server from starting.
        tracing::warn!(error = %with_causes(&error), "the zones in which days are counted could not be noted in the store");
    }
}

/// Keeps what can be read of a damaged store, and tells what was done, a
/// sentence each.
pub(crate) fn repair(settings: &Settings) -> Result<Vec<String>> {
    let file = file(settings);
    must_exist(settings)?;
    match acquire(settings, "repair")? {
        Acquisition::Owner(_ownership) => settings
            .store
            .kind
            .repair(&file)
            .with_context(|| format!("cannot repair the store {}", file.display())),
        Acquisition::Running(holder) => Err(taken(settings, &holder)),
    }
}

/// Makes the data folder, readable for its owner alone.
pub(crate) fn prepare(data_dir: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(OWNER_ONLY).create(data_dir).with_context(|| {
        format!("cannot make the data folder {}: choose another with --data-dir", data_dir.display())
    })
}

/// Whether others than its owner can get into a folder.
pub(crate) fn is_open_to_others(folder: &Metadata) -> bool {
    folder.permissions().mode() & OTHERS != 0
}

/// Where the owner of the store takes requests.
pub(crate) fn control_socket(settings: &Settings) -> PathBuf {
    settings.data_dir.join("control.sock")
}

fn acquire(settings: &Settings, purpose: &str) -> Result<Acquisition> {
    prepare(&settings.data_dir)?;
    Ownership::acquire(&settings.data_dir, purpose)
        .with_context(|| format!("cannot lock the data folder {}", settings.data_dir.display()))
}

fn own(settings: &Settings, ownership: Ownership, zones: ZoneChoice) -> Result<OpenStore> {
    let file = file(settings);
    let is_new = !is_there(settings)?;
    let engine = opened(&file, settings.store.open(&file, zones))?;
    // Below all else, so that nothing gets around it.
    let engine = with_rights(engine, &settings.data_dir);
    erase_again(engine.as_ref(), settings)?;
    let store = owned(engine, ownership);
    if is_new {
        // Right on a first start, and wrong when the folder has another name
        // by now or its disk is not mounted. Only people can tell.
        tracing::warn!(
            file = %file.display(),
            "made a new, empty store; if there should be rows, look for the data folder and give it with --data-dir"
        );
    }
    Ok(store)
}

fn opened(file: &Path, engine: trunklog_store::Result<Arc<dyn Engine>>) -> Result<Arc<dyn Engine>> {
    engine.with_context(|| format!("cannot open the store {}", file.display()))
}

fn owned(engine: Arc<dyn Engine>, ownership: Ownership) -> OpenStore {
    // A command that works through the owner gets computed logs from it.
    let engine = with_computed_logs(engine);
    OpenStore { engine, _ownership: Some(ownership), holder: None }
}

/// Finishes erasures that broke off, and does those again that a backup undid which was
/// put back: before anybody reads.
fn erase_again(engine: &dyn Engine, settings: &Settings) -> Result<()> {
    let failed = "who was erased cannot be erased again in this store";
    for left in trunklog_rights::unfinished(engine, &settings.data_dir).context(failed)? {
        let (tenant, persons) = (left.tenant, left.persons);
        match trunklog_rights::finish(engine, &settings.data_dir, &left) {
            Ok(rows) => tracing::warn!(
                %tenant,
                persons,
                rows,
                "erasures that had broken off, or that a restored backup had undone, were done again"
            ),
            // Nothing is stored for the tenant without the key, and a hold is meant.
            Err(error) if Unfinished::may_wait(&error) => {
                let error = with_causes(&error);
                tracing::warn!(%tenant, persons, %error, "an erasure is not done yet; it is tried again at the next start");
            }
            Err(error) => return Err(error).context(failed),
        }
    }
    Ok(())
}

/// Works through the process that owns the store.
fn through(settings: &Settings, holder: Holder) -> Result<OpenStore> {
    let engine = RemoteEngine::connect(&holder.socket).map_err(|error| {
        // One that refuses says why, and what to do.
        let context = match &error {
            ControlError::Refused(_) => holds(settings, &holder),
            _ => held(settings, &holder),
        };
        anyhow::Error::from(error).context(context)
    })?;
    Ok(OpenStore { engine: Arc::new(engine), _ownership: None, holder: Some(holder) })
}

/// Where the store's rows are.
pub(crate) fn file(settings: &Settings) -> PathBuf {
    settings.store.kind.file(&settings.data_dir)
}

fn taken(settings: &Settings, holder: &Holder) -> anyhow::Error {
    anyhow!("{}: stop it first, or choose another --data-dir", holds(settings, holder))
}

fn held(settings: &Settings, holder: &Holder) -> String {
    format!("{} which does not take requests: wait for it or stop it", holds(settings, holder))
}

fn holds(settings: &Settings, holder: &Holder) -> String {
    let Holder { pid, purpose, .. } = holder;
    format!("the store in {} is held by process {pid} ({purpose})", settings.data_dir.display())
}
