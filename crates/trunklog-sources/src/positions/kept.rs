//! Positions of sources in general.

use std::sync::{Arc, Mutex, PoisonError};

use trunklog_records::TenantId;
use trunklog_store::{Engine, Error};

use crate::reader::Position;

/// Whose states positions are.
const POSITIONS: &str = "position";

/// What positions need of an engine.
pub trait States: Send + Sync {
    /// As [`Engine::state`].
    fn state(&self, name: &str) -> Result<Option<String>, Error>;

    /// As [`Engine::states`].
    fn states(&self, prefix: &str) -> Result<Vec<(String, String)>, Error>;

    /// As [`Engine::exchange_state`].
    fn exchange_state(&self, name: &str, expected: Option<&str>, new: Option<&str>) -> Result<bool, Error>;
}

/// The positions of a tenant's sources.
#[derive(Clone)]
pub struct Positions {
    states: Arc<dyn States>,
    tenant: TenantId,
}

/// The position of one source, as it was when it was read.
pub struct KeptPosition {
    states: Arc<dyn States>,
    name: String,
    known: Mutex<Knowledge>,
}

/// What a source's position is.
enum Knowledge {
    /// What this process read or set.
    Text(Option<String>),
    /// What another process has made of it.
    Moved,
}

/// Why a position is not kept.
#[derive(Debug, thiserror::Error)]
pub enum PositionError {
    /// Its value is no longer the one that this process read or set.
    #[error("another process that reads the same has moved the position")]
    Moved,
    /// The store failed.
    #[error("{0}")]
    Store(Error),
}

/// Keeps how far one input was read.
pub trait PositionKeeper: Send + Sync {
    /// All rows before the position are stored; None where nobody is to go on
    /// there.
    ///
    /// # Errors
    /// When it could not be kept. After [`PositionError::Moved`] nothing is kept
    /// any more, and nothing more is said of that.
    fn keep(&self, position: Option<&Position>) -> Result<(), PositionError>;
}

impl<E: Engine + ?Sized> States for Arc<E> {
    fn state(&self, name: &str) -> Result<Option<String>, Error> {
        (**self).state(name)
    }

    fn states(&self, prefix: &str) -> Result<Vec<(String, String)>, Error> {
        (**self).states(prefix)
    }

    fn exchange_state(&self, name: &str, expected: Option<&str>, new: Option<&str>) -> Result<bool, Error> {
        (**self).exchange_state(name, expected, new)
    }
}

impl Positions {
    /// The positions of a tenant that are kept there.
    pub fn new(states: impl States + 'static, tenant: TenantId) -> Positions {
        Positions { states: Arc::new(states), tenant }
    }

    /// Reads the position of a source. `source` tells it from the tenant's other
    /// sources, in at most 150 bytes; where it has several parts, a `/` divides
    /// them. The first of them is never `finished`, which has the marks of inputs
    /// that are stored as a whole.
    ///
    /// # Errors
    /// Those of the store.
    pub fn of(&self, source: &str) -> Result<KeptPosition, Error> {
        let name = self.name_of(source);
        let text = self.states.state(&name)?;
        Ok(KeptPosition { states: Arc::clone(&self.states), name, known: Mutex::new(Knowledge::Text(text)) })
    }

    /// The name of the state of a source.
    pub(super) fn name_of(&self, source: &str) -> String {
        format!("{POSITIONS}/{}/{source}", self.tenant)
    }

    pub(super) fn states(&self) -> Arc<dyn States> {
        Arc::clone(&self.states)
    }
}

impl KeptPosition {
    /// The position, as a text that is the source's own; None where there is
    /// none, or where another process has moved it.
    pub fn text(&self) -> Option<String> {
        match &*self.known.lock().unwrap_or_else(PoisonError::into_inner) {
            Knowledge::Text(text) => text.clone(),
            Knowledge::Moved => None,
        }
    }

    /// Sets the position, None to remove it, unless another process has moved
    /// it. One that has heard that it was moved hears it once: from then on, nothing
    /// is done here.
    ///
    /// # Errors
    /// [`PositionError::Moved`], or those of the store, after which it can be
    /// tried again.
    pub fn set(&self, new: Option<&str>) -> Result<(), PositionError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let Knowledge::Text(text) = &mut *known else { return Ok(()) };
        if text.as_deref() == new {
            return Ok(());
        }
        let is_set = self.states.exchange_state(&self.name, text.as_deref(), new);
        if is_set.map_err(PositionError::Store)? {
            *text = new.map(str::to_owned);
            Ok(())
        } else {
            *known = Knowledge::Moved;
            Err(PositionError::Moved)
        }
    }
}
