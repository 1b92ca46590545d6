//! Finding out which log a file belongs to.

use memchr::memmem;
use trunklog_records::schema::LOGS;
use trunklog_records::{Log, RowKind};

use super::page::kind_of_context;
use super::splitter::{Item, Splitter};

/// The log whose rows an input has, told by its first bytes; some ten
/// kilobytes are enough. None when nothing in them belongs to a log.
///
/// A page says it in its context. Otherwise the properties of the first row
/// do: of several logs that fit, the first of [`LOGS`] is taken. It is a first
/// guess: each row is asked again, since one file may hold rows of several logs.
pub fn detect(head: &[u8]) -> Option<&'static Log> {
    named_by_context(head).or_else(|| named_by_properties(head))
}

fn named_by_context(head: &[u8]) -> Option<&'static Log> {
    memmem::find_iter(head, b"#Collection(").find_map(|at| {
        let named = &head[at..];
        let end = memchr::memchr(b')', named)?;
        match kind_of_context(std::str::from_utf8(&named[..=end]).ok()?)? {
            RowKind::Log(log) => Some(log),
            RowKind::Other(_) => None,
        }
    })
}

fn named_by_properties(head: &[u8]) -> Option<&'static Log> {
    let mut splitter = Splitter::new(head);
    let first_row = loop {
        match splitter.next_item() {
            Ok(Some(Item::Row { json, .. })) => break json.to_vec(),
            Ok(Some(_)) => {}
            // The first row may be longer than what is known of it.
            Ok(None) | Err(_) => break head.to_vec(),
        }
    };
    let mut best = (0, None);
    for log in LOGS {
        let known = log.properties.iter().filter(|property| {
            let name = format!("\"{}\"", property.name);
            memmem::find(&first_row, name.as_bytes()).is_some()
        });
        let known = known.count();
        if known > best.0 {
            best = (known, Some(log));
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_BLOCKED_USERS, PSTN_CALLS, SMS};

    use super::*;

    #[test]
    fn a_context_decides() {
        let head = br#"{"@odata.context":"https://g/v1.0/$metadata#Collection(microsoft.graph.callRecords.pstnCallLogRow)","value":[{"trunkFullyQualifiedDomainName":"x""#;
        assert_eq!(detect(head), Some(&PSTN_CALLS));
    }

    #[test]
    fn else_the_properties_of_the_first_row_do() {
        for (head, log) in [
            (r#"[{"id":"1","correlationId":"2","startDateTime":"x"}"#, &DIRECT_ROUTING_CALLS),
            (r#"{"id":"1","callId":"2","startDateTime":"x","charge":0.1}"#, &PSTN_CALLS),
            (r#"{"value":[{"smsId":"2","sentDateTime":"x"}]}"#, &SMS),
            (r#"{"userId":"1","blockDateTime":"x"}"#, &PSTN_BLOCKED_USERS),
            // Cut off within the first row.
            (r#"{"userId":"1","userPrincipalName":"a","smsUnits":1,"smsTy"#, &SMS),
            // Fits several; the first is taken.
            (r#"{"id":"1","startDateTime":"x"}"#, &DIRECT_ROUTING_CALLS),
        ] {
            assert_eq!(detect(head.as_bytes()), Some(log), "{head}");
        }
    }

    #[test]
    fn what_is_no_log_stays_unknown() {
        for head in ["", "[]", "{\"error\":{}}", "name;number\n", "\u{feff}"] {
            assert_eq!(detect(head.as_bytes()), None, "{head}");
        }
    }
}
