//! What an import reads.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use super::patience::patiently;
use crate::format::Premise;
use crate::input::{Input, InputError, InputPath};
use crate::positions::{FilePosition, Identity, Mark, PositionKeeper, Positions};
use crate::reader::Position;

/// An input, and where to go on with it.
pub struct Source {
    /// What is read.
    pub input: Input,
    /// Where to go on, and who keeps how far it was read; None where it is read
    /// from its start, and nothing is kept.
    pub resumption: Option<Resumption>,
}

/// Where to go on with an input.
pub struct Resumption {
    /// The place; None is the start.
    pub from: Option<Position>,
    /// Who keeps how far it was read.
    pub keeper: Arc<dyn PositionKeeper>,
    /// What tells the input, as it is now, from others.
    pub mark: Mark,
}

impl From<Input> for Source {
    fn from(input: Input) -> Source {
        Source { input, resumption: None }
    }
}

impl Source {
    /// Opens an input that is to go on where it was left. What is not a true file
    /// is read from its start. The pauses are for a store that recovers.
    pub(super) fn open(
        path: &InputPath,
        positions: &Positions,
        premise: Premise,
        pauses: &[Duration],
    ) -> Result<Source, InputError> {
        let unreadable = |reason| path.unreadable(reason);
        let Some((mut file, file_path)) = path.open_file()? else { return path.open().map(Source::from) };
        let identity = Identity::of(&mut file, premise).map_err(unreadable)?;
        let mut source = Source::from(Input::of_file(path.to_string(), file)?);
        if let Some(identity) = identity {
            let name = fs::canonicalize(file_path).map_err(unreadable)?;
            let kept = patiently(pauses, || FilePosition::read(positions, &name, identity.clone()))
                .map_err(|reason| InputError::Position { name: path.to_string(), reason })?;
            let (from, mark) = (kept.position(), kept.mark());
            source.resumption = Some(Resumption { from, keeper: Arc::new(kept), mark });
        }
        Ok(source)
    }
}
