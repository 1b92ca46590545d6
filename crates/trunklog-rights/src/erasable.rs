//! What of persons is kept beside the store.

use crate::Result;
use crate::person::Person;

/// A place beside the store in which something of a person may be: rejected records,
/// files that were imported, results of exports, keys of the audit trail. Who keeps such
/// a place implements this, and the binary names it in its list of places; all that
/// erases asks them.
///
/// ```
/// use trunklog_rights::{Erasable, FoundElsewhere, Person, Result};
///
/// /// A place in which nothing of persons is.
/// struct Nowhere;
///
/// impl Erasable for Nowhere {
///     fn name(&self) -> &'static str {
///         "nothing"
///     }
///
///     fn find(&self, _: &Person) -> Result<FoundElsewhere> {
///         Ok(FoundElsewhere::default())
///     }
///
///     fn erase(&self, _: &Person) -> Result<FoundElsewhere> {
///         Ok(FoundElsewhere::default())
///     }
/// }
///
/// let ada = Person::user("ada@contoso.com").unwrap();
/// assert_eq!(Nowhere.erase(&ada).unwrap().items, 0);
/// ```
pub trait Erasable {
    /// What it is called in receipts, in the plural: `rejected records`.
    fn name(&self) -> &'static str;

    /// What would be erased. Changes nothing.
    fn find(&self, person: &Person) -> Result<Found>;

    /// Erases it, and tells what that was. Doing it again finds nothing.
    fn erase(&self, person: &Person) -> Result<Found>;
}

/// What is, or was, in a place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// How many things: records, files, keys.
    pub items: u64,
    /// What of the person cannot be reached, in words that hold nothing of the person,
    /// and what to do about it.
    pub left: Vec<String>,
}
