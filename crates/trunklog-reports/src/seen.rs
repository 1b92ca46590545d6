//! Rows of some countries, as a reader can tell them.
//!
//! A country follows from a number, or from what Graph's beta says, and no expression
//! over properties tells it. Where no sums are kept by country, rows are read, and those
//! of other countries left out before anything is counted. A masked reader is told the
//! country of what is left of a number.

use arrow::array::BooleanArray;
use arrow::compute::filter_record_batch;
use trunklog_records::Rows;
use trunklog_records::masking::masked;

use crate::countries::Country;
use crate::facts::{Fact, Facts};
use crate::filter::Countries;

/// The properties that tell a country.
pub(crate) const OF_COUNTRY: [&str; 4] =
    ["callType", "callerNumber", "calleeNumber", "otherPartyCountryCode"];

/// The country of the party outside, as a reader from whom so many digits are hidden can
/// tell it.
pub(crate) fn seen_country(fact: &Fact<'_>, digits: u8) -> Option<Country> {
    let said = fact.other_country.and_then(Country::by_code);
    said.or_else(|| Country::of_number(&masked(fact.outside_number?, digits)))
}

/// The rows that are of these countries, for a reader from whom so many digits are hidden.
pub(crate) fn of_countries(rows: &Rows, countries: &Countries, digits: u8) -> Rows {
    if countries.is_all() {
        return rows.clone();
    }
    let facts = Facts::of(rows);
    let are_taken: BooleanArray =
        facts.rows().map(|fact| Some(countries.take(seen_country(&fact, digits)))).collect();
    let batch = filter_record_batch(rows.batch(), &are_taken).expect("there is a truth for each row");
    Rows::new(rows.log(), batch).expect("some rows of a log have its columns")
}
