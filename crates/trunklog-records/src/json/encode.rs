//! From columns to the JSON of rows.

use arrow::array::{Array, BooleanArray, Int32Array, Int64Array, StringArray};
use trunklog_odata::edm::{EdmType, NAMESPACE};
use trunklog_odata::envelope::{JsonFormat, Metadata, Numbers};
use trunklog_odata::{Instant, Version, json};

use crate::rows::Rows;
use crate::schema::{Log, Property};

/// Writes rows of one log, always the same properties of them.
#[derive(Debug)]
pub struct RowEncoder {
    log: &'static Log,
    /// What stands before the first property.
    head: Vec<u8>,
    members: Vec<Member>,
    /// Whether the properties that the log's table lacks are written.
    dynamic: bool,
    numbers: Numbers,
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
}

/// Rows with their columns resolved, ready to be written.
pub struct BoundRows<'a> {
    head: &'a [u8],
    members: Vec<(&'a Member, Column<'a>)>,
    dynamic: Option<&'a StringArray>,
}

enum Column<'a> {
    /// Text that becomes a JSON string.
    Text(&'a StringArray),
    /// Text that is JSON already: decimals and collections.
    Json(&'a StringArray),
    /// Decimals that become JSON strings; none of their characters is escaped.
    Quoted(&'a StringArray),
    Instant(&'a Int64Array),
    Int(&'a Int32Array),
    Bool(&'a BooleanArray),
}

impl RowEncoder {
    /// An encoder for all properties that `version` shows, and the unknown
    /// ones.
    pub fn new(log: &'static Log, version: Version) -> RowEncoder {
        let mut layout = log.layout(version);
        layout.push(log.properties.len());
        RowEncoder::of(log, &layout)
    }

    /// An encoder for the properties at those indices, in that order. The index
    /// behind the last property means the unknown ones, which come last.
    pub fn of(log: &'static Log, layout: &[usize]) -> RowEncoder {
        RowEncoder::formatted(log, layout, JsonFormat::default())
    }

    /// The same, in another format.
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
        RowEncoder { log, head, members, dynamic, numbers: format.numbers }
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
    pub fn bind<'a>(&'a self, rows: &'a Rows) -> BoundRows<'a> {
        assert_eq!(self.log, rows.log(), "rows are written by their own log's encoder");
        let column = |at: usize| match (self.log.properties[at].edm, self.numbers) {
            (EdmType::Decimal, Numbers::Text) => Column::Quoted(rows.text(at)),
            (EdmType::Decimal | EdmType::Collection(_), _) => Column::Json(rows.text(at)),
            (EdmType::String | EdmType::Enum(_), _) => Column::Text(rows.text(at)),
            (EdmType::DateTimeOffset, _) => Column::Instant(rows.int64(at)),
            (EdmType::Int32, _) => Column::Int(rows.int32(at)),
            (EdmType::Boolean, _) => Column::Bool(rows.boolean(at)),
        };
        BoundRows {
            head: &self.head,
            members: self.members.iter().map(|member| (member, column(member.at))).collect(),
            dynamic: self.dynamic.then(|| rows.text(self.log.properties.len())),
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
        Member { at, before, null }
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
            column.write(member, row, out);
        }
        if let Some(dynamic) = self.dynamic
            && dynamic.is_valid(row)
        {
            if !self.members.is_empty() || self.head.len() > 1 {
                out.push(b',');
            }
            out.extend_from_slice(dynamic.value(row).as_bytes());
        }
        out.push(b'}');
    }
}

impl Column<'_> {
    fn write(&self, member: &Member, row: usize, out: &mut Vec<u8>) {
        match self {
            Column::Text(column) if column.is_valid(row) => {
                out.extend_from_slice(&member.before);
                json::write_string(column.value(row), out);
            }
            Column::Json(column) if column.is_valid(row) => {
                out.extend_from_slice(&member.before);
                out.extend_from_slice(column.value(row).as_bytes());
            }
            Column::Quoted(column) if column.is_valid(row) => {
                out.extend_from_slice(&member.before);
                out.push(b'"');
                out.extend_from_slice(column.value(row).as_bytes());
                out.push(b'"');
            }
            Column::Instant(column) if column.is_valid(row) => {
                out.extend_from_slice(&member.before);
                out.push(b'"');
                Instant::from_ticks(column.value(row)).unwrap_or(Instant::ABSENT).write(out);
                out.push(b'"');
            }
            Column::Int(column) if column.is_valid(row) => {
                out.extend_from_slice(&member.before);
                json::write_int(column.value(row), out);
            }
            Column::Bool(column) if column.is_valid(row) => {
                out.extend_from_slice(&member.before);
                out.extend_from_slice(if column.value(row) { b"true" } else { b"false" });
            }
            _ => out.extend_from_slice(&member.null),
        }
    }
}
