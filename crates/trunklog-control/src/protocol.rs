//! What goes over the socket.
//!
//! A message has a head, which is JSON, and a body, which may be empty. Before
//! each is its length (`u32`, big-endian). A client sends a [`Request`] and
//! reads a [`Reply`]. In the body is what can be long: rows as an Arrow IPC
//! stream, the expressions of a selection, lists; all but rows as JSON.
//!
//! An answer may have parts before its end, each a [`Reply::Part`]. The server
//! sends the next one when the client says so ([`Turn`]): a command that takes
//! its time holds nothing but its connection.
//!
//! # Versions
//!
//! An upgraded command may meet a server that still runs, and the other way
//! round. Messages have a version, which a server looks at before all else. And
//! as properties are named by their indices, each request that is about a log
//! carries the fingerprint of its schema ([`LogRef`]): none is ever read with
//! the properties of another version. Cubes are named by their log and version
//! in the same way ([`SetRef`](cubes::SetRef)). Three things stay as they are in all
//! versions, so that each understands why the other refuses: the lengths, the
//! member `version`, and [`Reply::Error`].

mod buckets;
mod busy;
mod changes;
mod columns;
mod cubes;
mod erasure;
mod failure;
mod frame;
mod groups;
mod json;
mod key;
mod page;
mod reply;
mod report;
mod request;
mod scan;
mod schema;
mod selection;
mod states;
mod sums;
mod tenants;
mod verification;
mod zone;

pub(crate) use buckets::{buckets_message, read_buckets};
pub(crate) use busy::{BusyHead, busy_part, read_busy_part};
pub(crate) use changes::{ChangesHead, changes_message, read_changes};
pub(crate) use columns::{decode, encode};
pub(crate) use cubes::{MendForm, SourceForm, check_message, days_message, read_check, read_days};
pub(crate) use erasure::EraseForm;
pub(crate) use failure::{misunderstood, too_large};
pub(crate) use frame::{MAX_BODY, read_message, read_rest, write_message};
pub(crate) use groups::{groups_part, read_groups};
pub(crate) use page::{PageHead, page_message, read_page};
pub(crate) use reply::{Message, Reply, Turn};
pub(crate) use report::ReportHead;
pub(crate) use request::{Op, Request};
pub(crate) use scan::ScanHead;
pub(crate) use schema::LogRef;
pub(crate) use selection::{Expressions, SelectionHead, range};
pub(crate) use states::{read_states, states_message};
pub(crate) use sums::{decode_questions, encode_questions, read_sums_part, sums_part};
pub(crate) use tenants::{read_tenants, tenant, tenants_message};
pub(crate) use verification::{read_verified, verified_message};

use json::{from_json, to_json};

#[cfg(test)]
mod tests;
