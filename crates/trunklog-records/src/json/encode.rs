//! From columns to the JSON of rows.

use trunklog_odata::edm::{EdmType, NAMESPACE};
use trunklog_odata::envelope::{JsonFormat, Metadata, Numbers};
use trunklog_odata::{Version, json};

use crate::column::{Cell, Column};
use crate::rows::Rows;
use crate::schema::{Log, Property};

/// Writes rows of one log, always the same properties of them.
///
/// ```
/// # use trunklog_records::RowBuilder;
/// # use trunklog_records::json::RowDecoder;
/// # use trunklog_records::schema::SMS;
/// # let mut builder = RowBuilder::new(&SMS);
/// # let json = br#"{"id":"a","sentDateTime":"2026-11-01T00:00:00Z"}"#;
/// # RowDecoder::new(&SMS).decode(json, &mut builder)?;
/// # let rows = builder.finish();
/// use trunklog_records::json::RowEncoder;
///
/// let layout = [SMS.id_index(), SMS.time_index()];
/// let mut out = Vec::new();
/// RowEncoder::of(&SMS, &layout).encode(&rows, &mut out);
/// assert_eq!(out, br#"{"id":"a","sentDateTime":"2026-11-01T00:00:00Z"}"#);
/// # Ok::<(), trunklog_records::RowError>(())
/// ```
#[derive(Debug)]
pub struct RowEncoder {
    log: &'static Log,
    /// What comes before the first property.
    head: Vec<u8>,
    members: Vec<Member>,
    /// Whether the properties that the log's table lacks are written.
    dynamic: bool,
}

/// A property, and all that is written beside its value.
///
/// What the format demands is settled here, so that writing a value asks for
/// nothing but whether there is one.
#[derive(Debug)]
struct Member {
    /// Its column.
    at: usize,
    /// Before a value: `,"name":`, its type first where the format has it.
    before: Vec<u8>,
    /// Without a value: `,"name":null`.
    null: Vec<u8>,
    /// How a decimal is written. None of its characters is escaped.
    numbers: Numbers,
}

/// Rows with their columns resolved, ready to be written.
///
/// ```
/// # use trunklog_records::RowBuilder;
/// # use trunklog_records::json::RowDecoder;
/// # use trunklog_records::schema::SMS;
/// # let mut builder = RowBuilder::new(&SMS);
/// # let json = br#"{"id":"a","sentDateTime":"2026-11-01T00:00:00Z"}"#;
/// # RowDecoder::new(&SMS).decode(json, &mut builder)?;
/// # let rows = builder.finish();
/// use trunklog_records::json::RowEncoder;
///
/// let encoder = RowEncoder::of(&SMS, &[SMS.id_index()]);
/// let bound = encoder.bind(&rows);
/// let mut lines = Vec::new();
/// for row in 0..rows.len() {
///     bound.write(row, &mut lines);
///     lines.push(b'\n');
/// }
/// assert_eq!(lines, b"{\"id\":\"a\"}\n");
/// # Ok::<(), trunklog_records::RowError>(())
/// ```
pub struct BoundRows<'a> {
    head: &'a [u8],
    members: Vec<(&'a Member, Column<'a>)>,
    dynamic: Option<Column<'a>>,
}

impl RowEncoder {
    /// An encoder for all properties that `version` shows, and the unknown
    /// ones.
    ///
    /// ```
    /// # use trunklog_records::RowBuilder;
    /// # use trunklog_records::json::RowDecoder;
    /// # use trunklog_records::schema::PSTN_CALLS;
    /// # let mut builder = RowBuilder::new(&PSTN_CALLS);
    /// # let json = br#"{"id":"a","startDateTime":"2026-11-01T00:00:00Z"}"#;
    /// # RowDecoder::new(&PSTN_CALLS).decode(json, &mut builder)?;
    /// # let rows = builder.finish();
    /// use trunklog_odata::Version;
    /// use trunklog_records::json::RowEncoder;
    ///
    /// let json = |version| {
    ///     let mut out = Vec::new();
    ///     RowEncoder::new(&PSTN_CALLS, version).encode(&rows, &mut out);
    ///     String::from_utf8(out).unwrap()
    /// };
    /// assert!(json(Version::Beta).contains("otherPartyCountryCode"));
    /// assert!(!json(Version::V1).contains("otherPartyCountryCode"));
    /// # Ok::<(), trunklog_records::RowError>(())
    /// ```
    pub fn new(log: &'static Log, version: Version) -> RowEncoder {
        let mut layout = log.layout(version);
        layout.push(log.properties.len());
        RowEncoder::of(log, &layout)
    }

    /// An encoder for the properties at those indices, in that order. The index
    /// after the last property means the unknown ones, which come last.
    pub fn of(log: &'static Log, layout: &[usize]) -> RowEncoder {
        RowEncoder::formatted(log, layout, JsonFormat::default())
    }

    /// The same, in another format.
    ///
    /// ```
    /// # use trunklog_records::RowBuilder;
    /// # use trunklog_records::json::RowDecoder;
    /// # use trunklog_records::schema::SMS;
    /// # let mut builder = RowBuilder::new(&SMS);
    /// # let json = br#"{"id":"a","sentDateTime":"2026-11-01T00:00:00Z"}"#;
    /// # RowDecoder::new(&SMS).decode(json, &mut builder)?;
    /// # let rows = builder.finish();
    /// use trunklog_odata::envelope::{JsonFormat, Metadata};
    /// use trunklog_records::json::RowEncoder;
    ///
    /// let format = JsonFormat { metadata: Metadata::Full, ..JsonFormat::default() };
    /// let mut out = Vec::new();
    /// RowEncoder::formatted(&SMS, &[SMS.id_index()], format).encode(&rows, &mut out);
    /// assert_eq!(out, br##"{"@odata.type":"#microsoft.graph.callRecords.smsLogRow","id":"a"}"##);
    /// # Ok::<(), trunklog_records::RowError>(())
    /// ```
    pub fn formatted(log: &'static Log, layout: &[usize], format: JsonFormat) -> RowEncoder {
        let mut head = b"{".to_vec();
        if format.metadata == Metadata::Full {
            head.extend_from_slice(b"\"@odata.type\":");
            json::write_string(&format!("#{NAMESPACE}.{}", log.row_type), &mut head);
        }
        let properties = layout.iter().copied().filter(|at| *at < log.properties.len());
        let members = properties
            .enumerate()
            .map(|(place, at)| {
                let separator: &[u8] = if place == 0 && head.len() == 1 { b"" } else { b"," };
                Member::new(at, &log.properties[at], separator, format)
            })
            .collect();
        let dynamic = layout.contains(&log.properties.len());
        RowEncoder { log, head, members, dynamic }
    }

    /// Appends all rows, separated by commas.
    pub fn encode(&self, rows: &Rows, out: &mut Vec<u8>) {
        let bound = self.bind(rows);
        for row in 0..rows.len() {
            if row > 0 {
                out.push(b',');
            }
            bound.write(row, out);
        }
    }

    /// Resolves the columns of `rows`, which must belong to the encoder's log.
    ///
    /// ```
    /// # use trunklog_records::RowBuilder;
    /// # use trunklog_records::json::RowDecoder;
    /// # use trunklog_records::schema::SMS;
    /// # let mut builder = RowBuilder::new(&SMS);
    /// # let json = br#"{"id":"a","sentDateTime":"2026-11-01T00:00:00Z"}"#;
    /// # RowDecoder::new(&SMS).decode(json, &mut builder)?;
    /// # let rows = builder.finish();
    /// use trunklog_records::json::RowEncoder;
    ///
    /// let encoder = RowEncoder::of(&SMS, &[SMS.id_index()]);
    /// let mut out = Vec::new();
    /// encoder.bind(&rows).write(0, &mut out);
    /// assert_eq!(out, br#"{"id":"a"}"#);
    /// # Ok::<(), trunklog_records::RowError>(())
    /// ```
    pub fn bind<'a>(&'a self, rows: &'a Rows) -> BoundRows<'a> {
        assert_eq!(self.log, rows.log(), "rows are written by their own log's encoder");
        BoundRows {
            head: &self.head,
            members: self.members.iter().map(|member| (member, rows.column(member.at))).collect(),
            dynamic: self.dynamic.then(|| rows.column(self.log.properties.len())),
        }
    }
}

impl Member {
    fn new(at: usize, property: &Property, separator: &[u8], format: JsonFormat) -> Member {
        let mut name = Vec::new();
        json::write_string(property.name, &mut name);
        let null = [separator, name.as_slice(), b":null".as_slice()].concat();
        let mut before = separator.to_vec();
        if let (Metadata::Full, Some(of)) = (format.metadata, unguessed_type(property.edm)) {
            json::write_string(&format!("{}@odata.type", property.name), &mut before);
            before.push(b':');
            json::write_string(&of, &mut before);
            before.push(b',');
        }
        before.extend_from_slice(&name);
        before.push(b':');
        Member { at, before, null, numbers: format.numbers }
    }
}

/// The type as full metadata says it; None where the JSON of a value shows it.
///
/// Source: OData JSON Format 4.01, sections 4.6.3 and 4.5.3: only text,
/// booleans and doubles can be told by their JSON, and built-in types go
/// without `Edm.`.
fn unguessed_type(edm: EdmType) -> Option<String> {
    match edm {
        EdmType::String | EdmType::Boolean => None,
        EdmType::DateTimeOffset
        | EdmType::Int32
        | EdmType::Decimal
        | EdmType::Enum(_)
        | EdmType::Collection(_) => {
            let name = edm.name();
            Some(format!("#{}", name.strip_prefix("Edm.").unwrap_or(&name)))
        }
    }
}

impl BoundRows<'_> {
    /// Appends one row as a JSON object. Nulls are written out, as Graph does.
    pub fn write(&self, row: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(self.head);
        for (member, column) in &self.members {
            member.write(column, row, out);
        }
        if let Some(Cell::Members(members)) = self.dynamic.and_then(|column| column.value(row)) {
            if !self.members.is_empty() || self.head.len() > 1 {
                out.push(b',');
            }
            out.extend_from_slice(members.as_bytes());
        }
        out.push(b'}');
    }
}

impl Member {
    /// Appends a row's value. What comes before it is written within each arm:
    /// then the compiler leads from a column's type straight to its arm.
    fn write(&self, column: &Column<'_>, row: usize, out: &mut Vec<u8>) {
        match column.value(row) {
            Some(Cell::Text(text)) => {
                out.extend_from_slice(&self.before);
                json::write_string(text, out);
            }
            Some(Cell::Decimal(digits)) => {
                out.extend_from_slice(&self.before);
                match self.numbers {
                    Numbers::Text => write_quoted(out, |out| out.extend_from_slice(digits.as_bytes())),
                    Numbers::Plain => out.extend_from_slice(digits.as_bytes()),
                }
            }
            Some(Cell::Collection(json)) => {
                out.extend_from_slice(&self.before);
                out.extend_from_slice(json.as_bytes());
            }
            Some(Cell::Members(members)) => {
                out.extend_from_slice(&self.before);
                out.push(b'{');
                out.extend_from_slice(members.as_bytes());
                out.push(b'}');
            }
            Some(Cell::Instant(instant)) => {
                out.extend_from_slice(&self.before);
                write_quoted(out, |out| instant.write(out));
            }
            Some(Cell::Int(value)) => {
                out.extend_from_slice(&self.before);
                json::write_int(value, out);
            }
            Some(Cell::Bool(value)) => {
                out.extend_from_slice(&self.before);
                out.extend_from_slice(if value { b"true" } else { b"false" });
            }
            None => out.extend_from_slice(&self.null),
        }
    }
}

/// Appends what `write` does, in quotes, nothing of which is escaped.
fn write_quoted(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    out.push(b'"');
    write(out);
    out.push(b'"');
}
