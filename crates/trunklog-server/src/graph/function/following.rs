//! Whether a call follows what changes. Source: OData 4.01 Protocol, section
//! 11.3.

use http::HeaderValue;
use trunklog_exports::Format;
use trunklog_odata::expr::{Comparison, Expr, Kind, Literal, Node};
use trunklog_odata::{Error, ErrorKind, Version};
use trunklog_records::Log;
use trunklog_store::{DeltaToken, DeltaTokenError, Selection};

use super::call::Call;
use crate::answer::Failure;
use crate::graph::accept::{Representation, tracks_changes};
use crate::graph::links::{self, ChangesLinks, Tracking};

/// Whether a call follows what changes.
pub(super) enum Following {
    /// It wants rows alone.
    Nothing,
    /// It wants rows, and at their end the link to what changes from then on.
    Walk,
    /// It wants what changed since a link of ours was made.
    Changes(DeltaToken),
}

impl Following {
    /// Whether the answer has a link to changes, now or at its end.
    pub(super) fn is_wanted(&self) -> bool {
        !matches!(self, Following::Nothing)
    }
}

impl Call<'_> {
    /// Whether changes are followed. Who wants to, but cannot, gets what he would
    /// get without the wish, as with any preference; a link that cannot be
    /// followed is an error.
    ///
    /// # Errors
    /// 400 for a token that was changed, belongs to something else or is combined
    /// with what does not go with it, and for any where the server is strict; 410
    /// where the mask is another one.
    pub(super) fn following(&self, representation: Representation) -> Result<Following, Failure> {
        let options = &self.options;
        // Other forms have no place for what is gone.
        let is_served =
            matches!(representation, Representation::Page(_) | Representation::Export(Format::Ndjson));
        let is_strict = self.request.app.settings.profile.is_strict();
        if let Some(text) = options.delta_token() {
            if is_strict {
                // A link from before the server was strict: page 1 of all rows
                // must not be taken for what changed.
                let message = "The $deltatoken query option is not supported.";
                return Err(Error::bad_request(message)
                    .hint("a strict server tells no changes, as Graph does not: read everything without it")
                    .into());
            }
            if options.skip().is_some() || options.top().is_some() || options.skip_token().is_some() {
                let message =
                    "The $deltatoken query option cannot be combined with $top, $skip or $skiptoken.";
                return Err(Error::bad_request(message).hint("follow links as they came").into());
            }
            if !is_served {
                let message = "The $deltatoken query option belongs to pages and NDJSON.";
                return Err(Error::bad_request(message)
                    .hint("ask for application/json or application/x-ndjson: the other formats cannot say what is gone")
                    .into());
            }
            return self.changes_since(text);
        }
        let query = self.request.parts.uri.query().unwrap_or_default();
        // What the first request said holds for the whole walk, and nothing that
        // comes later: only the first page knows whether the walk is whole.
        let is_wanted = match options.skip_token() {
            Some(_) => matches!(links::tracking(query), Some(Tracking::Of(_))),
            None => options.skip().is_none() && (self.prefers_changes() || links::tracking(query).is_some()),
        };
        let is_whole = options.top().is_none();
        let is_served = is_served && !is_strict && self.can_be_followed();
        Ok(if is_wanted && is_whole && is_served { Following::Walk } else { Following::Nothing })
    }

    /// Whether the client says in a header that it wants to follow changes.
    pub(super) fn prefers_changes(&self) -> bool {
        tracks_changes(&self.request.parts.headers)
    }

    /// The links to changes of what was asked for.
    pub(super) fn changes_links(&self, page_size: Option<u32>) -> ChangesLinks {
        let request = &self.request;
        let query = request.parts.uri.query().unwrap_or_default();
        ChangesLinks {
            root: request.root.to_owned(),
            version: request.version,
            segment: self.segment.clone(),
            selection: self.choice.followed(self.log, self.range),
            mask: self.mask,
            carried: links::carried_by_changes(query, request.app.settings.profile),
            page_size,
        }
    }

    /// The selection whose changes are told. Rows that are too old to be read do
    /// not satisfy its filter; where one is deleted or changes, it is told as
    /// gone.
    pub(super) fn followed(&self) -> Selection {
        let app = self.request.app;
        let mut selection = self.choice.selection(self.log, self.range, self.mask);
        selection.order.clear();
        let earliest = app.settings.retention.of(self.tenant).shown_since(self.log, app.now());
        if let Some(earliest) = earliest.filter(|earliest| *earliest > self.range.from()) {
            let time = Expr::new(Kind::Instant, Node::Property(self.log.time_index()));
            let earliest = Expr::literal(Literal::Instant(earliest));
            let is_shown = Node::Compare(Comparison::GreaterOrEqual, Box::new(time), Box::new(earliest));
            let conditions = [Some(Expr::new(Kind::Bool, is_shown)), selection.filter.take()];
            let all = Node::And(conditions.into_iter().flatten().collect());
            selection.filter = Some(Expr::new(Kind::Bool, all));
        }
        selection
    }

    fn changes_since(&self, text: &str) -> Result<Following, Failure> {
        if !self.can_be_followed() {
            let message = "The changes of this function cannot be followed.";
            return Err(Error::bad_request(message)
                .hint("its rows are computed whenever they are read: read them again")
                .into());
        }
        match DeltaToken::parse(text, &self.choice.followed(self.log, self.range), self.mask) {
            Ok(token) => Ok(Following::Changes(token)),
            Err(DeltaTokenError::OtherMask) => {
                let failure = Failure::gone("phone numbers are masked in another way than for the link");
                Err(with_restart(failure, &self.changes_links(None)))
            }
            Err(error @ (DeltaTokenError::Malformed | DeltaTokenError::OtherWalk)) => {
                let message = "The value of the $deltatoken query option is not valid.";
                Err(Error::bad_request(message).hint(error.to_string()).into())
            }
        }
    }

    fn can_be_followed(&self) -> bool {
        Selection::all(self.log, self.range).can_be_followed()
    }
}

/// Tells a client whose link is too old where it can start again. Source: OData
/// 4.01 Protocol, section 11.3.2.
pub(super) fn with_restart(failure: Failure, links: &ChangesLinks) -> Failure {
    match HeaderValue::try_from(links.all_rows()) {
        Ok(place) if failure.error().kind() == ErrorKind::Gone => failure.restarting_at(place),
        _ => failure,
    }
}

/// What is shown of rows whose changes are followed: always what tells them
/// apart, by which they are told to be gone. That is their id and, in the place
/// that the version has for it, their time.
pub(super) fn with_key(layout: &[usize], log: &Log, version: Version) -> Vec<usize> {
    let (id, time) = (log.id_index(), log.time_index());
    let unknown = log.properties.len();
    let mut whole = log.layout(version);
    if !whole.contains(&id) {
        whole.insert(0, id);
    }
    whole.push(unknown);
    whole.retain(|at| layout.contains(at) || [id, time].contains(at));
    whole
}

#[cfg(test)]
mod tests {
    use trunklog_records::schema::{DIRECT_ROUTING_CALLS, LOGS, PSTN_BLOCKED_USERS};

    use super::*;

    #[test]
    fn what_tells_rows_apart_is_always_shown() {
        let names = |log: &'static Log, selected: &[&str]| -> Vec<&'static str> {
            let layout: Vec<usize> = selected.iter().filter_map(|name| log.index_of(name)).collect();
            let shown = with_key(&layout, log, Version::Beta);
            shown.iter().map(|at| log.properties[*at].name).collect()
        };
        let calls = &DIRECT_ROUTING_CALLS;
        assert_eq!(names(calls, &["userId", "duration"]), ["id", "userId", "startDateTime", "duration"]);
        assert_eq!(names(calls, &["id", "startDateTime"]), ["id", "startDateTime"]);
        // Graph shows no id there.
        assert_eq!(names(&PSTN_BLOCKED_USERS, &["userId"]), ["id", "userId", "blockDateTime"]);
    }

    #[test]
    fn nothing_else_is_added() {
        for log in LOGS.into_iter().filter(|log| log.shows_time()) {
            let mut whole = log.layout(Version::Beta);
            whole.push(log.properties.len());
            let shown = with_key(&whole, log, Version::Beta);
            assert_eq!(shown[shown.len() - whole.len()..], whole, "{}", log.name);
        }
    }
}
