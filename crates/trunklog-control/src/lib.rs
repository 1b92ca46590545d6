//! One process owns a store; others that need it talk to the owner.
//!
//! The owner holds a lock on `owner.lock` in the data folder ([`Ownership`])
//! and answers on the Unix socket `control.sock` beside it ([`serve`]). To
//! another process the owner's store is an engine like any other
//! ([`RemoteEngine`]).
//!
//! Both ends are the same program run by the same user on one machine, so the
//! protocol is simple: a frame of JSON and a frame of what belongs to it each
//! way, one request at a time on a connection. But an upgraded command may meet
//! a server that still runs. So each request carries the version of the
//! protocol and, when it is about a log, the fingerprint of the log's schema and
//! the version of the cubes that it means, and is refused in words by a server
//! that has others.
//!
//! All of the contract of stores crosses the socket as it is: what is counted
//! is counted where the rows are.
//!
//! This crate must not know which engine it passes on, nor what a command
//! wants with it.

mod error;
mod ownership;
mod protocol;
mod remote;
mod server;

pub use error::ControlError;
pub use ownership::{Acquisition, Holder, Ownership};
pub use remote::RemoteEngine;
pub use server::{ControlServer, serve};
