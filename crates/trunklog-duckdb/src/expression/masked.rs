//! Masked numbers of any form: DuckDB calls what masks the rows, so that rows
//! and filters never differ.

use std::error::Error;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int32Array, RecordBatch, StringArray};
use arrow::datatypes::DataType;
use duckdb::Connection;
use duckdb::vscalar::{ArrowFunctionSignature, VArrowScalar};
use trunklog_records::masking::masked;

/// The function's name in SQL: of a text, and how many digits are hidden.
pub(super) const MASKED: &str = "trunklog_masked";

/// Makes the function known to all connections of the instance that a
/// connection belongs to.
pub(super) fn register(connection: &Connection) -> duckdb::Result<()> {
    connection.register_scalar_function::<MaskFunction>(MASKED)
}

/// [`masked`] as a function of SQL.
struct MaskFunction;

impl VArrowScalar for MaskFunction {
    type State = ();

    /// Null where an argument is.
    fn invoke((): &(), input: RecordBatch) -> Result<ArrayRef, Box<dyn Error>> {
        let [texts, digits] = input.columns() else { return Err("expected two arguments".into()) };
        let texts = texts.as_any().downcast_ref::<StringArray>().ok_or("expected a text")?;
        let digits = digits.as_any().downcast_ref::<Int32Array>().ok_or("expected a whole number")?;
        let seen =
            texts.iter().zip(digits).map(|(text, digits)| Some(masked(text?, u8::try_from(digits?).ok()?)));
        Ok(Arc::new(seen.collect::<StringArray>()))
    }

    fn signatures() -> Vec<ArrowFunctionSignature> {
        vec![ArrowFunctionSignature::exact(vec![DataType::Utf8, DataType::Int32], DataType::Utf8)]
    }
}
