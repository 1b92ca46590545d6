//! Opening a store: its files are examined, then DuckDB opens them, then what an
//! older program left is brought up to date.

use std::path::Path;

use trunklog_store::cube::ZoneChoice;
use trunklog_store::{Error, ErrorKind, Result};

use crate::cubes;
use crate::error::opening_error;
use crate::files::mark::Mark;
use crate::files::{self, Files};
use crate::format;
use crate::instance::Instance;
use crate::options::{Access, Options};

/// Opens the file. For writing it is brought to the current form.
pub(crate) fn open(file: &Path, options: &Options, access: Access) -> Result<Instance> {
    let examined = files::examine(file, access)?;
    let mut instance = Instance::attach(file, options, access).map_err(opening_error)?;
    #[cfg(test)]
    crate::steps::reached("attached").map_err(opening_error)?;
    format::check(&instance.writer()).map_err(opening_error)?;
    settle_zones(&mut instance, options)?;
    if access == Access::Read {
        return Ok(instance);
    }
    let mark = Mark::begin(&Files::of(file), examined.commits).map_err(|error| {
        let what = format!("opening the store: {} cannot be held open", file.display());
        Error::new(ErrorKind::Other, what).caused_by(error)
    })?;
    instance.hold(mark, examined.names_checkpoint);
    #[cfg(test)]
    crate::steps::reached("marked").map_err(opening_error)?;
    format::bring_up_to_date(&instance, file).map_err(opening_error)?;
    Ok(instance)
}

/// Takes the store's own zones, where these are wanted.
fn settle_zones(instance: &mut Instance, options: &Options) -> Result<()> {
    if options.zones == ZoneChoice::Given || options.cubes.sets.is_empty() {
        return Ok(());
    }
    let kept = cubes::kept_zones(&instance.writer(), &options.cubes).map_err(opening_error)?;
    instance.count_by(kept);
    Ok(())
}

#[cfg(test)]
mod tests;
