//! Reports on the socket.

use serde::{Deserialize, Serialize};
use trunklog_odata::Instant;
use trunklog_odata::expr::Expr;
use trunklog_store::{
    Aggregate, Group, GroupRow, Measure, Operand, ReportQuery, ReportValue, Result, Selection, Watermark,
};

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

/// A [`GroupRow`]: what it is grouped by, and its measures.
type GroupRowForm = (Vec<ValueForm>, Vec<ValueForm>);

/// A [`ReportValue`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum ValueForm {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    Bins(Vec<(u16, u64)>),
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

/// Some groups of a report, as a part of the answer.
pub(crate) fn groups_part(groups: &[GroupRow]) -> Result<Vec<u8>> {
    let forms = |values: &[ReportValue]| -> Vec<ValueForm> { values.iter().map(ValueForm::of).collect() };
    let rows: Vec<GroupRowForm> =
        groups.iter().map(|group| (forms(&group.by), forms(&group.measures))).collect();
    to_json(&rows, "a report")
}

/// Reads such a part.
pub(crate) fn read_groups(part: &[u8]) -> Result<Vec<GroupRow>> {
    let values = |forms: Vec<ValueForm>| -> Vec<ReportValue> {
        forms.into_iter().map(ValueForm::into_value).collect()
    };
    let rows: Vec<GroupRowForm> = from_json(part, "a report")?;
    let row = |(by, measures): GroupRowForm| GroupRow { by: values(by), measures: values(measures) };
    Ok(rows.into_iter().map(row).collect())
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

impl ValueForm {
    fn of(value: &ReportValue) -> ValueForm {
        match value {
            ReportValue::Null => ValueForm::Null,
            ReportValue::Bool(value) => ValueForm::Bool(*value),
            ReportValue::Int(value) => ValueForm::Int(*value),
            ReportValue::Text(text) => ValueForm::Text(text.clone()),
            ReportValue::Bins(bins) => ValueForm::Bins(bins.clone()),
        }
    }

    fn into_value(self) -> ReportValue {
        match self {
            ValueForm::Null => ReportValue::Null,
            ValueForm::Bool(value) => ReportValue::Bool(value),
            ValueForm::Int(value) => ReportValue::Int(value),
            ValueForm::Text(text) => ReportValue::Text(text),
            ValueForm::Bins(bins) => ReportValue::Bins(bins),
        }
    }
}
