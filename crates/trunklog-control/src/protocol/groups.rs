//! Groups of reports and of sums on the socket.

use serde::{Deserialize, Serialize};
use trunklog_store::{GroupRow, ReportValue, Result};

use super::{from_json, to_json};

/// A [`GroupRow`]: what it is grouped by, and its measures.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct GroupRowForm(Vec<ValueForm>, Vec<ValueForm>);

/// A [`ReportValue`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum ValueForm {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    Bins(Vec<(u16, u64)>),
}

/// Some groups of a report, as a part of the answer.
pub(crate) fn groups_part(groups: &[GroupRow]) -> Result<Vec<u8>> {
    to_json(&groups.iter().map(GroupRowForm::of).collect::<Vec<_>>(), "a report")
}

/// Reads such a part.
pub(crate) fn read_groups(part: &[u8]) -> Result<Vec<GroupRow>> {
    let groups: Vec<GroupRowForm> = from_json(part, "a report")?;
    Ok(groups.into_iter().map(GroupRowForm::into_group).collect())
}

impl GroupRowForm {
    pub(super) fn of(group: &GroupRow) -> GroupRowForm {
        GroupRowForm(ValueForm::all(&group.by), ValueForm::all(&group.measures))
    }

    pub(super) fn into_group(self) -> GroupRow {
        let GroupRowForm(by, measures) = self;
        GroupRow { by: ValueForm::into_values(by), measures: ValueForm::into_values(measures) }
    }
}

impl ValueForm {
    pub(super) fn all(values: &[ReportValue]) -> Vec<ValueForm> {
        values.iter().map(ValueForm::of).collect()
    }

    pub(super) fn into_values(forms: Vec<ValueForm>) -> Vec<ReportValue> {
        forms.into_iter().map(ValueForm::into_value).collect()
    }

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
