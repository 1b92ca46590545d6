//! An engine that is none.

use std::fmt;
use std::sync::Arc;

use trunklog_records::TenantId;
use trunklog_store::{Engine, Result, Store};

type Question = Box<dyn Fn() -> Result<()> + Send + Sync>;

/// Takes an engine's place: has no tenants and no states, and gives any tenant
/// the store that a function makes.
pub struct StandIn<F> {
    store: F,
    check: Question,
    health: Question,
}

impl<F: Fn() -> Arc<dyn Store> + Send + Sync + 'static> StandIn<F> {
    /// An engine with those stores, which is always well.
    pub fn new(store: F) -> Arc<StandIn<F>> {
        StandIn::with_health(store, || Ok(()), || Ok(()))
    }

    /// An engine that answers [`Engine::check`] and [`Engine::health`] so.
    pub fn with_health(
        store: F,
        check: impl Fn() -> Result<()> + Send + Sync + 'static,
        health: impl Fn() -> Result<()> + Send + Sync + 'static,
    ) -> Arc<StandIn<F>> {
        Arc::new(StandIn { store, check: Box::new(check), health: Box::new(health) })
    }
}

impl<F> fmt::Debug for StandIn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StandIn").finish_non_exhaustive()
    }
}

impl<F: Fn() -> Arc<dyn Store> + Send + Sync> Engine for StandIn<F> {
    fn tenant(&self, _: TenantId) -> Arc<dyn Store> {
        (self.store)()
    }

    fn tenants(&self) -> Result<Vec<TenantId>> {
        Ok(Vec::new())
    }

    fn tidy(&self) -> Result<()> {
        Ok(())
    }

    fn scrub(&self) -> Result<()> {
        Ok(())
    }

    fn check(&self) -> Result<()> {
        (self.check)()
    }

    fn health(&self) -> Result<()> {
        (self.health)()
    }

    fn epoch(&self) -> Result<String> {
        Ok("stand-in".to_owned())
    }

    fn state(&self, _: &str) -> Result<Option<String>> {
        Ok(None)
    }

    fn states(&self, _: &str) -> Result<Vec<(String, String)>> {
        Ok(Vec::new())
    }

    fn exchange_state(&self, _: &str, _: Option<&str>, _: Option<&str>) -> Result<bool> {
        Ok(false)
    }
}
