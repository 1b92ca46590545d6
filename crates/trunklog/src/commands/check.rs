//! `trunklog check`

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use trunklog_records::schema::LOGS;
use trunklog_server::{Origins, Tls, certificate_expiry};

use crate::config::{Certificate, Settings};
use crate::{identity, output, store};

/// Permissions of others than the owner.
const OTHERS: u32 = 0o077;

/// Checks everything and prints a line for each; ends with 1 if one failed.
pub(crate) fn run(settings: Result<Settings>) -> Result<ExitCode> {
    let settings = match settings {
        Ok(settings) => settings,
        Err(error) => {
            line("configuration", Err(error))?;
            return Ok(ExitCode::FAILURE);
        }
    };
    let read =
        settings.file.as_deref().map_or("no file, defaults".to_owned(), |file| file.display().to_string());
    let checks: [(&str, Result<String>); 10] = [
        ("configuration", Ok(read)),
        ("answers", Ok(answers(&settings))),
        ("masking", Ok(masking(&settings))),
        ("retention", Ok(retention(&settings))),
        ("throttling", Ok(throttling(&settings))),
        ("origins of web pages", Ok(origins(&settings))),
        ("data folder", data_folder(&settings.data_dir)),
        ("store", open_store(&settings)),
        ("applications", applications(&settings)),
        ("certificates", certificates(&settings)),
    ];
    let mut all_good = true;
    for (name, outcome) in checks {
        all_good &= outcome.is_ok();
        line(name, outcome)?;
    }
    Ok(if all_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn line(name: &str, outcome: Result<String>) -> Result<()> {
    match outcome {
        Ok(detail) => output::print(&format!("ok      {name}: {detail}")),
        Err(error) => output::print(&format!("failed  {name}: {error:#}")),
    }
}

/// Whose answers are given.
fn answers(settings: &Settings) -> String {
    let manner = if settings.serve.profile.is_strict() { "strictly as Graph" } else { "as Graph, and more" };
    let cloud = settings.cloud;
    let lacking = if cloud.has_call_records() { "" } else { ", where Graph has no call records" };
    format!("{manner}, cloud {cloud}{lacking}")
}

fn masking(settings: &Settings) -> String {
    let masks = &settings.serve.masks;
    let of_all = format!("{} digits of external numbers are hidden", masks.others.digits());
    match masks.tenants.len() {
        0 => of_all,
        own => format!("{of_all}, {own} tenants have a figure of their own"),
    }
}

/// How far back logs can be read, and what of them is deleted.
fn retention(settings: &Settings) -> String {
    let serve = &settings.serve;
    let limited: Vec<String> = LOGS
        .into_iter()
        .filter_map(|log| {
            let days = serve.retention.days(log)?;
            let then = if serve.deletion.days(log).is_some() { "then deleted" } else { "then hidden" };
            Some(format!("{} {days} days, {then}", log.name))
        })
        .collect();
    if limited.is_empty() { "unlimited".to_owned() } else { limited.join("; ") }
}

fn throttling(settings: &Settings) -> String {
    settings.serve.throttle.map_or("off".to_owned(), |limits| {
        format!(
            "{} requests of a tenant, {} of an application, {} to a function in {} s",
            limits.tenant, limits.application, limits.function, limits.window_secs
        )
    })
}

fn origins(settings: &Settings) -> String {
    match &settings.serve.cors {
        Origins::Any => "any".to_owned(),
        Origins::Listed(listed) if listed.is_empty() => "none".to_owned(),
        Origins::Listed(listed) => listed.join(", "),
    }
}

fn data_folder(folder: &Path) -> Result<String> {
    store::prepare(folder)?;
    let mode = fs::metadata(folder)?.permissions().mode();
    if mode & OTHERS != 0 {
        bail!("others can get into {}: run chmod 700 on it", folder.display());
    }
    let probe = folder.join(format!(".check-{}", std::process::id()));
    fs::write(&probe, b"").with_context(|| format!("cannot write into {}", folder.display()))?;
    fs::remove_file(&probe).with_context(|| format!("cannot remove {}", probe.display()))?;
    Ok(format!("{} is writable and private", folder.display()))
}

fn open_store(settings: &Settings) -> Result<String> {
    let store = store::open(settings, "check")?;
    store.engine().check()?;
    let tenants = store.engine().tenants()?.len();
    Ok(format!("{}, {tenants} tenants", store.describe()))
}

fn applications(settings: &Settings) -> Result<String> {
    Ok(format!("{} registered", identity::applications(settings)?.list().len()))
}

fn certificates(settings: &Settings) -> Result<String> {
    if settings.serve.https.is_none() {
        return Ok("not needed without https".to_owned());
    }
    let file = match &settings.serve.certificate {
        Certificate::Files { certificate, key } => {
            Tls::from_files(certificate, key)?;
            certificate.clone()
        }
        // The server's own is renewed by itself; its authority is not.
        Certificate::LocalCa { .. } => {
            let authority = settings.data_dir.join("tls/ca.pem");
            if !authority.exists() {
                return Ok("a local authority is made on first start".to_owned());
            }
            authority
        }
    };
    let end = certificate_expiry(&file)?;
    if end <= Timestamp::now() {
        bail!("{} expired on {end}: replace it", file.display());
    }
    Ok(format!("{} is valid until {end}", file.display()))
}
