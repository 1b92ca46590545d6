//! Pulls the call records of Microsoft Graph, or of another Trunklog, into a
//! store.
//!
//! What is asked next is decided by [`walk`], which does no I/O: it is given the
//! time and what became of the last request, and says what to ask, or how long to
//! wait. All that it must know later is its [`position`], which is kept in the
//! store after the rows before it are durable. [`puller`] carries out what it says;
//! rows go through the pipeline of imports.
//!
//! | module | does |
//! | --- | --- |
//! | [`settings`], [`place`] | whose records, where they are, how to sign in |
//! | [`walk`], [`window`], [`position`] | which range and which page is next; where to go on after a crash |
//! | [`retry`], [`pace`] | how long to wait after a failure, and between requests |
//! | [`page`] | what is around the rows of an answer |
//! | [`fault`], [`advice`] | what went wrong, and what to do about it in Entra |
//! | [`token`], [`credential`] | access tokens by secret or by certificate |
//! | [`http`], [`time`] | the network and the clock, both replaceable |
//! | [`puller`], [`witness`], [`status`] | does the work, notes which rows came, says how it stands |
//! | [`check`] | whether all is right, without storing anything |
//!
//! # What this crate must not know
//! Which engine stores the rows, and how progress is shown. It blocks, so an async
//! caller runs it on a thread of its own. No secret, token, number or name is in
//! its errors; what a server says in words is left out of them, only its codes
//! stay.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod advice;
pub mod check;
pub mod credential;
pub mod fault;
pub mod http;
pub mod pace;
pub mod page;
pub mod place;
pub mod position;
pub mod puller;
pub mod retry;
pub mod settings;
pub mod status;
pub mod time;
pub mod token;
pub mod walk;
pub mod window;
pub mod witness;
