//! Sums of rows on the socket.

use serde::{Deserialize, Serialize};
use trunklog_odata::Instant;
use trunklog_odata::expr::Expr;
use trunklog_store::cube::{CubeSet, KeyChoice, SumQuery};
use trunklog_store::{GroupRow, Result};

use super::cubes::SetRef;
use super::groups::{GroupRowForm, ValueForm};
use super::selection::range;
use super::zone::ZoneForm;
use super::{from_json, to_json};

/// A [`SumQuery`]. It can be long, so questions are a body.
#[derive(Debug, Serialize, Deserialize)]
struct QuestionForm {
    set: SetRef,
    cube: usize,
    from: Instant,
    end: Instant,
    filter: Option<Expr>,
    only: Vec<ChoiceForm>,
    edges: Option<Vec<Instant>>,
    by: Vec<usize>,
    measures: Option<Vec<usize>>,
    zone: ZoneForm,
}

/// A [`KeyChoice`].
#[derive(Debug, Serialize, Deserialize)]
struct ChoiceForm {
    key: usize,
    bits: Option<i64>,
    values: Vec<ValueForm>,
}

/// Some groups of the answer to a question.
#[derive(Debug, Serialize, Deserialize)]
struct SumsPart {
    /// The question's place.
    question: usize,
    groups: Vec<GroupRowForm>,
}

/// The body with some questions.
pub(crate) fn encode_questions(queries: &[SumQuery]) -> Result<Vec<u8>> {
    let questions: Vec<QuestionForm> = queries.iter().map(QuestionForm::of).collect::<Result<_>>()?;
    to_json(&questions, "sums")
}

/// Reads it, when all questions fit `known` cubes.
pub(crate) fn decode_questions(body: &[u8], known: &[&'static CubeSet]) -> Result<Vec<SumQuery>> {
    let questions: Vec<QuestionForm> = from_json(body, "sums")?;
    questions.into_iter().map(|question| question.into_query(known)).collect()
}

/// Some groups of the answer to the question at a place, as a part of the answer.
pub(crate) fn sums_part(question: usize, groups: &[GroupRow]) -> Result<Vec<u8>> {
    let groups = groups.iter().map(GroupRowForm::of).collect();
    to_json(&SumsPart { question, groups }, "sums")
}

/// Reads such a part.
pub(crate) fn read_sums_part(part: &[u8]) -> Result<(usize, Vec<GroupRow>)> {
    let SumsPart { question, groups } = from_json(part, "sums")?;
    Ok((question, groups.into_iter().map(GroupRowForm::into_group).collect()))
}

impl QuestionForm {
    fn of(query: &SumQuery) -> Result<QuestionForm> {
        let choice = |only: &KeyChoice| ChoiceForm {
            key: only.key,
            bits: only.bits,
            values: ValueForm::all(&only.values),
        };
        Ok(QuestionForm {
            set: SetRef::of(query.set),
            cube: query.cube,
            from: query.range.from(),
            end: query.range.end(),
            filter: query.filter.clone(),
            only: query.only.iter().map(choice).collect(),
            edges: query.edges.as_ref().map(|edges| edges.to_vec()),
            by: query.by.clone(),
            measures: query.measures.clone(),
            zone: ZoneForm::of(&query.zone)?,
        })
    }

    fn into_query(self, known: &[&'static CubeSet]) -> Result<SumQuery> {
        let choice = |ChoiceForm { key, bits, values }| KeyChoice {
            key,
            bits,
            values: ValueForm::into_values(values),
        };
        let query = SumQuery {
            set: self.set.into_set(known)?,
            cube: self.cube,
            range: range(self.from, self.end)?,
            filter: self.filter,
            only: self.only.into_iter().map(choice).collect(),
            edges: self.edges.map(Into::into),
            by: self.by,
            measures: self.measures,
            zone: self.zone.into_zone()?,
        };
        query.check()?;
        Ok(query)
    }
}
