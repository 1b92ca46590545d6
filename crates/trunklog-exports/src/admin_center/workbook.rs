//! The admin centre's table as a workbook of Excel (ECMA-376, Office Open XML).
//!
//! A library that makes workbooks keeps their rows, in memory or in files of its own.
//! What is needed here is one kind of sheet, which can be written as it comes: rows,
//! and at the end the parts that name the sheets. So no more is held than one batch.

use trunklog_odata::{Instant, json};
use trunklog_records::{Column, Log, Rows};

use super::cells::{ReportCell, cell};
use super::columns::{self, ReportColumn};
use super::packed::{Archive, Size};
use super::xml::write_text;
use crate::{Encoder, Error};

/// The most rows of a sheet, the names among them.
pub(super) const MAX_ROWS: u32 = 1_048_576;

/// After how many bytes a sheet goes on in another: at 4 GiB, not all programs can read
/// a file in an archive any more.
const MAX_BYTES: u64 = 3 * 1024 * 1024 * 1024;

/// About how many bytes of a sheet are packed at once.
const PACKED_AT_ONCE: usize = 256 * 1024;

/// The most digits of a number that Excel keeps.
const MAX_DIGITS: usize = 15;

/// The 1st of January 1970 as Excel counts days.
const DAYS_BEFORE_1970: i64 = 25_569;

/// The first of March 1900, from which on Excel counts days as others do.
const FIRST_DAY: i64 = 61;

const MS_PER_DAY: i64 = 86_400_000;

/// A part of a day has so many digits: more than a millisecond needs.
const PARTS_OF_A_DAY: i64 = 10_000_000_000;

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const DOCUMENT: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// The styles of cells besides the usual one: a time in UTC, a name of a column, a text,
/// which also stays one when somebody edits it: `+4930123456`, `=1+1`.
const TIME_STYLE: &str = "1";
const NAME_STYLE: &str = "2";
const TEXT_STYLE: &str = "3";

/// How wide a column is, in digits: a time with its zone must fit, or `#####` is shown.
const WIDTH: u32 = 29;

/// Writes the workbook of a log.
pub(super) struct Workbook {
    log: &'static Log,
    columns: Vec<ReportColumn>,
    /// What the first sheet is called, and the start of the others' names.
    name: &'static str,
    archive: Archive,
    sheets: u32,
    /// How many rows the sheet has.
    rows: u32,
    max_rows: u32,
    /// How many bytes of the sheet were packed.
    bytes: u64,
    /// What is to be packed.
    buffer: Vec<u8>,
}

impl Workbook {
    /// A workbook that was made then.
    pub(super) fn new(log: &'static Log, name: &'static str, made: Instant) -> Workbook {
        Workbook {
            log,
            columns: columns::of(log),
            name,
            archive: Archive::new(made),
            sheets: 0,
            rows: 0,
            max_rows: MAX_ROWS,
            bytes: 0,
            buffer: Vec::new(),
        }
    }

    fn start_sheet(&mut self) -> Result<(), Error> {
        self.sheets += 1;
        self.rows = 0;
        self.bytes = 0;
        self.archive.start(&format!("xl/worksheets/sheet{}.xml", self.sheets), Size::Usual)?;
        let start = format!(
            "{DECLARATION}<worksheet xmlns=\"{MAIN}\"><sheetViews><sheetView workbookViewId=\"0\"><pane \
             ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>\
             <cols><col min=\"1\" max=\"{}\" width=\"{WIDTH}\" customWidth=\"1\"/></cols><sheetData>",
            self.columns.len()
        );
        self.buffer.extend_from_slice(start.as_bytes());
        self.start_row();
        for (number, column) in self.columns.iter().enumerate() {
            start_cell(number, self.rows, NAME_STYLE, &mut self.buffer);
            write_inline(column.name, &mut self.buffer);
        }
        self.end_row();
        Ok(())
    }

    fn end_sheet(&mut self) -> Result<(), Error> {
        self.buffer.extend_from_slice(b"</sheetData></worksheet>");
        self.pack()
    }

    fn start_row(&mut self) {
        self.rows += 1;
        self.buffer.extend_from_slice(b"<row r=\"");
        json::write_int(self.rows, &mut self.buffer);
        self.buffer.extend_from_slice(b"\">");
    }

    fn end_row(&mut self) {
        self.buffer.extend_from_slice(b"</row>");
    }

    fn pack(&mut self) -> Result<(), Error> {
        self.archive.write(&self.buffer)?;
        self.bytes += u64::try_from(self.buffer.len()).unwrap_or(u64::MAX);
        self.buffer.clear();
        Ok(())
    }

    /// The parts that name the sheets, and what programs expect beside them.
    fn write_parts(&mut self) -> Result<(), Error> {
        let sheets = 1..=self.sheets;
        let each = |part: &dyn Fn(u32) -> String| sheets.clone().map(part).collect::<Vec<_>>().concat();
        let name = |number: u32| {
            if number == 1 { self.name.to_owned() } else { format!("{} {number}", self.name) }
        };
        let listed = each(&|number| {
            format!("<sheet name=\"{}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>", name(number))
        });
        let related = each(&|number| {
            format!(
                "<Relationship Id=\"rId{number}\" Type=\"{DOCUMENT}/worksheet\" \
                 Target=\"worksheets/sheet{number}.xml\"/>"
            )
        });
        let typed = each(&|number| {
            format!(
                "<Override PartName=\"/xl/worksheets/sheet{number}.xml\" \
                 ContentType=\"{MEDIA_TYPE}.worksheet+xml\"/>"
            )
        });
        let parts = [
            (
                "xl/workbook.xml",
                format!(
                    "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{DOCUMENT}\"><sheets>{listed}</sheets></workbook>"
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                format!(
                    "<Relationships xmlns=\"{PACKAGE}/relationships\">{related}<Relationship Id=\"rIdStyles\" \
                     Type=\"{DOCUMENT}/styles\" Target=\"styles.xml\"/></Relationships>"
                ),
            ),
            ("xl/styles.xml", styles()),
            (
                "_rels/.rels",
                format!(
                    "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" \
                     Type=\"{DOCUMENT}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
                ),
            ),
            (
                "[Content_Types].xml",
                format!(
                    "<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" \
                     ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override \
                     PartName=\"/xl/workbook.xml\" ContentType=\"{MEDIA_TYPE}.sheet.main+xml\"/><Override \
                     PartName=\"/xl/styles.xml\" ContentType=\"{MEDIA_TYPE}.styles+xml\"/>{typed}</Types>"
                ),
            ),
        ];
        for (path, xml) in parts {
            self.archive.start(path, Size::Usual)?;
            self.archive.write(DECLARATION.as_bytes())?;
            self.archive.write(xml.as_bytes())?;
        }
        Ok(())
    }
}

impl Encoder for Workbook {
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        self.start_sheet()?;
        self.archive.take(out);
        Ok(())
    }

    fn rows(&mut self, rows: &Rows, out: &mut Vec<u8>) -> Result<(), Error> {
        assert_eq!(self.log, rows.log(), "rows are written by their own log's encoder");
        let forms: Vec<_> = self.columns.iter().map(|column| column.form).collect();
        let values: Vec<Column<'_>> = self.columns.iter().map(|column| rows.column(column.at)).collect();
        for row in 0..rows.len() {
            if self.rows == self.max_rows || self.bytes >= MAX_BYTES {
                self.end_sheet()?;
                self.start_sheet()?;
            }
            self.start_row();
            for (number, (form, values)) in forms.iter().zip(&values).enumerate() {
                write_cell(number, self.rows, &cell(values, *form, row), &mut self.buffer);
            }
            self.end_row();
            if self.buffer.len() >= PACKED_AT_ONCE {
                self.pack()?;
            }
        }
        self.pack()?;
        self.archive.take(out);
        Ok(())
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        self.end_sheet()?;
        self.write_parts()?;
        self.archive.finish()?;
        self.archive.take(out);
        Ok(())
    }
}

/// Appends a cell; nothing where nothing is in it.
fn write_cell(number: usize, row: u32, cell: &ReportCell<'_>, out: &mut Vec<u8>) {
    match cell {
        ReportCell::Nothing => {}
        ReportCell::Text(text) if text.is_empty() => {}
        ReportCell::Text(text) => {
            start_cell(number, row, TEXT_STYLE, out);
            write_inline(text, out);
        }
        ReportCell::Number(value) => {
            out.extend_from_slice(b"<c r=\"");
            write_place(number, row, out);
            out.extend_from_slice(b"\"><v>");
            json::write_int(*value, out);
            out.extend_from_slice(b"</v></c>");
        }
        ReportCell::Decimal(digits) if digits.len() <= MAX_DIGITS => {
            out.extend_from_slice(b"<c r=\"");
            write_place(number, row, out);
            out.extend_from_slice(format!("\"><v>{digits}</v></c>").as_bytes());
        }
        ReportCell::Decimal(digits) => {
            start_cell(number, row, TEXT_STYLE, out);
            write_inline(digits, out);
        }
        ReportCell::Time(time) => {
            if let Some(serial) = serial(*time) {
                out.extend_from_slice(b"<c r=\"");
                write_place(number, row, out);
                out.extend_from_slice(format!("\" s=\"{TIME_STYLE}\"><v>{serial}</v></c>").as_bytes());
            } else {
                start_cell(number, row, TEXT_STYLE, out);
                write_inline(&time.to_string(), out);
            }
        }
    }
}

/// Appends the start of a cell with a text, which [`write_inline`] goes on with.
fn start_cell(number: usize, row: u32, style: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"<c r=\"");
    write_place(number, row, out);
    out.extend_from_slice(b"\" s=\"");
    out.extend_from_slice(style.as_bytes());
}

/// Appends a text that nobody takes for a formula or a number.
fn write_inline(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\" t=\"inlineStr\"><is><t xml:space=\"preserve\">");
    write_text(text, out);
    out.extend_from_slice(b"</t></is></c>");
}

/// Appends a place: `AB12`. No log has more than 702 columns.
fn write_place(number: usize, row: u32, out: &mut Vec<u8>) {
    let letter = |number: usize| b'A' + u8::try_from(number % 26).unwrap_or(0);
    if number >= 26 {
        out.push(letter(number / 26 - 1));
    }
    out.push(letter(number));
    json::write_int(row, out);
}

/// A time as Excel counts days; None before March 1900, where it counts wrong.
fn serial(time: Instant) -> Option<String> {
    let ms = time.ticks().div_euclid(Instant::TICKS_PER_MS);
    let (days, rest) = (ms.div_euclid(MS_PER_DAY) + DAYS_BEFORE_1970, ms.rem_euclid(MS_PER_DAY));
    if days < FIRST_DAY {
        return None;
    }
    let parts = (rest * PARTS_OF_A_DAY + MS_PER_DAY / 2) / MS_PER_DAY;
    Some(format!("{days}.{parts:010}"))
}

fn styles() -> String {
    format!(
        "<styleSheet xmlns=\"{MAIN}\"><numFmts count=\"1\"><numFmt numFmtId=\"164\" \
         formatCode=\"yyyy\\-mm\\-dd hh:mm:ss.000&quot; UTC&quot;\"/></numFmts><fonts count=\"2\"><font><sz \
         val=\"11\"/><name val=\"Calibri\"/></font><font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts><fills \
         count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill \
         patternType=\"gray125\"/></fill></fills><borders count=\"1\"><border><left/><right/><top/><bottom/>\
         <diagonal/></border></borders><cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" \
         borderId=\"0\"/></cellStyleXfs><cellXfs count=\"4\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" \
         borderId=\"0\" xfId=\"0\"/><xf numFmtId=\"164\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" \
         applyNumberFormat=\"1\"/><xf numFmtId=\"0\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" \
         applyFont=\"1\"/><xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" \
         applyNumberFormat=\"1\"/></cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" \
         builtinId=\"0\"/></cellStyles></styleSheet>"
    )
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use trunklog_records::schema::SMS;
    use trunklog_records::{RowBuilder, Value};
    use zip::ZipArchive;

    use super::*;

    fn rows(count: usize) -> Rows {
        let mut rows = RowBuilder::new(&SMS);
        for number in 0..count {
            let sent = Instant::from_date(2031, 3, 1).unwrap().saturating_add_ticks(15_000);
            let id = format!("=1+{number}");
            let row = rows.row().set("id", Value::Text(id.into())).unwrap();
            let row = row.set("sentDateTime", Value::Instant(sent)).unwrap();
            row.set("callCharge", Value::Text("0.50".into())).unwrap().finish().unwrap();
        }
        rows.finish()
    }

    fn made() -> Instant {
        Instant::from_date(2031, 3, 29).unwrap()
    }

    fn book(max_rows: u32, batches: &[Rows]) -> Vec<u8> {
        let mut book = Workbook { max_rows, ..Workbook::new(&SMS, "sms", made()) };
        let mut out = Vec::new();
        book.begin(&mut out).unwrap();
        for batch in batches {
            book.rows(batch, &mut out).unwrap();
        }
        book.finish(&mut out).unwrap();
        out
    }

    fn part(book: &[u8], name: &str) -> String {
        let mut zip = ZipArchive::new(Cursor::new(book)).unwrap();
        let mut text = String::new();
        zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn cells_are_what_they_show() {
        let sheet = part(&book(MAX_ROWS, &[rows(1)]), "xl/worksheets/sheet1.xml");
        let second = sheet.split_once("<row r=\"2\">").unwrap().1;
        let id = "<c r=\"A2\" s=\"3\" t=\"inlineStr\"><is><t xml:space=\"preserve\">=1+0</t></is></c>";
        assert!(second.starts_with(id), "{second}");
        assert!(second.contains("<c r=\"J2\" s=\"1\"><v>47908.0000000116</v></c>"), "{second}");
        assert!(second.contains("<c r=\"K2\"><v>0.50</v></c>"), "{second}");
        assert!(sheet.contains("<c r=\"A1\" s=\"2\" t=\"inlineStr\">"), "{sheet}");
    }

    #[test]
    fn rows_that_exceed_a_sheet_go_on_in_another() {
        let book = book(4, &[rows(2), rows(6)]);
        let counts: Vec<usize> = (1..=3)
            .map(|number| part(&book, &format!("xl/worksheets/sheet{number}.xml")).matches("<row ").count())
            .collect();
        assert_eq!(counts, [4, 4, 3], "each has its names");
        let named = part(&book, "xl/workbook.xml");
        for name in ["name=\"sms\"", "name=\"sms 2\"", "name=\"sms 3\" sheetId=\"3\" r:id=\"rId3\""] {
            assert!(named.contains(name), "{name} in {named}");
        }
        assert_eq!(part(&book, "[Content_Types].xml").matches("worksheet+xml").count(), 3);
        assert_eq!(part(&book, "xl/_rels/workbook.xml.rels").matches("<Relationship ").count(), 4);
    }

    #[test]
    fn times_are_counted_as_excel_does() {
        let told = |text: &str| serial(Instant::parse(text).unwrap());
        assert_eq!(told("1970-01-01T00:00:00Z").as_deref(), Some("25569.0000000000"));
        assert_eq!(told("2031-03-28T12:00:00Z").as_deref(), Some("47935.5000000000"));
        assert_eq!(told("1900-03-01T00:00:00Z").as_deref(), Some("61.0000000000"));
        assert_eq!(told("1900-02-28T23:59:59Z"), None);
        assert_eq!(told("9999-12-31T23:59:59.999Z").as_deref(), Some("2958465.9999999884"));
    }

    #[test]
    fn places_have_letters() {
        let told = |number| {
            let mut out = Vec::new();
            write_place(number, 7, &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!([told(0), told(25), told(26), told(51), told(52)], ["A7", "Z7", "AA7", "AZ7", "BA7"]);
    }
}
