//! The ids of administrative units in one field.
//!
//! What separates them is not documented, so all that is not part of an id does.
//! Trunklog's own exports write `;`.

use trunklog_odata::json;
use trunklog_records::schema::ID;

/// The units as the JSON of a collection; None where there are none.
pub(super) fn read(text: &str) -> Option<String> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut out = Vec::new();
    for id in text.split(|c: char| !is_part(c)).filter(|id| !id.is_empty()) {
        out.push(if out.is_empty() { b'[' } else { b',' });
        out.push(b'{');
        json::write_string(ID, &mut out);
        out.push(b':');
        json::write_string(id, &mut out);
        out.push(b'}');
    }
    if out.is_empty() {
        return None;
    }
    out.push(b']');
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_whatever_is_between_them() {
        let two = Some(r#"[{"id":"a-1"},{"id":"b"}]"#.to_owned());
        for text in ["a-1;b", "a-1, b", " a-1|b ", "[a-1 b]", "a-1;;b;"] {
            assert_eq!(read(text), two, "{text}");
        }
        assert_eq!(read("a"), Some(r#"[{"id":"a"}]"#.to_owned()));
        for text in ["", " ", ";", "[]"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
