//! Settings from variables of the environment.

use std::ffi::OsString;
use std::fmt::Display;
use std::str::FromStr;

use anyhow::{Context, Result, anyhow};
use clap::ValueEnum;
use trunklog_records::TenantId;
use trunklog_records::schema::LOGS;

use super::layer::{Layer, LogFormat, Text};
use super::values::LogKey;

/// Reads all settings that `variable` has. An empty variable is none.
pub(super) fn read(variable: &dyn Fn(&str) -> Option<OsString>) -> Result<Layer> {
    let from = Environment { variable };
    let mut layer = Layer {
        data_dir: from.value("TRUNKLOG_DATA_DIR")?,
        public_url: from.value("TRUNKLOG_PUBLIC_URL")?,
        trusted_proxies: from.list("TRUNKLOG_TRUSTED_PROXIES")?,
        strict: from.value("TRUNKLOG_STRICT")?,
        cloud: from.value("TRUNKLOG_CLOUD")?.map(Text),
        ..Layer::default()
    };
    layer.listen.https = from.value("TRUNKLOG_LISTEN_HTTPS")?;
    layer.listen.http = from.value("TRUNKLOG_LISTEN_HTTP")?;
    layer.listen.ops = from.value("TRUNKLOG_LISTEN_OPS")?;
    layer.tls.certificate = from.value("TRUNKLOG_TLS_CERTIFICATE")?;
    layer.tls.key = from.value("TRUNKLOG_TLS_KEY")?;
    layer.tls.names = from.list("TRUNKLOG_TLS_NAMES")?;
    layer.store.memory_mib = from.value("TRUNKLOG_STORE_MEMORY_MIB")?;
    layer.store.threads = from.value("TRUNKLOG_STORE_THREADS")?;
    layer.store.query_secs = from.value("TRUNKLOG_STORE_QUERY_SECS")?;
    layer.store.deletions_days = from.value("TRUNKLOG_STORE_DELETIONS_DAYS")?;
    layer.store.cubes = from.value("TRUNKLOG_STORE_CUBES")?;
    layer.limits.header_bytes = from.value("TRUNKLOG_LIMITS_HEADER_BYTES")?;
    layer.limits.url_bytes = from.value("TRUNKLOG_LIMITS_URL_BYTES")?;
    layer.limits.body_bytes = from.value("TRUNKLOG_LIMITS_BODY_BYTES")?;
    layer.limits.header_secs = from.value("TRUNKLOG_LIMITS_HEADER_SECS")?;
    layer.limits.stall_secs = from.value("TRUNKLOG_LIMITS_STALL_SECS")?;
    layer.limits.slow_bytes_per_sec = from.value("TRUNKLOG_LIMITS_SLOW_BYTES_PER_SEC")?;
    layer.limits.slow_secs = from.value("TRUNKLOG_LIMITS_SLOW_SECS")?;
    layer.limits.idle_secs = from.value("TRUNKLOG_LIMITS_IDLE_SECS")?;
    layer.limits.connections = from.value("TRUNKLOG_LIMITS_CONNECTIONS")?;
    layer.limits.unread_bytes = from.value("TRUNKLOG_LIMITS_UNREAD_BYTES")?;
    layer.limits.connection_unread_bytes = from.value("TRUNKLOG_LIMITS_CONNECTION_UNREAD_BYTES")?;
    layer.limits.store_workers = from.value("TRUNKLOG_LIMITS_STORE_WORKERS")?;
    layer.limits.store_queue = from.value("TRUNKLOG_LIMITS_STORE_QUEUE")?;
    layer.limits.page_rows = from.value("TRUNKLOG_LIMITS_PAGE_ROWS")?;
    layer.limits.country_rows = from.value("TRUNKLOG_LIMITS_COUNTRY_ROWS")?;
    layer.limits.exports = from.value("TRUNKLOG_LIMITS_EXPORTS")?;
    layer.limits.shutdown_secs = from.value("TRUNKLOG_LIMITS_SHUTDOWN_SECS")?;
    layer.throttle.enabled = from.value("TRUNKLOG_THROTTLE_ENABLED")?;
    layer.throttle.tenant = from.value("TRUNKLOG_THROTTLE_TENANT")?;
    layer.throttle.application = from.value("TRUNKLOG_THROTTLE_APPLICATION")?;
    layer.throttle.function = from.value("TRUNKLOG_THROTTLE_FUNCTION")?;
    layer.throttle.window_secs = from.value("TRUNKLOG_THROTTLE_WINDOW_SECS")?;
    layer.cors.origins = from.value("TRUNKLOG_CORS_ORIGINS")?;
    layer.metrics.trunks_of = from
        .list::<TenantId>("TRUNKLOG_METRICS_TRUNKS_OF")?
        .map(|tenants| tenants.into_iter().map(Text).collect());
    layer.probe.enabled = from.value("TRUNKLOG_PROBE_ENABLED")?;
    layer.probe.every_secs = from.value("TRUNKLOG_PROBE_EVERY_SECS")?;
    layer.probe.limit_secs = from.value("TRUNKLOG_PROBE_LIMIT_SECS")?;
    layer.probe.name = from.value("TRUNKLOG_PROBE_NAME")?.map(Text);
    layer.masking.country = from.value("TRUNKLOG_MASKING_COUNTRY")?.map(Text);
    layer.masking.digits = from.value("TRUNKLOG_MASKING_DIGITS")?;
    layer.tenant.zone = from.value("TRUNKLOG_TENANT_ZONE")?.map(Text);
    for log in LOGS {
        if let Some(kept) = from.value(&format!("TRUNKLOG_RETENTION_{}", shouted(log.name)))? {
            layer.retention.insert(Text(LogKey::of(log)), Some(kept));
        }
    }
    layer.audit.folder = from.value("TRUNKLOG_AUDIT_FOLDER")?;
    layer.audit.days = from.value("TRUNKLOG_AUDIT_DAYS")?;
    layer.audit.file_mib = from.value("TRUNKLOG_AUDIT_FILE_MIB")?;
    layer.audit.syslog = from.value("TRUNKLOG_AUDIT_SYSLOG")?.map(Text);
    layer.downloads.of_person = from.value("TRUNKLOG_DOWNLOADS_OF_PERSON")?;
    layer.downloads.file_mib = from.value("TRUNKLOG_DOWNLOADS_FILE_MIB")?;
    layer.downloads.all_mib = from.value("TRUNKLOG_DOWNLOADS_ALL_MIB")?;
    layer.downloads.hours = from.value("TRUNKLOG_DOWNLOADS_HOURS")?;
    layer.log.format = from.value::<Choice>("TRUNKLOG_LOG_FORMAT")?.map(|Choice(format)| format);
    layer.log.level = from.value("TRUNKLOG_LOG_LEVEL")?;
    layer.identity.audiences = from.list("TRUNKLOG_IDENTITY_AUDIENCES")?;
    layer.identity.tenants = from
        .list::<TenantId>("TRUNKLOG_IDENTITY_TENANTS")?
        .map(|tenants| tenants.into_iter().map(Text).collect());
    layer.identity.token_lifetime_secs = from.value("TRUNKLOG_IDENTITY_TOKEN_LIFETIME_SECS")?;
    layer.people.idle_secs = from.value("TRUNKLOG_PEOPLE_IDLE_SECS")?;
    layer.people.session_secs = from.value("TRUNKLOG_PEOPLE_SESSION_SECS")?;
    layer.people.reveal = from.value("TRUNKLOG_PEOPLE_REVEAL")?;
    layer.people.reveals_per_hour = from.value("TRUNKLOG_PEOPLE_REVEALS_PER_HOUR")?;
    layer.rejects.days = from.value("TRUNKLOG_REJECTS_DAYS")?;
    layer.import.tenant = from.value("TRUNKLOG_TENANT")?.map(Text);
    Ok(layer)
}

/// A name in camel case as a part of a variable: `PSTN_CALLS`.
fn shouted(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            words.push('_');
        }
        words.push(letter.to_ascii_uppercase());
    }
    words
}

struct Environment<'a> {
    variable: &'a dyn Fn(&str) -> Option<OsString>,
}

impl Environment<'_> {
    fn text(&self, name: &str) -> Result<Option<String>> {
        let Some(value) = (self.variable)(name).filter(|value| !value.is_empty()) else { return Ok(None) };
        value
            .into_string()
            .ok()
            .with_context(|| format!("the variable {name} is not text in UTF-8"))
            .map(Some)
    }

    fn value<T>(&self, name: &str) -> Result<Option<T>>
    where
        T: FromStr,
        T::Err: Display,
    {
        self.text(name)?.map(|text| parse(name, &text)).transpose()
    }

    /// Values between commas.
    fn list<T>(&self, name: &str) -> Result<Option<Vec<T>>>
    where
        T: FromStr,
        T::Err: Display,
    {
        self.text(name)?
            .map(|text| text.split(',').map(|part| parse(name, part.trim())).collect())
            .transpose()
    }
}

fn parse<T>(name: &str, text: &str) -> Result<T>
where
    T: FromStr,
    T::Err: Display,
{
    text.parse().map_err(|error| anyhow!("the variable {name} cannot be used: {error}"))
}

struct Choice(LogFormat);

impl FromStr for Choice {
    type Err = String;

    fn from_str(text: &str) -> Result<Choice, String> {
        LogFormat::from_str(text, true).map(Choice).map_err(|_| "expected text or json".to_owned())
    }
}
