//! The files that pages load: styles, scripts, an icon.
//!
//! Their names have a hash of what is in them, so that browsers may keep them for
//! ever.

use std::hash::{DefaultHasher, Hasher};
use std::sync::LazyLock;

/// A file.
#[derive(Debug)]
pub struct Asset {
    stem: &'static str,
    ending: &'static str,
    /// What it is.
    pub media_type: &'static str,
    /// What is in it.
    pub text: &'static str,
    name: LazyLock<String>,
}

macro_rules! asset {
    ($(#[$doc:meta])* $name:ident, $stem:literal, $ending:literal, $media_type:literal, $file:literal) => {
        $(#[$doc])*
        pub static $name: Asset = Asset {
            stem: $stem,
            ending: $ending,
            media_type: $media_type,
            text: include_str!(concat!("../assets/", $file)),
            name: LazyLock::new(|| named(&$name)),
        };
    };
}

asset! {
    /// How pages look.
    STYLE, "style", "css", "text/css; charset=utf-8", "style.css"
}
asset! {
    /// Our own script.
    SCRIPT, "trunklog", "js", "text/javascript; charset=utf-8", "trunklog.js"
}
asset! {
    /// htmx 4.0.1 (htmx.org), which loads parts of pages. Its licence is the
    /// Zero-Clause BSD one; see `assets/htmx.LICENSE`.
    HTMX, "htmx", "js", "text/javascript; charset=utf-8", "htmx.min.js"
}
asset! {
    /// The icon.
    ICON, "icon", "svg", "image/svg+xml", "icon.svg"
}

/// All.
///
/// ```
/// use trunklog_web::assets::{ALL, STYLE, by_name};
///
/// assert!(STYLE.name().starts_with("style.") && STYLE.name().ends_with(".css"));
/// assert!(ALL.iter().all(|asset| by_name(asset.name()).is_some()));
/// assert!(by_name("style.css").is_none(), "only by the name that says what is in it");
/// ```
pub static ALL: [&Asset; 4] = [&STYLE, &SCRIPT, &HTMX, &ICON];

/// The file of that name.
pub fn by_name(name: &str) -> Option<&'static Asset> {
    ALL.into_iter().find(|asset| asset.name() == name)
}

impl Asset {
    /// What it is called in addresses.
    pub fn name(&self) -> &str {
        &self.name
    }
}

fn named(asset: &Asset) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(asset.text.as_bytes());
    format!("{}.{:016x}.{}", asset.stem, hasher.finish(), asset.ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_and_styles_load_nothing_else() {
        for asset in [&STYLE, &SCRIPT] {
            for forbidden in
                ["http:", "https:", "@import", "url(", "eval(", "Function(", "innerHTML", "import "]
            {
                assert!(!asset.text.contains(forbidden), "{}: {forbidden}", asset.stem);
            }
        }
    }

    #[test]
    fn htmx_is_the_one_that_was_looked_at() {
        assert_eq!(HTMX.text.len(), 37_448);
        assert!(HTMX.text.contains("data-hx-"), "attributes are valid HTML");
    }

    #[test]
    fn all_together_are_small() {
        let bytes: usize = [&STYLE, &SCRIPT, &ICON].iter().map(|asset| asset.text.len()).sum();
        assert!(bytes < 32 * 1024, "{bytes}");
    }
}
