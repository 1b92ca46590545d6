//! Taking away what was stored: what an append cannot do.

use trunklog_records::Log;

use crate::error::{Error, ErrorKind, Result};
use crate::selection::Selection;

/// What to take away.
///
/// ```
/// use trunklog_records::TimeRange;
/// use trunklog_records::schema::SMS;
/// use trunklog_store::{Erase, Erasure, Selection};
///
/// let numbers = ["sourceNumber", "destinationNumber"].map(|name| SMS.index_of(name).unwrap());
/// let selection = Selection::all(&SMS, TimeRange::ALL);
/// let erasure = Erasure { selection, what: Erase::Properties(numbers.to_vec()) };
/// assert!(erasure.check().is_ok());
/// ```
#[derive(Debug, Clone)]
pub struct Erasure {
    /// The rows. Order and columns do not matter.
    pub selection: Selection,
    /// What of them.
    pub what: Erase,
}

/// What of a row is taken away.
///
/// ```
/// use trunklog_records::schema::SMS;
/// use trunklog_store::Erase;
///
/// let unknown_properties = Erase::Properties(vec![SMS.properties.len()]);
/// assert_ne!(unknown_properties, Erase::Rows);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Erase {
    /// The whole row.
    Rows,
    /// The values of the properties at these indices, ascending; the index
    /// after the last property means the unknown ones. They become null.
    Properties(Vec<usize>),
}

impl Erasure {
    /// Checks that selection and properties fit the log. Time and id make a row
    /// what it is and cannot be taken from it.
    ///
    /// ```
    /// use trunklog_records::TimeRange;
    /// use trunklog_records::schema::SMS;
    /// use trunklog_store::{Erase, Erasure, Selection};
    ///
    /// let what = Erase::Properties(vec![SMS.id_index()]);
    /// let erasure = Erasure { selection: Selection::all(&SMS, TimeRange::ALL), what };
    /// assert!(erasure.check().is_err());
    /// ```
    pub fn check(&self) -> Result<()> {
        self.selection.check()?;
        let Erase::Properties(properties) = &self.what else { return Ok(()) };
        let log: &Log = self.selection.log;
        let fits = |at: &usize| *at <= log.properties.len();
        if properties.is_empty() || !properties.iter().all(fits) || !properties.is_sorted_by(|a, b| a < b) {
            let text = format!("the properties to erase do not fit those of {}", log.name);
            return Err(Error::new(ErrorKind::Other, text));
        }
        if [log.time_index(), log.id_index()].iter().any(|at| properties.contains(at)) {
            let text = format!("{} and id tell rows of {} apart: erase whole rows", log.time, log.name);
            return Err(Error::new(ErrorKind::Other, text));
        }
        let mark = log.supersession.and_then(|supersession| log.index_of(supersession.marked_by));
        if mark.is_some_and(|mark| properties.contains(&mark)) {
            let text =
                format!("who recorded a row of {} cannot be erased: Graph would seem to have", log.name);
            return Err(Error::new(ErrorKind::Other, text));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use trunklog_records::TimeRange;
    use trunklog_records::schema::SMS;

    use super::*;

    fn erasing(what: Erase) -> Result<()> {
        Erasure { selection: Selection::all(&SMS, TimeRange::ALL), what }.check()
    }

    #[test]
    fn what_fits_the_log_can_be_erased() {
        let at = |name: &str| SMS.index_of(name).unwrap();
        let mut numbers = vec![at("sourceNumber"), at("destinationNumber"), SMS.properties.len()];
        numbers.sort_unstable();
        erasing(Erase::Rows).unwrap();
        erasing(Erase::Properties(numbers)).unwrap();
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let beyond = SMS.properties.len() + 1;
        let at = SMS.index_of("smsType").unwrap();
        for properties in [vec![], vec![beyond], vec![at, at], vec![at + 1, at]] {
            let error = erasing(Erase::Properties(properties.clone())).unwrap_err();
            assert_eq!(
                error.to_string(),
                "the properties to erase do not fit those of sms",
                "{properties:?}"
            );
        }
        for key in [SMS.time_index(), SMS.id_index()] {
            let error = erasing(Erase::Properties(vec![key])).unwrap_err();
            assert_eq!(error.to_string(), "sentDateTime and id tell rows of sms apart: erase whole rows");
        }
    }
}
