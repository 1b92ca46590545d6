//! The words of pages, by language. Those of reports are among them.

use std::sync::LazyLock;

use trunklog_reports::{Language, Texts};

static ENGLISH: LazyLock<Texts> =
    LazyLock::new(|| Texts::with_more(Language::English, files(Language::English), None));
static FRENCH: LazyLock<Texts> = LazyLock::new(|| {
    Texts::with_more(Language::French, files(Language::French), Some(words(Language::English)))
});
static GERMAN: LazyLock<Texts> = LazyLock::new(|| {
    Texts::with_more(Language::German, files(Language::German), Some(words(Language::English)))
});

/// The words of a language: those of pages, and all that reports have.
///
/// ```
/// use trunklog_reports::Language;
/// use trunklog_web::words;
///
/// assert_eq!(words(Language::German).text("nav-calls", &[]), "Anrufe");
/// assert_eq!(words(Language::English).text("unit-channels", &[]), "channels");
/// ```
pub fn words(language: Language) -> &'static Texts {
    match language {
        Language::English => &ENGLISH,
        Language::French => &FRENCH,
        Language::German => &GERMAN,
    }
}

/// The files of a language, besides those of reports.
pub(crate) fn files(language: Language) -> &'static [&'static str] {
    macro_rules! files {
        ($tag:literal) => {
            &[
                include_str!(concat!("words/", $tag, ".ftl")),
                include_str!(concat!("words/", $tag, "/calls.ftl")),
                include_str!(concat!("words/", $tag, "/data.ftl")),
                include_str!(concat!("words/", $tag, "/failures.ftl")),
                include_str!(concat!("words/", $tag, "/help.ftl")),
                include_str!(concat!("words/", $tag, "/people.ftl")),
                include_str!(concat!("words/", $tag, "/sign_in.ftl")),
                include_str!(concat!("words/", $tag, "/trunks.ftl")),
            ]
        };
    }
    match language {
        Language::English => files!("en"),
        Language::French => files!("fr"),
        Language::German => files!("de"),
    }
}

#[cfg(test)]
mod tests;
