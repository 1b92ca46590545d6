//! Places in a walk on the socket.

use serde::{Deserialize, Serialize};
use trunklog_odata::Instant;
use trunklog_store::{Key, OrderValue};

/// A [`Key`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct KeyForm {
    order: Vec<OrderForm>,
    time: Instant,
    id: String,
}

/// An [`OrderValue`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum OrderForm {
    Null,
    Bool(bool),
    Int(i64),
    Number(f64),
    Text(String),
}

impl KeyForm {
    pub(super) fn of(key: &Key) -> KeyForm {
        let order = key.order.iter().map(OrderForm::of).collect();
        KeyForm { order, time: key.time, id: key.id.clone() }
    }

    pub(super) fn into_key(self) -> Key {
        let order = self.order.into_iter().map(OrderForm::into_value).collect();
        Key { order, time: self.time, id: self.id }
    }
}

impl OrderForm {
    fn of(value: &OrderValue) -> OrderForm {
        match value {
            OrderValue::Null => OrderForm::Null,
            OrderValue::Bool(value) => OrderForm::Bool(*value),
            OrderValue::Int(value) => OrderForm::Int(*value),
            OrderValue::Number(value) => OrderForm::Number(*value),
            OrderValue::Text(text) => OrderForm::Text(text.clone()),
        }
    }

    fn into_value(self) -> OrderValue {
        match self {
            OrderForm::Null => OrderValue::Null,
            OrderForm::Bool(value) => OrderValue::Bool(value),
            OrderForm::Int(value) => OrderValue::Int(value),
            OrderForm::Number(value) => OrderValue::Number(value),
            OrderForm::Text(text) => OrderValue::Text(text),
        }
    }
}
