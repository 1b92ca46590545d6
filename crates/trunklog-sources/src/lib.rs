//! Where rows come from: input formats, and the pipeline that brings rows into a
//! store.
//!
//! A format reads an input record by record ([`reader`]) and says where in the
//! input each starts. All that happens then (batches, appending, retries,
//! rejected records, positions, the summary) is the [`pipeline`]'s, so that every
//! source behaves the same when something is wrong.
//!
//! | module | does |
//! | --- | --- |
//! | [`input`] | names and opens files and standard input, undoes gzip and UTF-16 |
//! | [`reader`], [`mod@format`] | what a format is: it recognises its inputs, reads their records, says how to go on later |
//! | [`formats`] | the table of all formats |
//! | [`graph_json`] | the format of saved Graph pages: pages, arrays, lines, single rows, batches |
//! | [`table`] | the format of tables: exports of the Teams admin centre, rows that scripts saved as CSV |
//! | [`archive`] | the files in a zip archive, as inputs |
//! | [`pipeline`] | brings rows into a store in batches, keeps what was rejected, tells what it did |
//! | [`positions`] | keeps how far sources were read |
//! | [`rejected`] | files of rejected records: which there are, what they hold, replaying them |
//! | [`mod@folder`] | watched folders: which files are complete, taking them, their reports |
//!
//! # Adding a format
//! Write one module beside [`graph_json`] that implements
//! [`RecordReader`](reader::RecordReader) and [`Session`](format::Session), and
//! add its [`Format`](format::Format) to [`FORMATS`](formats::FORMATS). Where it
//! reads named values, [`RowBuilder::row`](trunklog_records::RowBuilder::row)
//! makes rows of them. What nobody reads yet is told by name in `foreign.rs`:
//! take from there what can be read now.
//!
//! # What this crate must not know
//! Which engine stores the rows, which tenant they belong to (the store handle
//! knows), who asks for them later, and how progress and errors are shown. It
//! has no async code: it blocks, so an async caller runs it on a blocking
//! pool.

pub mod archive;
pub mod export_parameters;
pub mod folder;
pub mod format;
pub mod formats;
pub mod graph_json;
pub mod input;
pub mod pipeline;
pub mod positions;
pub mod reader;
pub mod rejected;
pub mod table;

mod foreign;
mod names;
mod period;

pub use names::NameList;
