//! Saved answers of `Get-CsOnlinePSTNGateway`.

use serde_json::{Map, Value};

use crate::entry::{Fact, Kind};
use crate::{Fqdn, TrunkError};

/// The most gateways of a file. Teams takes far fewer.
const MOST: usize = 1_000;

/// What a saved answer says of a gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gateway {
    /// Its name.
    pub name: Fqdn,
    /// What it says of it: channels and port, where it says so.
    pub facts: Vec<Fact>,
}

/// What a saved answer holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gateways {
    /// The gateways.
    pub gateways: Vec<Gateway>,
    /// Objects that are none, by their number from 1 on, and why.
    pub refused: Vec<(usize, String)>,
}

/// Reads what `Get-CsOnlinePSTNGateway | ConvertTo-Json` wrote: an array, or one
/// object of one gateway; in UTF-8 or UTF-16, with or without a mark of the order of
/// bytes. Properties that are not used are passed over.
///
/// # Errors
/// When it is no such file, or holds no gateway.
///
/// ```
/// use trunklog_trunks::{Fact, gateways};
///
/// let json = r#"{"Identity":"sbc1.example.com","SipSignalingPort":5067,"MaxConcurrentSessions":50}"#;
/// let read = gateways(json.as_bytes())?;
/// assert_eq!(read.gateways[0].name.as_str(), "sbc1.example.com");
/// assert_eq!(read.gateways[0].facts, [Fact::Channels(50), Fact::Port(5067)]);
/// # Ok::<(), trunklog_trunks::TrunkError>(())
/// ```
pub fn gateways(bytes: &[u8]) -> Result<Gateways, TrunkError> {
    let text = decoded(bytes).ok_or_else(|| wrong("it is neither UTF-8 nor UTF-16"))?;
    if text.trim().is_empty() {
        return Err(wrong("it is empty, as it is where there are no gateways"));
    }
    // The error of the parser says line and column and repeats no value.
    let value: Value = serde_json::from_str(&text).map_err(|error| {
        wrong(&format!("it is no JSON at line {}, column {}", error.line(), error.column()))
    })?;
    let objects = match value {
        Value::Array(objects) => objects,
        Value::Object(_) => vec![value],
        _ => return Err(wrong("it is neither an array nor an object")),
    };
    if objects.len() > MOST {
        return Err(wrong(&format!("it has more than {MOST} gateways")));
    }
    let mut read = Gateways::default();
    for (at, object) in objects.iter().enumerate() {
        match Gateway::of(object) {
            Ok(gateway) => read.gateways.push(gateway),
            Err(problem) => read.refused.push((at + 1, problem)),
        }
    }
    if read.gateways.is_empty() {
        let problem = read
            .refused
            .first()
            .map_or("it has no gateways".to_owned(), |(at, problem)| format!("object {at}: {problem}"));
        return Err(wrong(&problem));
    }
    Ok(read)
}

impl Gateway {
    fn of(object: &Value) -> Result<Gateway, String> {
        let Value::Object(members) = object else { return Err("it is no object".to_owned()) };
        let name = member(members, "Fqdn").or_else(|| member(members, "Identity"));
        let name = name.and_then(Value::as_str).ok_or("it has neither Fqdn nor Identity")?;
        let name: Fqdn = name.parse().map_err(|error: TrunkError| format!("Fqdn: {error}"))?;
        let mut facts = Vec::new();
        for (key, kind) in [("MaxConcurrentSessions", Kind::Channels), ("SipSignalingPort", Kind::Port)] {
            let text = match member(members, key) {
                None | Some(Value::Null) => continue,
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
            };
            facts.push(Fact::read(kind, &text).map_err(|error| format!("{key}: {error}"))?);
        }
        Ok(Gateway { name, facts })
    }
}

/// A member, letter case ignored: scripts write it as they like.
fn member<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    members
        .get(name)
        .or_else(|| members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

/// The text of a file as Windows writes them.
fn decoded(bytes: &[u8]) -> Option<String> {
    let utf_16 = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        if !rest.len().is_multiple_of(2) {
            return None;
        }
        let units = rest.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        char::decode_utf16(units).collect::<Result<String, _>>().ok()
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => std::str::from_utf8(rest).ok().map(str::to_owned),
        _ => {
            let text = std::str::from_utf8(bytes).ok()?;
            // A form has the mark as a character.
            Some(text.trim_start_matches('\u{feff}').to_owned())
        }
    }
}

fn wrong(problem: &str) -> TrunkError {
    TrunkError::Gateways { problem: problem.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TWO: &str = r#"[
        {"Identity":"SBC1.example.com","InboundTeamsNumberTranslationRules":[],"Fqdn":"sbc1.example.com",
         "SipSignalingPort":5061,"MaxConcurrentSessions":50,"Enabled":true,"Description":null},
        {"identity":"sbc2.example.com","SipSignalingPort":"5067","MaxConcurrentSessions":null},
        {"Identity":"Global"}, 7,
        {"Identity":"sbc3.example.com","MaxConcurrentSessions":0}]"#;

    #[test]
    fn good_gateways_are_kept_and_others_named() {
        let read = gateways(TWO.as_bytes()).unwrap();
        let told: Vec<_> = read.gateways.iter().map(|of| (of.name.as_str(), of.facts.clone())).collect();
        assert_eq!(
            told,
            [
                ("sbc1.example.com", vec![Fact::Channels(50), Fact::Port(5061)]),
                ("sbc2.example.com", vec![Fact::Port(5067)]),
            ]
        );
        let places: Vec<usize> = read.refused.iter().map(|(at, _)| *at).collect();
        assert_eq!(places, [3, 4, 5]);
        assert!(read.refused[2].1.starts_with("MaxConcurrentSessions: "), "{:?}", read.refused);
    }

    #[test]
    fn all_encodings_of_windows_are_read() {
        let plain = gateways(TWO.as_bytes()).unwrap();
        let utf_16: Vec<u16> = TWO.encode_utf16().collect();
        let with = |mark: &[u8], rest: Vec<u8>| [mark, rest.as_slice()].concat();
        for bytes in [
            with(&[0xef, 0xbb, 0xbf], TWO.as_bytes().to_vec()),
            with(&[0xff, 0xfe], utf_16.iter().flat_map(|unit| unit.to_le_bytes()).collect()),
            with(&[0xfe, 0xff], utf_16.iter().flat_map(|unit| unit.to_be_bytes()).collect()),
        ] {
            assert_eq!(gateways(&bytes).unwrap(), plain);
        }
    }

    #[test]
    fn other_files_are_refused_with_what_is_wrong() {
        for (text, said) in [
            ("", "empty"),
            ("[]", "no gateways"),
            ("7", "neither an array nor an object"),
            ("Identity : sbc1.example.com", "line 1"),
            ("{\"a\":1}", "neither Fqdn nor Identity"),
        ] {
            let error = gateways(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
        assert!(gateways(&[0xff, 0xfe, 0x20]).is_err() && gateways(&[0x80]).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_do_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = gateways(&bytes);
        }
    }
}
