//! The pages, a file each.

pub mod admin;
mod axis;
pub mod call;
pub mod calls;
pub mod codes;
pub mod data;
pub mod destinations;
pub mod exports;
pub mod failures;
mod figures;
pub mod health;
pub mod help;
pub mod message;
pub mod numbers;
pub mod reveal;
#[cfg(test)]
mod testing;
pub mod too_many;
pub mod trunk;
pub mod trunks;
pub mod usage;
pub mod users;
mod way;
pub mod welcome;
