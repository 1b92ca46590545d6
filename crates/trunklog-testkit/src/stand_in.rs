//! An engine that is none.

use std::sync::Arc;

use trunklog_records::TenantId;
use trunklog_store::{Engine, Result, Store};

/// Stands in for an engine: has no tenants and no states, and gives any tenant
/// the store that a function makes.
#[derive(Debug)]
pub struct StandIn<F>(F);

impl<F: Fn() -> Arc<dyn Store> + Send + Sync + 'static> StandIn<F> {
    /// An engine with those stores.
    pub fn new(store: F) -> Arc<StandIn<F>> {
        Arc::new(StandIn(store))
    }
}

impl<F: Fn() -> Arc<dyn Store> + Send + Sync> Engine for StandIn<F> {
    fn tenant(&self, _: TenantId) -> Arc<dyn Store> {
        (self.0)()
    }

    fn tenants(&self) -> Result<Vec<TenantId>> {
        Ok(Vec::new())
    }

    fn tidy(&self) -> Result<()> {
        Ok(())
    }

    fn check(&self) -> Result<()> {
        Ok(())
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
