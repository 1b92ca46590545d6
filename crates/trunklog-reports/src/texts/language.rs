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
/// assert_eq!(Language::by_tag("tlh"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    English,
}

static ENGLISH: LazyLock<Texts> = LazyLock::new(|| Texts::read(Language::English));

impl Language {
    /// All languages; the first is the one that is complete.
    pub const ALL: [Language; 1] = [Language::English];

    /// Its tag by BCP 47.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
        }
    }

    /// The language of a tag, whose region and script do not matter.
    pub fn by_tag(tag: &str) -> Option<Language> {
        let primary = tag.split(['-', '_']).next()?;
        Language::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// Its files.
    pub(super) fn files(self) -> &'static [&'static str] {
        match self {
            Language::English => &[
                include_str!("en/classes.ftl"),
                include_str!("en/codes.ftl"),
                include_str!("en/kpi.ftl"),
                include_str!("en/reports-logs.ftl"),
                include_str!("en/reports-people.ftl"),
                include_str!("en/reports.ftl"),
                include_str!("en/sip.ftl"),
            ],
        }
    }

    /// Its texts, which are read once.
    pub(super) fn texts(self) -> &'static Texts {
        match self {
            Language::English => &ENGLISH,
        }
    }
}
