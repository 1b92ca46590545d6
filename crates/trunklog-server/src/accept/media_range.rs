//! One item of `Accept`. Source: RFC 9110, section 12.5.1.

use trunklog_odata::envelope::JsonFormat;

use super::list;

/// The media type of JSON, of which clients name variants by parameters.
pub(crate) const JSON: &str = "application/json";

/// The media type of CSV, which has a variant, too.
const CSV: &str = "text/csv";

/// A media type, or all of a kind, and how much a client wants it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MediaRange {
    /// `application`, in lower case, or `*`.
    kind: String,
    /// `json`, in lower case, or `*`.
    subtype: String,
    /// Names in lower case with their values.
    pub(crate) parameters: Vec<(String, String)>,
    /// From 0, which means never, to 1.
    pub(crate) quality: f32,
}

/// How closely a range names a media type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Specificity {
    /// `*/*`.
    Any,
    /// `application/*`.
    Kind,
    /// `application/json`.
    Exact,
}

impl MediaRange {
    /// Reads one item; None when it is malformed.
    pub(crate) fn parse(item: &str) -> Option<MediaRange> {
        let mut pieces = list::items(item, ';');
        let (kind, subtype) = pieces.next()?.split_once('/')?;
        let [kind, subtype] = [kind, subtype].map(|name| name.trim().to_ascii_lowercase());
        if !is_token(&kind) || !is_token(&subtype) || (kind == "*" && subtype != "*") {
            return None;
        }
        let mut range = MediaRange { kind, subtype, parameters: Vec::new(), quality: 1.0 };
        for (name, value) in pieces.map(list::parameter) {
            if name == "q" {
                // More generous than the grammar: Java sends `q=.2`.
                range.quality = value.parse::<f32>().ok().filter(|quality| (0.0..=1.0).contains(quality))?;
            } else {
                range.parameters.push((name, value));
            }
        }
        Some(range)
    }

    /// How closely the range names `media_type`; None when it does not, or
    /// names a variant that does not exist.
    pub(crate) fn specificity(&self, media_type: &str) -> Option<Specificity> {
        let (kind, subtype) = media_type.split_once('/')?;
        let specificity = match (self.kind.as_str(), self.subtype.as_str()) {
            ("*", _) => Specificity::Any,
            (own, "*") if own == kind => Specificity::Kind,
            (own, exact) if own == kind && exact == subtype => Specificity::Exact,
            _ => return None,
        };
        let exists = match media_type {
            JSON => self.json_format().is_some(),
            CSV => for_people(&self.parameters).is_some(),
            _ => true,
        };
        exists.then_some(specificity)
    }

    /// The variant of JSON that the parameters name; None when there is none
    /// such.
    pub(crate) fn json_format(&self) -> Option<JsonFormat> {
        JsonFormat::of(self.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }

    /// The media type without parameters; None when it stands for several.
    pub(crate) fn media_type(&self) -> Option<String> {
        (self.subtype != "*").then(|| format!("{}/{}", self.kind, self.subtype))
    }
}

/// Whether parameters of `text/csv` ask for the variant that people open in a
/// spreadsheet; None when they ask for one that does not exist.
pub(crate) fn for_people(parameters: &[(String, String)]) -> Option<bool> {
    let Some((_, value)) = parameters.iter().find(|(name, _)| name == "bom") else { return Some(false) };
    match value.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// Source: RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    let is_char = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_char)
}
