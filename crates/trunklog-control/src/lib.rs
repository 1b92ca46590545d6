//! One process owns a store; others that need it talk to the owner.
//!
//! The owner holds a lock on `owner.lock` in the data folder ([`Ownership`])
//! and answers on the Unix socket `control.sock` beside it ([`serve`]). To
//! another process the owner's store is an engine like any other
//! ([`RemoteEngine`]).
//!
//! Both ends are the same program run by the same user on one machine, so the
//! protocol is simple: a frame of JSON and a frame of Arrow columns each way,
//! one request at a time on a connection. Its version is checked because an
//! upgraded command may meet a server that still runs.
//!
//! This crate must not know which engine it passes on, nor what a command
//! wants with it.

mod error;
mod outage;
mod ownership;
mod protocol;
mod remote;
mod server;

pub use error::ControlError;
pub use ownership::{Acquired, Holder, Ownership};
pub use remote::RemoteEngine;
pub use server::{ControlServer, serve};
