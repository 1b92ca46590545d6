//! `trunklog export`

use std::io::Write;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use trunklog_audit::{Action, Detail, Outcome};
use trunklog_exports::{Format, encoder};
use trunklog_odata::Version;
use trunklog_records::schema::LOGS;
use trunklog_records::{Log, Rows, TenantId};
use trunklog_rights::{Person, find, identifiers, rows_of};
use trunklog_store::{ScanQuery, Selection, Store};

use crate::archive::Archive;
use crate::config::Settings;
use crate::flags::{PersonFlags, TenantFlag};
use crate::{audit, output, store, tenant, time};

/// Writes down all that the log has of a person
///
/// A file of JSON and one of CSV for each log that has rows of the person, and one that
/// says what they are: what a person may ask for.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  trunklog export --user ada@contoso.com --output ada.zip
  trunklog export --number +4930123456 --output rows-of-a-number

A name that ends in .zip makes one file, any other a folder. The person is found as
erase finds one: a number in any form, a user by name and object id. trunklog calls
writes calls by range and filter.")]
pub(crate) struct Export {
    #[command(flatten)]
    person: PersonFlags,
    /// The folder or zip to make, which must not be there yet
    #[arg(long, short, value_name = "PATH")]
    output: PathBuf,
    #[command(flatten)]
    pub(crate) tenant: TenantFlag,
}

/// The forms of each log's rows.
const FORMATS: [Format; 2] = [Format::Ndjson, Format::CsvForPeople];

impl Export {
    pub(crate) fn run(&self, settings: &Settings) -> Result<ExitCode> {
        let given = self.person.required()?;
        let open = store::open_existing(settings, "export")?;
        let tenant = tenant::choose(settings, open.engine())?;
        let store = open.engine().tenant(tenant);
        let person = identifiers(store.as_ref(), &given)?;
        let trail = audit::open(settings)?;
        let told = audit::act_on(Action::PersonExport, tenant).subject(audit::identity(&given));
        // What leaves is told before the first row does.
        audit::before(&trail, told.clone().detail("step", Detail::Word("start")))?;
        let told = told.detail("step", Detail::Word("end"));
        let total = match self.write(store.as_ref(), tenant, &person) {
            Ok(total) => total,
            Err(error) => {
                trail.note(told.outcome(Outcome::Failed));
                return Err(error);
            }
        };
        trail.note(told.rows(total));
        output::print(&format!(
            "{} of {person} of tenant {tenant} are in {}",
            output::counted(total, "row"),
            self.output.display()
        ))?;
        Ok(ExitCode::SUCCESS)
    }

    /// Writes all rows of a person, and tells how many they are.
    fn write(&self, store: &dyn Store, tenant: TenantId, person: &Person) -> Result<u64> {
        let mut archive = Archive::create(&self.output)?;
        let (mut lines, mut total) = (Vec::new(), 0);
        for log in LOGS {
            let found = find(store, log, person)?;
            let selections = rows_of(&found, person);
            let rows = write_log(store, log, &selections, &mut archive)?;
            total += rows;
            lines.push(format!("- {}: {}", log.name, output::counted(rows, "row")));
            for (form, rows) in &found.unclear {
                let rows = output::counted(*rows, "row");
                lines.push(format!("  ({rows} with {form} may be of the same number; they are not here)"));
            }
            if found.masked > 0 {
                let masked = output::counted(found.masked, "row");
                lines.push(format!(
                    "  ({masked} with hidden digits may be of the same number; they are not here)"
                ));
            }
        }
        let mut readme = archive.file("README.md")?;
        readme.write_all(about(person, &tenant.to_string(), &lines).as_bytes())?;
        readme.flush()?;
        drop(readme);
        archive.finish()?;
        Ok(total)
    }
}

/// Writes the rows of a log, if there are any, and tells how many.
fn write_log(
    store: &dyn Store,
    log: &'static Log,
    selections: &[Selection],
    archive: &mut Archive,
) -> Result<u64> {
    let mut layout = log.layout(Version::Beta);
    layout.push(log.properties.len());
    let mut total = 0;
    for format in FORMATS {
        let mut count = 0;
        let mut writer = None;
        let mut failure = None;
        for selection in selections {
            let query = ScanQuery { selection: selection.clone(), skip: 0, limit: None, watermark: None };
            let scanned = store.scan(&query, &mut |rows: Rows| {
                if rows.is_empty() {
                    return ControlFlow::Continue(());
                }
                count += rows.len() as u64;
                let written = Writer::of(&mut writer, format, log, &layout, archive)
                    .and_then(|writer| writer.write(&rows));
                match written {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(error) => {
                        failure = Some(error);
                        ControlFlow::Break(())
                    }
                }
            });
            scanned.with_context(|| format!("{} could not be read to its end", log.name))?;
            if let Some(error) = failure {
                return Err(error);
            }
        }
        if let Some(writer) = writer {
            writer.finish()?;
        }
        total = count;
    }
    Ok(total)
}

/// Writes one file.
struct Writer {
    encoder: Box<dyn trunklog_exports::Encoder>,
    rows_at_a_time: usize,
    out: std::io::BufWriter<std::fs::File>,
    buffer: Vec<u8>,
}

impl Writer {
    /// The writer, which comes into being with the first rows.
    fn of<'w>(
        writer: &'w mut Option<Writer>,
        format: Format,
        log: &'static Log,
        layout: &[usize],
        archive: &mut Archive,
    ) -> Result<&'w mut Writer> {
        if writer.is_none() {
            let out = archive.file(&format!("{}.{}", log.name, format.extension()))?;
            let mut encoder = encoder(format, log, layout);
            let mut buffer = Vec::new();
            encoder.begin(&mut buffer)?;
            *writer = Some(Writer { encoder, rows_at_a_time: format.rows_at_a_time(), out, buffer });
        }
        writer.as_mut().context("it was just made")
    }

    fn write(&mut self, rows: &Rows) -> Result<()> {
        let mut start = 0;
        while start < rows.len() {
            let len = self.rows_at_a_time.min(rows.len() - start);
            self.encoder.rows(&rows.slice(start, len), &mut self.buffer)?;
            self.out.write_all(&self.buffer)?;
            self.buffer.clear();
            start += len;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<()> {
        self.encoder.finish(&mut self.buffer)?;
        self.out.write_all(&self.buffer)?;
        self.out.flush()?;
        Ok(())
    }
}

/// What goes with the rows.
fn about(person: &Person, tenant: &str, lines: &[String]) -> String {
    format!(
        "# Call records of {person}\n\n\
         Organisation (tenant): {tenant}\n\
         Written: {}\n\n\
         {}\n\n\
         Each log with rows has two files with the same content: `.ndjson`, a JSON object a line with the \
         property names of Microsoft Graph, and `.csv` for spreadsheets. What a property means is in Microsoft's \
         documentation of Graph's call records. Times are UTC, durations are seconds. The rows hold the other \
         party of each call, too: look through them before you hand them on.\n",
        time::now(),
        lines.join("\n"),
    )
}
