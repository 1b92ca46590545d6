//! Answers of reports that were given already, as long as nothing is stored after them.
//!
//! The same screens are read by many, and again and again by one. Answers that tell of
//! persons are not kept: what is erased must not stay in memory. Nor is one that lacks
//! something, and none is kept for long: sums may be built or mended without a commit.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use trunklog_bounded::BoundedMap;
use trunklog_odata::Instant;
use trunklog_records::TenantId;
use trunklog_reports::calendar::{Bucket, zone_name};
use trunklog_reports::{Answer, Ask, Extra, KeyFigures, Report, ReportError};
use trunklog_store::{Engine, Result, Store, Watermark};

/// How many are kept.
const MOST: NonZeroUsize = NonZeroUsize::new(64).expect("64 is not zero");

/// An answer with more values is not kept: together they take some 25 MB at most.
const MOST_VALUES: usize = 8_000;

/// So long one is given again.
const LONGEST: Duration = Duration::from_mins(5);

/// A few answers. Where there are too many, the one goes that nobody has asked for
/// longest.
pub(crate) struct KeptAnswers(BoundedMap<Key, Kept>);

/// Whose answer it is, of which report, to which question.
type Key = (TenantId, &'static str, String);

#[derive(Clone)]
struct Kept {
    of: State,
    since: Moment,
    answer: Arc<Answer>,
}

/// What a store has. One that was put back counts its commits again, so their times and
/// the store's own name are a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) commit: Watermark,
    pub(crate) stored: Option<Instant>,
    pub(crate) epoch: String,
}

impl State {
    /// That of now. Nothing that is read afterwards is older than this.
    pub(crate) fn now(engine: &dyn Engine, store: &dyn Store) -> Result<State> {
        let commit = store.newest()?;
        Ok(State { commit, stored: store.commit_time(commit)?, epoch: engine.epoch()? })
    }
}

impl Default for KeptAnswers {
    fn default() -> KeptAnswers {
        KeptAnswers(BoundedMap::new(MOST))
    }
}

impl KeptAnswers {
    /// Answers a question, as [`Report::answer`] does, to who has read the store's state
    /// before.
    pub(crate) fn answer(
        &self,
        report: &'static Report,
        tenant: TenantId,
        ask: &Ask,
        (state, store): (&State, &dyn Store),
    ) -> std::result::Result<Answer, ReportError> {
        if tells_of_persons(report, ask) {
            return report.answer(store, ask);
        }
        let key = (tenant, report.key, written(ask));
        if let Some(answer) = self.get(&key, state, ask) {
            return Ok(answer);
        }
        let answer = report.answer(store, ask)?;
        self.keep(key, state, &answer);
        Ok(answer)
    }

    /// Answers two questions, as [`KeyFigures::of`] does. They are of the report `kpis`.
    pub(crate) fn key_figures(
        &self,
        report: &'static Report,
        tenant: TenantId,
        ask: &Ask,
        (state, store): (&State, &dyn Store),
    ) -> std::result::Result<KeyFigures, ReportError> {
        if tells_of_persons(report, ask) {
            return KeyFigures::of(store, ask);
        }
        let of_whole = (tenant, report.key, written(&Ask { bucket: None, ..ask.clone() }));
        let of_buckets = (tenant, report.key, written(ask));
        if let (Some(whole), Some(by_bucket)) =
            (self.get(&of_whole, state, ask), self.get(&of_buckets, state, ask))
        {
            return Ok(KeyFigures { whole, by_bucket });
        }
        let figures = KeyFigures::of(store, ask)?;
        self.keep(of_whole, state, &figures.whole);
        self.keep(of_buckets, state, &figures.by_bucket);
        Ok(figures)
    }

    fn get(&self, key: &Key, state: &State, ask: &Ask) -> Option<Answer> {
        let kept = self.0.get(key).filter(|kept| kept.of == *state && kept.since.elapsed() < LONGEST)?;
        // What sources say may change without a commit.
        Some(Answer { complete_until: ask.complete_until, ..Answer::clone(&kept.answer) })
    }

    fn keep(&self, key: Key, state: &State, answer: &Answer) {
        let tables = [Some(&answer.table), answer.compared.as_ref()];
        let values: usize =
            tables.into_iter().flatten().map(|table| table.rows.len() * table.columns.len()).sum();
        // A commit that came meanwhile may be in it, and notes say what is missing.
        if values <= MOST_VALUES && answer.commit == state.commit && answer.notes.is_empty() {
            let (of, answer) = (state.clone(), Arc::new(answer.clone()));
            self.0.insert(key, Kept { of, since: Moment::now(), answer });
        }
    }
}

fn tells_of_persons(report: &Report, ask: &Ask) -> bool {
    report.tells_of_persons(&ask.filter) || ask.call.is_some()
}

/// All that tells one question from another, but for what its caller knows of sources.
pub(crate) fn written(ask: &Ask) -> String {
    let Ask {
        range,
        since,
        zone,
        days,
        bucket,
        by,
        filter,
        compare,
        top,
        mask,
        extras,
        call,
        complete_until: _,
        texts,
    } = ask;
    let by: Vec<&str> = by.iter().map(|dimension| dimension.key()).collect();
    let extras: Vec<&str> = extras.iter().map(|extra: &Extra| extra.key()).collect();
    let times = (range.from().ticks(), range.end().ticks(), since.ticks(), zone_name(zone), zone_name(days));
    let told = (bucket.map(Bucket::key), by, filter.text(), extras);
    let limits = (compare.map(|compare| compare.key()), top, mask.digits());
    let call = call.as_ref().map(|(time, id)| (time.ticks(), id));
    // Texts are quoted, so no two questions are written alike.
    format!("{:?}", (times, told, limits, call, texts.language().tag()))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use trunklog_records::json::RowDecoder;
    use trunklog_records::masking::Mask;
    use trunklog_records::schema::DIRECT_ROUTING_CALLS;
    use trunklog_records::{RowBuilder, TimeRange};
    use trunklog_reports::Filter;
    use trunklog_reports::calendar::Comparison;
    use trunklog_store::cube::{SumAnswers, SumQuery};
    use trunklog_store_kit::MemoryEngine;

    use super::*;

    /// A store that counts how often it is asked for sums.
    struct Counting {
        inner: Arc<dyn Store>,
        asked: AtomicUsize,
    }

    impl Store for Counting {
        trunklog_store_kit::forward!(
            inner: append page count newest commit_time row changed_buckets changes erase forget forgettable
        );

        fn sums(&self, queries: &[SumQuery]) -> Result<SumAnswers> {
            self.asked.fetch_add(1, Ordering::Relaxed);
            self.inner.sums(queries)
        }
    }

    fn kpis() -> &'static Report {
        Report::by_key("kpis").unwrap()
    }

    fn store(id: &str, counting: &Counting) {
        let mut rows = RowBuilder::new(&DIRECT_ROUTING_CALLS);
        let row = format!(r#"{{"id":"{id}","startDateTime":"2026-11-30T08:00:00Z","callType":"ByotIn"}}"#);
        RowDecoder::new(&DIRECT_ROUTING_CALLS).decode(row.as_bytes(), &mut rows).unwrap();
        counting.append(&rows.finish()).unwrap();
    }

    #[test]
    fn an_answer_is_given_again_until_something_is_stored() {
        let tenant: TenantId = "7e570000-0000-4000-8000-0000000000ff".parse().unwrap();
        let engine = MemoryEngine::new();
        let counting = Counting { inner: engine.tenant(tenant), asked: AtomicUsize::new(0) };
        store("1", &counting);
        let kept = KeptAnswers::default();
        let state = || State::now(&engine, &counting).unwrap();
        let day = |day| Instant::from_date(2026, 11, day).unwrap();
        let plain = Ask::of(
            TimeRange::ALL.since(day(30)).until(day(30).saturating_add_ticks(Instant::TICKS_PER_DAY)),
        );
        let ask = |ask: &Ask| {
            let before = counting.asked.load(Ordering::Relaxed);
            let answer = kept.answer(kpis(), tenant, ask, (&state(), &counting)).unwrap();
            let told = format!("{:?}", answer.table.value(0, "attempts"));
            (told, counting.asked.load(Ordering::Relaxed) > before)
        };
        let (first, is_asked) = ask(&plain);
        assert!(is_asked);
        assert_eq!(ask(&plain), (first.clone(), false));
        // Any other question is another.
        let filter = Filter::read("callType eq 'ByotIn'", Mask::NONE).unwrap();
        for other in [
            Ask { filter, ..plain.clone() },
            Ask { compare: Some(Comparison::Week), ..plain.clone() },
            Ask { bucket: Some(Bucket::Hour), ..plain.clone() },
            Ask { mask: Mask::hiding(4), ..plain.clone() },
            Ask { since: day(30), ..plain.clone() },
        ] {
            assert!(ask(&other).1, "{other:?}");
            assert!(!ask(&other).1, "{other:?}");
        }
        // What is known of sources is the caller's.
        let complete = Ask { complete_until: Some(day(30)), ..plain.clone() };
        let answer = kept.answer(kpis(), tenant, &complete, (&state(), &counting)).unwrap();
        assert_eq!(answer.complete_until, Some(day(30)));
        assert!(!ask(&complete).1);
        // Those that tell of persons are never kept.
        let personal = Filter::read("userId eq 'ada'", Mask::NONE).unwrap();
        let personal = Ask { filter: personal, ..plain.clone() };
        assert!(tells_of_persons(kpis(), &personal));

        store("2", &counting);
        let (second, is_asked) = ask(&plain);
        assert!(is_asked && second != first, "{first} {second}");
        assert_eq!(ask(&plain), (second, false));
        // Both of them are known then.
        let by_bucket = Ask { bucket: Some(Bucket::Hour), ..plain };
        let figures = || kept.key_figures(kpis(), tenant, &by_bucket, (&state(), &counting)).unwrap();
        let first = figures();
        let asked = counting.asked.load(Ordering::Relaxed);
        let again = figures();
        assert_eq!(counting.asked.load(Ordering::Relaxed), asked);
        assert_eq!((first.whole, first.by_bucket), (again.whole, again.by_bucket));
    }
}
