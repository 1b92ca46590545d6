//! Cubes on the socket.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use trunklog_odata::Instant;
use trunklog_store::cube::{CubeCheck, CubeDays, CubeDifference, CubeSet, Mend, SumSource};
use trunklog_store::{Error, ErrorKind, Result};

use super::selection::range;
use super::{LogRef, Message, Reply, from_json, misunderstood, to_json};

/// The cubes of a log, and which version of them the sender knows.
///
/// Questions name cubes, keys and measures by their places, and what these mean
/// follows from definitions. So a question about sums is refused unless both ends
/// have the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SetRef {
    log: LogRef,
    version: String,
}

/// A [`SumSource`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum SourceForm {
    Cube,
    Rows(u64),
}

/// A [`Mend`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum MendForm {
    All,
    Nothing,
}

impl SetRef {
    pub(crate) fn of(set: &'static CubeSet) -> SetRef {
        SetRef { log: LogRef::of(set.log), version: set.version.to_owned() }
    }

    /// The cubes, when `known` has the sender's.
    pub(crate) fn into_set(self, known: &[&'static CubeSet]) -> Result<&'static CubeSet> {
        let log = self.log.into_log()?;
        let set = known.iter().copied().find(|set| set.log.name == log.name);
        set.filter(|set| set.version == self.version).ok_or_else(|| {
            let text = format!(
                "the running server has another version of the sums of {} than this command: restart the \
                 server",
                log.name
            );
            Error::new(ErrorKind::Other, text)
        })
    }
}

impl SourceForm {
    pub(crate) fn of(source: SumSource) -> SourceForm {
        match source {
            SumSource::Cube => SourceForm::Cube,
            SumSource::Rows(read) => SourceForm::Rows(read),
        }
    }

    pub(crate) fn into_source(self) -> SumSource {
        match self {
            SourceForm::Cube => SumSource::Cube,
            SourceForm::Rows(read) => SumSource::Rows(read),
        }
    }
}

impl MendForm {
    pub(crate) fn of(mend: Mend) -> MendForm {
        match mend {
            Mend::All => MendForm::All,
            Mend::Nothing => MendForm::Nothing,
        }
    }

    pub(crate) fn into_mend(self) -> Mend {
        match self {
            MendForm::All => Mend::All,
            MendForm::Nothing => Mend::Nothing,
        }
    }
}

/// The answer with the days whose sums are kept. There may be many, so they are the
/// body.
pub(crate) fn days_message(days: &CubeDays) -> Result<Message> {
    let kept: Vec<(Instant, Instant)> = days.kept.iter().map(|day| (day.from(), day.end())).collect();
    Ok((Reply::CubeDays { waiting: days.waiting }, to_json(&kept, "days")?))
}

/// Reads it.
pub(crate) fn read_days((reply, body): Message) -> Result<CubeDays> {
    let Reply::CubeDays { waiting } = reply else { return Err(misunderstood("an answer")) };
    let kept: Vec<(Instant, Instant)> = from_json(&body, "days")?;
    let kept = kept.into_iter().map(|(from, end)| range(from, end)).collect::<Result<Vec<_>>>()?;
    Ok(CubeDays { kept, waiting })
}

/// The answer with what comparing cubes with rows found.
pub(crate) fn check_message(check: &CubeCheck) -> Result<Message> {
    let form = |difference: &CubeDifference| (difference.cube.to_owned(), difference.cells);
    let differences: Vec<(String, u64)> = check.differences.iter().map(form).collect();
    let CubeCheck { cells, is_mended, is_compared, .. } = *check;
    let reply = Reply::CubesChecked { cells, is_mended, is_compared };
    Ok((reply, to_json(&differences, "differences")?))
}

/// Reads it.
pub(crate) fn read_check((reply, body): Message) -> Result<CubeCheck> {
    let Reply::CubesChecked { cells, is_mended, is_compared } = reply else {
        return Err(misunderstood("an answer"));
    };
    let differences: Vec<(String, u64)> = from_json(&body, "differences")?;
    let difference = |(cube, cells): (String, u64)| CubeDifference { cube: name_of(cube), cells };
    let differences = differences.into_iter().map(difference).collect();
    Ok(CubeCheck { cells, differences, is_mended, is_compared })
}

/// The names of cubes that came from the other end. They live as long as the program,
/// of which one version knows few.
#[derive(Debug, Default)]
struct Names(BTreeSet<&'static str>);

/// So many, and no more.
const MOST_NAMES: usize = 100;

static NAMES: Mutex<Names> = Mutex::new(Names(BTreeSet::new()));

impl Names {
    fn of(&mut self, cube: String) -> &'static str {
        if let Some(name) = self.0.get(cube.as_str()).copied() {
            return name;
        }
        if self.0.len() == MOST_NAMES {
            return "another cube";
        }
        let name: &'static str = cube.leak();
        self.0.insert(name);
        name
    }
}

fn name_of(cube: String) -> &'static str {
    NAMES.lock().unwrap_or_else(PoisonError::into_inner).of(cube)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_once_and_not_without_end() {
        let mut names = Names::default();
        let first = names.of("cube 0".to_owned());
        for number in 1..MOST_NAMES {
            names.of(format!("cube {number}"));
        }
        assert!(std::ptr::eq(first, names.of("cube 0".to_owned())));
        assert_eq!(names.of("a new cube".to_owned()), "another cube");
        assert_eq!((names.0.len(), names.of("cube 99".to_owned())), (MOST_NAMES, "cube 99"));
    }
}
