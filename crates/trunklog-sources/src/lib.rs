//! Where rows come from: input formats, and the pipeline that brings rows into a
//! store.
//!
//! Each format is one module that cuts a stream of bytes into records and says
//! where in its input each record begins. All that happens behind it (decode,
//! batch, append, reject with a reason, report) is the [`pipeline`]'s, so that
//! every source behaves the same when something is wrong.
//!
//! | module | does |
//! | --- | --- |
//! | [`input`] | names and opens files and standard input, undoes gzip and UTF-16 |
//! | [`graph_json`] | the format of saved Graph pages: pages, arrays, lines, single rows, batches |
//! | [`pipeline`] | finds each row's log, decodes, appends in batches, keeps what was rejected |
//!
//! # Adding a format
//! Write one module beside [`graph_json`] with a reader that yields rows with
//! their line, or a reason why a record is none. It takes any [`std::io::Read`],
//! holds a bounded amount of memory, goes on behind what it cannot read, and
//! never panics. Give its rows to a `trunklog_records::RowBuilder` in the
//! pipeline, and let the pipeline recognise the format by its first bytes.
//!
//! # What this crate must not know
//! Which engine stores the rows, which tenant they belong to (the store handle
//! knows), who asks for them later, and how progress and errors are shown. It
//! has no async code: it blocks, so an async caller runs it on a blocking
//! pool.

pub mod graph_json;
pub mod input;
pub mod pipeline;

mod names;

pub use names::NameList;
