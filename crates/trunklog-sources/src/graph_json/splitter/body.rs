//! Answers whose body was not read in place: a text that holds JSON, or a body
//! that came before anything showed that it is one.

use std::io;

use super::state::{OpenBody, Piece, Splitter};
use crate::graph_json::missing::MissingPage;
use crate::graph_json::response::Response;

impl OpenBody {
    pub(super) fn new(line: u64, json: Vec<u8>, response: Option<Response>) -> OpenBody {
        OpenBody { line, splitter: Splitter::of_body(json), response }
    }

    /// The next item; None at the end of the body.
    pub(super) fn advance(&mut self) -> io::Result<Option<Piece>> {
        loop {
            match (self.splitter.advance()?, &mut self.response) {
                // Told with the response's id and status, at its end.
                (Some(Piece::Missing { page, .. }), Some(response)) => response.note(page),
                // What comes with an error is not a row.
                (Some(Piece::Row { .. }), Some(response)) if response.is_failure() => {}
                (found, _) => return Ok(found),
            }
        }
    }

    /// The page that is missing because of the response, if one is.
    pub(super) fn missing(self) -> Option<MissingPage> {
        self.response.and_then(Response::missing)
    }
}
