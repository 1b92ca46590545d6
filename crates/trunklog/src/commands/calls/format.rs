//! How rows are written, and what the name of a file tells about it.

use std::iter;
use std::path::Path;

use anyhow::{Result, bail};
use clap::ValueEnum;

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// The most telling properties, as wide as the terminal
    Table,
    /// Comma-separated values, with a line of names
    Csv,
    /// A JSON object a line
    Ndjson,
    /// One page as Graph returns it
    Json,
    /// A stream of Arrow record batches
    Arrow,
    /// A Parquet file
    Parquet,
}

/// Whether what is written is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Plain,
    Gzip,
}

/// What the ends of file names say about their formats.
const ENDINGS: [(&str, Format); 8] = [
    ("csv", Format::Csv),
    ("ndjson", Format::Ndjson),
    ("jsonl", Format::Ndjson),
    ("json", Format::Json),
    ("arrows", Format::Arrow),
    ("arrow", Format::Arrow),
    ("parquet", Format::Parquet),
    ("txt", Format::Table),
];

/// Comes after the ending of what is compressed.
const GZIP: &str = "gz";

impl Format {
    /// Its name, as the flag has it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Format::Table => "table",
            Format::Csv => "csv",
            Format::Ndjson => "ndjson",
            Format::Json => "json",
            Format::Arrow => "arrow",
            Format::Parquet => "parquet",
        }
    }

    /// The format that was named or that the file's name tells, and whether
    /// the file is compressed.
    ///
    /// # Errors
    /// When a file's name tells no format and none was named, and when that
    /// format is not compressed.
    pub(super) fn choose(named: Option<Format>, output: Option<&Path>) -> Result<(Format, Packing)> {
        let Some(path) = output else {
            return Ok((named.unwrap_or(Format::Table), Packing::Plain));
        };
        let is_packed = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(GZIP));
        let told = if is_packed { Format::told_by(&path.with_extension("")) } else { Format::told_by(path) };
        let Some(format) = named.or(told) else {
            bail!(
                "--output {}: its ending tells no format: use one of {}, or give a format with --format",
                path.display(),
                endings()
            );
        };
        match (is_packed, format.is_packable()) {
            (false, _) => Ok((format, Packing::Plain)),
            (true, true) => Ok((format, Packing::Gzip)),
            (true, false) => bail!(
                "--output {}: only csv, ndjson and json are compressed by gzip: leave out .{GZIP}",
                path.display()
            ),
        }
    }

    /// Whether the bytes mean nothing to people.
    pub(super) fn is_binary(self) -> bool {
        matches!(self, Format::Arrow | Format::Parquet)
    }

    /// Whether it gets smaller by gzip and other programs expect that.
    fn is_packable(self) -> bool {
        matches!(self, Format::Csv | Format::Ndjson | Format::Json)
    }

    fn told_by(path: &Path) -> Option<Format> {
        let ending = path.extension()?;
        ENDINGS.into_iter().find(|(known, _)| ending.eq_ignore_ascii_case(known)).map(|(_, format)| format)
    }
}

/// All endings that tell a format, for people.
fn endings() -> String {
    let endings: Vec<String> = ENDINGS
        .into_iter()
        .flat_map(|(ending, format)| {
            let packed = format.is_packable().then(|| format!(".{ending}.{GZIP}"));
            iter::once(format!(".{ending}")).chain(packed)
        })
        .collect();
    endings.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(named: Option<Format>, output: &str) -> Result<(Format, Packing)> {
        Format::choose(named, Some(Path::new(output)))
    }

    #[test]
    fn the_name_of_a_file_tells_its_format() {
        let cases = [
            ("march.csv", Format::Csv, Packing::Plain),
            ("march.CSV", Format::Csv, Packing::Plain),
            ("a.b/march.csv.gz", Format::Csv, Packing::Gzip),
            ("march.jsonl.GZ", Format::Ndjson, Packing::Gzip),
            ("march.json.gz", Format::Json, Packing::Gzip),
            ("march.arrows", Format::Arrow, Packing::Plain),
            ("march.parquet", Format::Parquet, Packing::Plain),
            ("march.txt", Format::Table, Packing::Plain),
        ];
        for (name, format, packing) in cases {
            assert_eq!(choose(None, name).unwrap(), (format, packing), "{name}");
        }
        assert_eq!(Format::choose(None, None).unwrap(), (Format::Table, Packing::Plain));
    }

    #[test]
    fn a_name_that_tells_no_format_is_refused() {
        for name in ["march.xlsx", "march", "march.gz", "march.xlsx.gz", ".gz", ".csv"] {
            let error = choose(None, name).unwrap_err().to_string();
            let told =
                error.contains(name) && error.contains(".csv, .csv.gz, .ndjson") && error.contains(".txt");
            assert!(told && error.contains("--format"), "{error}");
        }
    }

    #[test]
    fn a_named_format_is_taken_whatever_the_file_is_called() {
        assert_eq!(choose(Some(Format::Csv), "march.xlsx").unwrap(), (Format::Csv, Packing::Plain));
        assert_eq!(choose(Some(Format::Ndjson), "march.gz").unwrap(), (Format::Ndjson, Packing::Gzip));
        assert_eq!(choose(Some(Format::Csv), "march.json.gz").unwrap(), (Format::Csv, Packing::Gzip));
    }

    #[test]
    fn only_text_for_programs_is_compressed() {
        for name in ["march.parquet.gz", "march.arrow.gz", "march.txt.gz"] {
            let error = choose(None, name).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains("leave out .gz"), "{error}");
        }
        assert!(choose(Some(Format::Parquet), "march.gz").is_err());
    }
}
