//! The form of what is said of sources.

use serde_json::{Map, Value, json};
use trunklog_records::schema::LOGS;

use super::reports::{object, text};

/// What is said of sources. What is in it can be empty: nothing may be set up.
pub(super) fn data_answer() -> Value {
    let moment = json!({ "type": ["string", "null"], "format": "date-time" });
    let whole = json!({ "type": "integer" });
    let maybe_whole = json!({ "type": ["integer", "null"] });
    let until: Map<String, Value> = LOGS.iter().map(|log| (log.name.to_owned(), moment.clone())).collect();
    let counts = json!({
        "deliveries": whole, "expected": maybe_whole, "received": whole, "new": whole, "late": whole,
        "updated": whole, "duplicate": whole, "rejected": whole, "ambiguous": whole,
    });
    let mut hour = counts.clone();
    hour["from"] = json!({ "type": "string", "format": "date-time" });
    let log = json!({
        "log": { "type": ["string", "null"], "description": "Null for records of which nobody knows the log." },
        "newest": moment, "completeFrom": moment, "completeUntil": moment,
        "total": object(counts.clone(), &[]),
        "hours": { "type": "array", "items": object(hour, &[]) },
    });
    let gap = json!({ "from": text(), "to": text() });
    let source = json!({
        "source": text(),
        "isConfigured": { "type": "boolean" },
        "expectedEverySecs": maybe_whole,
        "succeededAt": moment,
        "isOverdue": { "type": "boolean", "description": "Whether something should have come by now." },
        "failingSince": moment,
        "failure": { "type": ["string", "null"], "description": "Why nothing comes, and what to do." },
        "warning": {
            "type": ["string", "null"],
            "description": "What will go wrong unless somebody sees to it, such as a certificate that ends.",
        },
        "completeUntil": moment,
        "lagSecs": maybe_whole,
        "gaps": { "type": "array", "items": object(gap, &[]) },
        "total": object(counts, &[]),
        "logs": { "type": "array", "items": object(log, &[]) },
    });
    let disk = json!({
        "freeBytes": whole,
        "daysLeft": maybe_whole,
        "pressure": { "type": "string", "enum": ["none", "soon", "urgent", "full"] },
    });
    let mut disk = object(disk, &[]);
    disk["type"] = json!(["object", "null"]);
    let answer = json!({
        "report": text(),
        "tenant": text(),
        "hours": whole,
        "completeUntil": {
            "type": "object",
            "properties": until,
            "description": "Until when there are all rows of each log; null where nobody knows.",
        },
        "sources": { "type": "array", "items": object(source, &[]) },
        "disk": disk,
    });
    object(answer, &[])
}
