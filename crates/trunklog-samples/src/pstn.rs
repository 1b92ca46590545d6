//! Calls over Calling Plans and Operator Connect, and those into and out of
//! meetings.

mod columns;
mod connection;

use trunklog_records::RowBuilder;
use uuid::Uuid;

use super::clock::Clock;
use super::dice::{Dice, Stream};
use super::directory::{Directory, Party};
use super::numbers::Number;
use super::spans::SecondLeg;
use super::tariff::{Carrier, Licence, Tariff, VIRTUAL_USER};
use super::timetable::Timetable;
use super::{Maker, SyntheticError, SyntheticOptions, spans};

use connection::{CallId, Client};

/// Makes up the rows of `pstnCalls`.
#[derive(Debug)]
pub(super) struct PstnCalls {
    directory: Directory,
    /// Plans second legs, and who else takes part in a meeting.
    timetable: Timetable<Leg>,
    clock: Clock,
    dice: Dice,
}

/// A call that has not yet started.
#[derive(Debug, Clone, Copy)]
struct Leg {
    kind: Kind,
    /// Whose call it is: of a meeting, who organises it.
    party: Party,
    call_id: CallId,
    conference: Option<u32>,
    /// Who called in, if the call follows from another.
    from_outside: Option<Number>,
}

/// One row before it is written.
#[derive(Debug)]
struct Call {
    leg: Leg,
    id: Uuid,
    /// None when the number is withheld.
    caller: Option<Number>,
    callee: Number,
    client: Option<Client>,
    /// Units of 100 ns since 1970.
    start: i64,
    secs: u32,
}

/// What sort of call it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// From outside to a user.
    In,
    /// From outside to an attendant or a queue.
    InBot,
    /// From a user to outside.
    Out,
    /// A user takes somebody outside into a conversation.
    Added,
    /// Sent on to outside instead of ringing at a user.
    Forwarded,
    /// Handed over to outside during a conversation.
    Transferred,
    /// From outside into a meeting.
    IntoMeeting,
    /// A meeting calls somebody outside.
    OutOfMeeting,
}

/// Calls that follow from no other, and how many of a thousand they are.
const FIRST_LEGS: [(Kind, u32); 6] = [
    (Kind::In, 330),
    (Kind::InBot, 120),
    (Kind::Out, 370),
    (Kind::Added, 20),
    (Kind::IntoMeeting, 80),
    (Kind::OutOfMeeting, 80),
];

/// Of a thousand calls outside of meetings, how many nobody answers.
const UNANSWERED_PERMILLE: u32 = 90;

/// How many come to a meeting by telephone after the first, at most, and how
/// many of a thousand dial in themselves.
const MORE_PARTICIPANTS: u32 = 4;
const DIAL_IN_PERMILLE: u32 = 620;

impl Maker for PstnCalls {
    fn new(options: SyntheticOptions) -> Result<PstnCalls, SyntheticError> {
        Ok(PstnCalls {
            directory: options.directory()?,
            timetable: options.timetable(Stream::PstnTimes)?,
            clock: Clock::new(&options),
            dice: Dice::new(options.seed, Stream::PstnCalls),
        })
    }

    fn write_next(&mut self, rows: &mut RowBuilder) -> bool {
        let Some((start, planned)) = self.timetable.next() else { return false };
        let call = match planned {
            Some(leg) => self.call(leg, start),
            None => self.first_call(start),
        };
        columns::write(&call, &self.directory, rows);
        true
    }
}

impl PstnCalls {
    /// A call that follows from no other; plans those that follow from it.
    fn first_call(&mut self, start: i64) -> Call {
        let leg = self.first_leg();
        let call = self.call(leg, start);
        if leg.kind.is_of_meeting() {
            self.plan_participants(leg, start);
        } else if leg.kind == Kind::In && call.secs > 0 {
            self.plan_second_leg(Leg { from_outside: call.caller, ..leg }, start);
        }
        call
    }

    fn first_leg(&mut self) -> Leg {
        let dice = &mut self.dice;
        let (kind, _) = *dice.weighted(&FIRST_LEGS, |(_, weight)| *weight);
        let party =
            if kind == Kind::InBot { self.directory.draw_bot(dice) } else { self.directory.draw_user(dice) };
        let carrier = kind.carrier(Tariff::of(self.directory.account(party).country));
        let call_id = CallId::draw(carrier, dice);
        let conference = kind.is_of_meeting().then(|| 100_000_000 + dice.below(900_000_000));
        Leg { kind, party, call_id, conference, from_outside: None }
    }

    fn call(&mut self, leg: Leg, start: i64) -> Call {
        let account = self.directory.account(leg.party);
        let (home, own) = (account.country, account.number);
        let dice = &mut self.dice;
        let id = dice.uuid();
        let (caller, callee) = match leg.kind {
            Kind::In | Kind::InBot => (Number::of_caller(home, dice), own),
            Kind::Out | Kind::Added | Kind::Transferred => (Some(own), Number::of_anybody(home, dice)),
            Kind::Forwarded => (leg.from_outside, Number::of_anybody(home, dice)),
            Kind::IntoMeeting => {
                let caller = Number::of_caller(home, dice);
                // People dial the number of their own country.
                (caller, Number::of_bridge(caller.map_or(home, |number| number.country)))
            }
            Kind::OutOfMeeting => (Some(Number::of_bridge(home)), Number::of_anybody(home, dice)),
        };
        let secs = leg.kind.draw_secs(dice);
        let client = leg.kind.has_client().then(|| Client::draw(dice));
        let start = self.clock.ticks(start, dice);
        Call { leg, id, caller, callee, client, start, secs }
    }

    /// Some of the calls that come in go out again. Both have one call id.
    fn plan_second_leg(&mut self, first: Leg, start: i64) {
        let Some((leg, delay)) = spans::second_leg(&mut self.dice) else { return };
        let kind = match leg {
            SecondLeg::Forwarded => Kind::Forwarded,
            SecondLeg::Transferred => Kind::Transferred,
        };
        self.timetable.plan(start + delay, Leg { kind, ..first });
    }

    fn plan_participants(&mut self, first: Leg, start: i64) {
        for _ in 0..self.dice.below(MORE_PARTICIPANTS + 1) {
            let dials_in = self.dice.chance(DIAL_IN_PERMILLE);
            let kind = if dials_in { Kind::IntoMeeting } else { Kind::OutOfMeeting };
            let call_id = CallId::draw(Carrier::Microsoft, &mut self.dice);
            let delay = spans::between(2_000, 240_000, &mut self.dice);
            self.timetable.plan(start + delay, Leg { kind, call_id, ..first });
        }
    }
}

impl Kind {
    fn is_inbound(self) -> bool {
        matches!(self, Kind::In | Kind::InBot | Kind::IntoMeeting)
    }

    fn is_of_meeting(self) -> bool {
        matches!(self, Kind::IntoMeeting | Kind::OutOfMeeting)
    }

    /// Whether somebody's program or telephone in the organisation takes part.
    fn has_client(self) -> bool {
        matches!(self, Kind::In | Kind::Out | Kind::Added | Kind::Transferred)
    }

    /// As Graph names it, for calls over Microsoft.
    fn call_type(self) -> &'static str {
        match self {
            Kind::In => "user_in",
            Kind::InBot => "ucap_in",
            Kind::Out => "user_out",
            Kind::Added => "user_out_conf",
            Kind::Forwarded => "user_out_forwarding",
            Kind::Transferred => "user_out_transfer",
            Kind::IntoMeeting => "conf_in",
            Kind::OutOfMeeting => "conf_out",
        }
    }

    /// Meetings have Microsoft's numbers everywhere.
    fn carrier(self, tariff: &Tariff) -> Carrier {
        if self.is_of_meeting() { Carrier::Microsoft } else { tariff.carrier }
    }

    fn licence(self, tariff: &Tariff, party: Party) -> &'static Licence {
        match party {
            Party::User(user) if self.is_of_meeting() => tariff.meetings(user),
            Party::User(user) => tariff.calling(user),
            Party::Bot(_) => &VIRTUAL_USER,
        }
    }

    fn draw_secs(self, dice: &mut Dice) -> u32 {
        let ms = if self.is_of_meeting() {
            spans::meeting(dice)
        } else if dice.chance(UNANSWERED_PERMILLE) {
            0
        } else {
            spans::talk(dice)
        };
        u32::try_from(ms / 1_000).expect("nobody talks for years")
    }
}

#[cfg(test)]
mod tests;
