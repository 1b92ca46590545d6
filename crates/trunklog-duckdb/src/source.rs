//! What the rows of a log are read from.

use std::sync::{Arc, PoisonError};

use trunklog_records::schema::{ID, Measure, Origin, Summary};
use trunklog_records::{Log, TenantId, TimeRange};
use trunklog_store::{Selection, Watermark};

use crate::instance::{Instance, Table};
use crate::select::Select;
use crate::sql::{self, Parameters, SEQUENCE, quoted};

/// The tables that hold a log's rows, or what these are computed from.
pub(crate) enum Source {
    /// Each row is stored.
    Stored(Arc<Table>),
    /// Rows summarise those of another log. At least one table exists.
    Computed {
        /// How they are computed.
        summary: &'static Summary,
        /// The rows that are summarised.
        of: Option<Arc<Table>>,
        /// The rows that are stored all the same.
        own: Option<Arc<Table>>,
    },
}

impl Source {
    /// The source of a log's rows; None when there are none.
    pub(crate) fn of(
        instance: &Instance,
        tenant: TenantId,
        log: &'static Log,
    ) -> duckdb::Result<Option<Source>> {
        let own = instance.table(tenant, log)?;
        let Origin::Computed(summary) = log.origin else { return Ok(own.map(Source::Stored)) };
        let of = instance.table(tenant, summary.of)?;
        if own.is_none() && of.is_none() {
            return Ok(None);
        }
        Ok(Some(Source::Computed { summary, of, own }))
    }

    /// The watermark of a walk that begins now.
    pub(crate) fn newest(&self) -> Watermark {
        match self {
            Source::Stored(table) => Watermark(table.sequence()),
            Source::Computed { of, own, .. } => {
                let sequence = |table: Option<&Table>| table.map_or(0, Table::sequence);
                Sequences { of: sequence(of.as_deref()), own: sequence(own.as_deref()) }.watermark()
            }
        }
    }

    /// A statement that reads the rows of a selection as of the watermark. The
    /// order is not part of it.
    pub(crate) fn select(&self, selection: &Selection, watermark: Watermark) -> Select {
        let mut parameters = Parameters::default();
        let mut select = match self {
            Source::Stored(table) => {
                let mut select = Select::new(table.name.as_str(), parameters);
                select.require(|parameters| seen(watermark.0, parameters));
                select
            }
            Source::Computed { summary, of, own } => {
                let rows = Computed { log: selection.log, summary, range: selection.range };
                let sequences = Sequences::of(watermark);
                let from = rows.relation(of.as_deref(), own.as_deref(), sequences, &mut parameters);
                Select::new(from, parameters)
            }
        };
        select.require(|parameters| within(selection.log, selection.range, parameters));
        select.require_filter(selection);
        select
    }
}

impl Table {
    /// The number of the last commit.
    pub(crate) fn sequence(&self) -> u64 {
        self.state.read().unwrap_or_else(PoisonError::into_inner).sequence
    }
}

/// The condition that rows were stored at a sequence.
pub(crate) fn seen(sequence: u64, parameters: &mut Parameters) -> String {
    let sequence = parameters.bind(i64::try_from(sequence).unwrap_or(i64::MAX));
    format!("{SEQUENCE} <= {sequence}")
}

/// The condition that rows lie in a range.
pub(crate) fn within(log: &Log, range: TimeRange, parameters: &mut Parameters) -> String {
    let time = quoted(log.time);
    let (from, end) = (parameters.bind(range.from().ticks()), parameters.bind(range.end().ticks()));
    format!("{time} >= {from} AND {time} < {end}")
}

/// Two tables count their commits apart, and a walk over both has one
/// watermark: each has one half of it. What does not fit a half counts as its
/// largest number, which stands for any commit: a walk may then see rows that
/// came after it began, but none is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sequences {
    of: u64,
    own: u64,
}

impl Sequences {
    fn of(watermark: Watermark) -> Sequences {
        let whole = |half: u64| if half == u64::from(u32::MAX) { u64::MAX } else { half };
        Sequences { of: whole(watermark.0 >> 32), own: whole(watermark.0 & u64::from(u32::MAX)) }
    }

    fn watermark(self) -> Watermark {
        let half = |sequence: u64| sequence.min(u64::from(u32::MAX));
        Watermark((half(self.of) << 32) | half(self.own))
    }
}

/// The rows of a computed log in a range.
struct Computed {
    log: &'static Log,
    summary: &'static Summary,
    range: TimeRange,
}

impl Computed {
    /// The rows as they stand behind `FROM`.
    fn relation(
        &self,
        of: Option<&Table>,
        own: Option<&Table>,
        sequences: Sequences,
        parameters: &mut Parameters,
    ) -> String {
        let counted = of.map(|table| self.counted(table, sequences.of, parameters));
        let mut parts = Vec::new();
        if let Some(counted) = &counted {
            let groups: Vec<_> = self.summary.groups.iter().map(|(_, there)| grouped(there)).collect();
            parts.push(format!(
                "SELECT {} FROM {counted} GROUP BY {}",
                self.columns(parameters).join(", "),
                groups.join(", ")
            ));
        }
        if let Some(own) = own {
            let within = within(self.log, self.range, parameters);
            let seen = seen(sequences.own, parameters);
            let columns = sql::column_list(self.log, "");
            let stored = format!("SELECT {columns} FROM {} WHERE {within} AND {seen}", own.name);
            parts.push(match &counted {
                Some(counted) => self.remaining(&stored, counted),
                None => stored,
            });
        }
        format!("({}) AS computed", parts.join(" UNION ALL "))
    }

    /// Those of the stored rows in whose period no row that counts begins.
    ///
    /// The first that begins with the period or later decides. It is joined,
    /// which sorts both sides once: comparing each period with each row, as
    /// `NOT EXISTS` does, would take their product.
    fn remaining(&self, stored: &str, counted: &str) -> String {
        let (begin, end) = (quoted(self.log.time), quoted(self.summary.period_end));
        let time = quoted(self.summary.of.time);
        // Where the period has no end, the second comparison is never true.
        format!(
            "SELECT stored.* FROM ({stored}) AS stored
             ASOF LEFT JOIN (SELECT {time} AS begun FROM {counted}) AS counted ON stored.{begin} <= counted.begun
             WHERE counted.begun IS NULL OR counted.begun >= stored.{end}"
        )
    }

    /// The rows that count, as they stand behind `FROM`.
    fn counted(&self, table: &Table, sequence: u64, parameters: &mut Parameters) -> String {
        let within = within(self.summary.of, self.range, parameters);
        let seen = seen(sequence, parameters);
        let selected: Vec<_> =
            self.summary.selected.iter().map(|value| parameters.bind((*value).to_owned())).collect();
        format!(
            "{} WHERE {within} AND {seen} AND {} IN ({})",
            table.name,
            quoted(self.summary.selected_by),
            selected.join(", ")
        )
    }

    /// The log's columns, computed for a group.
    fn columns(&self, parameters: &mut Parameters) -> Vec<String> {
        sql::row_columns(self.log)
            .map(|(name, of)| {
                let group = self.summary.groups.iter().find(|(here, _)| *here == name);
                let measure = self.summary.measures.iter().find(|(here, _)| *here == name);
                let value = if name == self.log.time {
                    parameters.bind(self.range.from().ticks())
                } else if name == ID {
                    self.id()
                } else if let Some((_, there)) = group {
                    grouped(there)
                } else if let Some((_, measure)) = measure {
                    measured(*measure)
                } else {
                    format!("CAST(NULL AS {of})")
                };
                format!("{value} AS {}", quoted(name))
            })
            .collect()
    }

    fn id(&self) -> String {
        let groups = self.summary.groups.iter();
        let texts: Vec<_> = groups.map(|(_, there)| format!("coalesce({}, '')", grouped(there))).collect();
        texts.join(" || chr(31) || ")
    }
}

/// What rows are grouped by. Null and empty would give two groups one id.
fn grouped(there: &str) -> String {
    format!("nullif({}, '')", quoted(there))
}

/// A measure of a group's rows.
fn measured(measure: Measure) -> String {
    match measure {
        Measure::Rows => "CAST(least(count(*), 2147483647) AS INTEGER)".to_owned(),
        Measure::Sum(of) => format!(
            "CAST(greatest(least(coalesce(sum({}), 0), 2147483647), -2147483648) AS INTEGER)",
            quoted(of)
        ),
        // Eighteen digits before the point leave the sum of ten thousand
        // million rows room in a decimal of 38 digits. Ten digits stand behind
        // it, of which the last eight are needless when they are zeros.
        Measure::DecimalSum(of) => format!(
            "regexp_replace(CAST(coalesce(sum(TRY_CAST({} AS DECIMAL(28, 10))), 0) AS VARCHAR), '0{{1,8}}$', '')",
            quoted(of)
        ),
        Measure::Largest(of) => format!("max({})", quoted(of)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watermark_holds_both_sequences() {
        for (of, own) in [(0, 0), (7, 3), (u64::from(u32::MAX - 1), 1)] {
            let sequences = Sequences { of, own };
            assert_eq!(Sequences::of(sequences.watermark()), sequences);
        }
        for many in [u64::from(u32::MAX), u64::from(u32::MAX) + 1] {
            let of = Sequences { of: many, own: 2 };
            assert_eq!(Sequences::of(of.watermark()), Sequences { of: u64::MAX, own: 2 });
            let own = Sequences { of: 2, own: many };
            assert_eq!(Sequences::of(own.watermark()), Sequences { of: 2, own: u64::MAX });
        }
        assert_eq!(Sequences { of: 0, own: 0 }.watermark(), Watermark(0));
    }
}
