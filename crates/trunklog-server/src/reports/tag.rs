//! By what a client knows again what it has. Source: RFC 9110, sections 8.8.3 and
//! 13.1.2.

use std::hash::{DefaultHasher, Hash, Hasher};

use http::header::IF_NONE_MATCH;
use http::{HeaderMap, HeaderValue};
use trunklog_reports::DEFINITIONS;
use trunklog_store::{Engine, Result, Store};

use crate::accept::list;
use crate::kept_answers::State;

/// The answer to a question at a commit. It is weak: whether a cube or rows told
/// it, and how it is coded, makes no difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag(u64);

impl Tag {
    /// That of a question now. Nothing that is read afterwards is older than this.
    pub(super) fn now(question: &impl Hash, engine: &dyn Engine, store: &dyn Store) -> Result<Tag> {
        Ok(Tag::of(question, &State::now(engine, store)?))
    }

    /// The same, for who has read the store's state.
    pub(super) fn of(question: &impl Hash, State { commit, stored, epoch }: &State) -> Tag {
        let mut hasher = DefaultHasher::new();
        (env!("CARGO_PKG_VERSION"), DEFINITIONS, epoch).hash(&mut hasher);
        (commit.0, stored.map(|time| time.ticks())).hash(&mut hasher);
        question.hash(&mut hasher);
        Tag(hasher.finish())
    }

    /// As `ETag` has it.
    pub(super) fn value(self) -> Option<HeaderValue> {
        HeaderValue::from_str(&format!("W/{}", self.opaque())).ok()
    }

    /// Whether the client says that it has it.
    pub(super) fn is_known(self, headers: &HeaderMap) -> bool {
        let own = self.opaque();
        let values = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        values
            .flat_map(|value| list::items(value, ','))
            .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == own)
    }

    fn opaque(self) -> String {
        format!("\"{:016x}\"", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_knows_what_it_names() {
        let tag = Tag(0xab);
        assert_eq!(tag.value().unwrap(), "W/\"00000000000000ab\"");
        for (value, known) in [
            ("W/\"00000000000000ab\"", true),
            ("\"00000000000000ab\"", true),
            ("\"x\", W/\"00000000000000ab\"", true),
            ("*", true),
            ("\"x\"", false),
            ("00000000000000ab", false),
            ("w/\"00000000000000ab\"", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static(value))]);
            assert_eq!(tag.is_known(&headers), known, "{value}");
        }
        assert!(!tag.is_known(&HeaderMap::new()));
    }
}
