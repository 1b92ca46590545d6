//! The bins in which reports count values.

use std::error::Error;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, UInt16Array};
use arrow::datatypes::DataType;
use duckdb::Connection;
use duckdb::vscalar::{ArrowFunctionSignature, VArrowScalar};
use trunklog_store::bin_of;

/// The function's name in SQL: of a whole number.
pub(crate) const BIN: &str = "trunklog_bin";

/// Makes the function known to all connections of the instance that a
/// connection belongs to.
pub(super) fn register(connection: &Connection) -> duckdb::Result<()> {
    connection.register_scalar_function::<Bin>(BIN)
}

/// [`bin_of`] as a function of SQL.
struct Bin;

impl VArrowScalar for Bin {
    type State = ();

    /// Null where the argument is null or below 0.
    fn invoke((): &(), input: RecordBatch) -> Result<ArrayRef, Box<dyn Error>> {
        let [values] = input.columns() else { return Err("expected one argument".into()) };
        let values = values.as_any().downcast_ref::<Int64Array>().ok_or("expected a whole number")?;
        Ok(Arc::new(values.iter().map(|value| bin_of(value?)).collect::<UInt16Array>()))
    }

    fn signatures() -> Vec<ArrowFunctionSignature> {
        vec![ArrowFunctionSignature::exact(vec![DataType::Int64], DataType::UInt16)]
    }
}
