use std::collections::BTreeSet;

use super::*;
use crate::classes::{Class, Side};
use crate::codes::{FAMILIES, NO_FAMILY, PAIRS, SIP_CODES, SOURCES, family, sip_code};
use crate::kpi::{Unit, definition, definitions};
use crate::questions::{NOTES, Role};
use crate::report::REPORTS;

/// The arguments that texts may ask for.
const ARGUMENTS: [(&str, Argument<'static>); 3] =
    [("code", Argument::Number(404)), ("sip", Argument::Text("SIP")), ("family", Argument::Text("family"))];

/// Every key that a table names. A new table belongs here.
fn keys_of_tables() -> BTreeSet<String> {
    let mut keys: Vec<&str> = vec!["end-unknown"];
    keys.extend(Class::ALL.into_iter().flat_map(|class| [class.name(), class.explanation()]));
    keys.extend(Side::ALL.into_iter().map(Side::name));
    keys.extend(Unit::ALL.into_iter().map(Unit::name));
    keys.extend(definitions().flat_map(|of| [of.name, of.formula, of.explanation]));
    keys.extend(PAIRS.iter().flat_map(|pair| [Some(pair.cause), pair.action]).flatten());
    keys.extend(SOURCES.iter().map(|source| source.name));
    let families = FAMILIES.iter().chain([&NO_FAMILY, family(None)]);
    keys.extend(families.flat_map(|family| [Some(family.name), family.action]).flatten());
    let sip_codes = SIP_CODES.iter().chain([sip_code(Some(-1)), sip_code(None)]);
    keys.extend(sip_codes.flat_map(|code| [Some(code.cause), code.phrase]).flatten());
    keys.extend(NOTES);
    keys.extend(Role::ALL.map(Role::name));
    keys.extend(WORDS);
    let mut keys: BTreeSet<String> = keys.into_iter().map(str::to_owned).collect();
    let with_explanation = |key: String| [format!("{key}.explanation"), key];
    for report in REPORTS {
        keys.extend(with_explanation(format!("report-{}", report.key)));
        let columns = (report.columns)().into_iter().map(|column| column.key);
        // Those of key figures have the figures' texts.
        let own = columns.filter(|key| definition(key).is_none());
        keys.extend(own.flat_map(|key| with_explanation(format!("column-{key}"))));
    }
    keys
}

/// The words that reports have in their cells, and those of their rendering.
const WORDS: [&str; 13] = [
    "direction-inbound",
    "direction-outbound",
    "direction-unknown",
    "weekday-monday",
    "weekday-tuesday",
    "weekday-wednesday",
    "weekday-thursday",
    "weekday-friday",
    "weekday-saturday",
    "weekday-sunday",
    "report-compared",
    "report-yes",
    "report-no",
];

/// Every key that a language's files have, with those that come twice.
fn keys_of_files(language: Language) -> Vec<String> {
    let mut keys = Vec::new();
    for file in language.files() {
        let mut message = "";
        for line in file.lines().filter(|line| !line.starts_with('#')) {
            let Some((name, _)) = line.split_once(" =") else { continue };
            if let Some(attribute) = name.trim_start().strip_prefix('.') {
                keys.push(format!("{message}.{attribute}"));
            } else {
                message = name;
                keys.push(name.to_owned());
            }
        }
    }
    keys
}

/// A text with all arguments, and what was wrong with it.
fn format(language: Language, key: &str) -> (Option<String>, Vec<FluentError>) {
    let mut values = FluentArgs::new();
    for (name, value) in ARGUMENTS {
        values.set(name, value.of_fluent());
    }
    Texts::of(language).format(key, &values)
}

#[test]
fn files_have_no_mistakes_and_no_key_twice() {
    for language in Language::ALL {
        for file in language.files() {
            if let Err((_, errors)) = FluentResource::try_new((*file).to_owned()) {
                panic!("{}: {errors:?}", language.tag());
            }
        }
        let keys = keys_of_files(language);
        let unique: BTreeSet<&String> = keys.iter().collect();
        assert_eq!(unique.len(), keys.len(), "{}", language.tag());
        assert!(language.tag().parse::<LanguageIdentifier>().is_ok());
        assert_eq!(
            (Language::by_tag(language.tag()), Texts::of(language).language()),
            (Some(language), language)
        );
    }
}

#[test]
fn languages_are_complete() {
    let of_tables = keys_of_tables();
    for language in Language::ALL {
        let of_files: BTreeSet<String> = keys_of_files(language).into_iter().collect();
        let missing: Vec<&String> = of_tables.difference(&of_files).collect();
        assert!(missing.is_empty(), "{}: no text for {missing:?}", language.tag());
    }
}

/// What a text needs in one language it needs in all.
#[test]
fn translations_have_the_same_placeholders() {
    let named = |language: Language, key: &str| {
        let (text, _) = Texts::of(language).format(key, &FluentArgs::new());
        let text = text.unwrap_or_default();
        ARGUMENTS.map(|(name, _)| text.matches(&format!("{{${name}}}")).count())
    };
    for key in keys_of_tables() {
        for language in Language::ALL {
            assert_eq!(named(language, &key), named(Language::English, &key), "{}: {key}", language.tag());
        }
    }
    let with_sip = named(Language::English, "end-unknown");
    assert_eq!(with_sip, [0, 1, 1], "placeholders are told where they have no value");
}

#[test]
fn no_text_is_without_use() {
    let of_tables = keys_of_tables();
    for language in Language::ALL {
        let unused: Vec<String> =
            keys_of_files(language).into_iter().filter(|key| !of_tables.contains(key)).collect();
        assert!(unused.is_empty(), "{}: no table names {unused:?}", language.tag());
    }
}

#[test]
fn texts_are_whole() {
    for language in Language::ALL {
        for key in keys_of_files(language) {
            let (text, errors) = format(language, &key);
            let text = text.unwrap_or_default();
            assert!(errors.is_empty(), "{}: {key}: {errors:?}", language.tag());
            assert!(!text.trim().is_empty() && text.trim() == text, "{}: {key}", language.tag());
            assert!(!text.contains(['{', '}', '\n', '$']), "{}: {key}: {text}", language.tag());
        }
    }
}

#[test]
fn a_placeholder_without_an_argument_is_noticed() {
    let (_, errors) = Texts::english().format("sip-4xx", &FluentArgs::new());
    assert_eq!(errors.len(), 1);
}

/// Causes, actions and families become parts of sentences; explanations are sentences.
#[test]
fn clauses_and_sentences_have_their_form() {
    for (language, key) in Language::ALL
        .into_iter()
        .flat_map(|language| keys_of_tables().into_iter().map(move |key| (language, key)))
    {
        let text = Texts::of(language).text(&key, &ARGUMENTS);
        let is_sentence = key.ends_with(".explanation") || NOTES.contains(&key.as_str());
        assert_eq!(text.ends_with('.'), is_sentence, "{}: {key}: {text}", language.tag());
    }
}

#[test]
fn texts_can_be_shared_between_threads() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<Texts>();
}
