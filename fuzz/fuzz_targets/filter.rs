//! `$filter`, `$orderby` and `$select`: what is read survives as JSON, and what
//! is refused says where.
//!
//! The input is the text of an option. Parameter aliases stand for the text
//! itself, so that it is read as a literal too.

#![no_main]

use libfuzzer_sys::fuzz_target;
use trunklog_odata::expr::{Expr, Kind, OrderBy};
use trunklog_odata::filter::{self, MAX_ORDER, Shape};
use trunklog_odata::{Error, Version};
use trunklog_records::schema::PSTN_CALLS;

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    for version in [Version::V1, Version::Beta] {
        let shape = PSTN_CALLS.shape(version);
        match filter::parse(text, &shape, &|_| Some(text.to_owned())) {
            Ok(expr) => {
                assert_eq!(expr.kind, Kind::Bool);
                let json = serde_json::to_string(&expr).expect("an expression can be written");
                let again: Expr = serde_json::from_str(&json).expect("and is not too deep to be read");
                assert_eq!(again, expr);
            }
            Err(error) => names_the_place(&error, text),
        }
        match filter::order_by(text, &shape) {
            Ok(order) => {
                assert!((1..=MAX_ORDER).contains(&order.len()));
                let json = serde_json::to_string(&order).expect("an order can be written");
                let again: Vec<OrderBy> =
                    serde_json::from_str(&json).expect("and is not too deep to be read");
                assert_eq!(again, order);
            }
            Err(error) => names_the_place(&error, text),
        }
        match filter::select(text, &shape) {
            Ok(None) => {}
            Ok(Some(chosen)) => {
                assert!(!chosen.is_empty() && chosen.is_sorted_by(|left, right| left < right));
                assert!(chosen.len() <= shape.names().len());
            }
            Err(error) => names_the_place(&error, text),
        }
    }
});

fn names_the_place(error: &Error, text: &str) {
    assert!(error.message().contains("at position "), "{error}");
    assert!(error.message().len() <= 2_000 + 2 * text.len(), "{error}");
}
