//! `trunklog completions`

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;
use clap::Command;
use clap_complete::Shell;

use crate::output;

/// Prints completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  trunklog completions bash > ~/.local/share/bash-completion/completions/trunklog
  trunklog completions fish > ~/.config/fish/completions/trunklog.fish")]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    /// Prints those of the program that `command` describes.
    pub(crate) fn run(&self, command: &mut Command) -> Result<ExitCode> {
        // Made in memory: clap panics when it cannot write.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, command, "trunklog", &mut script);
        let mut out = output::stdout();
        out.write_all(&script)?;
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}
