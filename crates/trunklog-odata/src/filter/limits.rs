//! How much an expression may hold.

/// How deep an expression may be nested, and parentheses within one another. A
/// part takes three levels of the expression's JSON, and JSON parsers stop at
/// 128.
pub const MAX_DEPTH: usize = 24;
/// How many parts an expression may have.
pub const MAX_NODES: usize = 1_000;
/// How many literals a list after `in` may have.
pub const MAX_LITERALS: usize = 1_000;
/// How many criteria an order may have.
pub const MAX_ORDER: usize = 8;
