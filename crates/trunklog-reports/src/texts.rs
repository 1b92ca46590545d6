//! The words of definitions, by language.
//!
//! Each language has its files in Fluent's form (projectfluent.org) in a folder
//! named after it. English is complete; what another language lacks is told in
//! English.

mod language;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

pub use language::Language;

/// The texts of a language.
///
/// ```
/// use trunklog_reports::{Argument, Language, Texts};
///
/// let texts = Texts::of(Language::English);
/// assert_eq!(texts.text("unit-channels", &[]), "channels");
/// assert_eq!(texts.text("kpi-asr.formula", &[]), "answered ÷ attempts");
/// let code = ("code", Argument::Number(499));
/// assert_eq!(texts.text("sip-4xx", &[code]), "the request failed with SIP code 499");
/// ```
pub struct Texts {
    language: Language,
    bundle: FluentBundle<FluentResource>,
    /// Who tells what is missing here.
    otherwise: Option<&'static Texts>,
}

/// What a text needs to be whole.
///
/// ```
/// use trunklog_reports::{Argument, Texts};
///
/// let parts = [("sip", Argument::Text("busy")), ("family", Argument::Text("by the SBC"))];
/// assert_eq!(Texts::english().text("end-unknown", &parts), "busy; by the SBC");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argument<'a> {
    /// A text.
    Text(&'a str),
    /// A whole number, which can choose between singular and plural.
    Number(i64),
}

impl Texts {
    /// The English texts.
    pub fn english() -> &'static Texts {
        Texts::of(Language::English)
    }

    /// The texts of a language.
    pub fn of(language: Language) -> &'static Texts {
        language.texts()
    }

    /// The texts of a language and more of the same language, of whoever shows
    /// reports beside other things. What is missing is told by `otherwise`.
    ///
    /// ```
    /// use trunklog_reports::{Language, Texts};
    ///
    /// let texts = Texts::with_more(Language::French, &["welcome = bienvenue\n"], None);
    /// assert_eq!(texts.text("welcome", &[]), "bienvenue");
    /// assert_eq!(texts.text("unit-minutes", &[]), "minutes");
    /// ```
    pub fn with_more(language: Language, more: &[&str], otherwise: Option<&'static Texts>) -> Texts {
        let files: Vec<&str> = language.files().iter().copied().chain(more.iter().copied()).collect();
        Texts::read(language, &files, otherwise)
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// A text by its key: that of a message, or that of a message and one of its
    /// attributes with a dot between. What the text does not need is ignored.
    ///
    /// A key without a text is returned as it is, so that a reader sees what is
    /// missing; tests make sure that every key of the tables has a text.
    ///
    /// ```
    /// use trunklog_reports::Texts;
    ///
    /// assert_eq!(Texts::english().text("no-such-key", &[]), "no-such-key");
    /// ```
    pub fn text<'a>(&self, key: &str, arguments: &[(&'a str, Argument<'a>)]) -> String {
        let mut values = FluentArgs::with_capacity(arguments.len());
        for (name, value) in arguments {
            values.set(*name, value.of_fluent());
        }
        let (text, _) = self.format(key, &values);
        match (text, self.otherwise) {
            (Some(text), _) => text,
            (None, None) => key.to_owned(),
            (None, Some(otherwise)) => otherwise.text(key, arguments),
        }
    }

    /// The text and what was wrong with it.
    fn format(&self, key: &str, arguments: &FluentArgs<'_>) -> (Option<String>, Vec<FluentError>) {
        let mut errors = Vec::new();
        let (id, attribute) = key.split_once('.').map_or((key, None), |(id, name)| (id, Some(name)));
        let Some(message) = self.bundle.get_message(id) else { return (None, errors) };
        let pattern = match attribute {
            None => message.value(),
            Some(name) => message.get_attribute(name).map(|attribute| attribute.value()),
        };
        let text = pattern
            .map(|pattern| self.bundle.format_pattern(pattern, Some(arguments), &mut errors).into_owned());
        (text, errors)
    }

    /// Reads files of a language. What is wrong in one is left out; tests make
    /// sure that nothing is.
    fn read(language: Language, files: &[&str], otherwise: Option<&'static Texts>) -> Texts {
        let tag: LanguageIdentifier = language.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // The marks around values are for texts that mix directions of writing.
        bundle.set_use_isolating(false);
        for file in files {
            let resource = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(some, _)| some);
            bundle.add_resource_overriding(resource);
        }
        Texts { language, bundle, otherwise }
    }
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Texts").field("language", &self.language).finish_non_exhaustive()
    }
}

impl<'a> Argument<'a> {
    fn of_fluent(self) -> FluentValue<'a> {
        match self {
            Argument::Text(text) => FluentValue::from(text),
            Argument::Number(number) => FluentValue::from(number),
        }
    }
}

#[cfg(test)]
mod tests;
