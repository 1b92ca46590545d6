//! From rows to cells: one pass, without memory for a row.

use trunklog_records::Rows;
use trunklog_records::call_types::Direction;
use trunklog_store::bin_of;
use trunklog_store::cube::{Cells, NO_KEY};

use super::{COUNTRIES, DAYS, INBOUND, NUMBERS, OUTBOUND, QUARTERS, SPREAD, SPREAD_DAYS, USERS, spread};
use crate::classes::Class;
use crate::countries::Country;
use crate::facts::{Fact, Facts, Memo};
use crate::row_kind::RowKind;

/// Adds rows to the cells of all cubes that are wanted.
pub(super) fn fold(rows: &Rows, cells: &mut Cells) {
    let facts = Facts::of(rows);
    let mut names = Names::new();
    let calls = cells.wants(QUARTERS) || cells.wants(DAYS);
    let countries = cells.wants(COUNTRIES);
    let spread = cells.wants(SPREAD) || cells.wants(SPREAD_DAYS);
    let (users, numbers) = (cells.wants(USERS), cells.wants(NUMBERS));
    for fact in facts.rows() {
        let sums = Sums::of(&fact);
        if calls {
            add_calls(&fact, &sums, &mut names, cells);
        }
        if countries {
            add_countries(&fact, &sums, &mut names, cells);
        }
        if spread {
            add_spread(&fact, &sums, &mut names, cells);
        }
        if users {
            add_users(&fact, &sums, cells);
        }
        if numbers {
            add_numbers(&fact, &sums, cells);
        }
    }
}

/// What cells call texts that come again and again.
struct Names<'a> {
    trunks: Memo<&'a str, i64>,
    call_types: Memo<&'a str, i64>,
    countries: [Option<i64>; Country::MOST],
    classes: [Option<i64>; Class::COUNT],
}

impl<'a> Names<'a> {
    fn new() -> Names<'a> {
        Names {
            trunks: Memo::default(),
            call_types: Memo::default(),
            countries: [None; Country::MOST],
            classes: [None; Class::COUNT],
        }
    }

    fn trunk(&mut self, fact: &Fact<'a>, cells: &mut Cells) -> i64 {
        fact.trunk.map_or(NO_KEY, |trunk| self.trunks.get(trunk, || cells.text(trunk)))
    }

    fn call_type(&mut self, fact: &Fact<'a>, cells: &mut Cells) -> i64 {
        fact.call_type.map_or(NO_KEY, |call_type| self.call_types.get(call_type, || cells.text(call_type)))
    }

    fn country(&mut self, fact: &Fact<'a>, cells: &mut Cells) -> i64 {
        let Some(country) = fact.country() else { return NO_KEY };
        *self.countries[country.index()].get_or_insert_with(|| cells.text(country.code()))
    }

    fn class(&mut self, fact: &Fact<'a>, cells: &mut Cells) -> i64 {
        *self.classes[fact.class.index()].get_or_insert_with(|| cells.text(fact.class.key()))
    }
}

/// What a row brings to sums, computed once for all cubes.
struct Sums {
    rows: i64,
    answered: i64,
    missed: i64,
    /// 1 for a row that is not odd. The rest is 0 for one that is.
    timed: i64,
    duration: Part,
    talk: Part,
    answer: Part,
    setup: Part,
    held: Part,
}

/// A value that a row brings to a sum, if it has one.
#[derive(Clone, Copy)]
struct Part(Option<i64>);

impl Part {
    fn sum(self) -> i64 {
        self.0.unwrap_or(0)
    }

    /// How many rows are in the sum.
    fn n(self) -> i64 {
        i64::from(self.0.is_some())
    }
}

impl Sums {
    fn of(fact: &Fact<'_>) -> Sums {
        let is_timed = !fact.is_odd();
        let part = |value: Option<i64>| Part(value.filter(|_| is_timed));
        Sums {
            rows: 1,
            answered: i64::from(fact.is_answered()),
            missed: i64::from(fact.is_missed()),
            timed: i64::from(is_timed),
            duration: part(fact.duration.filter(|_| fact.is_answered())),
            talk: part(fact.talk_ms()),
            answer: part(fact.answer_ms()),
            setup: part(fact.setup_ms()),
            held: part(fact.held_ms()),
        }
    }
}

fn add_calls<'a>(fact: &Fact<'a>, sums: &Sums, names: &mut Names<'a>, cells: &mut Cells) {
    let keys = [
        names.trunk(fact, cells),
        names.call_type(fact, cells),
        fact.sip.map_or(NO_KEY, i64::from),
        fact.sub.map_or(NO_KEY, i64::from),
        fact.successful.map_or(NO_KEY, i64::from),
        RowKind::of(fact).key(),
    ];
    let Sums { rows, timed, duration, talk, answer, setup, held, .. } = *sums;
    let measures = [
        rows,
        rows - timed,
        i64::from(fact.disagrees()),
        timed,
        duration.sum(),
        duration.n(),
        talk.sum(),
        talk.n(),
        answer.sum(),
        answer.n(),
        setup.sum(),
        setup.n(),
        held.sum(),
        held.n(),
        i64::from(fact.is_comparable()),
    ];
    cells.add(QUARTERS, fact.time, &keys, &measures);
    cells.add(DAYS, fact.time, &keys, &measures);
}

fn add_countries<'a>(fact: &Fact<'a>, sums: &Sums, names: &mut Names<'a>, cells: &mut Cells) {
    let keys = [
        names.trunk(fact, cells),
        direction(fact),
        i64::from(fact.is_leg),
        names.country(fact, cells),
        names.class(fact, cells),
    ];
    let Sums { rows, answered, timed, duration, talk, .. } = *sums;
    let measures = [rows, answered, timed, duration.sum(), duration.n(), talk.sum(), talk.n()];
    cells.add(COUNTRIES, fact.time, &keys, &measures);
}

fn add_spread<'a>(fact: &Fact<'a>, sums: &Sums, names: &mut Names<'a>, cells: &mut Cells) {
    for (what, value) in [(spread::TALK, sums.talk), (spread::ANSWER, sums.answer)] {
        let Some(bin) = value.0.and_then(bin_of) else { continue };
        let (trunk, call_type) = (names.trunk(fact, cells), names.call_type(fact, cells));
        let keys = [trunk, direction(fact), i64::from(fact.is_leg), what, i64::from(bin), call_type];
        cells.add(SPREAD, fact.time, &keys, &[1]);
        cells.add(SPREAD_DAYS, fact.time, &keys, &[1]);
    }
}

fn add_users(fact: &Fact<'_>, sums: &Sums, cells: &mut Cells) {
    let user = fact.user.map_or(NO_KEY, |user| cells.text(user));
    let Sums { rows, answered, missed, timed, duration, talk, .. } = *sums;
    let measures = [rows, answered, missed, timed, duration.sum(), talk.sum()];
    cells.add(USERS, fact.time, &[user, direction(fact), i64::from(fact.is_leg)], &measures);
}

fn add_numbers(fact: &Fact<'_>, sums: &Sums, cells: &mut Cells) {
    let number = fact.own_number.map_or(NO_KEY, |number| cells.text(number));
    cells.add(NUMBERS, fact.time, &[number, direction(fact)], &[sums.rows, sums.answered, sums.missed]);
}

pub(super) fn direction(fact: &Fact<'_>) -> i64 {
    match fact.direction {
        Some(Direction::Inbound) => INBOUND,
        Some(Direction::Outbound) => OUTBOUND,
        None => NO_KEY,
    }
}
