//! The languages, and where their texts are.

use std::sync::LazyLock;

use super::Texts;

/// A language in which there are texts.
///
/// To add one, put its files beside those of English and name it here; the
/// compiler and the tests name what is missing.
///
/// ```
/// use trunklog_reports::Language;
///
/// assert_eq!(Language::by_tag("en-GB"), Some(Language::English));
/// assert_eq!(Language::by_tag("de_AT"), Some(Language::German));
/// assert_eq!(Language::by_tag("tlh"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    English,
    /// French.
    French,
    /// German.
    German,
}

static ENGLISH: LazyLock<Texts> =
    LazyLock::new(|| Texts::read(Language::English, Language::English.files(), None));
static FRENCH: LazyLock<Texts> =
    LazyLock::new(|| Texts::read(Language::French, Language::French.files(), Some(Texts::english())));
static GERMAN: LazyLock<Texts> =
    LazyLock::new(|| Texts::read(Language::German, Language::German.files(), Some(Texts::english())));

impl Language {
    /// All languages; the first is the one that tells what another lacks.
    pub const ALL: [Language; 3] = [Language::English, Language::French, Language::German];

    /// Its tag by BCP 47.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::French => "fr",
            Language::German => "de",
        }
    }

    /// The language of a tag, whose region and script do not matter.
    pub fn by_tag(tag: &str) -> Option<Language> {
        let primary = tag.split(['-', '_']).next()?;
        Language::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// Its files.
    pub(super) fn files(self) -> &'static [&'static str] {
        macro_rules! files {
            ($folder:literal) => {
                &[
                    include_str!(concat!($folder, "/classes.ftl")),
                    include_str!(concat!($folder, "/codes.ftl")),
                    include_str!(concat!($folder, "/kpi.ftl")),
                    include_str!(concat!($folder, "/reports-logs.ftl")),
                    include_str!(concat!($folder, "/reports-people.ftl")),
                    include_str!(concat!($folder, "/reports.ftl")),
                    include_str!(concat!($folder, "/sip.ftl")),
                ]
            };
        }
        match self {
            Language::English => files!("en"),
            Language::French => files!("fr"),
            Language::German => files!("de"),
        }
    }

    /// Its texts, which are read once.
    pub(super) fn texts(self) -> &'static Texts {
        match self {
            Language::English => &ENGLISH,
            Language::French => &FRENCH,
            Language::German => &GERMAN,
        }
    }
}
