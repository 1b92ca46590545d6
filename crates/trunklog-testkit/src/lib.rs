//! What integration tests share: a whole server in the test's own process, and
//! the real binary in a separate process.
//!
//! Only tests depend on this crate. It fails by panicking, which is what a test
//! wants, and it must not decide what is right: expectations are the tests'.

#![allow(clippy::unwrap_used)]

mod answer;
mod binary;
mod browser;
mod clock;
mod provider;
mod rows;
mod server;
mod stand_in;
mod tokens;

pub use answer::Answer;
pub use binary::{Application, Binary, Outcome, RunningServer, call_path, ids_in};
pub use browser::Browser;
pub use clock::FakeClock;
pub use provider::{OidcProvider, totp};
pub use rows::{append, call_row, call_rows};
pub use server::{Builder, PUBLIC_URL, Request, TENANT, TestServer, form_encoded};
pub use stand_in::StandIn;
pub use tokens::Forge;
