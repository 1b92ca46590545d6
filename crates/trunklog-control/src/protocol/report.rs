//! Reports on the socket.

use serde::{Deserialize, Serialize};
use trunklog_odata::Instant;
use trunklog_odata::expr::Expr;
use trunklog_store::{Aggregate, Group, Measure, Operand, ReportQuery, Result, Selection, Watermark};

use super::{SelectionHead, from_json, to_json};

/// A [`ReportQuery`] without filter, groups and measures.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ReportHead {
    rows: SelectionHead,
    watermark: Option<u64>,
}

/// Filter, groups and measures. They can be long, so they are a body.
#[derive(Debug, Serialize, Deserialize)]
struct ReportBody {
    filter: Option<Expr>,
    groups: Vec<GroupForm>,
    measures: Vec<MeasureForm>,
}

/// A [`Group`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum GroupForm {
    Property(usize),
    Prefix { property: usize, chars: u8 },
    Buckets { property: usize, edges: Vec<Instant> },
}

/// A [`Measure`].
#[derive(Debug, Serialize, Deserialize)]
struct MeasureForm {
    of: AggregateForm,
    when: Option<Expr>,
}

/// An [`Aggregate`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum AggregateForm {
    Rows,
    Distinct(usize),
    Sum(OperandForm),
    Smallest(OperandForm),
    Largest(OperandForm),
    Bins(OperandForm),
}

/// An [`Operand`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum OperandForm {
    Property(usize),
    Millis { from: usize, to: usize },
}

impl ReportHead {
    /// The head of a request and its body, which have no place for what no
    /// report may have.
    pub(crate) fn of(query: &ReportQuery) -> Result<(ReportHead, Vec<u8>)> {
        query.check()?;
        let ReportQuery { selection, watermark, groups, measures } = query;
        let body = ReportBody {
            filter: selection.filter.clone(),
            groups: groups.iter().map(GroupForm::of).collect(),
            measures: measures.iter().map(MeasureForm::of).collect(),
        };
        let head = ReportHead {
            rows: SelectionHead::of(selection),
            watermark: watermark.map(|watermark| watermark.0),
        };
        Ok((head, to_json(&body, "a report")?))
    }

    /// The query, with the body that came after it, when it fits its log.
    pub(crate) fn into_query(self, body: &[u8]) -> Result<ReportQuery> {
        let bare = self.rows.into_bare()?;
        let ReportBody { filter, groups, measures } = from_json(body, "a report")?;
        let query = ReportQuery {
            selection: Selection { filter, ..bare },
            watermark: self.watermark.map(Watermark),
            groups: groups.into_iter().map(GroupForm::into_group).collect(),
            measures: measures.into_iter().map(MeasureForm::into_measure).collect(),
        };
        query.check()?;
        Ok(query)
    }
}

impl GroupForm {
    fn of(group: &Group) -> GroupForm {
        match group {
            Group::Property(property) => GroupForm::Property(*property),
            Group::Prefix { property, chars } => GroupForm::Prefix { property: *property, chars: *chars },
            Group::Buckets { property, edges } => {
                GroupForm::Buckets { property: *property, edges: edges.to_vec() }
            }
        }
    }

    fn into_group(self) -> Group {
        match self {
            GroupForm::Property(property) => Group::Property(property),
            GroupForm::Prefix { property, chars } => Group::Prefix { property, chars },
            GroupForm::Buckets { property, edges } => Group::Buckets { property, edges: edges.into() },
        }
    }
}

impl MeasureForm {
    fn of(measure: &Measure) -> MeasureForm {
        let of = match measure.of {
            Aggregate::Rows => AggregateForm::Rows,
            Aggregate::Distinct(property) => AggregateForm::Distinct(property),
            Aggregate::Sum(operand) => AggregateForm::Sum(OperandForm::of(operand)),
            Aggregate::Smallest(operand) => AggregateForm::Smallest(OperandForm::of(operand)),
            Aggregate::Largest(operand) => AggregateForm::Largest(OperandForm::of(operand)),
            Aggregate::Bins(operand) => AggregateForm::Bins(OperandForm::of(operand)),
        };
        MeasureForm { of, when: measure.when.clone() }
    }

    fn into_measure(self) -> Measure {
        let of = match self.of {
            AggregateForm::Rows => Aggregate::Rows,
            AggregateForm::Distinct(property) => Aggregate::Distinct(property),
            AggregateForm::Sum(operand) => Aggregate::Sum(operand.into_operand()),
            AggregateForm::Smallest(operand) => Aggregate::Smallest(operand.into_operand()),
            AggregateForm::Largest(operand) => Aggregate::Largest(operand.into_operand()),
            AggregateForm::Bins(operand) => Aggregate::Bins(operand.into_operand()),
        };
        Measure { of, when: self.when }
    }
}

impl OperandForm {
    fn of(operand: Operand) -> OperandForm {
        match operand {
            Operand::Property(property) => OperandForm::Property(property),
            Operand::Millis { from, to } => OperandForm::Millis { from, to },
        }
    }

    fn into_operand(self) -> Operand {
        match self {
            OperandForm::Property(property) => Operand::Property(property),
            OperandForm::Millis { from, to } => Operand::Millis { from, to },
        }
    }
}
