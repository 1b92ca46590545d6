//! Accounts in their file.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::people::account::{self, Account};
use crate::registry::{ById, Record};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document<A> {
    format: u32,
    people: Vec<A>,
}

impl Record for Account {
    const REGISTRY: &'static str = "people";
    const RECORDS: &'static str = "accounts";
    const FILE_NAME: &'static str = "people.json";
    const FORMAT: u32 = 1;
    /// Some ten thousand accounts.
    const MAX_BYTES: u64 = 32 * 1024 * 1024;

    fn from_json(content: &[u8]) -> serde_json::Result<(u32, Vec<Account>)> {
        let document: Document<Account> = serde_json::from_slice(content)?;
        Ok((document.format, document.people))
    }

    fn to_json(records: Vec<&Account>) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec_pretty(&Document { format: Account::FORMAT, people: records })
    }

    fn by_id(records: Vec<Account>) -> Result<ById<Account>, String> {
        let mut names = BTreeSet::new();
        let mut by_id = ById::new();
        for account in records {
            let id = account.id;
            if !account.password.hash.is_usable() {
                return Err(format!("account {id} has a password without an argon2id hash"));
            }
            if account.app.as_ref().is_some_and(|app| !app.secret.is_usable()) {
                return Err(format!("account {id} has an app without a usable secret"));
            }
            if account::checked_name(&account.name).ok().as_ref() != Some(&account.name) {
                return Err(format!("account {id} has a name that cannot be one"));
            }
            if !names.insert(account.name.clone()) || by_id.insert(id, account).is_some() {
                return Err(format!("account {id}, or its name, is listed twice"));
            }
        }
        Ok(by_id)
    }
}
