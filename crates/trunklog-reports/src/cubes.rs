//! The cubes: which sums of direct routing's rows are kept.
//!
//! Counts are of rows. What sums leave out, and why:
//!
//! - **Odd rows** ([`Fact::is_odd`](crate::Fact::is_odd)) are in `rows`, `answered`,
//!   `missed`, `disagreeing` and `compared`, and in nothing else.
//! - **`duration_s`** is Microsoft's `duration` of answered rows, as minutes and the
//!   average duration (ACD) need it. What an unanswered row has there is no talk;
//!   it may be the ringing.
//! - **`talk_ms`** is end - start of answered rows, **`answer_ms`** start - invite of
//!   answered outbound ones, **`setup_ms`** the same of all rows, and **`held_ms`**
//!   from invite, or else start, to end or failure of all rows. All in whole
//!   milliseconds, rounded down for each row.
//!
//! A sum has beside it how many rows are in it (`talk_n` for `talk_ms`), by which a
//! mean is divided.
//!
//! Where the same rows are in several cubes, their sums agree. Each row is in each
//! cube once, or, in [`SPREAD`] and [`SPREAD_DAYS`], once for each of its times: what
//! a row does not have is the key null.

mod fold;
mod places;
mod spans;

use trunklog_odata::Instant;
use trunklog_records::call_types::Direction;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_store::cube::{Cube, CubeKey, CubeSet, Grain, KeyKind};

use crate::countries::NUMBER_PLAN;
use crate::facts::Facts;
use crate::version::DEFINITIONS;

pub use places::{calls, countries, numbers, spread, users};

/// Quarters of an hour by trunk, call type and codes: [`calls`]. All key figures
/// but quantiles follow from them, in any zone, as offsets are whole quarters.
pub const QUARTERS: usize = 0;
/// The same by days of the tenant's zone: [`calls`].
pub const DAYS: usize = 1;
/// Hours by trunk, direction, leg, country of the other party, and class:
/// [`countries`].
pub const COUNTRIES: usize = 2;
/// Hours by trunk, direction, leg and call type: how many talk times and times to
/// answer are in each bin ([`trunklog_store::bin_of`] of milliseconds): [`spread`].
pub const SPREAD: usize = 3;
/// Days of the tenant's zone by user: [`users`].
pub const USERS: usize = 4;
/// Days of the tenant's zone by the organisation's own number: [`numbers`]. Numbers
/// outside are in no cube.
pub const NUMBERS: usize = 5;
/// The same as [`SPREAD`] by days of the tenant's zone: [`spread`].
pub const SPREAD_DAYS: usize = 6;

/// How cells are made, apart from definitions and numbers. Raise it with each
/// change of a cube, its keys or its measures.
const LAYOUT: u32 = 2;

/// The cubes of direct routing's rows.
///
/// ```
/// use trunklog_reports::cubes::{DIRECT_ROUTING, QUARTERS, calls};
///
/// let quarters = &DIRECT_ROUTING.cubes[QUARTERS];
/// assert_eq!(quarters.name, "quarters");
/// assert_eq!(quarters.measure("talk_ms"), Some(calls::TALK_MS));
/// assert_eq!(quarters.key("finalSipCode"), Some(calls::SIP));
/// ```
pub static DIRECT_ROUTING: CubeSet = CubeSet {
    log: &DIRECT_ROUTING_CALLS,
    version: VERSION,
    needs: Facts::PROPERTIES,
    cubes: &[
        Cube {
            name: "quarters",
            grain: Grain::Ticks(Instant::TICKS_PER_HOUR / 4),
            keys: CALL_KEYS,
            measures: calls::MEASURES,
        },
        Cube { name: "days", grain: Grain::Day, keys: CALL_KEYS, measures: calls::MEASURES },
        Cube {
            name: "countries",
            grain: Grain::Ticks(Instant::TICKS_PER_HOUR),
            keys: &[
                TRUNK_KEY,
                DIRECTION_KEY,
                LEG_KEY,
                CubeKey::derived("country", KeyKind::Text),
                CubeKey::derived("class", KeyKind::Text),
            ],
            measures: countries::MEASURES,
        },
        Cube {
            name: "spread",
            grain: Grain::Ticks(Instant::TICKS_PER_HOUR),
            keys: SPREAD_KEYS,
            measures: spread::MEASURES,
        },
        Cube {
            name: "users",
            grain: Grain::Day,
            keys: &[CubeKey::derived("user", KeyKind::Text), DIRECTION_KEY, LEG_KEY],
            measures: users::MEASURES,
        },
        Cube {
            name: "numbers",
            grain: Grain::Day,
            keys: &[CubeKey::derived("number", KeyKind::Text), DIRECTION_KEY],
            measures: numbers::MEASURES,
        },
        Cube { name: "spread_days", grain: Grain::Day, keys: SPREAD_KEYS, measures: spread::MEASURES },
    ],
    fold: fold::fold,
    spans: spans::spans,
};

const CALL_KEYS: &[CubeKey] = &[
    TRUNK_KEY,
    CALL_TYPE_KEY,
    CubeKey::property("finalSipCode", KeyKind::Int),
    CubeKey::property("callEndSubReason", KeyKind::Int),
    CubeKey::property("successfulCall", KeyKind::Int),
    CubeKey::derived("kind", KeyKind::Int),
];

const SPREAD_KEYS: &[CubeKey] = &[
    TRUNK_KEY,
    DIRECTION_KEY,
    LEG_KEY,
    CubeKey::derived("what", KeyKind::Int),
    CubeKey::derived("bin", KeyKind::Int),
    CALL_TYPE_KEY,
];

const TRUNK_KEY: CubeKey = CubeKey::property("trunkFullyQualifiedDomainName", KeyKind::Text);
const CALL_TYPE_KEY: CubeKey = CubeKey::property("callType", KeyKind::Text);
/// 1 in, 2 out, null where the call type tells neither.
const DIRECTION_KEY: CubeKey = CubeKey::derived("direction", KeyKind::Int);
/// 1 for a forwarding, transfer or conference leg, else 0.
const LEG_KEY: CubeKey = CubeKey::derived("leg", KeyKind::Int);

/// The key `direction` of rows that came in.
pub const INBOUND: i64 = 1;
/// The key `direction` of rows that went out.
pub const OUTBOUND: i64 = 2;

/// What the key `direction` stands for.
///
/// ```
/// use trunklog_records::call_types::Direction;
/// use trunklog_reports::cubes::{OUTBOUND, direction_of};
///
/// assert_eq!((direction_of(OUTBOUND), direction_of(0)), (Some(Direction::Outbound), None));
/// ```
pub fn direction_of(key: i64) -> Option<Direction> {
    match key {
        INBOUND => Some(Direction::Inbound),
        OUTBOUND => Some(Direction::Outbound),
        _ => None,
    }
}

/// Definitions, layout and numbers in one text: `0001.0002 libphonenumber 9.0.43`.
const VERSION: &str = match std::str::from_utf8(&VERSION_BYTES) {
    Ok(version) => version,
    Err(_) => panic!("the version is not ASCII"),
};

const VERSION_BYTES: [u8; VERSION_LEN] = version();

const VERSION_LEN: usize = 2 * (DIGITS + 1) + NUMBER_PLAN.len();

/// Digits of each number in [`VERSION`], so that its length is known.
const DIGITS: usize = 4;

const fn version() -> [u8; VERSION_LEN] {
    let mut bytes = [b' '; VERSION_LEN];
    let mut numbers = [DEFINITIONS, LAYOUT];
    bytes[DIGITS] = b'.';
    let mut at = 0;
    while at < numbers.len() {
        let mut digit = DIGITS;
        while digit > 0 {
            digit -= 1;
            bytes[at * (DIGITS + 1) + digit] = b"0123456789"[(numbers[at] % 10) as usize];
            numbers[at] /= 10;
        }
        assert!(numbers[at] == 0, "the number of a version is too long");
        at += 1;
    }
    let plan = NUMBER_PLAN.as_bytes();
    let mut at = 0;
    while at < plan.len() {
        bytes[2 * (DIGITS + 1) + at] = plan[at];
        at += 1;
    }
    bytes
}

#[cfg(test)]
mod tests;
