//! The command lines of the binary that automations use, all in one place.

use std::fmt::Write;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::args::Args;
use crate::build::Profile;
use crate::http::{Connection, Request};
use crate::layout::Layout;
use crate::{build, json, process};

/// The tenant that sample data belongs to.
pub(crate) const DEMO_TENANT: &str = "6f1d0000-0000-4000-8000-00000000de30";

/// The scope that Graph's clients ask for.
pub(crate) const SCOPE: &str = "https://graph.microsoft.com/.default";

/// All that a person may do, in all tenants.
const PERSON_ROLES: [&str; 5] = ["aggregates@*", "calls@*", "full-numbers@*", "export@*", "administer@*"];

/// The binary and a folder with its data.
#[derive(Debug, Clone)]
pub(crate) struct Trunklog {
    pub(crate) binary: PathBuf,
    pub(crate) data: PathBuf,
}

/// Takes `--binary`, or builds one with all it needs.
pub(crate) fn binary(layout: &Layout, args: &mut Args, profile: Profile) -> Result<PathBuf> {
    if let Some(path) = args.value::<PathBuf>("--binary")? {
        return path.canonicalize().with_context(|| format!("there is no {}", path.display()));
    }
    build::server(layout, profile)
}

/// An application that may read, as `app add --json` prints it.
#[derive(Debug, Clone)]
pub(crate) struct Application {
    pub(crate) tenant: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
}

impl Trunklog {
    /// `trunklog <words> --data-dir <folder>`.
    fn command(&self, words: &[&str]) -> Command {
        let mut command = process::program(&self.binary, Path::new("."));
        command.args(words).arg("--data-dir").arg(&self.data);
        command
    }

    /// Loads sample rows of all logs into the store, that many of them direct-routing
    /// calls.
    pub(crate) fn load_samples(&self, rows: u32, seed: u64) -> Command {
        self.command(&["demo", "--rows", &rows.to_string(), "--seed", &seed.to_string()])
    }

    /// Writes the same direct-routing calls to a file instead, a JSON object a line.
    pub(crate) fn write_samples(&self, rows: u32, seed: u64, file: &Path) -> Command {
        let mut command = process::program(&self.binary, Path::new("."));
        command.args(["demo", "--rows", &rows.to_string(), "--seed", &seed.to_string()]);
        command.arg("--ndjson").arg(file);
        command
    }

    /// Loads direct-routing calls alone, from one moment up to another.
    pub(crate) fn load_calls(&self, rows: u32, seed: u64, [from, to]: [&str; 2]) -> Command {
        let mut command = self.load_samples(rows, seed);
        command.args(["--log", "directRoutingCalls", "--from", from, "--to", to]);
        command
    }

    /// Writes such calls to a file instead.
    pub(crate) fn write_calls(&self, rows: u32, seed: u64, [from, to]: [&str; 2], file: &Path) -> Command {
        let mut command = self.write_samples(rows, seed, file);
        command.args(["--from", from, "--to", to]);
        command
    }

    /// Imports a file of direct-routing rows.
    pub(crate) fn import(&self, file: &Path) -> Command {
        let mut command = self.command(&["import"]);
        command.arg("--tenant").arg(DEMO_TENANT).arg(file);
        command
    }

    /// Registers an application and gives its credentials.
    pub(crate) fn add_application(&self, name: &str) -> Result<Application> {
        let words = ["app", "add", "--tenant", DEMO_TENANT, "--name", name, "--json"];
        Application::read(&process::output(&mut self.command(&words))?)
    }

    /// Makes an account for a person who may do all, and gives its first password.
    pub(crate) fn add_person(&self, name: &str) -> Result<String> {
        let mut words = vec!["user", "add", name, "--random-password", "--json"];
        words.extend(PERSON_ROLES.into_iter().flat_map(|role| ["--role", role]));
        let text = process::output(&mut self.command(&words))?;
        json::string(text.as_bytes(), "password").context("an account has a first password")
    }

    /// Makes an account with that password for a person who may do all, without an
    /// app on a phone, and gives its recovery codes.
    pub(crate) fn add_equipped(&self, name: &str, password: &str) -> Result<Vec<String>> {
        let mut words = vec!["user", "add", name, "--app", "--json"];
        words.extend(PERSON_ROLES.into_iter().flat_map(|role| ["--role", role]));
        let text = process::answer(&mut self.command(&words), password)?;
        let codes = json::strings(text.as_bytes(), "newRecoveryCodes");
        if codes.is_empty() {
            bail!("the account {name} got no recovery codes");
        }
        Ok(codes)
    }

    /// Removes an account.
    pub(crate) fn remove_person(&self, name: &str) -> Command {
        self.command(&["user", "remove", name])
    }

    /// Starts the server on the given listeners.
    pub(crate) fn serve(&self, listeners: &[(&str, SocketAddr)]) -> Command {
        let mut command = self.command(&["serve"]);
        for (flag, address) in listeners {
            command.arg(flag).arg(address.to_string());
        }
        command
    }

    /// What the program says of its version.
    pub(crate) fn version(&self) -> Result<String> {
        let said = process::output(process::program(&self.binary, Path::new(".")).arg("--version"))?;
        Ok(said.trim().to_owned())
    }

    /// What the store takes up on disk, in bytes.
    pub(crate) fn size(&self) -> Result<u64> {
        folder_size(&self.data)
    }
}

impl Application {
    /// From what `app add --json` prints.
    pub(crate) fn read(text: &str) -> Result<Application> {
        let member = |name| {
            json::string(text.as_bytes(), name).with_context(|| format!("an application has a {name}"))
        };
        Ok(Application {
            tenant: member("tenant")?,
            client_id: member("clientId")?,
            client_secret: member("clientSecret")?,
        })
    }

    /// The path where its tokens are issued.
    pub(crate) fn token_path(&self) -> String {
        format!("/{}/oauth2/v2.0/token", self.tenant)
    }

    /// Gets a token by client credentials and gives the header that carries it.
    pub(crate) fn authorization(&self, connection: &mut Connection) -> Result<String> {
        let body = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}&scope={}",
            form_encoded(&self.client_id),
            form_encoded(&self.client_secret),
            form_encoded(SCOPE)
        );
        let path = self.token_path();
        let headers = [("Content-Type", "application/x-www-form-urlencoded")];
        let request = Request { method: "POST", target: &path, headers: &headers, body: &body };
        let mut answer = Vec::new();
        let status = connection.send(request, &mut answer)?.status;
        if status != 200 {
            bail!("no token: status {status}: {}", String::from_utf8_lossy(&answer));
        }
        let token = json::string(&answer, "access_token").context("the answer has an access_token")?;
        Ok(format!("Bearer {token}"))
    }
}

/// Percent-encodes all but what form data takes as it is.
fn form_encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// The path of direct-routing calls within a range of time.
pub(crate) fn calls(from: &str, to: &str) -> String {
    format!("/v1.0/communications/callRecords/getDirectRoutingCalls(fromDateTime={from},toDateTime={to})")
}

fn folder_size(folder: &Path) -> Result<u64> {
    let mut size = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        size += if metadata.is_dir() { folder_size(&entry.path())? } else { metadata.len() };
    }
    Ok(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_is_read_from_what_the_command_prints() -> Result<()> {
        let text = r#"{"tenant":"t","name":"demo","clientId":"c","clientSecret":"s+/="}"#;
        let application = Application::read(text)?;
        assert_eq!(application.token_path(), "/t/oauth2/v2.0/token");
        assert_eq!(form_encoded(&application.client_secret), "s%2B%2F%3D");
        assert!(Application::read("{}").is_err());
        Ok(())
    }
}
