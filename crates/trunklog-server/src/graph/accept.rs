//! What a client would like to get: `Accept`, `$format`, `Prefer` and
//! `OData-MaxVersion`.

mod list;
mod max_version;
mod media_range;
mod negotiation;
mod prefer;
mod representation;

pub(super) use self::max_version::{MAX_VERSION, MaxVersion, max_version};
pub(super) use self::negotiation::{Preference, preferred};
pub(super) use self::prefer::{PREFER, PREFERENCE_APPLIED, max_page_size, page_size, tracks_changes};
pub(super) use self::representation::Representation;
