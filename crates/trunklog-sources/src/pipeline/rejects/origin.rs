//! Whose records a file of rejected ones holds.

use trunklog_odata::{Instant, json};
use trunklog_records::{Log, TenantId};

use crate::period::Period;

/// Whose records were rejected, and what was said of them when they were read. It is
/// a part of each line, so that a record can be read again in the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectOrigin {
    /// Whose rows they would have been.
    pub tenant: TenantId,
    /// Where they came from: `import/files`, `folder/sbc1`.
    pub source: String,
    /// The log that all of them had to belong to.
    pub log: Option<&'static Log>,
    /// The period that they sum up.
    pub period: Option<Period>,
}

impl RejectOrigin {
    /// Adds its members to an object that is still open. `is_lossy` says that the
    /// record was no valid UTF-8, so that what is kept of it is another text.
    pub(super) fn write(&self, is_lossy: bool, out: &mut Vec<u8>) {
        let text = |name: &str, value: &str, out: &mut Vec<u8>| {
            out.push(b',');
            json::write_string(name, out);
            out.push(b':');
            json::write_string(value, out);
        };
        if is_lossy {
            out.extend_from_slice(b",\"lossy\":true");
        }
        text("tenant", &self.tenant.to_string(), out);
        text("source", &self.source, out);
        if let Some(log) = self.log {
            text("log", log.name, out);
        }
        if let Some(period) = self.period {
            text("periodStart", &period.start().to_string(), out);
            if let Some(end) = period.end() {
                text("periodEnd", &end.to_string(), out);
            }
        }
    }

    /// What a line says.
    pub(crate) fn read(line: &serde_json::Value) -> Option<RejectOrigin> {
        let text = |name: &str| line.get(name).and_then(serde_json::Value::as_str);
        let instant = |name: &str| text(name).and_then(|text| Instant::parse(text).ok());
        let log = match text("log") {
            // A log that this program does not know is not read in another way.
            Some(name) => Some(Log::by_name(name)?),
            None => None,
        };
        let period = instant("periodStart").and_then(|start| Period::new(start, instant("periodEnd")));
        let source = text("source")?.to_owned();
        Some(RejectOrigin { tenant: text("tenant")?.parse().ok()?, source, log, period })
    }
}
