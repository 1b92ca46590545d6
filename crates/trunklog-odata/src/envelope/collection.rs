//! What surrounds the entities of a set, as OData says and Graph does not: there
//! `@odata.count` is the number of all entities, and is told when asked for.

use super::{Frame, JsonFormat, Link, Metadata, write_count, write_link};
use crate::json;

/// What surrounds a page of entities.
///
/// Source: OData JSON Format 4.01, section 12.
///
/// ```
/// use trunklog_odata::envelope::{Collection, Frame, JsonFormat};
///
/// let format = JsonFormat::default();
/// let page = Collection { context: "c", format, total: Some(7), next: Some("https://t.example/n") };
/// let Frame { before, after } = page.frame();
/// assert_eq!(before, br#"{"@odata.context":"c","@odata.count":7,"value":["#);
/// assert_eq!(after, br#"],"@odata.nextLink":"https://t.example/n"}"#);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Collection<'a> {
    /// The URL that says what the entities are; it is left out where metadata is
    /// none.
    pub context: &'a str,
    /// How JSON is written.
    pub format: JsonFormat,
    /// How many entities all pages have, when somebody asked.
    pub total: Option<u64>,
    /// The link to the next page, if there is one.
    pub next: Option<&'a str>,
}

impl Collection<'_> {
    /// What goes around entities that were encoded already, separated by commas.
    ///
    /// ```
    /// use trunklog_odata::envelope::{Collection, JsonFormat, Metadata};
    ///
    /// let format = JsonFormat { metadata: Metadata::None, ..JsonFormat::default() };
    /// let page = Collection { context: "c", format, total: None, next: None };
    /// assert_eq!(page.frame().before, br#"{"value":["#);
    /// ```
    pub fn frame(&self) -> Frame {
        let (mut before, mut after) = (Vec::with_capacity(256), Vec::new());
        before.push(b'{');
        if self.format.metadata != Metadata::None {
            before.extend_from_slice(b"\"@odata.context\":");
            json::write_string(self.context, &mut before);
            before.push(b',');
        }
        if let Some(total) = self.total {
            before.extend_from_slice(b"\"@odata.count\":");
            write_count(self.format, total, &mut before);
            before.push(b',');
        }
        before.extend_from_slice(b"\"value\":[");
        after.push(b']');
        if let Some(next) = self.next {
            write_link(Link::Next(next), &mut after);
        }
        after.push(b'}');
        Frame { before, after }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::Numbers;

    #[test]
    fn counts_are_text_where_64_bit_numbers_are() {
        let format = JsonFormat { metadata: Metadata::None, numbers: Numbers::Text };
        let page = Collection { context: "c", format, total: Some(7), next: None };
        let Frame { before, after } = page.frame();
        assert_eq!([before, after].concat(), br#"{"@odata.count":"7","value":[]}"#);
    }
}
