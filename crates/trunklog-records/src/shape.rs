//! A log as expressions see it.

use trunklog_odata::Version;
use trunklog_odata::edm::EdmType;
use trunklog_odata::filter::Shape;

use crate::schema::Log;

/// The properties that a version of the API shows of a log's rows.
///
/// ```
/// use trunklog_odata::Version;
/// use trunklog_odata::filter::Shape;
/// use trunklog_records::schema::DIRECT_ROUTING_CALLS;
///
/// let shape = DIRECT_ROUTING_CALLS.shape(Version::V1);
/// assert_eq!(shape.property("userCountryCode"), None);
/// assert_eq!(shape.elsewhere("userCountryCode").as_deref(), Some("userCountryCode exists on /beta alone"));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct LogShape {
    log: &'static Log,
    version: Version,
}

impl Log {
    /// What a version shows of the log's rows, for expressions over them.
    ///
    /// ```
    /// use trunklog_odata::{Version, filter};
    /// use trunklog_records::schema::DIRECT_ROUTING_CALLS;
    ///
    /// let shape = DIRECT_ROUTING_CALLS.shape(Version::V1);
    /// assert!(filter::parse("duration gt 60", &shape, &|_| None).is_ok());
    /// assert!(filter::parse("userCountryCode eq 'DE'", &shape, &|_| None).is_err());
    /// ```
    pub fn shape(&'static self, version: Version) -> LogShape {
        LogShape { log: self, version }
    }
}

impl Shape for LogShape {
    fn type_name(&self) -> &str {
        self.log.row_type
    }

    fn property(&self, name: &str) -> Option<(usize, EdmType)> {
        let at = self.log.index_of(name)?;
        let property = &self.log.properties[at];
        property.position(self.version).map(|_| (at, property.edm))
    }

    fn names(&self) -> Vec<&'static str> {
        self.log.layout(self.version).into_iter().map(|at| self.log.properties[at].name).collect()
    }

    fn elsewhere(&self, name: &str) -> Option<String> {
        let property = &self.log.properties[self.log.index_of(name)?];
        let is_there =
            property.position(Version::Beta).is_some() && property.position(self.version).is_none();
        is_there.then(|| format!("{name} exists on /beta alone"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{DIRECT_ROUTING_CALLS, PSTN_BLOCKED_USERS};

    #[test]
    fn a_version_knows_its_own_properties_alone() {
        let v1 = DIRECT_ROUTING_CALLS.shape(Version::V1);
        let beta = DIRECT_ROUTING_CALLS.shape(Version::Beta);
        assert_eq!(v1.property("finalSipCode"), beta.property("finalSipCode"));
        assert_eq!(v1.property("userCountryCode"), None);
        let at = DIRECT_ROUTING_CALLS.index_of("userCountryCode").unwrap();
        assert_eq!(beta.property("userCountryCode"), Some((at, EdmType::String)));
        assert_eq!(v1.names()[0], "id");
        assert!(beta.names().contains(&"userCountryCode") && !v1.names().contains(&"userCountryCode"));
        for (version, shape) in [(Version::V1, v1), (Version::Beta, beta)] {
            assert_eq!(shape.names().len(), DIRECT_ROUTING_CALLS.layout(version).len());
        }
        assert_eq!(v1.elsewhere("userCountryCode").as_deref(), Some("userCountryCode exists on /beta alone"));
        assert_eq!((beta.elsewhere("userCountryCode"), v1.elsewhere("id")), (None, None));
        assert_eq!(v1.elsewhere("foo"), None);
    }

    #[test]
    fn what_is_stored_and_not_shown_is_not_known() {
        let shape = PSTN_BLOCKED_USERS.shape(Version::Beta);
        assert_eq!(shape.property("id"), None);
        assert_eq!(shape.elsewhere("id"), None);
        assert!(!shape.names().contains(&"id"));
        assert_eq!(shape.property("dynamicProperties"), None);
    }
}
