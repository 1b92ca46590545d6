//! The forms, and what they are called.

/// A form in which rows are written.
///
/// | type | CSV | NDJSON | Arrow and Parquet |
/// | --- | --- | --- | --- |
/// | `Edm.String`, enumerations | text | string | `Utf8` |
/// | `Edm.DateTimeOffset` | as in JSON, without quotes | string | `Timestamp(Microsecond, "UTC")` |
/// | `Edm.Int32` | digits | number | `Int32` |
/// | `Edm.Boolean` | `true`, `false` | as they are | `Boolean` |
/// | `Edm.Decimal` | digits, as stored | number, as stored | `Decimal128(38, 10)` |
/// | collections | JSON | array | `List<Struct>` |
/// | unknown properties | a JSON object | members | `Utf8` with a JSON object |
/// | null | nothing | `null` | null |
///
/// What is lost: Arrow's and Parquet's timestamps have no digit for 100 ns, so
/// it is cut off, toward the past. Their decimals have ten digits after the
/// point; more are rounded, half away from zero. All else is exact.
///
/// **Complete or not.** A Parquet file ends with its footer and cannot be read
/// without. The other forms can be cut at a place where nothing shows it: a
/// line's end, or between two messages of Arrow (whose end mark readers do not
/// insist on). Who carries them must make sure that an end is the end.
///
/// **Spreadsheets.** [`Format::Csv`] holds values as they are. A spreadsheet
/// takes it for text in the code page of its country, `+4930` for a number and
/// text that starts with `=`, `+`, `-` or `@` for a formula, which can read
/// other cells and call addresses. Names and numbers of callers come from
/// outside. [`Format::CsvForPeople`] says its encoding and puts `'` before what
/// may be a formula, also after `;`, a tab or a line break, where some
/// spreadsheets start a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Comma-separated values by RFC 4180, in UTF-8, with a line of names.
    /// Lines end with LF. Empty text is written as `""`, null as nothing; a
    /// null that is alone on its line is `""` too, for the line not to be
    /// empty.
    Csv,
    /// CSV that people open in a spreadsheet: it starts with a byte-order mark,
    /// and each piece of text that may be a formula starts with `'`, one more
    /// than it had, so that taking one off gives the text back. A sign before
    /// nothing but digits and blanks is a number and stays as it is, as telephone
    /// numbers are. Fields with `;` or a tab are in quotes. All else is as in
    /// [`Format::Csv`], of which it is a variant, with the same names.
    CsvForPeople,
    /// A JSON object a line.
    Ndjson,
    /// A stream of Arrow's inter-process format, without compression.
    Arrow,
    /// A Parquet file, compressed with Snappy.
    Parquet,
}

/// What a form is called, and how it is best written.
struct Facts {
    /// In `$format` and on the command line.
    name: &'static str,
    /// In `Content-Type`.
    media_type: &'static str,
    /// In `Accept`, ours first.
    accepted: &'static [&'static str],
    /// At the end of a file's name.
    extension: &'static str,
    /// How many rows an encoder best gets at a time.
    rows_at_a_time: usize,
}

const CSV: Facts = Facts {
    name: "csv",
    media_type: "text/csv; charset=utf-8; header=present",
    accepted: &["text/csv"],
    extension: "csv",
    rows_at_a_time: 1_024,
};

const NDJSON: Facts = Facts {
    name: "ndjson",
    media_type: "application/x-ndjson",
    accepted: &["application/x-ndjson", "application/ndjson", "application/jsonl"],
    extension: "ndjson",
    rows_at_a_time: 1_024,
};

const ARROW: Facts = Facts {
    name: "arrow",
    media_type: "application/vnd.apache.arrow.stream",
    accepted: &["application/vnd.apache.arrow.stream"],
    extension: "arrows",
    rows_at_a_time: 16_384,
};

const PARQUET: Facts = Facts {
    name: "parquet",
    media_type: "application/vnd.apache.parquet",
    accepted: &["application/vnd.apache.parquet"],
    extension: "parquet",
    rows_at_a_time: usize::MAX,
};

impl Format {
    /// All forms, without the variant of CSV.
    pub const ALL: [Format; 4] = [Format::Csv, Format::Ndjson, Format::Arrow, Format::Parquet];

    /// The name in `$format`: `csv`.
    pub fn name(self) -> &'static str {
        self.table().name
    }

    /// The `Content-Type`, with its parameters.
    pub fn media_type(self) -> &'static str {
        self.table().media_type
    }

    /// The media types that ask for it, without parameters, ours first.
    pub fn names(self) -> &'static [&'static str] {
        self.table().accepted
    }

    /// How a file's name ends, without the dot.
    pub fn extension(self) -> &'static str {
        self.table().extension
    }

    /// How many rows [`crate::Encoder::rows`] best gets in one call: of text,
    /// about as many as fill a buffer of some hundred kilobytes; of Arrow, what
    /// makes a usual record batch. Parquet gathers whole row groups anyway.
    pub fn rows_at_a_time(self) -> usize {
        self.table().rows_at_a_time
    }

    /// The form of that name, letter case ignored.
    pub fn by_name(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name().eq_ignore_ascii_case(name))
    }

    /// The form that a media type means; letter case and parameters are
    /// ignored.
    pub fn by_media_type(media_type: &str) -> Option<Format> {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        let means = |format: &Format| format.names().iter().any(|name| name.eq_ignore_ascii_case(essence));
        Format::ALL.into_iter().find(means)
    }

    fn table(self) -> &'static Facts {
        match self {
            Format::Csv | Format::CsvForPeople => &CSV,
            Format::Ndjson => &NDJSON,
            Format::Arrow => &ARROW,
            Format::Parquet => &PARQUET,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_found_by_all_its_names() {
        for format in Format::ALL {
            assert_eq!(Format::by_name(&format.name().to_ascii_uppercase()), Some(format));
            assert_eq!(Format::by_media_type(format.media_type()), Some(format));
            for name in format.names() {
                assert_eq!(Format::by_media_type(name), Some(format), "{name}");
            }
        }
        assert_eq!(Format::by_media_type("Application/JSONL;q=0.5"), Some(Format::Ndjson));
        for other in ["", "json", "application/json", "text/*", "*/*", "text/csvx"] {
            assert_eq!((Format::by_name(other), Format::by_media_type(other)), (None, None), "{other}");
        }
    }
}
