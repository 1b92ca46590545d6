//! The types of Arrow's columns, and how rows' columns become them: those of
//! properties, and of the lists that collections become, whose structures have
//! columns again.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, Int32Array, Int64Array, ListArray, StringArray,
    StructArray, TimestampMicrosecondArray,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Fields, Int64Type, TimeUnit, TimestampMicrosecondType};
use arrow::error::ArrowError;
use serde_json::Value;
use trunklog_odata::Instant;
use trunklog_odata::edm::{ComplexType, EdmType};

use crate::decimal::{PRECISION, SCALE, scaled};

/// The type of a property's column.
pub(super) fn data_type(edm: EdmType) -> DataType {
    match edm {
        EdmType::String | EdmType::Enum(_) => DataType::Utf8,
        EdmType::DateTimeOffset => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        EdmType::Int32 => DataType::Int32,
        EdmType::Boolean => DataType::Boolean,
        EdmType::Decimal => DataType::Decimal128(PRECISION, SCALE),
        EdmType::Collection(of) => list_type(of),
    }
}

/// A column of that type, made of the column that rows have for it.
pub(super) fn shown(edm: EdmType, stored: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    match edm {
        EdmType::String | EdmType::Enum(_) | EdmType::Int32 | EdmType::Boolean => Ok(Arc::clone(stored)),
        EdmType::DateTimeOffset => {
            let micros: TimestampMicrosecondArray =
                stored.as_primitive::<Int64Type>().unary::<_, TimestampMicrosecondType>(|ticks| {
                    ticks.div_euclid(Instant::TICKS_PER_MICROSECOND)
                });
            Ok(Arc::new(micros.with_timezone("UTC")))
        }
        EdmType::Decimal => {
            let decimals: Decimal128Array =
                stored.as_string::<i32>().iter().map(|text| text.and_then(scaled)).collect();
            Ok(Arc::new(decimals.with_precision_and_scale(PRECISION, SCALE)?))
        }
        EdmType::Collection(of) => lists(of, stored.as_string::<i32>()),
    }
}

/// The type of a column with collections of `of`.
fn list_type(of: &'static ComplexType) -> DataType {
    DataType::List(Arc::new(Field::new_list_field(DataType::Struct(fields(of)), true)))
}

fn fields(of: &'static ComplexType) -> Fields {
    of.properties.iter().map(|(name, edm)| Field::new(*name, data_type(*edm), true)).collect()
}

/// The collections in a column of JSON arrays; what is not an array becomes null.
///
/// Many rows have the same collection, so each text of a batch is read once.
fn lists(of: &'static ComplexType, column: &StringArray) -> Result<ArrayRef, ArrowError> {
    let mut elements: Vec<Value> = Vec::new();
    let mut known: HashMap<&str, Option<Range<usize>>> = HashMap::new();
    let mut picked: Vec<usize> = Vec::new();
    let mut lengths = Vec::with_capacity(column.len());
    let mut present = Vec::with_capacity(column.len());
    for text in column {
        let range =
            text.and_then(|text| known.entry(text).or_insert_with(|| read(text, &mut elements)).clone());
        present.push(range.is_some());
        let range = range.unwrap_or_default();
        lengths.push(range.len());
        picked.extend(range);
    }
    let members = |name: &str| -> Vec<Option<&Value>> {
        picked.iter().map(|at| elements[*at].get(name).filter(|value| !value.is_null())).collect()
    };
    let columns = of
        .properties
        .iter()
        .map(|(name, edm)| shown(*edm, &stored(*edm, &members(name))))
        .collect::<Result<Vec<_>, _>>()?;
    let structs = StructArray::try_new(fields(of), columns, None)?;
    let item = Arc::new(Field::new_list_field(DataType::Struct(fields(of)), true));
    let offsets = OffsetBuffer::from_lengths(lengths);
    Ok(Arc::new(ListArray::try_new(item, offsets, Arc::new(structs), Some(NullBuffer::from(present)))?))
}

/// Adds a collection's elements to `elements`, and tells where they are.
fn read(text: &str, elements: &mut Vec<Value>) -> Option<Range<usize>> {
    let list: Vec<Value> = serde_json::from_str(text).ok()?;
    let begin = elements.len();
    elements.extend(list);
    Some(begin..elements.len())
}

/// Values as a column of rows would hold them; what has another type becomes
/// null.
fn stored(edm: EdmType, values: &[Option<&Value>]) -> ArrayRef {
    let values = values.iter().copied();
    match edm {
        EdmType::String | EdmType::Enum(_) => {
            Arc::new(values.map(|value| value?.as_str()).collect::<StringArray>())
        }
        EdmType::Decimal | EdmType::Collection(_) => {
            Arc::new(values.map(|value| Some(value?.to_string())).collect::<StringArray>())
        }
        EdmType::DateTimeOffset => {
            let ticks = |value: Option<&Value>| Some(Instant::parse(value?.as_str()?).ok()?.ticks());
            Arc::new(values.map(ticks).collect::<Int64Array>())
        }
        EdmType::Int32 => {
            let int = |value: Option<&Value>| i32::try_from(value?.as_i64()?).ok();
            Arc::new(values.map(int).collect::<Int32Array>())
        }
        EdmType::Boolean => Arc::new(values.map(|value| value?.as_bool()).collect::<BooleanArray>()),
    }
}
