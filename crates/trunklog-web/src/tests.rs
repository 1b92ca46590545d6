//! What holds for all templates.

use std::path::{Path, PathBuf};

fn templates() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("templates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(found.len() > 8);
    found
}

/// The content-security policy refuses the first ones, and the last would write
/// text as markup.
#[test]
fn templates_hold_no_code_and_escape_all_text() {
    for (path, text) in templates() {
        for forbidden in [
            " style=",
            "<style",
            "onclick",
            " on",
            "javascript:",
            "hx-on",
            "hx-vals",
            "js:",
            "|safe",
            "| safe",
            "http://",
            "https://",
            "autoescape",
        ] {
            let is_there = match forbidden {
                // A handler: an attribute that starts so.
                " on" => text.split(" on").skip(1).any(|rest| {
                    rest.split_once('=')
                        .is_some_and(|(name, _)| name.bytes().all(|byte| byte.is_ascii_lowercase()))
                }),
                plain => text.contains(plain),
            };
            assert!(!is_there, "{}: {forbidden}", path.display());
        }
        for script in text.split("<script").skip(1) {
            assert!(script.starts_with(" src=\"{{"), "{}: a script within the page", path.display());
        }
    }
}

#[test]
fn attributes_of_htmx_are_the_simple_ones() {
    for (path, text) in templates() {
        for rest in text.split(" hx-").skip(1) {
            let name = rest.split('=').next().unwrap_or_default();
            assert!(["get", "trigger", "swap"].contains(&name), "{}: hx-{name}", path.display());
        }
        for rest in text.split("hx-trigger=\"").skip(1) {
            assert!(rest.starts_with("load\""), "{}", path.display());
        }
    }
}

/// What has a name on the page is there once: links and labels lead to it.
#[test]
fn fields_have_labels_and_pictures_names() {
    for (path, text) in templates() {
        for field in text.split("<input").skip(1).map(|rest| rest.split('>').next().unwrap_or_default()) {
            let is_hidden = field.contains("type=\"hidden\"");
            let before = text.split(field).next().unwrap_or_default();
            let is_labelled = before
                .rfind("<label")
                .is_some_and(|label| before.rfind("</label>").is_none_or(|end| end < label));
            assert!(is_hidden || is_labelled, "{}: {field}", path.display());
        }
        assert!(!text.contains("<img"), "{}: drawings are SVG", path.display());
    }
}
