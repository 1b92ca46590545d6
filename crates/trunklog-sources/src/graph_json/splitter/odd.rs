//! Objects with members that rows do not have.

use std::io::Read;
use std::ops::Range;

use trunklog_records::RowKind;

use super::item::Flaw;
use super::level::{Holds, Level};
use super::scan::Target;
use super::state::{OpenBody, Piece, Splitter};
use super::texts::flaw_of_text;
use crate::graph_json::members::Members;
use crate::graph_json::missing::{Instead, MissingPage, Place};
use crate::graph_json::others::tell_row;
use crate::graph_json::page::{Page, kind_of_context};
use crate::graph_json::response::{Body, Response};

/// What such an object is.
enum Verdict {
    /// A row all the same.
    Row,
    /// A single entity with its own context.
    Entity(Option<RowKind>),
    /// A page without rows, and how many it says that it has.
    EmptyPage(Page, u64),
    /// An answer to a batch without responses.
    EmptyBatch,
    /// The body of an answer, and nothing of that answer around it.
    Body(Vec<u8>),
    /// Neither a row nor anything that holds rows.
    Flawed(Flaw),
    /// The body of an error.
    Failure(MissingPage),
    /// A response of a batch.
    Response(Response, Body),
}

impl<R: Read> Splitter<R> {
    /// Looks into an object that is at its end.
    pub(super) fn odd(&mut self, target: Target, line: u64, text: Range<usize>) -> Option<Piece> {
        match Verdict::on(self.window.text(text.clone()), target) {
            Verdict::Row => Some(Piece::Row { line, text }),
            Verdict::Entity(kind) => {
                self.entity = kind;
                Some(Piece::Row { line, text })
            }
            Verdict::EmptyPage(page, count) => self.empty_page(line, page, count),
            Verdict::EmptyBatch => None,
            // As in a response: not for ever.
            Verdict::Body(_) if self.is_body => Some(Piece::Row { line, text }),
            Verdict::Body(json) => {
                self.body = Some(Box::new(OpenBody::new(line, json, None)));
                None
            }
            Verdict::Flawed(flaw) => Some(Piece::Rejected { line, flaw, text }),
            Verdict::Failure(page) => self.missing(line, page),
            Verdict::Response(response, body) => self.response(line, response, body),
        }
    }

    /// An answer without rows. In the body of a response it is told when that
    /// ends: its status and id may be after the body.
    pub(super) fn missing(&mut self, line: u64, page: MissingPage) -> Option<Piece> {
        if let Some(Level { holds: Holds::Body(response), .. }) = self.levels.last_mut() {
            response.note(page);
            return None;
        }
        Some(Piece::Missing { line, page })
    }

    fn empty_page(&mut self, line: u64, page: Page, count: u64) -> Option<Piece> {
        self.note_page();
        let end = self.end_of_page(line, page);
        if count == 0 {
            return end;
        }
        let missing = self.missing(line, MissingPage::new(Place::Document, Instead::NoRows));
        self.both(end, missing)
    }

    fn response(&mut self, line: u64, mut response: Response, body: Body) -> Option<Piece> {
        let instead = match body {
            // A body in a body in a body would be held once more each time.
            Body::Json(_) if self.is_body => Instead::Unreadable,
            Body::Json(json) => {
                self.body = Some(Box::new(OpenBody::new(line, json, Some(response))));
                return None;
            }
            Body::Instead(instead) => instead,
        };
        if instead != Instead::Nothing || !response.is_failure() {
            response.note(MissingPage::new(Place::Document, instead));
        }
        response.missing().map(|page| Piece::Missing { line, page })
    }
}

impl Verdict {
    fn on(json: &[u8], target: Target) -> Verdict {
        let Some(members) = Members::read(json) else { return Verdict::Row };
        if tell_row(members.others()) {
            return Verdict::of_row(&members);
        }
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
            return Verdict::EmptyPage(Page::of(&members), members.count.unwrap_or(0));
        }
        if members.is_batch_of_nothing() {
            return Verdict::EmptyBatch;
        }
        if let Some(flaw) = flaw_of(&members) {
            return Verdict::Flawed(flaw);
        }
        if members.is_body_alone()
            && let Body::Json(json) = Body::of(members.body)
        {
            return Verdict::Body(json);
        }
        Verdict::of_row(&members)
    }

    fn of_row(members: &Members<'_>) -> Verdict {
        match &members.context {
            Some(context) => Verdict::Entity(kind_of_context(context)),
            None => Verdict::Row,
        }
    }
}

/// What is wrong with an object that is not a row and has no rows either.
fn flaw_of(members: &Members<'_>) -> Option<Flaw> {
    let mut texts = [members.value, members.responses].into_iter().flatten();
    let of_text = texts.find_map(|text| flaw_of_text(text.as_bytes()));
    of_text.or_else(|| members.lists_nothing().then_some(Flaw::NoPage))
}
