//! Statements that read a log's rows.

use arrow::array::{ArrayRef, RecordBatch, new_null_array};
use arrow::compute::concat_batches;
use arrow::datatypes::SchemaRef;
use duckdb::{Connection, Row, Statement, params_from_iter};
use trunklog_records::{Log, RowBuilder, Rows};
use trunklog_store::{Columns, Selection};

use crate::error::conversion;
use crate::expression;
use crate::sql::{self, Parameters, quoted};

/// A statement that is kept prepared keeps its last result, too, beside the
/// memory that DuckDB may use. One with more rows than this is not kept.
const KEPT_ROWS: usize = 8_192;

/// A statement that grows: conditions are added to it, then it is run.
pub(crate) struct Select {
    from: String,
    conditions: Vec<String>,
    pub(crate) parameters: Parameters,
    reuse: Reuse,
}

/// Whether the same text will come again, with other values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reuse {
    /// So often that it pays to keep it prepared.
    Often,
    /// Hardly: a client wrote a part of it, or it reads several segments.
    Hardly,
}

impl Select {
    /// A statement that reads what stands after `FROM`.
    pub(crate) fn new(from: impl Into<String>, parameters: Parameters) -> Select {
        Select { from: from.into(), conditions: Vec::new(), parameters, reuse: Reuse::Often }
    }

    /// Notes that the same text will hardly come again.
    pub(crate) fn is_rare(&mut self) {
        self.reuse = Reuse::Hardly;
    }

    /// Adds a condition that is made with the statement's parameters.
    pub(crate) fn require(&mut self, condition: impl FnOnce(&mut Parameters) -> String) {
        let condition = condition(&mut self.parameters);
        self.conditions.push(condition);
    }

    /// Adds a selection's filter.
    pub(crate) fn require_filter(&mut self, selection: &Selection) {
        if selection.filter.is_some() || !selection.order.is_empty() {
            self.reuse = Reuse::Hardly;
        }
        if let Some(filter) = &selection.filter {
            self.require(|parameters| expression::condition(filter, selection.log, parameters));
        }
    }

    /// Reads the columns `what`; `tail` is what stands after the conditions.
    pub(crate) fn batches(
        &self,
        connection: &Connection,
        what: &str,
        tail: &str,
    ) -> duckdb::Result<Vec<RecordBatch>> {
        self.run(connection, what, tail, |statement| {
            drop(statement.query_arrow(params_from_iter(self.parameters.values()))?);
            let mut batches = Vec::new();
            while let Some(batch) = statement.step()? {
                batches.push(RecordBatch::from(&batch));
            }
            Ok(batches)
        })
    }

    /// Reads the columns `what` batch by batch, of which memory holds a few.
    pub(crate) fn stream(
        &self,
        connection: &Connection,
        what: &str,
        mut each: impl FnMut(&RecordBatch) -> duckdb::Result<()>,
    ) -> duckdb::Result<()> {
        let mut statement = connection.prepare(&self.text(what, ""))?;
        drop(statement.stream_arrow(params_from_iter(self.parameters.values()))?);
        while let Some(batch) = statement.step()? {
            each(&RecordBatch::from(&batch))?;
        }
        Ok(())
    }

    /// Reads one row.
    pub(crate) fn row<T>(
        &self,
        connection: &Connection,
        what: &str,
        tail: &str,
        read: impl FnOnce(&Row<'_>) -> duckdb::Result<T>,
    ) -> duckdb::Result<T> {
        self.run(connection, what, tail, |statement| {
            statement.query_row(params_from_iter(self.parameters.values()), read)
        })
    }

    fn run<T>(
        &self,
        connection: &Connection,
        what: &str,
        tail: &str,
        read: impl FnOnce(&mut Statement<'_>) -> duckdb::Result<T>,
    ) -> duckdb::Result<T> {
        let text = self.text(what, tail);
        match self.reuse {
            Reuse::Often => {
                let mut statement = connection.prepare_cached(&text)?;
                let found = read(&mut statement)?;
                if statement.row_count() > KEPT_ROWS {
                    statement.discard();
                }
                Ok(found)
            }
            Reuse::Hardly => read(&mut connection.prepare(&text)?),
        }
    }

    fn text(&self, what: &str, tail: &str) -> String {
        let mut text = format!("SELECT {what} FROM {}", self.from);
        for (at, condition) in self.conditions.iter().enumerate() {
            text.push_str(if at == 0 { " WHERE " } else { " AND " });
            text.push_str(condition);
        }
        text.push_str(tail);
        text
    }
}

/// The columns that are read, and how they become rows.
pub(crate) struct Projection {
    log: &'static Log,
    /// Their indices among the columns of `Rows`, ascending.
    columns: Vec<usize>,
    schema: SchemaRef,
}

impl Projection {
    /// The columns that are asked for, and time and id.
    pub(crate) fn of(log: &'static Log, asked: &Columns) -> Projection {
        let always = [log.time_index(), log.id_index()];
        let schema = RowBuilder::new(log).finish().batch().schema();
        let columns =
            (0..schema.fields().len()).filter(|at| always.contains(at) || asked.contains(*at)).collect();
        Projection { log, columns, schema }
    }

    /// How many columns are read.
    pub(crate) fn len(&self) -> usize {
        self.columns.len()
    }

    /// The columns as a list.
    pub(crate) fn list(&self) -> String {
        let names: Vec<_> = sql::row_columns(self.log).map(|(name, _)| name).collect();
        self.columns.iter().map(|at| quoted(names[*at])).collect::<Vec<_>>().join(", ")
    }

    /// No rows.
    pub(crate) fn none(&self) -> Rows {
        RowBuilder::new(self.log).finish()
    }

    /// The rows of a batch whose first columns are those read; the others
    /// become nulls.
    pub(crate) fn rows(&self, batch: &RecordBatch) -> duckdb::Result<Rows> {
        let mut read = self.columns.iter().zip(batch.columns()).peekable();
        let columns: Vec<ArrayRef> = self
            .schema
            .fields()
            .iter()
            .enumerate()
            .map(|(at, field)| match read.next_if(|(column, _)| **column == at) {
                Some((_, values)) => values.clone(),
                None => new_null_array(field.data_type(), batch.num_rows()),
            })
            .collect();
        let batch = RecordBatch::try_new(self.schema.clone(), columns).map_err(conversion)?;
        Rows::new(self.log, batch).map_err(conversion)
    }

    /// The rows of several such batches, one after the other.
    pub(crate) fn joined(&self, batches: &[RecordBatch]) -> duckdb::Result<Rows> {
        match batches {
            [] => Ok(self.none()),
            [batch] => self.rows(batch),
            [first, ..] => self.rows(&concat_batches(&first.schema(), batches).map_err(conversion)?),
        }
    }
}
