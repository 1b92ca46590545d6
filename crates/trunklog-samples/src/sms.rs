//! Text messages.

use trunklog_records::call_types::Direction;
use trunklog_records::{RowBuilder, Value};

use super::clock::Clock;
use super::dice::{Dice, Stream};
use super::directory::{Directory, Party};
use super::fields::{exact_instant, push, text, written};
use super::numbers::{Number, home};
use super::tariff::{MESSAGES, Money, Reach, Tariff};
use super::timetable::Timetable;
use super::{Maker, SyntheticError, SyntheticOptions, spans};

/// Makes up the rows of `sms`.
#[derive(Debug)]
pub(super) struct Messages {
    directory: Directory,
    /// The users that have messages.
    users: Vec<usize>,
    /// Plans the replies.
    timetable: Timetable<Message>,
    clock: Clock,
    dice: Dice,
}

/// A message that has not yet been sent.
#[derive(Debug, Clone, Copy)]
struct Message {
    direction: Direction,
    user: usize,
    other: Number,
}

/// The country in which Teams has messages, of those where users are.
const COUNTRY: &str = "US";

/// Of a thousand conversations, how many start outside.
const INBOUND_PERMILLE: u32 = 420;

/// Of a thousand messages, how many are answered.
const ANSWERED_PERMILLE: u32 = 380;

/// How many parts a message has, and how many of a thousand have that many.
const PARTS: [(u8, u32); 4] = [(1, 790), (2, 150), (3, 45), (4, 15)];

impl Maker for Messages {
    fn new(options: SyntheticOptions) -> Result<Messages, SyntheticError> {
        let directory = options.directory()?;
        let is_there = |at: &usize| directory.users[*at].country.code == COUNTRY;
        let mut users: Vec<usize> = (0..directory.users.len()).filter(is_there).collect();
        if users.is_empty() {
            // In a small organisation nobody may be there.
            users.extend(0..directory.users.len());
        }
        Ok(Messages {
            users,
            directory,
            timetable: options.timetable(Stream::MessageTimes)?,
            clock: Clock::new(&options),
            dice: Dice::new(options.seed, Stream::Messages),
        })
    }

    fn write_next(&mut self, rows: &mut RowBuilder) -> bool {
        let Some((sent, planned)) = self.timetable.next() else { return false };
        let message = planned.unwrap_or_else(|| self.first_message());
        if self.dice.chance(ANSWERED_PERMILLE) {
            let delay = spans::between(15_000, 1_200_000, &mut self.dice);
            self.timetable.plan(sent + delay, message.answer());
        }
        self.write(message, sent, rows);
        true
    }
}

impl Messages {
    fn first_message(&mut self) -> Message {
        let user = self.users[self.dice.skewed_index(self.users.len())];
        let inbound = self.dice.chance(INBOUND_PERMILLE);
        let direction = if inbound { Direction::Inbound } else { Direction::Outbound };
        let other = Number::of_anybody(self.directory.users[user].country, &mut self.dice);
        Message { direction, user, other }
    }

    /// Adds a message to `rows`, sent at that millisecond since 1970.
    fn write(&mut self, message: Message, sent: i64, rows: &mut RowBuilder) {
        let Message { direction, user, other } = message;
        let account = self.directory.account(Party::User(user));
        let tariff = Tariff::of(account.country);
        let reach = Reach::between(account.country, other.country);
        let (parts, _) = *self.dice.weighted(&PARTS, |(_, weight)| *weight);
        let (sms_type, source, destination, charge) = match direction {
            Direction::Inbound => ("sms_in", other, account.number, Money::NOTHING),
            Direction::Outbound => {
                ("sms_out", account.number, other, tariff.message(reach, u32::from(parts)))
            }
        };
        let ids = [(); 2].map(|()| self.dice.uuid().hyphenated());
        let sent = self.clock.ticks(sent, &mut self.dice);

        let row = [
            ("id", Some(written(ids[0]))),
            ("smsId", Some(written(ids[1]))),
            ("userId", Some(text(&account.id))),
            ("userPrincipalName", Some(text(&account.principal_name))),
            ("userDisplayName", Some(text(&account.display_name))),
            ("userCountryCode", Some(text(account.country.code))),
            ("tenantCountryCode", Some(text(home().code))),
            ("sourceNumber", Some(written(source))),
            ("destinationNumber", Some(written(destination))),
            ("sentDateTime", Some(exact_instant(sent))),
            ("callCharge", Some(written(charge))),
            ("currency", Some(text(tariff.currency))),
            ("smsType", Some(text(sms_type))),
            ("destinationContext", Some(text(reach.name()))),
            ("destinationName", Some(text(destination.country.name))),
            ("otherPartyCountryCode", Some(text(other.country.code))),
            ("licenseCapability", Some(text(MESSAGES))),
            ("smsUnits", Some(Value::Int(i32::from(parts)))),
            ("administrativeUnitInfos", Some(text(&account.units))),
        ];
        push(row, rows);
    }
}

impl Message {
    fn answer(self) -> Message {
        let direction = match self.direction {
            Direction::Inbound => Direction::Outbound,
            Direction::Outbound => Direction::Inbound,
        };
        Message { direction, ..self }
    }
}

#[cfg(test)]
mod tests;
