//! What an import reads.

use std::fs::{self, File};
use std::sync::Arc;

use crate::format::Premise;
use crate::input::{Input, InputError, InputPath};
use crate::positions::{FilePosition, Identity, PositionKeeper, Positions};
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
}

impl From<Input> for Source {
    fn from(input: Input) -> Source {
        Source { input, resumption: None }
    }
}

impl Source {
    /// Opens an input that is to go on where it was left. What is not a true file
    /// is read from its start.
    pub(super) fn open(
        path: &InputPath,
        positions: &Positions,
        premise: Premise,
    ) -> Result<Source, InputError> {
        let InputPath::File(file_path) = path else { return path.open().map(Source::from) };
        let unreadable = |reason| path.unreadable(reason);
        let mut file = File::open(file_path).map_err(unreadable)?;
        let identity = Identity::of(&mut file, premise).map_err(unreadable)?;
        let mut source = Source::from(Input::of_file(path.to_string(), file)?);
        if let Some(identity) = identity {
            let name = fs::canonicalize(file_path).map_err(unreadable)?;
            let kept = FilePosition::read(positions, &name, identity)
                .map_err(|reason| InputError::Position { name: path.to_string(), reason })?;
            source.resumption = Some(Resumption { from: kept.position(), keeper: Arc::new(kept) });
        }
        Ok(source)
    }
}
