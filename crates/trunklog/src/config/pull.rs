//! `[[pull]]`: whose records are pulled, from where and as whom.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use trunklog_identity::Cloud;
use trunklog_ledger::source::MOST_NAME;
use trunklog_ledger::{ExpectedSource, SourceName};
use trunklog_pull::place::Place;
use trunklog_pull::settings::{
    CredentialFiles, MOST_REQUESTS_PER_MINUTE, Settings, USUAL_LOGS, USUAL_REQUESTS_PER_MINUTE, doubled,
};
use trunklog_records::{Log, TenantId};

use super::layer::Text;
use super::values::{Country, LogKey};
use super::whole::Count;

const USUAL_MINUTES: u8 = 60;
const USUAL_OVERLAP_DAYS: u8 = 3;

/// What kind of source it is.
const KIND: &str = "pull";

/// `[[pull]]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PullKeys {
    name: String,
    tenant: Text<TenantId>,
    client_id: String,
    secret_file: Option<PathBuf>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    cloud: Option<Text<Cloud>>,
    url: Option<String>,
    login_url: Option<String>,
    logs: Option<Vec<Text<LogKey>>>,
    country: Option<Text<Country>>,
    history_days: Option<Count<u16>>,
    every_minutes: Option<Count<u8>>,
    overlap_days: Option<Count<u8>>,
    requests_per_minute: Option<Count<u32>>,
    ca_file: Option<PathBuf>,
}

/// All that is to be pulled, each with a name of its own.
pub(super) fn settings(pulls: Vec<PullKeys>) -> Result<Vec<Settings>> {
    let mut names = BTreeSet::new();
    for keys in &pulls {
        if !names.insert(keys.name.clone()) {
            bail!("two [[pull]] sections have the name '{}': give each its own", keys.name);
        }
    }
    pulls
        .into_iter()
        .map(|keys| {
            let name = keys.name.clone();
            keys.into_settings().with_context(|| format!("the [[pull]] section '{name}' cannot be used"))
        })
        .collect()
}

/// What a section is called among all sources.
pub(crate) fn source_of(settings: &Settings) -> SourceName {
    SourceName::new(KIND, &settings.name)
        .expect("the names of [[pull]] sections are checked when they are read")
}

/// What is expected of a section.
pub(crate) fn expected(settings: &Settings) -> ExpectedSource {
    ExpectedSource {
        source: source_of(settings),
        tenant: settings.tenant,
        logs: settings.logs.clone(),
        every: Some(settings.every),
    }
}

impl PullKeys {
    /// The files that it names.
    pub(super) fn files(&mut self) -> [&mut Option<PathBuf>; 4] {
        [&mut self.secret_file, &mut self.certificate, &mut self.key, &mut self.ca_file]
    }

    fn into_settings(self) -> Result<Settings> {
        // It is part of the names of states.
        if SourceName::new(KIND, &self.name).is_err() {
            bail!("its name must have 1 to {MOST_NAME} letters, digits, '-', '_' and '.'");
        }
        let credential = match (self.certificate, self.key, self.secret_file) {
            // Who changes from one to the other may leave the secret for a while.
            (Some(certificate), Some(key), _) => CredentialFiles::Certificate { certificate, key },
            (Some(_), None, _) => bail!("certificate is set without key: give the file of its key, too"),
            (None, Some(_), _) => bail!("key is set without certificate: give its file, too"),
            (None, None, Some(file)) => CredentialFiles::Secret(file),
            (None, None, None) => bail!("set secret_file, or certificate and key"),
        };
        let cloud = self.cloud.map(|Text(cloud)| cloud).unwrap_or_default();
        let place = match (&self.url, &self.login_url) {
            (Some(url), login) => Place::own(url, login.as_deref(), cloud)?,
            (None, Some(_)) => bail!("login_url is set without url: a cloud has its own, set cloud"),
            (None, None) => Place::of_cloud(cloud),
        };
        let logs: Vec<&'static Log> = match self.logs {
            None => USUAL_LOGS.to_vec(),
            Some(keys) => {
                let mut logs = Vec::new();
                for Text(key) in keys {
                    if !logs.contains(&key.log()) {
                        logs.push(key.log());
                    }
                }
                logs
            }
        };
        if logs.is_empty() {
            bail!("logs is empty: name at least one, or leave it out");
        }
        if let Some((report, of)) = doubled(&logs) {
            bail!(
                "logs names {} and {}, which would tell the same calls twice: leave out the former",
                report.name,
                of.name
            );
        }
        let requests_per_minute = self.requests_per_minute.map_or(USUAL_REQUESTS_PER_MINUTE, Count::get);
        if !place.is_own() && requests_per_minute > MOST_REQUESTS_PER_MINUTE {
            bail!(
                "requests_per_minute is {requests_per_minute}: Microsoft takes 50 of all who ask for the tenant, \
                 set {MOST_REQUESTS_PER_MINUTE} at most"
            );
        }
        let minutes = self.every_minutes.map_or(USUAL_MINUTES, Count::get);
        if minutes > USUAL_MINUTES {
            bail!("every_minutes is {minutes}: set {USUAL_MINUTES} at most");
        }
        Ok(Settings {
            name: self.name,
            tenant: self.tenant.0,
            client_id: self.client_id,
            credential,
            place,
            logs,
            country: self.country.map(|Text(country)| country.code().to_owned()),
            history_days: self.history_days.map(|days| u32::from(days.get())),
            every: Duration::from_mins(u64::from(minutes)),
            overlap_days: u32::from(self.overlap_days.map_or(USUAL_OVERLAP_DAYS, Count::get)),
            requests_per_minute,
            ca_file: self.ca_file,
        })
    }
}
