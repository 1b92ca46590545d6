//! Objects with members that rows do not have.

use std::io::Read;
use std::ops::Range;

use trunklog_records::RowKind;

use super::body::OpenBody;
use super::level::{Holds, Level};
use super::scan::Target;
use super::{Found, Splitter};
use crate::graph_json::members::Members;
use crate::graph_json::page::{NextLink, kind_of_context};
use crate::graph_json::response::{Body, Response};
use crate::graph_json::{Instead, MissingPage, Place};

/// What such an object is.
enum Verdict {
    /// A row all the same.
    Row,
    /// A single entity with a context of its own.
    Entity(Option<RowKind>),
    /// A page whose rows are null or not there.
    EmptyPage(Option<NextLink>),
    /// The body of an error.
    Failure(MissingPage),
    /// A response of a batch.
    Response(Response, Body),
}

impl<R: Read> Splitter<R> {
    /// Looks into an object that is at its end.
    pub(super) fn odd(&mut self, target: Target, line: u64, text: Range<usize>) -> Option<Found> {
        match Verdict::on(self.window.text(text.clone()), target) {
            Verdict::Row => Some(Found::Row { line, text }),
            Verdict::Entity(kind) => {
                self.entity = kind;
                Some(Found::Row { line, text })
            }
            Verdict::EmptyPage(next_link) => Some(Found::PageEnd(next_link)),
            Verdict::Failure(page) => self.missing(line, page),
            Verdict::Response(response, body) => self.response(line, response, body),
        }
    }

    /// An answer without rows. In the body of a response it is told when that
    /// ends: its status and id may stand after the body.
    fn missing(&mut self, line: u64, page: MissingPage) -> Option<Found> {
        if let Some(Level { holds: Holds::Body(response), .. }) = self.levels.last_mut() {
            response.note(page);
            return None;
        }
        Some(Found::Missing { line, page })
    }

    fn response(&mut self, line: u64, mut response: Response, body: Body) -> Option<Found> {
        let instead = match body {
            // A body in a body in a body would be held once more each time.
            Body::Json(_) if self.is_body => Instead::Unreadable,
            Body::Json(json) => {
                self.body = Some(Box::new(OpenBody::new(line, json, response)));
                return None;
            }
            Body::Instead(instead) => instead,
        };
        if instead != Instead::Nothing || !response.is_failure() {
            response.note(MissingPage::new(Place::Document, instead));
        }
        response.missing().map(|page| Found::Missing { line, page })
    }
}

impl Verdict {
    fn on(json: &[u8], target: Target) -> Verdict {
        let Some(members) = Members::read(json) else { return Verdict::Row };
        let is_response = match target {
            Target::Response => members.body.is_some() || members.status.is_some(),
            _ => members.body.is_some() && members.status.is_some(),
        };
        if is_response {
            return Verdict::Response(Response::of(&members), Body::of(members.body));
        }
        if let Some(page) = members.failure() {
            return Verdict::Failure(page);
        }
        if members.is_page_without_rows() {
            return Verdict::EmptyPage(members.next_link.as_deref().map(NextLink::new));
        }
        match &members.context {
            Some(context) => Verdict::Entity(kind_of_context(context)),
            None => Verdict::Row,
        }
    }
}
