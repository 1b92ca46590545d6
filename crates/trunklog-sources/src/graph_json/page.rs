//! What a page says beside its rows.

use serde::{Deserialize, Serialize};
use trunklog_records::{RowKind, kind_of_type_name};

use super::members::{Members, object_of_head, object_of_tail};
use super::missing::MissingPage;
use super::others::Others;

/// The longest name of a set of entities that is repeated.
const MAX_NAME: usize = 48;

/// What is known of a page.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// What its context says that its rows are.
    pub(super) kind: Option<RowKind>,
    /// Where the next page is.
    pub(super) next_link: Option<NextLink>,
    /// Whether it has a context, which only true pages have: PowerShell also
    /// wraps lists as `{"value":[…],"Count":1}`.
    pub(super) has_context: bool,
    /// Whether it holds pages rather than rows.
    pub(super) holds_pages: bool,
    /// An error that is beside the rows.
    pub(super) failure: Option<MissingPage>,
    /// What else is there.
    pub(super) others: Others,
}

/// An `@odata.nextLink`, as far as it tells pages of one walk apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextLink {
    /// The link without its query: the same for all pages of a walk.
    pub walk: String,
    /// The value of `$skip`.
    pub skip: Option<u64>,
}

impl Page {
    /// Reads a page up to where its rows start.
    pub(super) fn from_head(head: &[u8]) -> Page {
        let mut page = Page::default();
        page.read(&object_of_head(head));
        page
    }

    /// A page that was read as a whole.
    pub(super) fn of(members: &Members<'_>) -> Page {
        let mut page = Page::default();
        page.add(members);
        page
    }

    /// Adds what is after the rows.
    pub(super) fn add_tail(&mut self, tail: &[u8]) {
        self.read(&object_of_tail(tail));
    }

    /// Members that cannot be read are left out: they concern no row.
    fn read(&mut self, object: &[u8]) {
        if let Some(members) = Members::read(object) {
            self.add(&members);
        }
    }

    fn add(&mut self, members: &Members<'_>) {
        self.has_context |= members.context.is_some();
        self.kind = self.kind.take().or_else(|| members.context.as_deref().and_then(kind_of_context));
        self.next_link = self.next_link.take().or_else(|| members.next_link.as_deref().map(NextLink::new));
        self.failure = self.failure.take().or_else(|| members.failure_beside_rows());
        self.others.add(members);
    }
}

impl NextLink {
    pub(super) fn new(link: &str) -> NextLink {
        let (walk, query) = link.split_once('?').unwrap_or((link, ""));
        let skip = query.split('&').find_map(|option| {
            let (name, value) = option.split_once('=')?;
            let is_skip = name.eq_ignore_ascii_case("$skip") || name.eq_ignore_ascii_case("%24skip");
            if is_skip { value.parse().ok() } else { None }
        });
        NextLink { walk: walk.to_owned(), skip }
    }
}

/// What a context says that the rows below it are.
///
/// It names a type, `…#Collection(microsoft.graph.callRecords.smsLogRow)`, or a
/// set of entities, `…#communications/callRecords(sessions())/$entity`, whose
/// last segment then stands for the type (OData Protocol, section 10).
pub(super) fn kind_of_context(context: &str) -> Option<RowKind> {
    let (_, fragment) = context.split_once('#')?;
    let collection = fragment.strip_prefix("Collection(").and_then(|named| named.split_once(')'));
    if let Some((name, _)) = collection {
        return kind_of_type_name(name);
    }
    let name = last_segment(fragment)?;
    kind_of_type_name(name)
        .or_else(|| kind_of_type_name(name.strip_suffix('s')?))
        .or_else(|| is_set(name).then(|| RowKind::Other(name.to_owned())))
}

/// Whether it can be the name of a set of entities. Names come from files and
/// are shown, so what could be something else is none.
fn is_set(name: &str) -> bool {
    name.len() <= MAX_NAME && name.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// The last segment of a path that names something, without what is in
/// parentheses: keys, selections and expansions, which may hold slashes.
fn last_segment(fragment: &str) -> Option<&str> {
    let (mut depth, mut begin, mut end) = (0_usize, 0, None);
    let mut last = None;
    let mut settle = |begin: usize, end: usize| {
        let segment = &fragment[begin..end];
        if !segment.is_empty() && !segment.starts_with('$') {
            last = Some(segment);
        }
    };
    for (at, byte) in fragment.bytes().enumerate() {
        match byte {
            b'(' => {
                end = end.or(Some(at));
                depth += 1;
            }
            b')' => depth = depth.saturating_sub(1),
            b'/' if depth == 0 => {
                settle(begin, end.take().unwrap_or(at));
                begin = at + 1;
            }
            _ => {}
        }
    }
    settle(begin, end.unwrap_or(fragment.len()));
    last
}

#[cfg(test)]
mod tests {
    use trunklog_records::Log;
    use trunklog_records::schema::{DIRECT_ROUTING_CALLS, SMS};

    use super::*;

    fn log_of(kind: Option<&RowKind>) -> Option<&'static Log> {
        match kind {
            Some(RowKind::Log(log)) => Some(*log),
            _ => None,
        }
    }

    #[test]
    fn members_are_read_on_both_sides_of_the_rows() {
        let context =
            "https://graph.microsoft.com/beta/$metadata#Collection(microsoft.graph.callRecords.smsLogRow)";
        let link = "https://graph.microsoft.com/beta/x(from=2019-11-01)?$skip=2000";
        for bracket in ["[", ""] {
            let mut page = Page::from_head(
                format!(r#"{{"@odata.context":"{context}","@odata.count":3, "VALUE" : {bracket}"#).as_bytes(),
            );
            assert_eq!(log_of(page.kind.as_ref()), Some(&SMS));
            assert_eq!(page.next_link, None);
            page.add_tail(format!(r#" , "@odata.nextLink" : "{link}" }}"#).as_bytes());
            assert_eq!(
                page.next_link,
                Some(NextLink {
                    walk: "https://graph.microsoft.com/beta/x(from=2019-11-01)".to_owned(),
                    skip: Some(2_000)
                })
            );
        }
    }

    #[test]
    fn members_that_cannot_be_read_are_left_out() {
        let mut page = Page::from_head(br#"{"@odata.context":7,"value":["#);
        page.add_tail(b",nonsense}");
        assert!(page.kind.is_none() && page.next_link.is_none());
    }

    #[test]
    fn links_are_compared_without_their_query() {
        let skip = |query: &str| NextLink::new(&format!("https://x/y?{query}")).skip;
        assert_eq!(skip("$skip=1000&$skiptoken=abc"), Some(1_000));
        assert_eq!(skip("a=b&%24skip=3000"), Some(3_000));
        assert_eq!(skip("$skiptoken=7"), None);
        assert_eq!(skip("$skip=-1"), None);
    }

    #[test]
    fn contexts_name_logs() {
        for context in [
            "x/$metadata#Collection(microsoft.graph.callRecords.directRoutingLogRow)",
            "x/$metadata#Collection(microsoft.graph.callRecords.directRoutingLogRow)(id,duration)",
            "x/$metadata#microsoft.graph.callRecords.directRoutingLogRow",
            "x/$metadata#microsoft.graph.callRecords.directRoutingLogRow/$entity",
        ] {
            assert_eq!(log_of(kind_of_context(context).as_ref()), Some(&DIRECT_ROUTING_CALLS), "{context}");
        }
    }

    #[test]
    fn contexts_name_what_is_no_log() {
        for (context, named) in [
            ("#Collection(microsoft.graph.callRecords.session)", "session"),
            ("#communications/callRecords", "callRecord"),
            ("#communications/callRecords/$entity", "callRecord"),
            ("#communications/callRecords(sessions(segments()))/$entity", "callRecord"),
            ("#communications/callRecords(sessions($select=a/b))", "callRecord"),
            ("#communications/callRecords('1')/sessions", "session"),
            ("#users", "user"),
            ("#users('a')/messages/$entity", "message"),
        ] {
            let context = format!("https://graph.microsoft.com/v1.0/$metadata{context}");
            let Some(RowKind::Other(name)) = kind_of_context(&context) else { panic!("{context}") };
            assert!(name.contains(named), "{context}: {name}");
        }
    }

    #[test]
    fn some_contexts_say_nothing() {
        for context in
            ["", "x", "x#", "x#$ref", "x#Collection(a b)", "x#)(", "x#('", "x#4930123456", "x#a/b7"]
        {
            assert!(kind_of_context(context).is_none(), "{context}");
        }
    }
}
