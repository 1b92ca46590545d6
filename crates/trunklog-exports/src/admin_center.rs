//! Rows as the Teams admin centre exports them: its names and columns, as far as they
//! are known, as CSV, as CSV in its zip archive, and as a workbook of Excel.
//!
//! What the columns are is in `columns`, for the calls of Direct Routing and of Calling
//! Plans. Of all other logs no export of the admin centre is known, so they have
//! Graph's names. How each column is read back is in docs/exports.md.
//!
//! Telephone numbers and names come from outside. In CSV, text that a spreadsheet may
//! calculate with starts with `'`, as in [`Format::CsvForPeople`](crate::Format); in a
//! workbook each text is a text.

mod cells;
mod columns;
mod csv;
mod packed;
mod workbook;
mod xml;

use trunklog_odata::{Instant, json};
use trunklog_records::Log;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_CALLS};

use self::csv::ReportCsv;
use self::packed::PackedCsv;
use self::workbook::Workbook;
use crate::Encoder;

/// A form of the admin centre's report.
///
/// ```
/// use trunklog_exports::AdminCenter;
///
/// assert_eq!(AdminCenter::by_name("xlsx"), Some(AdminCenter::Xlsx));
/// assert_eq!(AdminCenter::Zip.media_type(), "application/zip");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AdminCenter {
    /// CSV by RFC 4180 with a byte-order mark; lines end with CR LF.
    Csv,
    /// The same in a zip archive, beside a file with the parameters.
    Zip,
    /// A workbook of Excel. Times are dates of Excel in UTC, which their format shows, to
    /// the millisecond; texts are cut after 32,767 characters; rows that exceed a sheet go
    /// on in another.
    Xlsx,
}

/// What an export is about. Its names and parameters say so.
///
/// ```
/// use trunklog_exports::{AdminCenter, Occasion};
/// use trunklog_odata::Instant;
/// use trunklog_records::schema::DIRECT_ROUTING_CALLS;
///
/// let day = |day| Instant::from_date(2031, 3, day).unwrap();
/// let march = Occasion { from: day(1), to: day(28), made: day(29), id: "7f".to_owned() };
/// let name = march.file_name(AdminCenter::Zip, &DIRECT_ROUTING_CALLS);
/// assert_eq!(name, "Export.directrouting.7f.zip");
/// assert_eq!(march.file_name(AdminCenter::Csv, &DIRECT_ROUTING_CALLS), "DirectRouting.calls.2031-03-29.csv");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    /// The first instant of the range.
    pub from: Instant,
    /// The end of the range.
    pub to: Instant,
    /// When it is made. Names hold the day, in UTC.
    pub made: Instant,
    /// What tells it from others: letters, digits and `-`.
    pub id: String,
}

/// An encoder for rows of `log` in a form of the admin centre's report.
///
/// ```
/// use trunklog_exports::{AdminCenter, Occasion, admin_center_encoder};
/// use trunklog_odata::Instant;
/// use trunklog_records::RowBuilder;
/// use trunklog_records::schema::PSTN_CALLS;
///
/// let day = Instant::from_date(2031, 3, 1).unwrap();
/// let occasion = Occasion { from: day, to: day, made: day, id: "7f".to_owned() };
/// let mut encoder = admin_center_encoder(AdminCenter::Csv, &PSTN_CALLS, &occasion);
/// let mut out = Vec::new();
/// encoder.begin(&mut out)?;
/// encoder.rows(&RowBuilder::new(&PSTN_CALLS).finish(), &mut out)?;
/// encoder.finish(&mut out)?;
/// assert!(String::from_utf8(out).unwrap().starts_with("\u{feff}UsageId,Call ID,Conference ID,"));
/// # Ok::<(), trunklog_exports::Error>(())
/// ```
pub fn admin_center_encoder(form: AdminCenter, log: &'static Log, occasion: &Occasion) -> Box<dyn Encoder> {
    match form {
        AdminCenter::Csv => Box::new(ReportCsv::new(log)),
        AdminCenter::Zip => {
            let name = occasion.file_name(AdminCenter::Csv, log);
            Box::new(PackedCsv::new(log, name, occasion.parameters(), occasion.made))
        }
        AdminCenter::Xlsx => Box::new(Workbook::new(log, sheet_name(log), occasion.made)),
    }
}

impl AdminCenter {
    /// All forms.
    pub const ALL: [AdminCenter; 3] = [AdminCenter::Csv, AdminCenter::Zip, AdminCenter::Xlsx];

    /// Its name, which is also how the names of its files end.
    pub fn name(self) -> &'static str {
        match self {
            AdminCenter::Csv => "csv",
            AdminCenter::Zip => "zip",
            AdminCenter::Xlsx => "xlsx",
        }
    }

    /// The form of that name, letter case ignored.
    pub fn by_name(name: &str) -> Option<AdminCenter> {
        AdminCenter::ALL.into_iter().find(|form| form.name().eq_ignore_ascii_case(name))
    }

    /// The `Content-Type`, with its parameters.
    pub fn media_type(self) -> &'static str {
        match self {
            AdminCenter::Csv => "text/csv; charset=utf-8; header=present",
            AdminCenter::Zip => "application/zip",
            AdminCenter::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The most rows of a sheet, the names among them: those that are more go on in
    /// another sheet, which few readers look for. None where there are no sheets.
    pub fn rows_of_a_sheet(self) -> Option<u64> {
        (self == AdminCenter::Xlsx).then_some(u64::from(workbook::MAX_ROWS))
    }

    /// How many rows [`Encoder::rows`] best gets in one call.
    pub fn rows_at_a_time(self) -> usize {
        1_024
    }
}

impl Occasion {
    /// What the file is called. The admin centre has no workbooks; they are named like
    /// its tables.
    pub fn file_name(&self, form: AdminCenter, log: &Log) -> String {
        let ending = form.name();
        if form == AdminCenter::Zip {
            return format!("Export.{}.{}.{ending}", archive_word(log), self.id);
        }
        format!("{}.{}.{ending}", table_words(log), self.day())
    }

    /// The day on which it is made: `2031-03-28`.
    fn day(&self) -> String {
        self.made.to_string().chars().take("2031-03-28".len()).collect()
    }

    /// The file of parameters. Its names are Trunklog's own: those of the admin centre
    /// are not documented.
    fn parameters(&self) -> Vec<u8> {
        let mut out = b"{\"from\":".to_vec();
        json::write_string(&self.from.to_string(), &mut out);
        out.extend_from_slice(b",\"to\":");
        json::write_string(&self.to.to_string(), &mut out);
        out.extend_from_slice(b",\"capabilities\":[]}");
        out
    }
}

/// By which an archive is named: the product where the admin centre has one.
fn archive_word(log: &Log) -> &'static str {
    if *log == DIRECT_ROUTING_CALLS {
        "directrouting"
    } else if *log == PSTN_CALLS {
        "callingplans"
    } else {
        log.name
    }
}

/// By which a table is named.
fn table_words(log: &Log) -> &'static str {
    if *log == DIRECT_ROUTING_CALLS {
        "DirectRouting.calls"
    } else if *log == PSTN_CALLS {
        "PSTN.calls"
    } else {
        log.name
    }
}

/// What a sheet is called, as the tabs of the admin centre are.
fn sheet_name(log: &Log) -> &'static str {
    if *log == DIRECT_ROUTING_CALLS {
        "Direct Routing"
    } else if *log == PSTN_CALLS {
        "Calling Plans"
    } else {
        log.name
    }
}

#[cfg(test)]
mod tests {
    use trunklog_records::schema::{LOGS, SMS};

    use super::*;

    #[test]
    fn files_are_named_as_the_admin_centre_does() {
        let day = |day| Instant::from_date(2031, 3, day).unwrap();
        let occasion = Occasion { from: day(1), to: day(28), made: day(29), id: "id".to_owned() };
        for (form, log, name) in [
            (AdminCenter::Zip, &DIRECT_ROUTING_CALLS, "Export.directrouting.id.zip"),
            (AdminCenter::Zip, &PSTN_CALLS, "Export.callingplans.id.zip"),
            (AdminCenter::Csv, &PSTN_CALLS, "PSTN.calls.2031-03-29.csv"),
            (AdminCenter::Xlsx, &DIRECT_ROUTING_CALLS, "DirectRouting.calls.2031-03-29.xlsx"),
            (AdminCenter::Csv, &SMS, "sms.2031-03-29.csv"),
        ] {
            assert_eq!(occasion.file_name(form, log), name);
        }
        let parameters = r#"{"from":"2031-03-01T00:00:00Z","to":"2031-03-28T00:00:00Z","capabilities":[]}"#;
        assert_eq!(occasion.parameters(), parameters.as_bytes());
        assert_eq!(AdminCenter::Xlsx.rows_of_a_sheet(), Some(1_048_576));
        assert_eq!(AdminCenter::Csv.rows_of_a_sheet(), None);
        // Excel takes no more than 31 characters, and some not at all.
        for log in LOGS {
            let name = sheet_name(log);
            assert!(name.len() < 28 && !name.contains([':', '\\', '/', '?', '*', '[', ']']), "{name}");
        }
    }
}
