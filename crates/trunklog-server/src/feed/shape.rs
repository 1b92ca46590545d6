//! A set as expressions see it.

use trunklog_odata::edm::EdmType;
use trunklog_odata::filter::Shape;

use super::metadata::NAMESPACE;
use super::sets::Set;

/// The properties of a set's entities.
pub(super) struct SetShape<'a>(pub(super) &'a Set);

impl Shape for SetShape<'_> {
    fn type_name(&self) -> &str {
        self.0.entity
    }

    fn namespace(&self) -> &str {
        NAMESPACE
    }

    fn property(&self, name: &str) -> Option<(usize, EdmType)> {
        let at = self.0.layout().into_iter().find(|at| self.0.property(*at) == name)?;
        Some((at, self.0.edm(at)))
    }

    fn names(&self) -> Vec<&'static str> {
        self.0.layout().into_iter().map(|at| self.0.property(at)).collect()
    }

    fn elsewhere(&self, _: &str) -> Option<String> {
        None
    }
}
