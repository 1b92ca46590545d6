//! `trunklog completions`

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;
use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Args;
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
    pub(crate) fn run(&self) -> Result<ExitCode> {
        // Made in memory: clap panics when it cannot write.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Args::command(), "trunklog", &mut script);
        let mut out = output::stdout();
        out.write_all(&script)?;
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}
