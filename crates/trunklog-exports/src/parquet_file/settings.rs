//! How values are encoded: chosen so that writing keeps pace with reading.

use std::collections::HashSet;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Int64Type};
use parquet::basic::Compression;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use trunklog_records::Rows;

use crate::columns::{Columns, metadata};

/// The rows of a row group, as DuckDB has them.
pub(super) const GROUP_ROWS: usize = 122_880;

/// Values that are encoded at a time, between looks at a page's size.
const WRITE_BATCH: usize = 4_096;

/// The rows that are looked at, and the values that at least make a judgement.
const SAMPLE_ROWS: usize = 8_192;
const SAMPLE_VALUES: usize = 1_024;

/// The settings of a file that starts with these rows.
///
/// A smallest and largest value a row group is kept for numbers and times, by
/// which readers pass over row groups. Of text it would cost a comparison a
/// value, and random ids leave nothing to pass over. For the same reason there
/// is no index of pages.
pub(super) fn of(columns: &Columns, first: &[Rows]) -> WriterProperties {
    let pair = |(key, value): (&str, &str)| KeyValue::new(key.to_owned(), value.to_owned());
    let mut settings = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_write_batch_size(WRITE_BATCH)
        .set_data_page_row_count_limit(GROUP_ROWS)
        .set_key_value_metadata(Some(metadata(columns.log()).map(pair).to_vec()));
    for (place, field) in columns.schema().fields().iter().enumerate() {
        // Of one part, whatever the name holds.
        let path = || ColumnPath::from(field.name().as_str());
        if field.data_type() == &DataType::Utf8 {
            settings = settings.set_column_statistics_enabled(path(), EnabledStatistics::None);
        }
        if is_mostly_distinct(first.iter().map(|rows| columns.stored(rows, place))) {
            settings = settings.set_column_dictionary_enabled(path(), false);
        }
    }
    settings.build()
}

/// Whether a column, given in parts, has so many different values that a
/// dictionary is a waste.
///
/// Times are about as different among the first rows as among all: half is the
/// limit. Texts are not, because the people of a large organisation are
/// different for long. But when nine of ten are, a row group's dictionary would
/// pass its limit of 1 MiB.
fn is_mostly_distinct<'a>(parts: impl Iterator<Item = &'a ArrayRef>) -> bool {
    let mut values = 0;
    let mut texts: HashSet<&str> = HashSet::new();
    let mut times: HashSet<i64> = HashSet::new();
    let mut left = SAMPLE_ROWS;
    for part in parts {
        let len = part.len().min(left);
        left -= len;
        match part.data_type() {
            DataType::Utf8 => {
                for text in part.as_string::<i32>().iter().take(len).flatten() {
                    values += 1;
                    texts.insert(text);
                }
            }
            DataType::Int64 => {
                for time in part.as_primitive::<Int64Type>().iter().take(len).flatten() {
                    values += 1;
                    times.insert(time);
                }
            }
            _ => return false,
        }
    }
    values >= SAMPLE_VALUES && (times.len() * 2 > values || texts.len() * 10 > values * 9)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Int64Array, StringArray};

    use super::*;

    #[test]
    fn ids_are_told_from_people_and_times_from_marks() {
        let text = |different: usize| -> ArrayRef {
            Arc::new((0..8_000).map(|at| Some((at % different).to_string())).collect::<StringArray>())
        };
        let times = |different: i64| -> ArrayRef {
            Arc::new((0..8_000).map(|at| Some(at % different)).collect::<Int64Array>())
        };
        let is_mostly_distinct = |column: ArrayRef| {
            let parts = [column.slice(0, column.len() / 3), column.slice(column.len() / 3, column.len() / 2)];
            super::is_mostly_distinct(parts.iter())
        };
        assert!(is_mostly_distinct(text(8_000)));
        assert!(!is_mostly_distinct(text(5_000)));
        assert!(is_mostly_distinct(times(6_000)));
        assert!(!is_mostly_distinct(times(900)));
        assert!(!is_mostly_distinct(text(8_000).slice(0, 100)));
    }
}
