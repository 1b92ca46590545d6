//! Which calls there are, and how they come about.

use uuid::Uuid;

use super::endings::{self, Ending};
use crate::dice::{Dice, Stream};
use crate::directory::{Directory, Party};
use crate::numbers::Number;
use crate::rhythm::bad_hours;
use crate::spans::SecondLeg;
use crate::timetable::Timetable;
use crate::trunks::Trunk;
use crate::{SyntheticError, SyntheticOptions, spans};

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

/// A call that has not yet started.
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
    /// Plans the second legs of calls that go on.
    timetable: Timetable<Plan>,
    dice: Dice,
    bad_trunk: usize,
    bad_hours: (i64, i64),
}

/// Of a thousand calls that are not second legs, how many come in, and how
/// many of those go to a bot.
const INBOUND_PERMILLE: u32 = 590;
const BOT_PERMILLE: u32 = 220;

/// Of a thousand calls over a trunk whose certificate has expired, how many
/// fail; the others still use an old connection.
const EXPIRED_PERMILLE: u32 = 970;

impl Calls {
    pub(super) fn new(options: SyntheticOptions) -> Result<Calls, SyntheticError> {
        let (begin, end) = options.bounds()?;
        if options.trunks.iter().all(|trunk| trunk.share == 0) {
            return Err(SyntheticError::NoTrunks);
        }
        Ok(Calls {
            directory: options.directory()?,
            timetable: options.timetable(Stream::Times)?,
            dice: Dice::new(options.seed, Stream::Calls),
            // Not the first: the busiest trunk would hide everything else.
            bad_trunk: 1 % options.trunks.len(),
            bad_hours: bad_hours(begin, end, &options.zone),
            trunks: options.trunks,
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
        let (start, planned) = self.timetable.next()?;
        let plan = planned.unwrap_or_else(|| self.plan());
        Some(self.call(plan, start))
    }

    fn plan(&mut self) -> Plan {
        let correlation_id = self.dice.uuid();
        if !self.dice.chance(INBOUND_PERMILLE) {
            let party = self.directory.draw_user(&mut self.dice);
            return Plan { correlation_id, kind: Kind::Out, party, from_outside: None };
        }
        let (kind, party) = if self.dice.chance(BOT_PERMILLE) {
            (Kind::InBot, self.directory.draw_bot(&mut self.dice))
        } else {
            (Kind::In, self.directory.draw_user(&mut self.dice))
        };
        let home = self.directory.account(party).country;
        let from_outside = Number::of_caller(home, &mut self.dice);
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
        let Some((leg, delay)) = spans::second_leg(&mut self.dice) else { return };
        let kind = match leg {
            SecondLeg::Forwarded => Kind::Forwarded,
            SecondLeg::Transferred => Kind::Transferred,
        };
        let Call { correlation_id, party, from_outside, .. } = *first;
        self.timetable.plan(first.start + delay, Plan { correlation_id, kind, party, from_outside });
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
}

impl Kind {
    pub(super) fn is_inbound(self) -> bool {
        matches!(self, Kind::In | Kind::InBot)
    }

    /// Whether it is the second leg of another call.
    pub(super) fn is_second_leg(self) -> bool {
        matches!(self, Kind::Forwarded | Kind::Transferred)
    }

    /// Whether the caller stays the one from outside; a user who hands a call
    /// over calls by themselves.
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
