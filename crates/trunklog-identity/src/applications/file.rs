//! Applications in their file.

use serde::{Deserialize, Serialize};

use super::record::Application;
use crate::registry::{ById, Record};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document<A> {
    format: u32,
    applications: Vec<A>,
}

impl Record for Application {
    const REGISTRY: &'static str = "applications";
    const RECORDS: &'static str = "applications";
    const FILE_NAME: &'static str = "applications.json";
    const FORMAT: u32 = 1;
    /// Some ten thousand applications.
    const MAX_BYTES: u64 = 16 * 1024 * 1024;

    fn from_json(content: &[u8]) -> serde_json::Result<(u32, Vec<Application>)> {
        let document: Document<Application> = serde_json::from_slice(content)?;
        Ok((document.format, document.applications))
    }

    fn to_json(records: Vec<&Application>) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec_pretty(&Document { format: Application::FORMAT, applications: records })
    }

    fn by_id(records: Vec<Application>) -> Result<ById<Application>, String> {
        let mut by_id = ById::new();
        for application in records {
            let id = application.client_id;
            if !application.secrets.iter().all(|secret| secret.hash.is_usable()) {
                return Err(format!("application {id} has a secret without an argon2id hash"));
            }
            if by_id.insert(id, application).is_some() {
                return Err(format!("application {id} is listed twice"));
            }
        }
        Ok(by_id)
    }
}
