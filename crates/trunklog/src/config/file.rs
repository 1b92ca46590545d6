//! Finds and reads `trunklog.toml`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};

use super::layer::Layer;

/// Where the file is looked for when none is named, in this order.
const USUAL: [&str; 2] = ["trunklog.toml", "/etc/trunklog/trunklog.toml"];

/// The named file, which must be there, or one at the usual places.
pub(super) fn find(named: Option<PathBuf>) -> Result<Option<PathBuf>> {
    match named {
        Some(path) if path.is_file() => Ok(Some(path)),
        Some(path) => bail!("there is no configuration file {}", path.display()),
        None => Ok(USUAL.into_iter().map(PathBuf::from).find(|path| path.is_file())),
    }
}

/// Reads a file. Relative paths in it are relative to its folder.
pub(super) fn read(path: &Path) -> Result<Layer> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("cannot read the configuration file {}", path.display()))?;
    let mut layer = parse(&text, path)?;
    layer.relative_to(path.parent().unwrap_or(Path::new("")));
    Ok(layer)
}

/// Reads the text of a file; `path` is for the error.
pub(super) fn parse(text: &str, path: &Path) -> Result<Layer> {
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map_or(1, |before| before.matches('\n').count() + 1);
        anyhow!("{}:{line}: {}; correct this line or remove it", path.display(), error.message().trim_end())
    })
}
