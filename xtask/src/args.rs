//! Flags: `--name value`, `--name=value` and `--switch`.

use std::fmt::Display;
use std::str::FromStr;

use anyhow::{Context, Result, anyhow, bail};

/// The words after the command that nobody took yet.
#[derive(Debug)]
pub(crate) struct Args(Vec<String>);

impl Args {
    /// From the words after the command.
    pub(crate) fn new(words: Vec<String>) -> Args {
        Args(words)
    }

    /// True when the words ask what the command does.
    pub(crate) fn asks_for_help(&self) -> bool {
        self.0.iter().any(|word| word == "--help" || word == "-h")
    }

    /// Takes a switch; true when it was given.
    pub(crate) fn switch(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|word| word != name);
        self.0.len() < before
    }

    /// Takes a flag with its value.
    ///
    /// # Errors
    /// When the value is missing or is not a `T`.
    pub(crate) fn value<T: FromStr<Err: Display>>(&mut self, name: &str) -> Result<Option<T>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let value = text.parse().map_err(|error| anyhow!("{name} {text}: {error}"))?;
        Ok(Some(value))
    }

    fn text(&mut self, name: &str) -> Result<Option<String>> {
        for at in 0..self.0.len() {
            if self.0[at] == name {
                self.0.remove(at);
                let value = (at < self.0.len()).then(|| self.0.remove(at));
                return value.map(Some).with_context(|| format!("{name} needs a value"));
            }
            if let Some(value) = self.0[at].strip_prefix(name).and_then(|rest| rest.strip_prefix('=')) {
                let value = value.to_owned();
                self.0.remove(at);
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// Takes the first word that is no flag. Flags with a value are taken
    /// before.
    pub(crate) fn word(&mut self) -> Option<String> {
        let at = self.0.iter().position(|word| !word.starts_with('-'))?;
        Some(self.0.remove(at))
    }

    /// Takes a list separated by commas and checks each name against those
    /// that exist; all of them when the flag is not there.
    pub(crate) fn names(&mut self, flag: &str, known: &[&'static str]) -> Result<Vec<&'static str>> {
        self.names_or(flag, known, known)
    }

    /// The same, with the `usual` ones when the flag is not there.
    pub(crate) fn names_or(
        &mut self,
        flag: &str,
        known: &[&'static str],
        usual: &[&'static str],
    ) -> Result<Vec<&'static str>> {
        let Some(text) = self.text(flag)? else { return Ok(usual.to_vec()) };
        let find = |name: &str| {
            let found = known.iter().find(|known| **known == name).copied();
            found.with_context(|| format!("{flag}: there is no '{name}'; there are {}", known.join(", ")))
        };
        let asked = text.split(',').map(|name| find(name.trim())).collect::<Result<Vec<_>>>()?;
        Ok(known.iter().copied().filter(|name| asked.contains(name)).collect())
    }

    /// Refuses what is left over.
    pub(crate) fn finish(self) -> Result<()> {
        match self.0.first() {
            None => Ok(()),
            Some(word) => bail!("'{word}' is not understood here; see `cargo xtask help`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(words: &str) -> Args {
        Args::new(words.split_whitespace().map(str::to_owned).collect())
    }

    #[test]
    fn values_and_switches_are_taken_once() -> Result<()> {
        let mut args = args("--rows 5 --quick --seed=7");
        assert_eq!(args.value("--rows")?, Some(5_u32));
        assert_eq!(args.value("--seed")?, Some(7_u32));
        assert!(args.switch("--quick"));
        assert!(!args.switch("--quick"));
        args.finish()
    }

    #[test]
    fn wrong_words_are_refused() {
        assert!(args("--rows").value::<u32>("--rows").is_err());
        assert!(args("--rows many").value::<u32>("--rows").is_err());
        assert!(args("--only a,x").names("--only", &["a", "b"]).is_err());
        assert!(args("more").finish().is_err());
    }

    #[test]
    fn a_word_is_what_is_no_flag() -> Result<()> {
        let mut args = args("--quick path");
        assert_eq!(args.word().as_deref(), Some("path"));
        assert_eq!(args.word(), None);
        assert!(args.switch("--quick"));
        args.finish()
    }

    #[test]
    fn names_keep_the_order_of_the_table() -> Result<()> {
        assert_eq!(args("--only c,a").names("--only", &["a", "b", "c"])?, ["a", "c"]);
        assert_eq!(args("").names("--only", &["a", "b"])?, ["a", "b"]);
        assert_eq!(args("").names_or("--only", &["a", "b"], &["b"])?, ["b"]);
        assert_eq!(args("--only a").names_or("--only", &["a", "b"], &["b"])?, ["a"]);
        Ok(())
    }
}
