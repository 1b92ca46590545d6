//! The forms in which people take rows out.

use trunklog_exports::{AdminCenter, Encoder, Format, Occasion, admin_center_encoder, encoder};
use trunklog_odata::{Error, Version};
use trunklog_records::Log;

/// A form of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileForm {
    /// As the admin centre has it, or would.
    AdminCenter(AdminCenter),
    /// Graph's own properties, for programs.
    Programs(Format),
}

impl FileForm {
    /// All, the usual one first.
    pub(super) const ALL: [FileForm; 5] = [
        FileForm::AdminCenter(AdminCenter::Zip),
        FileForm::AdminCenter(AdminCenter::Csv),
        FileForm::AdminCenter(AdminCenter::Xlsx),
        FileForm::Programs(Format::Parquet),
        FileForm::Programs(Format::Ndjson),
    ];

    /// What it is called in forms, records and metrics.
    pub(super) fn name(self) -> &'static str {
        match self {
            FileForm::AdminCenter(form) => form.name(),
            FileForm::Programs(format) => format.name(),
        }
    }

    /// The form of that name.
    pub(super) fn by_name(name: &str) -> Result<FileForm, Error> {
        FileForm::ALL.into_iter().find(|form| form.name() == name).ok_or_else(|| {
            let known = FileForm::ALL.map(FileForm::name).join(", ");
            Error::bad_request("form: there is no such form").hint(format!("take one of {known}"))
        })
    }

    /// The `Content-Type`.
    pub(super) fn media_type(self) -> &'static str {
        match self {
            FileForm::AdminCenter(form) => form.media_type(),
            FileForm::Programs(format) => format.media_type(),
        }
    }

    /// What a file is called. Those of programs are named like the admin centre's tables.
    pub(super) fn file_name(self, occasion: &Occasion, log: &Log) -> String {
        match self {
            FileForm::AdminCenter(form) => occasion.file_name(form, log),
            FileForm::Programs(format) => {
                let table = occasion.file_name(AdminCenter::Csv, log);
                let stem = table.strip_suffix(AdminCenter::Csv.name()).unwrap_or(&table);
                format!("{stem}{}", format.extension())
            }
        }
    }

    /// What writes it.
    pub(super) fn encoder(self, log: &'static Log, occasion: &Occasion) -> Box<dyn Encoder> {
        match self {
            FileForm::AdminCenter(form) => admin_center_encoder(form, log, occasion),
            FileForm::Programs(format) => {
                let mut layout = log.layout(Version::Beta);
                // What the table does not know.
                layout.push(log.properties.len());
                encoder(format, log, &layout)
            }
        }
    }

    /// The most rows of a sheet, the names among them; None where there are no sheets.
    pub(super) fn rows_of_a_sheet(self) -> Option<u64> {
        match self {
            FileForm::AdminCenter(form) => form.rows_of_a_sheet(),
            FileForm::Programs(_) => None,
        }
    }

    /// How many rows the encoder best gets at a time.
    pub(super) fn rows_at_a_time(self) -> usize {
        match self {
            FileForm::AdminCenter(form) => form.rows_at_a_time(),
            FileForm::Programs(format) => format.rows_at_a_time(),
        }
    }
}

#[cfg(test)]
mod tests {
    use trunklog_odata::Instant;
    use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_CALLS, SMS};
    use trunklog_web::pages::usage::EXPORTS;

    use super::*;

    #[test]
    fn the_page_offers_all_forms_and_no_other() {
        let offered: Vec<&str> = EXPORTS.iter().map(|(name, _)| *name).collect();
        assert_eq!(offered, FileForm::ALL.map(FileForm::name));
        for form in FileForm::ALL {
            assert_eq!(FileForm::by_name(form.name()).unwrap(), form);
        }
        assert!(FileForm::by_name("pdf").unwrap_err().hint_text().unwrap().contains("parquet"));
    }

    #[test]
    fn files_are_named_as_the_admin_centre_does() {
        let day = Instant::from_date(2031, 3, 28).unwrap();
        let occasion = Occasion { from: day, to: day, made: day, id: "7f".to_owned() };
        let name = |form: &str, log| FileForm::by_name(form).unwrap().file_name(&occasion, log);
        assert_eq!(name("zip", &DIRECT_ROUTING_CALLS), "Export.directrouting.7f.zip");
        assert_eq!(name("parquet", &PSTN_CALLS), "PSTN.calls.2031-03-28.parquet");
        assert_eq!(name("ndjson", &SMS), "sms.2031-03-28.ndjson");
    }
}
