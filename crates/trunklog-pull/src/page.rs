//! What is around the rows of an answer.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// A page of an answer. It has rows in it, so it cannot be printed.
pub struct Page<'a> {
    /// What is to be stored: the body as it came, or without what is gone.
    pub body: Cow<'a, [u8]>,
    /// How many rows it has.
    pub rows: u64,
    /// How many rows it says are gone.
    pub removed: u64,
    /// Where the next page is.
    pub next_link: Option<String>,
    /// Where changes are told from now on.
    pub delta_link: Option<String>,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "@odata.context", default)]
    context: Option<String>,
    #[serde(borrow)]
    value: Rows<'a>,
    #[serde(rename = "@odata.nextLink", alias = "@odata.NextLink", default)]
    next_link: Option<String>,
    #[serde(rename = "@odata.deltaLink", default)]
    delta_link: Option<String>,
}

/// The rows as they are. A place takes more memory than the shortest row, so there is
/// a limit.
struct Rows<'a>(Vec<&'a RawValue>);

/// The most rows of a page. Graph sends 1,000, and nobody is asked for more than
/// 5,000.
const MOST_ROWS: usize = 100_000;

#[derive(Deserialize)]
struct Row {
    #[serde(rename = "@removed", default)]
    removed: Option<IgnoredAny>,
}

const REMOVED: &str = "\"@removed\"";

impl Page<'_> {
    /// Reads a page; None when the body is none, or not all of one.
    pub fn read(body: &[u8]) -> Option<Page<'_>> {
        let envelope: Envelope<'_> = serde_json::from_slice(body).ok()?;
        let all = envelope.value.0;
        let kept: Vec<&RawValue> = all.iter().copied().filter(|row| !is_removed(row.get())).collect();
        let count = |rows: usize| u64::try_from(rows).unwrap_or(u64::MAX);
        let removed = count(all.len() - kept.len());
        let rows = count(kept.len());
        let body = if removed == 0 {
            Cow::Borrowed(body)
        } else {
            Cow::Owned(page_of(envelope.context.as_deref(), &kept))
        };
        Some(Page { body, rows, removed, next_link: envelope.next_link, delta_link: envelope.delta_link })
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Rows<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Rows<'a>, D::Error> {
        struct RowsVisitor;
        impl<'de> Visitor<'de> for RowsVisitor {
            type Value = Vec<&'de RawValue>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of rows")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut rows = Vec::new();
                while let Some(row) = seq.next_element()? {
                    if rows.len() == MOST_ROWS {
                        return Err(A::Error::custom("too many rows"));
                    }
                    rows.push(row);
                }
                Ok(rows)
            }
        }
        deserializer.deserialize_seq(RowsVisitor).map(Rows)
    }
}

fn is_removed(row: &str) -> bool {
    // Reading each row twice would take as long as storing it.
    row.contains(REMOVED) && serde_json::from_str::<Row>(row).is_ok_and(|row| row.removed.is_some())
}

fn page_of(context: Option<&str>, rows: &[&RawValue]) -> Vec<u8> {
    let mut out = Vec::with_capacity(rows.iter().map(|row| row.get().len() + 1).sum::<usize>() + 128);
    out.push(b'{');
    if let Some(context) = context {
        out.extend_from_slice(b"\"@odata.context\":");
        trunklog_odata::json::write_string(context, &mut out);
        out.push(b',');
    }
    out.extend_from_slice(b"\"value\":[");
    for (at, row) in rows.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        out.extend_from_slice(row.get().as_bytes());
    }
    out.extend_from_slice(b"]}");
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn links_and_rows_are_found_in_any_order() {
        let body =
            br#"{"@odata.nextLink":"https://x/y?$skip=2","value":[{"id":"a"},{"id":"b"}],"@odata.count":2}"#;
        let page = Page::read(body).unwrap();
        assert_eq!((page.rows, page.removed), (2, 0));
        assert_eq!(page.next_link.as_deref(), Some("https://x/y?$skip=2"));
        assert_eq!(page.delta_link, None);
        assert_eq!(page.body, &body[..]);
    }

    #[test]
    fn what_is_gone_is_no_row() {
        let body = br#"{"@odata.context":"c#x","value":[{"id":"a"},{"@removed":{"reason":"deleted"},"id":"b"},{"x":"\"@removed\""}],"@odata.deltaLink":"d"}"#;
        let page = Page::read(body).unwrap();
        assert_eq!((page.rows, page.removed, page.delta_link.as_deref()), (2, 1, Some("d")));
        let kept = br#"{"@odata.context":"c#x","value":[{"id":"a"},{"x":"\"@removed\""}]}"#;
        assert_eq!(page.body, &kept[..]);
    }

    #[test]
    fn what_is_no_whole_page_is_none() {
        for body in [
            "",
            "{",
            "<html>",
            "[]",
            r#"{"error":{"code":"x"}}"#,
            r#"{"value":[{"id":"a"}"#,
            r#"{"value":7}"#,
        ] {
            assert!(Page::read(body.as_bytes()).is_none(), "{body}");
        }
        let empty = Page::read(br#"{"value":[]}"#).unwrap();
        assert_eq!(empty.rows, 0);
    }

    #[test]
    fn a_page_of_many_tiny_rows_does_not_fill_the_memory() {
        let body = format!(r#"{{"value":[1{}]}}"#, ",1".repeat(MOST_ROWS));
        assert!(Page::read(body.as_bytes()).is_none());
        let body = format!(r#"{{"value":[1{}]}}"#, ",1".repeat(MOST_ROWS - 1));
        assert!(Page::read(body.as_bytes()).is_some());
    }

    proptest! {
        /// A page that is cut anywhere is never taken for a whole one.
        #[test]
        fn a_cut_page_is_none(rows in 0_usize..20, cut in 0_usize..100) {
            let rows: Vec<String> = (0..rows).map(|at| format!(r#"{{"id":"{at}"}}"#)).collect();
            let body = format!(r#"{{"value":[{}],"@odata.nextLink":"https://x"}}"#, rows.join(","));
            let cut = cut.min(body.len() - 1);
            prop_assert!(Page::read(&body.as_bytes()[..cut]).is_none());
        }

        #[test]
        fn no_body_stops_the_reader(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Page::read(&body);
        }
    }
}
