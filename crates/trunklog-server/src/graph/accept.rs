//! What a client of Graph would like to get: `Accept`, `$format`, `Prefer` and
//! `OData-MaxVersion`.

mod representation;

pub(super) use self::representation::Representation;
pub(super) use crate::accept::{
    MaxVersion, PREFER, PREFERENCE_APPLIED, max_page_size, max_version, page_size, tracks_changes,
};
