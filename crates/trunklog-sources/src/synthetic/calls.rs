//! Which calls there are, and how they come about.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::dice::{Dice, Stream};
use super::directory::Directory;
use super::endings::{self, Ending};
use super::numbers::Number;
use super::rhythm::{Times, bad_hours};
use super::trunks::Trunk;
use super::{SyntheticError, SyntheticOptions, TICKS_PER_MS, spans};

/// One row before it is written.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) id: Uuid,
    pub(super) correlation_id: Uuid,
    pub(super) kind: Kind,
    pub(super) party: Party,
    pub(super) trunk: usize,
    /// The caller from outside; None when the number was withheld, and where
    /// the party itself calls.
    pub(super) from_outside: Option<Number>,
    /// Whom the party calls outside.
    pub(super) to_outside: Option<Number>,
    pub(super) ending: Ending,
    /// Milliseconds since 1970. `end` is when the call ended or failed.
    pub(super) invite: i64,
    pub(super) start: i64,
    pub(super) end: i64,
}

/// What sort of call it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// From outside to a user.
    In,
    /// From outside to an attendant or a queue.
    InBot,
    /// From a user to outside.
    Out,
    /// Sent on to outside instead of ringing at a user.
    Forwarded,
    /// Handed over to outside during a conversation.
    Transferred,
}

/// Whose call it is, as an index into the directory.
#[derive(Debug, Clone, Copy)]
pub(super) enum Party {
    User(usize),
    Bot(usize),
}

/// A call that has not yet begun.
#[derive(Debug)]
struct Plan {
    correlation_id: Uuid,
    kind: Kind,
    party: Party,
    from_outside: Option<Number>,
}

/// Makes up calls, in the order of their start.
#[derive(Debug)]
pub(super) struct Calls {
    directory: Directory,
    trunks: Vec<Trunk>,
    times: Times,
    dice: Dice,
    rows_left: u64,
    end: i64,
    bad_trunk: usize,
    bad_hours: (i64, i64),
    /// The second legs of calls that go on, by their start and by the order in
    /// which they were planned.
    pending: BTreeMap<(i64, u64), Plan>,
    planned: u64,
}

/// How many second legs can be pending; in reality there are a handful.
const MAX_PENDING: usize = 4_096;

/// Of a thousand calls that are not second legs, how many come in, and how
/// many of those go to a bot.
const INBOUND_PERMILLE: u32 = 590;
const BOT_PERMILLE: u32 = 220;

/// Of a thousand calls that reach a user or a bot, how many are sent on.
const FORWARDED_PERMILLE: u32 = 55;
const TRANSFERRED_PERMILLE: u32 = 45;

const WITHHELD_PERMILLE: u32 = 15;

/// Of a thousand calls over a trunk whose certificate has expired, how many
/// fail; the others still use an old connection.
const EXPIRED_PERMILLE: u32 = 970;

impl Calls {
    pub(super) fn new(options: SyntheticOptions) -> Result<Calls, SyntheticError> {
        let SyntheticOptions { seed, rows, from, to, users, trunks, zone } = options;
        let (begin, end) = (first_ms(from.ticks()), first_ms(to.ticks()));
        if begin >= end {
            return Err(SyntheticError::EmptyRange);
        }
        if users == 0 {
            return Err(SyntheticError::NoUsers);
        }
        if trunks.iter().all(|trunk| trunk.share == 0) {
            return Err(SyntheticError::NoTrunks);
        }
        Ok(Calls {
            directory: Directory::new(users, &mut Dice::new(seed, Stream::Directory)),
            times: Times::new(seed, rows, begin, end, &zone),
            dice: Dice::new(seed, Stream::Calls),
            rows_left: rows,
            end,
            // Not the first: the busiest trunk would hide everything else.
            bad_trunk: 1 % trunks.len(),
            bad_hours: bad_hours(begin, end, &zone),
            trunks,
            pending: BTreeMap::new(),
            planned: 0,
        })
    }

    pub(super) fn directory(&self) -> &Directory {
        &self.directory
    }

    pub(super) fn trunks(&self) -> &[Trunk] {
        &self.trunks
    }

    /// The next call; None when there are as many as were asked for.
    pub(super) fn next_call(&mut self) -> Option<Call> {
        let time = self.times.next()?;
        let must_finish = self.pending_count() >= self.rows_left;
        self.rows_left -= 1;
        let first = self.pending.first_key_value();
        let is_due = first.is_some_and(|(key, _)| must_finish || key.0 <= time);
        if is_due && let Some(((start, _), plan)) = self.pending.pop_first() {
            // A second leg takes the row of a call that would start later.
            return Some(self.call(plan, start));
        }
        let plan = self.plan();
        Some(self.call(plan, time))
    }

    fn plan(&mut self) -> Plan {
        let correlation_id = self.dice.uuid();
        if !self.dice.chance(INBOUND_PERMILLE) {
            let party = Party::User(self.draw_user());
            return Plan { correlation_id, kind: Kind::Out, party, from_outside: None };
        }
        let (kind, party) = if self.dice.chance(BOT_PERMILLE) {
            (Kind::InBot, Party::Bot(index(self.dice.below(size(self.directory.bots.len())))))
        } else {
            (Kind::In, Party::User(self.draw_user()))
        };
        let home = self.directory.account(party).country;
        let from_outside =
            (!self.dice.chance(WITHHELD_PERMILLE)).then(|| Number::of_anybody(home, &mut self.dice));
        Plan { correlation_id, kind, party, from_outside }
    }

    fn call(&mut self, plan: Plan, start: i64) -> Call {
        let Plan { correlation_id, kind, party, from_outside } = plan;
        let id = self.dice.uuid();
        let trunk = self.draw_trunk(kind, start);
        let ending = self.draw_ending(kind, trunk, start);
        let to_outside = (!kind.is_inbound()).then(|| {
            let home = self.directory.account(party).country;
            Number::of_anybody(home, &mut self.dice)
        });
        let dice = &mut self.dice;
        // Graph's start of an inbound call is the moment at which the call was
        // passed on inside Teams, that of an outbound call the final answer.
        let (invite, end) = match (kind.is_inbound(), ending.is_success()) {
            (true, true) => {
                let invite = start - spans::between(300, 3_800, dice);
                (invite, start + spans::ring(dice) + spans::talk(dice))
            }
            (true, false) => {
                let invite = start - spans::between(300, 3_800, dice);
                (invite, start + ending.wait(dice))
            }
            (false, true) => (start - 400 - spans::ring(dice), start + spans::talk(dice)),
            (false, false) => (start - ending.wait(dice), start),
        };
        let call = Call {
            id,
            correlation_id,
            kind,
            party,
            trunk,
            from_outside,
            to_outside,
            ending,
            invite,
            start,
            end,
        };
        self.plan_second_leg(&call);
        call
    }

    /// Some of the calls that come in go out again.
    fn plan_second_leg(&mut self, first: &Call) {
        if !first.kind.is_inbound() || !first.ending.is_success() {
            return;
        }
        let draw = self.dice.below(1_000);
        let (kind, delay) = if draw < FORWARDED_PERMILLE {
            (Kind::Forwarded, spans::between(200, 1_500, &mut self.dice))
        } else if draw < FORWARDED_PERMILLE + TRANSFERRED_PERMILLE {
            (Kind::Transferred, spans::between(8_000, 90_000, &mut self.dice))
        } else {
            return;
        };
        let start = first.start + delay;
        let has_room = self.pending.len() < MAX_PENDING && self.pending_count() < self.rows_left;
        if has_room && start < self.end {
            let Call { correlation_id, party, from_outside, .. } = *first;
            self.pending.insert((start, self.planned), Plan { correlation_id, kind, party, from_outside });
            self.planned += 1;
        }
    }

    fn draw_user(&mut self) -> usize {
        index(self.dice.skewed_below(size(self.directory.users.len())))
    }

    /// Nothing comes in over a trunk that is down, if there is another.
    fn draw_trunk(&mut self, kind: Kind, start: i64) -> usize {
        let avoided = (kind.is_inbound() && self.is_bad(self.bad_trunk, start)).then_some(self.bad_trunk);
        let others: u32 = self.shares_without(avoided);
        let avoided = if others == 0 { None } else { avoided };
        let mut draw = self.dice.below(self.shares_without(avoided));
        for (at, trunk) in self.trunks.iter().enumerate() {
            if Some(at) == avoided {
                continue;
            }
            if draw < trunk.share {
                return at;
            }
            draw -= trunk.share;
        }
        0
    }

    fn shares_without(&self, avoided: Option<usize>) -> u32 {
        let counted = self.trunks.iter().enumerate().filter(|(at, _)| Some(*at) != avoided);
        counted.fold(0, |sum: u32, (_, trunk)| sum.saturating_add(trunk.share))
    }

    fn draw_ending(&mut self, kind: Kind, trunk: usize, start: i64) -> Ending {
        let inbound = kind.is_inbound();
        if !inbound && self.is_bad(trunk, start) && self.dice.chance(EXPIRED_PERMILLE) {
            return endings::CERTIFICATE_EXPIRED;
        }
        if self.dice.chance(self.trunks[trunk].fault_permille) {
            let faults = if inbound { endings::INBOUND_FAULTS } else { endings::OUTBOUND_FAULTS };
            return endings::draw(faults, &mut self.dice);
        }
        let (permille, failures) = kind.failures();
        if self.dice.chance(permille) {
            return endings::draw(failures, &mut self.dice);
        }
        if inbound { endings::ENDED_INBOUND } else { endings::ENDED_OUTBOUND }
    }

    fn is_bad(&self, trunk: usize, time: i64) -> bool {
        trunk == self.bad_trunk && (self.bad_hours.0..self.bad_hours.1).contains(&time)
    }

    fn pending_count(&self) -> u64 {
        u64::try_from(self.pending.len()).unwrap_or(u64::MAX)
    }
}

impl Kind {
    pub(super) fn is_inbound(self) -> bool {
        matches!(self, Kind::In | Kind::InBot)
    }

    /// Whether it is the second leg of another call.
    pub(super) fn is_second_leg(self) -> bool {
        matches!(self, Kind::Forwarded | Kind::Transferred)
    }

    /// Whether the caller stays the one from outside; whoever hands a call over
    /// calls by themselves.
    pub(super) fn is_diverted(self) -> bool {
        self == Kind::Forwarded
    }

    /// As Graph names it.
    pub(super) fn call_type(self) -> &'static str {
        match self {
            Kind::In => "ByotIn",
            Kind::InBot => "ByotInUcap",
            Kind::Out => "ByotOut",
            Kind::Forwarded => "ByotOutUserForwarding",
            Kind::Transferred => "ByotOutUserTransfer",
        }
    }

    /// Of a thousand such calls, how many fail, faults of the trunk aside, and
    /// how.
    fn failures(self) -> (u32, &'static [Ending]) {
        match self {
            Kind::In => (255, endings::INBOUND),
            Kind::InBot => (90, endings::TO_BOT),
            Kind::Out => (300, endings::OUTBOUND),
            Kind::Forwarded => (180, endings::OUTBOUND),
            Kind::Transferred => (120, endings::OUTBOUND),
        }
    }
}

/// The first whole millisecond that is not before a moment.
fn first_ms(ticks: i64) -> i64 {
    ticks.div_euclid(TICKS_PER_MS) + i64::from(ticks.rem_euclid(TICKS_PER_MS) > 0)
}

fn size(len: usize) -> u32 {
    u32::try_from(len).expect("a directory is made from a 32-bit number of accounts")
}

fn index(number: u32) -> usize {
    usize::try_from(number).expect("an index into memory fits its addresses")
}
