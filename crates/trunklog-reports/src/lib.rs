//! What the numbers of reports mean: how calls end and who is to mend what went
//! wrong, what is counted of rows, and the key figures that follow.
//!
//! The definitions are tables, read by the code and printed by docs and pages.
//! Tables hold keys; the words are in the texts of a language ([`Texts`]). The
//! whole set has a version ([`DEFINITIONS`]).
//!
//! A row's class follows from its codes ([`classify`]), a group of rows becomes
//! [`Totals`], which add up and can be taken away, and each key figure follows
//! from these ([`kpi`]).
//!
//! This crate must not know where rows are stored, who asks, or what time it
//! is: it does no I/O, and knows no engine and no HTTP.
//!
//! ```
//! use trunklog_reports::kpi::KPIS;
//! use trunklog_reports::{Texts, Totals};
//!
//! let mut totals = Totals::of_end(9, Some(true), Some(0), Some(560_000));
//! totals.add(&Totals::of_end(1, Some(false), Some(504), Some(569_008)));
//! let ner = KPIS.iter().find(|kpi| kpi.definition.key == "ner").unwrap();
//! assert_eq!(Texts::english().text(ner.definition.name, &[]), "network effectiveness ratio (NER)");
//! assert_eq!((ner.of(&totals).value, ner.of(&totals).n), (Some(0.9), 10));
//! ```

pub mod calendar;
pub mod codes;
mod countries;
pub mod cubes;
pub mod erlang;
mod facts;
pub mod kpi;
pub mod render;

mod ask;
mod bins;
mod classes;
mod error;
mod filter;
mod plan;
mod questions;
mod report;
mod row_kind;
mod seen;
mod slices;
mod table;
mod texts;
mod totals;
mod version;

pub use ask::{Ask, Dimension, Extra};
pub use bins::Bins;
pub use classes::{Class, Ner, RULES, Rule, Side, classify};
pub use countries::{Country, NUMBER_PLAN};
pub use error::ReportError;
pub use facts::{Fact, Facts};
pub use filter::{Derived, Filter};
pub use questions::{KeyFigures, rows_joined};
pub use report::{Buckets, Level, REPORTS, Report, Takes};
pub use row_kind::{ISA_CODES, SEER_CODES};
pub use slices::{SLICES, Slice, SliceRow, Slices, Slots};
pub use table::{Answer, Column, Kind, Source, Table, Value};
pub use texts::{Argument, Language, Texts};
pub use totals::Totals;
pub use version::DEFINITIONS;
