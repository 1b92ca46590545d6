//! What PowerShell makes of objects that it turns into text.
//!
//! `ConvertTo-Json` does so with all that is deeper than `-Depth`, two levels
//! unless it says otherwise, and so do `Export-Csv` and table stores.

/// What the text of an object starts with.
const OBJECT: &str = "@{";

/// What the names of types start with that are written for objects without a
/// text: `System.Object[]`, `System.Collections.Hashtable`.
const NAMESPACES: [&str; 3] = ["System.", "Microsoft.", "Deserialized."];

/// Whether text is what remained of a value, and tells nothing of it.
pub(super) fn is_remains(text: &str) -> bool {
    let text = text.trim();
    text.starts_with(OBJECT) || NAMESPACES.iter().any(|namespace| text.starts_with(namespace))
}

/// The objects in a text such as `@{id=1; displayName=a} @{id=2}`, each as its
/// members. None when it holds something else, or an object within an object.
pub(super) fn objects(text: &str) -> Option<Vec<Vec<(&str, &str)>>> {
    let inner = text.trim().strip_prefix(OBJECT)?.strip_suffix('}')?;
    inner.split("} @{").map(members).collect()
}

/// The members in `id=1; displayName=a`. A value may hold all of these marks,
/// so a member starts only where a name and its `=` are.
fn members(text: &str) -> Option<Vec<(&str, &str)>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    if text.contains(OBJECT) {
        return None;
    }
    let later = text.match_indices("; ").map(|(at, mark)| (at, at + mark.len()));
    let mut found = Vec::new();
    let mut begin = 0;
    for (end, next) in later.filter(|(_, next)| member(&text[*next..]).is_some()) {
        found.push(member(&text[begin..end])?);
        begin = next;
    }
    found.push(member(&text[begin..])?);
    Some(found)
}

/// A name and the value after it.
fn member(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '@' | '.'))?;
    let (name, rest) = text.split_at_checked(end)?;
    rest.strip_prefix('=').filter(|_| !name.is_empty()).map(|value| (name, value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn members_are_found() {
        for (text, expected) in [
            ("@{id=1}", vec![vec![("id", "1")]]),
            ("@{id=1; displayName=a b}", vec![vec![("id", "1"), ("displayName", "a b")]]),
            ("@{id=1} @{id=2; x=}", vec![vec![("id", "1")], vec![("id", "2"), ("x", "")]]),
            ("@{displayName=a; b; c=d; e}", vec![vec![("displayName", "a; b"), ("c", "d; e")]]),
            ("@{id=a=b}}", vec![vec![("id", "a=b}")]]),
            (" @{@odata.type=#x.y; id=1} ", vec![vec![("@odata.type", "#x.y"), ("id", "1")]]),
            ("@{}", vec![vec![]]),
        ] {
            assert_eq!(objects(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_told_is_not_guessed() {
        for text in ["", "@{", "@{id=1", "@{id}", "@{=1}", "@{id=@{a=1; b=2}}", "@{id=1} x", "north"] {
            assert_eq!(objects(text), None, "{text}");
        }
        for text in ["@{id=1", "System.Object[]", "System.Object[] System.Object[]"] {
            assert!(is_remains(text), "{text}");
        }
        for text in ["", "north", "{}", "system"] {
            assert!(!is_remains(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[@{}=; a-cä.]{0,40}") {
            let inner = format!("@{{{text}}}");
            let _ = (objects(&text), objects(&inner));
        }
    }
}
