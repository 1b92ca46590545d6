//! The server: Graph's call-record functions, reports and the token endpoint over
//! HTTP.
//!
//! It turns bytes into calls of the other crates and their results into
//! answers. What a URL means is `trunklog-odata`'s business, who somebody is
//! `trunklog-identity`'s, how rows are kept the engine's: this crate must not
//! know any engine, and never reads configuration files or the environment.
//!
//! `router.rs` lists every route, `layers.rs` what surrounds all of them,
//! `answer.rs` what all of them answer with, `listen.rs` how connections are
//! accepted, limited and ended.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod accept;
mod answer;
mod app;
mod audit;
mod authentication;
mod backlog;
mod block;
mod body;
mod client_address;
mod coding;
mod description;
mod document;
mod error;
mod feed;
mod forwarded;
mod graph;
mod host;
mod identity;
mod kept_answers;
mod kept_documents;
mod language;
mod layers;
mod line;
mod listen;
mod memory;
mod metrics;
mod openapi;
mod ops;
mod pages;
mod peer;
mod people;
mod probes;
mod probing;
mod public_address;
mod reports;
mod request_size;
mod reveal_quota;
mod router;
mod server;
mod settings;
mod share;
mod source_gauges;
mod stall;
mod store_limits;
mod throttle;
mod tls;
mod trunk_gauges;
mod windows;
mod workers;

pub use app::Services;
pub use error::ServeError;
pub use pages::SignedIn;
pub use peer::{Peer, Scheme};
pub use router::app;
pub use server::{Addresses, Server};
pub use settings::{
    Inventories, Limits, MOST_SECS, Masks, Origins, ProbeSettings, Reveals, RevealsPerHour, Settings,
    ThrottleLimits, Zones,
};
pub use store_limits::store_limit_hint;
pub use tls::{Tls, certificate_expiry};
