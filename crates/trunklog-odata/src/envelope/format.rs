//! The ways in which JSON can be written.

/// How JSON is written, as its media type's parameters say.
///
/// Source: OData JSON Format 4.01, section 3. The default is what Graph sends.
///
/// ```
/// use trunklog_odata::envelope::{JsonFormat, Metadata, Numbers};
///
/// let format = JsonFormat { metadata: Metadata::Full, numbers: Numbers::Text };
/// assert!(format.media_type().starts_with("application/json;odata.metadata=full;"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JsonFormat {
    /// How much is said about the data.
    pub metadata: Metadata,
    /// How numbers are written.
    pub numbers: Numbers,
}

/// How much control information goes with the data.
///
/// ```
/// use trunklog_odata::envelope::{JsonFormat, Metadata};
///
/// let format = JsonFormat::of([("odata.metadata", "Full")]).unwrap();
/// assert_eq!(format.metadata, Metadata::Full);
/// assert_eq!(Metadata::default(), Metadata::Minimal);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Metadata {
    /// Only links and counts.
    None,
    /// Beside these, what the data is.
    #[default]
    Minimal,
    /// Also each type that the JSON does not show by itself.
    Full,
}

/// How numbers are written that a 64-bit float may not hold exactly.
///
/// ```
/// use trunklog_odata::envelope::{JsonFormat, Numbers};
///
/// let format = JsonFormat::of([("IEEE754Compatible", "true")]).unwrap();
/// assert_eq!(format.numbers, Numbers::Text);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Numbers {
    /// As numbers: `IEEE754Compatible=false`.
    #[default]
    Plain,
    /// As text: `IEEE754Compatible=true`.
    Text,
}

const METADATA: [(&str, Metadata); 3] =
    [("none", Metadata::None), ("minimal", Metadata::Minimal), ("full", Metadata::Full)];

const NUMBERS: [(&str, Numbers); 2] = [("false", Numbers::Plain), ("true", Numbers::Text)];

impl JsonFormat {
    /// The format that these parameters of `application/json` ask for, letter
    /// case ignored; None when they ask for one that does not exist.
    /// Parameters that say nothing of the kind are ignored.
    ///
    /// ```
    /// use trunklog_odata::envelope::{JsonFormat, Metadata};
    ///
    /// let format = JsonFormat::of([("odata.metadata", "none"), ("charset", "utf-8")]);
    /// assert_eq!(format.map(|format| format.metadata), Some(Metadata::None));
    /// assert_eq!(JsonFormat::of([("odata.metadata", "verbose")]), None);
    /// ```
    pub fn of<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> Option<JsonFormat> {
        let mut format = JsonFormat::default();
        for (name, value) in parameters {
            match name.to_ascii_lowercase().as_str() {
                "odata.metadata" | "metadata" => format.metadata = named(&METADATA, value)?,
                "ieee754compatible" => format.numbers = named(&NUMBERS, value)?,
                _ => {}
            }
        }
        Some(format)
    }

    /// The media type of an answer in this format.
    ///
    /// ```
    /// use trunklog_odata::envelope::{JSON_MINIMAL, JsonFormat};
    ///
    /// assert_eq!(JsonFormat::default().media_type(), JSON_MINIMAL);
    /// ```
    pub fn media_type(self) -> String {
        let metadata = name_of(&METADATA, self.metadata);
        let numbers = name_of(&NUMBERS, self.numbers);
        format!(
            "application/json;odata.metadata={metadata};odata.streaming=true;\
             IEEE754Compatible={numbers};charset=utf-8"
        )
    }
}

fn named<T: Copy>(table: &[(&str, T)], name: &str) -> Option<T> {
    table.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
}

fn name_of<T: PartialEq>(table: &[(&'static str, T)], value: T) -> &'static str {
    table.iter().find(|(_, known)| *known == value).map_or("", |(name, _)| *name)
}
