use std::collections::BTreeSet;
use std::path::Path;

use trunklog_reports::Argument;

use super::*;

/// Every key that a language's files have, with those that come twice.
fn keys(language: Language) -> Vec<String> {
    let mut keys = Vec::new();
    for file in files(language) {
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

/// What is between a key and the next one.
fn body(language: Language, key: &str) -> String {
    let file = files(language).concat();
    let (id, attribute) = key.split_once('.').map_or((key, None), |(id, name)| (id, Some(name)));
    let mut lines = file.lines().skip_while(|line| !line.starts_with(&format!("{id} =")));
    let first = lines.next().unwrap_or_default();
    let rest: Vec<&str> = lines.take_while(|line| line.starts_with([' ', '}'])).collect();
    match attribute {
        None => std::iter::once(first).chain(rest).collect(),
        Some(name) => {
            rest.into_iter().filter(|line| line.trim_start().starts_with(&format!(".{name} ="))).collect()
        }
    }
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('$').skip(1).map(|rest| rest.split([' ', '}']).next().unwrap_or_default()).collect()
}

#[test]
fn languages_have_the_same_words() {
    let english = keys(Language::English);
    let unique: BTreeSet<&String> = english.iter().collect();
    assert_eq!(unique.len(), english.len(), "a key is there twice");
    for language in Language::ALL {
        assert_eq!(keys(language), english, "{}: keys and their order", language.tag());
        for key in &english {
            let (own, other) = (body(language, key), body(Language::English, key));
            assert_eq!(placeholders(&own), placeholders(&other), "{}: {key}", language.tag());
        }
    }
}

#[test]
fn words_are_whole() {
    let arguments =
        ["value", "count", "from", "to", "zone", "at", "p50", "p95"].map(|name| (name, Argument::Text("x")));
    let arguments: Vec<_> = arguments.into_iter().chain([("n", Argument::Number(2))]).collect();
    for language in Language::ALL {
        for key in keys(language) {
            let text = words(language).text(&key, &arguments);
            assert!(text != key && !text.trim().is_empty(), "{}: {key}", language.tag());
            assert!(!text.contains(['{', '}', '$']), "{}: {key}: {text}", language.tag());
        }
    }
    let one = [("n", Argument::Number(1)), ("count", Argument::Text("1"))];
    assert_eq!(words(Language::English).text("tile-list-attempts", &one), "1 call");
}

/// Who speaks to a browser says what stands on the button.
#[test]
fn a_button_is_called_what_it_shows_and_more() {
    let buttons = [
        ("admin-end", "admin-end-one"),
        ("admin-remove", "admin-remove-one"),
        ("export-remove", "export-remove-one"),
        ("inventory-remove", "inventory-remove-what"),
    ];
    for language in Language::ALL {
        for (shown, called) in buttons {
            let say = |key: &str| words(language).text(key, &[("value", Argument::Text("x"))]);
            let (shown, called) = (say(shown), say(called));
            assert!(called.starts_with(&shown) && called.ends_with('x'), "{}: {called}", language.tag());
        }
    }
}

/// What is written between quotes as a key, in sources and templates: ours, and the
/// server's.
fn named() -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    let server = "../trunklog-server";
    let mut folders = vec!["src".to_owned(), "templates".to_owned()];
    folders.extend(["src/people", "templates/people", "src/pages"].map(|of| format!("{server}/{of}")));
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(format!("{}/{folder}", env!("CARGO_MANIFEST_DIR"))).unwrap() {
            let entry = entry.unwrap();
            let path = format!("{folder}/{}", entry.file_name().into_string().unwrap());
            if entry.file_type().unwrap().is_dir() {
                folders.push(path);
            } else if Path::new(&path).extension().is_some_and(|of| of == "rs" || of == "html") {
                let text = std::fs::read_to_string(entry.path()).unwrap();
                named.extend(text.split('"').map(str::to_owned));
            }
        }
    }
    named
}

/// Keys that are put together from parts.
fn is_made(key: &str) -> bool {
    let figure = key.strip_prefix("tile-");
    figure.is_some_and(|figure| trunklog_reports::kpi::definition(figure).is_some())
        || key.strip_suffix(".text").is_some_and(|key| key.starts_with("welcome-"))
}

#[test]
fn no_word_is_without_use_and_none_is_missing() {
    let (named, keys) = (named(), keys(Language::English));
    let unused: Vec<&String> = keys.iter().filter(|key| !named.contains(*key) && !is_made(key)).collect();
    assert!(unused.is_empty(), "nobody says {unused:?}");
    let known = |key: &str| words(Language::English).text(key, &[]) != key;
    // Whatever looks like a key of ours is one.
    let starts = [
        "nav-",
        "state-",
        "chip-",
        "filter-",
        "tile-",
        "series-",
        "trunk-",
        "reason-",
        "week-",
        "error-",
        "complete-",
        "reveal-",
        "sign-in-",
        "app-code-",
        "set-up-",
    ];
    let is_key = |text: &&String| {
        starts.iter().any(|start| text.starts_with(start))
            && text.len() > 6
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !text.ends_with('-')
    };
    let missing: Vec<&String> = named
        .iter()
        .filter(is_key)
        .filter(|key| !known(key) && !["series-title", "week-title", "trunk-silent"].contains(&key.as_str()))
        .collect();
    assert!(missing.is_empty(), "no text for {missing:?}");
}
