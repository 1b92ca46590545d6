//! When calls start and messages are sent.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use trunklog_odata::Instant;

use super::dice::{Dice, Stream};

/// How busy the hours of a day are, against each other.
const WORKING_DAY: [u32; 24] =
    [2, 1, 1, 1, 2, 5, 18, 55, 120, 165, 175, 160, 95, 110, 155, 160, 145, 105, 60, 34, 20, 12, 7, 4];
const SATURDAY: [u32; 24] = [2, 1, 1, 1, 1, 2, 4, 8, 18, 26, 28, 26, 20, 16, 14, 12, 10, 8, 7, 5, 4, 3, 2, 2];
const SUNDAY: [u32; 24] = [1, 1, 1, 1, 1, 1, 2, 3, 5, 7, 8, 8, 7, 6, 6, 6, 6, 5, 5, 4, 3, 2, 2, 1];

const SECS_PER_DAY: i64 = Instant::SECS_PER_DAY;

/// How long a weight holds, and into how many pieces the longest range is cut:
/// beyond that, the pieces get longer.
const SLOT_MS: i64 = 15 * 60 * 1_000;
const MAX_SLOTS: i64 = 400_000;

/// The instants at which calls start, in order, exactly as many as were asked
/// for. They are milliseconds since 1970.
#[derive(Debug)]
pub(super) struct Times {
    count: u64,
    slots: Slots,
    total_weight: u128,
    /// The weight of the slots up to the current one, and the instants that
    /// belong to them.
    passed_weight: u128,
    passed_count: u64,
    slot: Slot,
    slot_count: u64,
    slot_given: u64,
    dice: Dice,
}

/// A piece of the range, and its weight.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    begin: i64,
    len: u64,
    weight: u128,
}

/// Goes through the slots of a range.
#[derive(Debug)]
struct Slots {
    next: i64,
    end: i64,
    len: i64,
    zone: TimeZone,
    /// Days differ a little.
    days: Dice,
    day: i64,
    day_percent: u32,
}

impl Times {
    /// `count` instants from `begin` up to and without `end`, which is later.
    pub(super) fn new(seed: u64, stream: Stream, count: u64, begin: i64, end: i64, zone: &TimeZone) -> Times {
        let slots = || Slots::new(seed, begin, end, zone.clone());
        Times {
            count,
            total_weight: slots().map(|slot| slot.weight).sum(),
            slots: slots(),
            passed_weight: 0,
            passed_count: 0,
            slot: Slot::default(),
            slot_count: 0,
            slot_given: 0,
            dice: Dice::new(seed, stream),
        }
    }

    fn enter(&mut self, slot: Slot) {
        self.slot = slot;
        self.passed_weight += slot.weight;
        // Rounding the sum instead of each slot's part makes the last sum the
        // whole count.
        let passed = u128::from(self.count) * self.passed_weight / self.total_weight;
        let passed = u64::try_from(passed).expect("a part of the count is no larger than the count");
        self.slot_count = passed - self.passed_count;
        self.slot_given = 0;
        self.passed_count = passed;
    }
}

impl Iterator for Times {
    type Item = i64;

    fn next(&mut self) -> Option<i64> {
        while self.slot_given == self.slot_count {
            let slot = self.slots.next()?;
            self.enter(slot);
        }
        // Each instant has its own part of the slot, so they come in order.
        let place = u128::from(self.slot_given) * u128::from(self.slot.len)
            + u128::from(self.dice.below_wide(self.slot.len));
        let place = i64::try_from(place / u128::from(self.slot_count))
            .expect("a place within a slot is smaller than the slot");
        self.slot_given += 1;
        Some(self.slot.begin + place)
    }
}

impl Slots {
    fn new(seed: u64, begin: i64, end: i64, zone: TimeZone) -> Slots {
        Slots {
            next: begin,
            end,
            len: SLOT_MS.max((end - begin) / MAX_SLOTS),
            zone,
            days: Dice::new(seed, Stream::Days),
            day: i64::MIN,
            day_percent: 100,
        }
    }
}

impl Iterator for Slots {
    type Item = Slot;

    fn next(&mut self) -> Option<Slot> {
        if self.next >= self.end {
            return None;
        }
        let begin = self.next;
        self.next = self.end.min(begin + self.len);
        let local = local_secs(begin, &self.zone);
        let day = local.div_euclid(SECS_PER_DAY);
        if day != self.day {
            self.day = day;
            self.day_percent = 85 + self.days.below(31);
        }
        let hours = match weekday(day) {
            Weekday::Working => &WORKING_DAY,
            Weekday::Saturday => &SATURDAY,
            Weekday::Sunday => &SUNDAY,
        };
        let hour = usize::try_from(local.rem_euclid(SECS_PER_DAY) / Instant::SECS_PER_HOUR)
            .expect("an hour of the day is a small number");
        let len = u64::try_from(self.next - begin).expect("a slot ends after its start");
        let weight = u128::from(hours[hour]) * u128::from(self.day_percent) * u128::from(len);
        Some(Slot { begin, len, weight })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weekday {
    Working,
    Saturday,
    Sunday,
}

/// The kind of a day, counted from Thursday, 1 January 1970.
fn weekday(day: i64) -> Weekday {
    match day.rem_euclid(7) {
        2 => Weekday::Saturday,
        3 => Weekday::Sunday,
        _ => Weekday::Working,
    }
}

/// What a clock on the wall shows, as seconds since 1970.
fn local_secs(ms: i64, zone: &TimeZone) -> i64 {
    let secs = ms.div_euclid(1_000);
    let offset = Timestamp::from_second(secs).map_or(0, |instant| zone.to_offset(instant).seconds());
    secs + i64::from(offset)
}

/// Some hours of a working day in the last part of the range, so that it is
/// what a report of the last days shows. In a short range it is a short while.
pub(super) fn bad_hours(begin: i64, end: i64, zone: &TimeZone) -> (i64, i64) {
    const DAY_MS: i64 = SECS_PER_DAY * 1_000;
    const FROM_LOCAL_MS: i64 = (9 * 60 + 12) * 60 * 1_000;
    const TO_LOCAL_MS: i64 = (13 * 60 + 41) * 60 * 1_000;

    let len = end - begin;
    let somewhere = if len >= 14 * DAY_MS { end - 8 * DAY_MS } else { begin + len / 5 * 3 };
    let local = local_secs(somewhere, zone);
    let mut day = local.div_euclid(SECS_PER_DAY);
    while weekday(day) != Weekday::Working {
        day -= 1;
    }
    let offset_ms = local * 1_000 - somewhere.div_euclid(1_000) * 1_000;
    let midnight = day * DAY_MS - offset_ms;
    let hours = (midnight + FROM_LOCAL_MS, midnight + TO_LOCAL_MS);
    if begin <= hours.0 && hours.1 <= end { hours } else { (somewhere, somewhere + len / 20) }
}

#[cfg(test)]
mod tests;
