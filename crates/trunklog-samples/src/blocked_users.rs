//! Users whose calls to outside were blocked, and unblocked again.

use trunklog_odata::Instant;
use trunklog_records::RowBuilder;
use uuid::Uuid;

use super::dice::{Dice, Stream};
use super::directory::{Directory, Party};
use super::fields::{instant, push, text, written};
use super::timetable::Timetable;
use super::{Maker, SyntheticError, SyntheticOptions, spans};

/// Makes up the rows of `pstnBlockedUsers`.
#[derive(Debug)]
pub(super) struct BlockedUsers {
    directory: Directory,
    /// Plans the ends of blocks.
    timetable: Timetable<Block>,
    dice: Dice,
    /// For each user, the millisecond since 1970 from which it can be blocked.
    free_from: Vec<i64>,
}

/// A user's block, from its start to its end.
#[derive(Debug, Clone, Copy)]
struct Block {
    user: usize,
    remediation: Uuid,
}

/// What a row says: the member of `pstnUserBlockMode`, and why.
type Change = (&'static str, &'static str);

/// How blocks start, and how many of a thousand do so.
///
/// Source: the samples of learn.microsoft.com/graph/api/callrecords-callrecord-getpstnblockeduserslog.
const BLOCKED: [(Change, u32); 2] =
    [(("blocked", "High Overall Usage"), 760), (("blocked", "Tenant Requested"), 240)];

/// How they end: somebody in the organisation asks for it.
const UNBLOCKED: Change = ("unblocked", "Tenant Requested");

/// How long a block lasts: up to that many days, and some time of a working day.
const MOST_DAYS: u32 = 3;
const DAY_MS: i64 = 1_000 * Instant::SECS_PER_DAY;
const BEYOND_MS: (u32, u32) = (3_000_000, 14_400_000);

/// How often someone is looked for who is not blocked. When nearly all are, a
/// user is blocked once more.
const TRIES: u32 = 32;

impl Maker for BlockedUsers {
    fn new(options: SyntheticOptions) -> Result<BlockedUsers, SyntheticError> {
        let directory = options.directory()?;
        Ok(BlockedUsers {
            free_from: vec![i64::MIN; directory.users.len()],
            directory,
            timetable: options.timetable(Stream::BlockTimes)?,
            dice: Dice::new(options.seed, Stream::Blocks),
        })
    }

    fn write_next(&mut self, rows: &mut RowBuilder) -> bool {
        let Some((time, planned)) = self.timetable.next() else { return false };
        let (block, change) = match planned {
            Some(block) => (block, UNBLOCKED),
            None => self.block(time),
        };
        self.write(block, change, time, rows);
        true
    }
}

impl BlockedUsers {
    /// A new block; plans its end.
    fn block(&mut self, time: i64) -> (Block, Change) {
        let (change, _) = *self.dice.weighted(&BLOCKED, |(_, weight)| *weight);
        let block = Block { user: self.draw_user(time), remediation: self.dice.uuid() };
        let days = i64::from(self.dice.below(MOST_DAYS + 1));
        let end = time + days * DAY_MS + spans::between(BEYOND_MS.0, BEYOND_MS.1, &mut self.dice);
        let ends = self.timetable.plan(end, block);
        self.free_from[block.user] = if ends { end } else { i64::MAX };
        (block, change)
    }

    fn draw_user(&mut self, time: i64) -> usize {
        let mut user = 0;
        for _ in 0..TRIES {
            user = self.dice.skewed_index(self.directory.users.len());
            if self.free_from[user] <= time {
                break;
            }
        }
        user
    }

    /// Adds a change to `rows`, at that millisecond since 1970.
    fn write(&mut self, block: Block, (mode, reason): Change, time: i64, rows: &mut RowBuilder) {
        let account = self.directory.account(Party::User(block.user));
        // Graph's rows have no id: as when they are imported, theirs is made of
        // their values.
        let row = [
            ("userId", Some(text(&account.id))),
            ("userPrincipalName", Some(text(&account.principal_name))),
            ("userDisplayName", Some(text(&account.display_name))),
            ("blockDateTime", Some(instant(time))),
            ("userTelephoneNumber", Some(written(account.number))),
            ("userBlockMode", Some(text(mode))),
            ("blockReason", Some(text(reason))),
            ("remediationId", Some(written(block.remediation.hyphenated()))),
        ];
        push(row, rows);
    }
}

#[cfg(test)]
mod tests;
