//! How many digits of a run are shown.

use super::super::decimals::{is_decimal, is_zero};
use super::super::limits::{FULL, MANY, MOST_DIALLED};
use super::super::tokens::{Token, is_digit};

/// How many digits a block has at least that may be an area, with its zero.
const AREA: usize = 3;

/// How many digits a second number has at least, or what is there of it.
const LEAST: usize = 2;

/// How many decimal digits at the start of a run stay where the last `digits`
/// of its first number are hidden.
///
/// A mask leaves a `*` only where no digit follows it in the run, and as many
/// of them as it hides. All other `*` were dialled. So that masking again
/// changes nothing, a number with as many `*` after it counts as masked.
pub(super) fn shown(run: &[Token], digits: usize) -> usize {
    // A `*` before all digits is part of a feature code.
    let Some(first) = run.iter().position(|token| is_decimal(token.is)) else { return 0 };
    let star = run[first..].iter().position(|token| token.is == '*').map_or(run.len(), |at| first + at);
    let (number, rest) = run.split_at(star);
    let (all, length) = (count_decimals(number), length(number));
    let stars = rest.iter().filter(|token| token.is == '*').count();
    let ends = !rest.iter().any(|token| is_decimal(token.is));
    let was_masked = ends && stars >= digits && length == all && all.saturating_add(digits) <= MOST_DIALLED;
    if was_masked { all } else { length.saturating_sub(digits) }
}

/// How many digits at the start of a run without `*` are the first number that
/// it may be.
fn length(run: &[Token]) -> usize {
    let all = count_decimals(run);
    let (mut count, mut block) = (0, 0);
    for (at, token) in run.iter().enumerate() {
        if is_decimal(token.is) {
            let follows = block == 0 && count >= FULL && all - count >= LEAST;
            if follows && parts_numbers(&run[..at]) {
                return count;
            }
            if block == 0 && count >= MANY && all - count >= MANY && is_area(&run[at..]) {
                // Of more than two numbers, the first may be any part.
                return if all > MOST_DIALLED { count.min(FULL) } else { count };
            }
            count += 1;
            block += 1;
        } else if !is_digit(token.is) {
            if block >= FULL {
                break;
            }
            block = 0;
        }
    }
    if count > MOST_DIALLED { FULL } else { count }
}

/// Whether what is after the last digit separates two numbers and not two blocks
/// of one: a sign on its own, two blanks, or any sign between blanks.
fn parts_numbers(before: &[Token]) -> bool {
    let gap = before.iter().rposition(|token| is_digit(token.is)).map_or(before, |last| &before[last + 1..]);
    let is_blank = |token: &Token| token.is.is_whitespace();
    let own = gap.iter().any(|token| matches!(token.is, '/' | '\\' | ';' | '&'));
    let between = gap
        .windows(3)
        .any(|three| is_blank(&three[0]) && is_blank(&three[2]) && !matches!(three[1].is, '(' | ')'));
    own || between || gap.windows(2).any(|two| two.iter().all(is_blank))
}

/// Whether a run starts with a block that may be an area.
fn is_area(run: &[Token]) -> bool {
    let mut block = run.iter().map(|token| token.is).take(AREA);
    run.len() >= AREA && block.next().is_some_and(is_zero) && block.all(is_decimal)
}

fn count_decimals(tokens: &[Token]) -> usize {
    tokens.iter().filter(|token| is_decimal(token.is)).count()
}
