//! Removing duplicates within one append.

use std::collections::HashMap;

use trunklog_records::Rows;

/// The rows of a batch that an engine must store, ordered by time and id: of
/// rows with the same time and id the last one, which is the newest.
pub fn newest_of_each(rows: &Rows) -> Vec<u32> {
    let len = u32::try_from(rows.len()).expect("a batch is far smaller than 2^32 rows");
    let mut newest: HashMap<_, u32> = HashMap::with_capacity(rows.len());
    for row in 0..len {
        newest.insert(rows.key(row as usize), row);
    }
    let mut order: Vec<u32> = newest.into_values().collect();
    order.sort_unstable_by(|a, b| rows.key(*a as usize).cmp(&rows.key(*b as usize)));
    order
}
