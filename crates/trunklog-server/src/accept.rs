//! What a client would like to get: which of several media types by `Accept`,
//! pages of which size by `Prefer`, answers of which version by
//! `OData-MaxVersion`; and how lists in header fields are read.

pub(crate) mod list;
mod max_version;
mod media_range;
mod negotiation;
mod prefer;

pub(crate) use self::max_version::{MAX_VERSION, MaxVersion, max_version};
pub(crate) use self::media_range::{JSON, MediaRange, for_people};
pub(crate) use self::negotiation::{Preference, preferred};
pub(crate) use self::prefer::{PREFER, PREFERENCE_APPLIED, max_page_size, page_size, tracks_changes};
