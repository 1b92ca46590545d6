//! Flags that several commands have.

use anyhow::{Context, Result, anyhow};
use trunklog_records::schema::LOGS;
use trunklog_records::{Log, TenantId};
use trunklog_rights::Person;

use crate::config::{Layer, Text};

// The flag of commands that mean one tenant. No doc comment: clap would
// take it for the help of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct TenantFlag {
    /// The organisation's GUID in Entra ID (or `TRUNKLOG_TENANT`); not needed where there is only one
    #[arg(long, value_name = "GUID")]
    tenant: Option<TenantId>,
}

/// A log, by its name or its function.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogName(pub(crate) &'static Log);

// Flags of commands that mean one person. No doc comment, see above.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
pub(crate) struct PersonFlags {
    /// A user, by the principal name or the object id
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// A telephone number in any form, best with its country code: +4930123456
    #[arg(long, value_name = "NUMBER")]
    number: Option<String>,
}

impl PersonFlags {
    /// The person, if one is named.
    pub(crate) fn person(&self) -> Result<Option<Person>> {
        match (&self.user, &self.number) {
            (Some(user), _) => Person::user(user).context("--user").map(Some),
            (None, Some(number)) => Person::number(number).context("--number").map(Some),
            (None, None) => Ok(None),
        }
    }

    /// The person, who must be named.
    pub(crate) fn required(&self) -> Result<Person> {
        self.person()?.ok_or_else(|| anyhow!("say who is meant: --user or --number"))
    }

    /// The person, who must be named, also as versions before compared numbers.
    pub(crate) fn as_listed(&self) -> Result<Person> {
        match &self.number {
            Some(number) => Person::number_as_listed(number).context("--number"),
            None => self.required(),
        }
    }

    /// What was given, as it was given.
    pub(crate) fn given(&self) -> (Option<String>, Option<String>) {
        (self.user.clone(), self.number.clone())
    }
}

impl TenantFlag {
    pub(crate) fn add_to(&self, layer: &mut Layer) {
        layer.import.tenant = self.tenant.map(Text);
    }
}

/// Reads the name of a log.
pub(crate) fn log_name(text: &str) -> std::result::Result<LogName, String> {
    Log::by_name(text).or_else(|| Log::by_function(text)).map(LogName).ok_or_else(|| {
        let names: Vec<&str> = LOGS.iter().map(|log| log.name).collect();
        format!("there is no such log: use one of {}", names.join(", "))
    })
}

/// What is wrong with the text of a flag.
pub(crate) fn refused(flag: &str, error: &trunklog_odata::Error) -> anyhow::Error {
    match error.hint_text() {
        Some(hint) => anyhow!("{flag}: {} ({hint})", error.message()),
        None => anyhow!("{flag}: {}", error.message()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_are_found_by_name_and_function() {
        assert_eq!(log_name("directroutingcalls").unwrap().0.name, "directRoutingCalls");
        assert!(log_name("getSmsLog").is_ok());
        assert!(log_name("calls").unwrap_err().contains("directRoutingCalls"));
    }
}
