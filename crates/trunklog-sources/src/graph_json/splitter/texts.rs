//! Texts that are where rows or pages should.

use super::item::Flaw;

/// How much of a text is looked at.
pub(super) const AHEAD: usize = 64;

/// How the texts start that PowerShell makes of what is below its depth.
const CUT: [&[u8]; 4] =
    [b"@{", b"System.Object[]", b"System.Collections.", b"Microsoft.Graph.PowerShell.Models."];

/// What a JSON text shows of itself by its start, if anything.
pub(super) fn flaw_of_text(json: &[u8]) -> Option<Flaw> {
    let text = json.strip_prefix(b"\"")?;
    if CUT.iter().any(|start| text.starts_with(start)) {
        Some(Flaw::CutAtDepth)
    } else if begins_json(text) {
        Some(Flaw::JsonInText)
    } else {
        None
    }
}

/// Whether a text holds an object, or an array of such, as it is in JSON:
/// with its quotes and line breaks escaped.
fn begins_json(text: &[u8]) -> bool {
    let mut text = without_space_before(text);
    while let [b'[', rest @ ..] = text {
        text = without_space_before(rest);
    }
    matches!(text, [b'{', rest @ ..] if without_space_before(rest).starts_with(b"\\\""))
}

fn without_space_before(mut text: &[u8]) -> &[u8] {
    while let [b' ', rest @ ..] | [b'\\', b'n' | b'r' | b't', rest @ ..] = text {
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_show_what_they_were() {
        for (text, flaw) in [
            (r#""@{id=1; duration=2}""#, Some(Flaw::CutAtDepth)),
            (r#""System.Object[]""#, Some(Flaw::CutAtDepth)),
            (r#""System.Collections.Hashtable""#, Some(Flaw::CutAtDepth)),
            (r#""{\"id\":1}""#, Some(Flaw::JsonInText)),
            (r#""[{\"id\":1}]""#, Some(Flaw::JsonInText)),
            (r#"" [\r\n  {\r\n \t\"id\":1}]""#, Some(Flaw::JsonInText)),
            (r#""[""#, None),
            (r#""{""#, None),
            (r#""{0f1e}""#, None),
            (r#""System""#, None),
            (r#""""#, None),
            ("7", None),
            ("", None),
        ] {
            assert_eq!(flaw_of_text(text.as_bytes()), flaw, "{text}");
        }
    }
}
