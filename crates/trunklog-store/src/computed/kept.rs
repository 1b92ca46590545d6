//! The wholes that were made last: a page of a walk need not make its own.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;
use trunklog_records::TenantId;

use super::whole::Whole;
use crate::fingerprint::Fingerprint;
use crate::{Selection, Watermark};

/// How many are kept at most.
const MOST: NonZeroUsize = NonZeroUsize::new(4).expect("4 is not zero");

/// How many rows they have together at most.
const MOST_ROWS: u64 = 200_000;

/// How much memory they hold together at most, in bytes.
const MOST_BYTES: usize = 48 << 20;

/// A few wholes, of all tenants. Where they are too many or too large, the one
/// goes that nobody has asked for longest.
///
/// A whole is true until something is committed in its range. So it is kept
/// with the newest commit that was known before it was read, and who takes it has
/// to look at what came since.
pub(super) struct KeptWholes(Mutex<LruCache<u64, Kept>>);

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Question {
    pub(super) tenant: TenantId,
    pub(super) selection: Selection,
    /// The walk's.
    pub(super) watermark: Watermark,
}

struct Kept {
    question: Question,
    whole: Arc<Whole>,
    /// The newest commit when it was still true.
    as_of: Watermark,
}

impl Default for KeptWholes {
    fn default() -> KeptWholes {
        KeptWholes(Mutex::new(LruCache::new(MOST)))
    }
}

impl KeptWholes {
    /// The whole that answers a question, and the commit as of which it does.
    pub(super) fn get(&self, question: &Question) -> Option<(Arc<Whole>, Watermark)> {
        let number = question.number();
        let mut all = self.all();
        // Two questions may have one number.
        let kept = all.get(&number).filter(|kept| kept.question == *question)?;
        Some((Arc::clone(&kept.whole), kept.as_of))
    }

    /// Keeps a whole, true as of a commit, unless it is too large alone.
    pub(super) fn keep(&self, question: Question, whole: Arc<Whole>, as_of: Watermark) {
        if whole.count() > MOST_ROWS || whole.bytes() > MOST_BYTES {
            return;
        }
        let number = question.number();
        let mut all = self.all();
        all.put(number, Kept { question, whole, as_of });
        while rows(&all) > MOST_ROWS || bytes(&all) > MOST_BYTES {
            all.pop_lru();
        }
    }

    /// Lets go of a tenant's.
    pub(super) fn forget(&self, tenant: TenantId) {
        self.all().retain(|_, kept| kept.question.tenant != tenant);
    }

    /// Lets go of all.
    pub(super) fn clear(&self) {
        self.all().clear();
    }

    /// About how much memory they hold, in bytes.
    pub(super) fn bytes(&self) -> usize {
        bytes(&self.all())
    }

    fn all(&self) -> MutexGuard<'_, LruCache<u64, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Question {
    fn number(&self) -> u64 {
        let mut number = Fingerprint::of_rows(&self.selection);
        number.columns(&self.selection);
        number.text(&self.tenant.to_string());
        number.bytes(&self.watermark.0.to_be_bytes());
        number.value()
    }
}

fn rows(all: &LruCache<u64, Kept>) -> u64 {
    all.iter().map(|(_, kept)| kept.whole.count()).sum()
}

fn bytes(all: &LruCache<u64, Kept>) -> usize {
    all.iter().map(|(_, kept)| kept.whole.bytes()).sum()
}

#[cfg(test)]
mod tests {
    use trunklog_odata::expr::{Expr, Literal};
    use trunklog_records::schema::PSTN_ONLINE_MEETING_DIALOUT;
    use trunklog_records::{Log, RowBuilder, TimeRange, Value};

    use super::*;
    use crate::Columns;
    use crate::testing::TestStore;

    static REPORT: &Log = &PSTN_ONLINE_MEETING_DIALOUT;

    fn question(tenant: u8, watermark: u64) -> Question {
        let tenant = format!("{tenant:08x}-2222-3333-4444-555555555555").parse().unwrap();
        let selection = Selection::all(REPORT, TimeRange::ALL);
        Question { tenant, selection, watermark: Watermark(watermark) }
    }

    /// A whole of that many rows, with a name of that many bytes each.
    fn whole(rows: usize, name_bytes: usize) -> Arc<Whole> {
        let mut builder = RowBuilder::new(REPORT);
        let name = "x".repeat(name_bytes);
        for number in 0..rows {
            let mut values = vec![None; REPORT.properties.len()];
            values[REPORT.id_index()] = Some(Value::Text(number.to_string().into()));
            values[REPORT.index_of("userDisplayName").unwrap()] = Some(Value::Text(name.as_str().into()));
            values[REPORT.time_index()] = Some(Value::Instant(TimeRange::ALL.from()));
            builder.push(&mut values, None).unwrap();
        }
        let store = TestStore::of([builder.finish()]);
        let selection = Selection::all(REPORT, TimeRange::ALL);
        Arc::new(Whole::of(&store, REPORT.summary().unwrap(), &selection, Watermark(1)).unwrap())
    }

    #[test]
    fn a_whole_answers_its_own_question_alone() {
        let kept = KeptWholes::default();
        let made = whole(3, 1);
        kept.keep(question(1, 7), Arc::clone(&made), Watermark(8));
        let (found, as_of) = kept.get(&question(1, 7)).unwrap();
        assert!(Arc::ptr_eq(&found, &made) && as_of == Watermark(8));
        let other = |change: fn(&mut Selection)| {
            let mut other = question(1, 7);
            change(&mut other.selection);
            kept.get(&other).is_none()
        };
        assert!(kept.get(&question(2, 7)).is_none(), "another tenant's");
        assert!(kept.get(&question(1, 8)).is_none(), "another walk's");
        assert!(other(|selection| selection.columns = Columns::Only(vec![0])));
        assert!(other(|selection| selection.range = TimeRange::ALL.until(TimeRange::ALL.from())));
        assert!(other(|selection| selection.filter = Some(Expr::literal(Literal::Bool(true)))));
        kept.keep(question(1, 7), made, Watermark(9));
        assert_eq!(kept.get(&question(1, 7)).unwrap().1, Watermark(9), "it is true for longer");
    }

    #[test]
    fn few_are_kept_those_that_are_asked_for() {
        let kept = KeptWholes::default();
        let made = whole(1, 1);
        for number in 0..50 {
            kept.keep(question(1, number), Arc::clone(&made), Watermark(0));
            assert!(kept.get(&question(1, 0)).is_some());
        }
        assert_eq!(kept.all().len(), MOST.get());
        kept.keep(question(2, 0), made, Watermark(0));
        kept.forget(question(1, 0).tenant);
        assert!(kept.get(&question(1, 0)).is_none() && kept.get(&question(2, 0)).is_some());
        kept.clear();
        assert_eq!(kept.bytes(), 0);
    }

    #[test]
    fn large_ones_push_out_others_and_the_largest_are_not_kept() {
        let kept = KeptWholes::default();
        let (small, large) = (whole(1, 1), whole(40, MOST_BYTES / 60));
        assert!(MOST_BYTES / 2 < large.bytes() && large.bytes() < MOST_BYTES);
        kept.keep(question(1, 0), Arc::clone(&small), Watermark(0));
        kept.keep(question(1, 1), Arc::clone(&large), Watermark(0));
        assert!(kept.get(&question(1, 0)).is_some() && kept.get(&question(1, 1)).is_some());
        kept.keep(question(1, 2), Arc::clone(&large), Watermark(0));
        assert!(kept.get(&question(1, 1)).is_none() && kept.get(&question(1, 2)).is_some());
        assert!(kept.bytes() <= MOST_BYTES);
        kept.keep(question(1, 3), whole(40, MOST_BYTES / 39), Watermark(0));
        assert!(kept.get(&question(1, 3)).is_none() && kept.get(&question(1, 2)).is_some());
    }
}
