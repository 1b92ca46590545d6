//! The conformance kit: what [`Engine`] and [`Store`] promise, as tests.
//!
//! # How an engine's tests use it
//!
//! The crate of an engine has it among its dev-dependencies. A test gives
//! [`store_kit!`] an expression that makes a fresh [`Fixture`], a store of its
//! own for each case, and gets one `#[test]` for each:
//!
//! ```
//! use trunklog_store_kit::{MemoryEngine, store_kit};
//!
//! store_kit!(MemoryEngine::new());
//! ```
//!
//! A case may open its store several times, and turns the clock that it opens
//! it with. Cases are functions of a fixture, so one can be called alone.
//!
//! # What is here
//!
//! A promise of the contract is a case here, not a test of an engine. Cases say
//! what they expect in the plainest way: written down, from the rows that they
//! gave, or from [`MemoryEngine`], which keeps rows in memory and evaluates
//! expressions one row at a time. That engine is also for all other tests that
//! need a store and no disk.
//!
//! A log with [`Origin::Computed`] is one of stored rows to an engine. Cases
//! about such logs look at the engine through [`trunklog_store::with_computed_logs`].
//!
//! An engine that keeps sums beside its rows is opened with [`cube_settings`] by its
//! fixture, always: so all cases run with [`KIT_CUBES`], and those about sums and
//! busy channels look at what it keeps. One that keeps none answers from rows.
//!
//! A case fails by panicking, as tests do, so this crate asserts and expects
//! where others return errors. It is only ever a dev-dependency, and must not
//! know any engine but its own.
//!
//! [`Origin::Computed`]: trunklog_records::schema::Origin::Computed
//! [`Store`]: trunklog_store::Store

mod appends;
mod buckets;
mod changes;
mod clock;
mod commit_times;
mod computed;
mod cubes;
mod descending;
mod dice;
mod erasures;
#[cfg(test)]
mod evaluation;
mod expressions;
mod filtered_summaries;
mod filters;
mod followers;
mod forgets;
mod forward;
mod given_again;
mod imported;
mod kept_properties;
mod memory;
mod numbers;
mod odd_rows;
mod orders;
mod random_reports;
mod ranges;
mod reopen;
mod reports;
mod rows;
mod scans;
mod sequence;
mod single_rows;
mod skip;
mod states;
mod summaries;
mod summary;
mod supersession;
mod values;
mod walks;

use std::sync::Arc;

use trunklog_store::{Clock, Engine};

pub use appends::{
    appending_again_changes_nothing, batch_sizes_and_order_do_not_matter, big_batches_may_overlap,
    duplicates_within_a_batch_are_stored_once, no_rows_are_no_error, null_never_erases,
    null_never_erases_within_a_batch, rows_of_one_time_are_told_apart_by_id, updates_replace_values,
};
pub use buckets::{changed_buckets_are_exact, rows_that_give_way_change_their_bucket};
pub use changes::{
    a_row_that_gave_way_is_told_as_deleted, changes_end_at_a_commit_that_there_is, each_change_is_told_once,
    followers_are_exact_beside_a_writer, followers_keep_their_tables_equal,
    later_changes_wait_for_the_next_time, odd_changes_are_followed_in_all_logs,
    odd_questions_about_changes_are_refused, pages_of_changes_are_full, reopening_keeps_followers,
    too_old_followers_start_again, what_left_a_selection_is_told,
};
pub use commit_times::{commits_have_the_time_of_the_clock, old_commits_have_no_time};
pub use computed::{
    a_report_is_computed_from_calls, computed_rows_are_filtered_and_ordered, computed_sums_are_exact,
    computed_walks_keep_their_watermark, null_and_empty_text_are_one_group,
    own_rows_of_computed_logs_are_found_and_erased,
};
pub use cubes::{
    KIT_CUBES, cube_settings, odd_questions_about_sums_are_refused, sums_agree_with_rows,
    sums_agree_with_rows_where_clocks_are_changed, sums_agree_with_rows_where_days_start_at_half_past,
    sums_of_odd_rows_agree, sums_of_one_answer_are_of_one_commit,
};
pub use descending::{
    backward_walks_are_exact_while_rows_arrive, backward_walks_go_on_after_any_key, newest_rows_come_first,
    orders_by_time_agree_in_all_logs,
};
pub use dice::Dice;
pub use erasures::{
    a_tenant_without_rows_is_none, an_erasure_is_one_commit, erased_rows_are_gone,
    erased_rows_may_come_again, erased_values_are_null, odd_erasures_are_refused,
    walks_do_not_see_what_was_erased,
};
pub use filtered_summaries::{filtered_reports_agree_with_a_naive_sum, walks_over_a_report_see_what_changes};
pub use filters::{
    any_skip_counts_filtered_rows, direct_routing_filters_agree, filtered_counts_are_exact,
    filtered_walks_are_exact_while_rows_arrive, pstn_filters_agree, the_last_filtered_page_has_no_next,
};
pub use forgets::{
    walks_go_on_after_forgetting, what_is_older_is_forgotten, what_was_forgotten_may_come_again,
    what_would_be_forgotten_is_counted,
};
pub use given_again::{
    graphs_row_is_stored_where_another_gave_way, rows_that_gave_way_stay_gone_after_an_erasure,
    rows_that_gave_way_stay_gone_without_graphs,
};
pub use imported::{
    an_end_that_comes_later_counts, imported_periods_are_beside_other_calls, imported_periods_are_half_open,
    imported_periods_may_overlap, imported_rows_keep_their_walk, imported_rows_stand_in_for_calls,
    many_imported_periods_are_told_apart,
};
pub use kept_properties::{hidden_properties_are_kept, kept_properties_are_kept};
pub use memory::MemoryEngine;
pub use numbers::masked_numbers_agree;
pub use orders::{
    any_skip_counts_ordered_rows, direct_routing_orders_agree, ordered_walks_are_exact_while_rows_arrive,
    pstn_orders_agree,
};
pub use random_reports::{
    direct_routing_reports_agree, pstn_reports_agree, reports_of_other_logs_agree, reports_see_what_walks_see,
};
pub use ranges::{
    an_empty_store_answers, bounds_hold_to_the_instant, counts_are_exact, logs_are_kept_apart,
    pstn_ranges_include_their_upper_bound, tenants_are_kept_apart, years_1_and_9999_are_reached,
};
pub use reopen::{
    reopening_keeps_all_rows, reopening_keeps_running_walks, reopening_keeps_the_epoch,
    reopening_keeps_the_sequence, two_stores_have_two_epochs, verifying_reads_all_rows,
};
pub use reports::{
    odd_reports_are_refused, reports_group_by_buckets_and_prefixes, reports_of_no_rows_are_empty,
    reports_say_what_was_stored, sums_are_held_at_their_limit, too_many_groups_are_refused,
};
pub use scans::{
    only_the_columns_asked_for_are_there, scans_give_what_walks_give, scans_let_others_write,
    scans_stop_when_told,
};
pub use sequence::{
    commits_become_visible_in_order, commits_of_all_logs_have_one_sequence,
    what_changes_nothing_takes_no_number,
};
pub use single_rows::{a_row_is_found_by_time_and_id, a_row_that_gave_way_is_not_found, odd_rows_are_found};
pub use skip::{any_skip_finds_its_row, skip_counts_what_an_old_walk_sees};
pub use states::{
    of_many_exchanges_one_succeeds, states_are_exchanged_only_as_expected, states_may_hold_any_text,
    states_outlive_their_engine, too_long_states_are_refused,
};
pub use summaries::computed_rows_agree_with_a_naive_sum;
pub use supersession::{
    graphs_row_counts_where_time_and_id_are_one, legs_of_a_call_are_told_apart,
    other_rows_of_a_correlation_id_are_stored, rows_of_the_same_call_give_way,
    rows_that_gave_way_are_kept_for_a_day, rows_that_may_be_one_call_are_counted,
    updates_may_tell_of_the_same_call,
};
pub use values::{all_columns_survive, dynamic_properties_are_kept, odd_ids_are_kept, rows_of_nulls_survive};
pub use walks::{
    late_rows_stay_out_of_a_running_walk, one_row_pages_walk_all, scrubbing_changes_nothing,
    the_last_page_has_no_next, tidying_changes_nothing, updated_rows_keep_their_place,
    walks_are_exact_while_rows_arrive, walks_are_exact_while_rows_change,
};

/// A store for one case.
pub trait Fixture {
    /// Opens the store, or opens it again: each call gives the same store,
    /// once the engine that the call before gave has been dropped. The engine
    /// takes the time from `clock`.
    fn open_with(&self, clock: Clock) -> Arc<dyn Engine>;

    /// The same with the system's clock.
    fn open(&self) -> Arc<dyn Engine> {
        self.open_with(Clock::system())
    }
}

/// Expands to one `#[test]` for each case of the kit. The expression makes a
/// [`Fixture`](crate::Fixture) with an empty store and is evaluated for
/// each case, and twice for the one about two stores.
#[macro_export]
macro_rules! store_kit {
    (@cases $fixture:expr; $($case:ident,)+) => {
        $(
            #[test]
            fn $case() {
                $crate::$case(&$fixture);
            }
        )+
    };
    ($fixture:expr) => {
        #[test]
        fn two_stores_have_two_epochs() {
            $crate::two_stores_have_two_epochs(&$fixture, &$fixture);
        }

        $crate::store_kit! { @cases $fixture;
            appending_again_changes_nothing,
            batch_sizes_and_order_do_not_matter,
            big_batches_may_overlap,
            duplicates_within_a_batch_are_stored_once,
            no_rows_are_no_error,
            null_never_erases,
            null_never_erases_within_a_batch,
            rows_of_one_time_are_told_apart_by_id,
            updates_replace_values,
            changed_buckets_are_exact,
            rows_that_give_way_change_their_bucket,
            a_row_that_gave_way_is_told_as_deleted,
            changes_end_at_a_commit_that_there_is,
            each_change_is_told_once,
            followers_are_exact_beside_a_writer,
            followers_keep_their_tables_equal,
            later_changes_wait_for_the_next_time,
            odd_changes_are_followed_in_all_logs,
            odd_questions_about_changes_are_refused,
            pages_of_changes_are_full,
            reopening_keeps_followers,
            too_old_followers_start_again,
            what_left_a_selection_is_told,
            commits_have_the_time_of_the_clock,
            old_commits_have_no_time,
            a_report_is_computed_from_calls,
            computed_rows_are_filtered_and_ordered,
            computed_sums_are_exact,
            computed_walks_keep_their_watermark,
            null_and_empty_text_are_one_group,
            own_rows_of_computed_logs_are_found_and_erased,
            odd_questions_about_sums_are_refused,
            sums_agree_with_rows,
            sums_agree_with_rows_where_clocks_are_changed,
            sums_agree_with_rows_where_days_start_at_half_past,
            sums_of_odd_rows_agree,
            sums_of_one_answer_are_of_one_commit,
            backward_walks_are_exact_while_rows_arrive,
            backward_walks_go_on_after_any_key,
            newest_rows_come_first,
            orders_by_time_agree_in_all_logs,
            a_tenant_without_rows_is_none,
            an_erasure_is_one_commit,
            erased_rows_are_gone,
            erased_rows_may_come_again,
            erased_values_are_null,
            odd_erasures_are_refused,
            walks_do_not_see_what_was_erased,
            filtered_reports_agree_with_a_naive_sum,
            walks_over_a_report_see_what_changes,
            any_skip_counts_filtered_rows,
            direct_routing_filters_agree,
            filtered_counts_are_exact,
            filtered_walks_are_exact_while_rows_arrive,
            pstn_filters_agree,
            the_last_filtered_page_has_no_next,
            walks_go_on_after_forgetting,
            what_is_older_is_forgotten,
            what_was_forgotten_may_come_again,
            what_would_be_forgotten_is_counted,
            graphs_row_is_stored_where_another_gave_way,
            rows_that_gave_way_stay_gone_after_an_erasure,
            rows_that_gave_way_stay_gone_without_graphs,
            an_end_that_comes_later_counts,
            imported_periods_are_half_open,
            imported_periods_may_overlap,
            imported_periods_are_beside_other_calls,
            imported_rows_keep_their_walk,
            imported_rows_stand_in_for_calls,
            many_imported_periods_are_told_apart,
            hidden_properties_are_kept,
            kept_properties_are_kept,
            masked_numbers_agree,
            any_skip_counts_ordered_rows,
            direct_routing_orders_agree,
            ordered_walks_are_exact_while_rows_arrive,
            pstn_orders_agree,
            direct_routing_reports_agree,
            pstn_reports_agree,
            reports_of_other_logs_agree,
            reports_see_what_walks_see,
            an_empty_store_answers,
            bounds_hold_to_the_instant,
            counts_are_exact,
            logs_are_kept_apart,
            pstn_ranges_include_their_upper_bound,
            tenants_are_kept_apart,
            years_1_and_9999_are_reached,
            reopening_keeps_all_rows,
            reopening_keeps_running_walks,
            reopening_keeps_the_epoch,
            reopening_keeps_the_sequence,
            verifying_reads_all_rows,
            odd_reports_are_refused,
            reports_group_by_buckets_and_prefixes,
            reports_of_no_rows_are_empty,
            reports_say_what_was_stored,
            sums_are_held_at_their_limit,
            too_many_groups_are_refused,
            only_the_columns_asked_for_are_there,
            scans_give_what_walks_give,
            scans_let_others_write,
            scans_stop_when_told,
            commits_become_visible_in_order,
            commits_of_all_logs_have_one_sequence,
            what_changes_nothing_takes_no_number,
            a_row_is_found_by_time_and_id,
            a_row_that_gave_way_is_not_found,
            odd_rows_are_found,
            any_skip_finds_its_row,
            skip_counts_what_an_old_walk_sees,
            of_many_exchanges_one_succeeds,
            states_are_exchanged_only_as_expected,
            states_may_hold_any_text,
            states_outlive_their_engine,
            too_long_states_are_refused,
            computed_rows_agree_with_a_naive_sum,
            graphs_row_counts_where_time_and_id_are_one,
            other_rows_of_a_correlation_id_are_stored,
            rows_of_the_same_call_give_way,
            rows_that_gave_way_are_kept_for_a_day,
            rows_that_may_be_one_call_are_counted,
            legs_of_a_call_are_told_apart,
            updates_may_tell_of_the_same_call,
            all_columns_survive,
            dynamic_properties_are_kept,
            odd_ids_are_kept,
            rows_of_nulls_survive,
            late_rows_stay_out_of_a_running_walk,
            one_row_pages_walk_all,
            scrubbing_changes_nothing,
            the_last_page_has_no_next,
            tidying_changes_nothing,
            updated_rows_keep_their_place,
            walks_are_exact_while_rows_arrive,
            walks_are_exact_while_rows_change,
        }
    };
}

#[doc(hidden)]
pub use {trunklog_odata as odata, trunklog_records as records, trunklog_store as store};

/// Within an `impl Store` of a test, whose store is asked for pages and counts
/// alone: the other methods, which all fail.
#[macro_export]
macro_rules! only_pages {
    () => {
        fn newest(&self) -> $crate::store::Result<$crate::store::Watermark> {
            Err($crate::nobody_asks("newest"))
        }

        fn commit_time(
            &self,
            _: $crate::store::Watermark,
        ) -> $crate::store::Result<Option<$crate::odata::Instant>> {
            Err($crate::nobody_asks("commit_time"))
        }

        fn row(
            &self,
            _: &'static $crate::records::Log,
            _: $crate::odata::Instant,
            _: &str,
        ) -> $crate::store::Result<Option<$crate::records::Rows>> {
            Err($crate::nobody_asks("row"))
        }

        fn changed_buckets(
            &self,
            _: &'static $crate::records::Log,
            _: $crate::store::Watermark,
        ) -> $crate::store::Result<$crate::store::ChangedBuckets> {
            Err($crate::nobody_asks("changed_buckets"))
        }

        fn changes(&self, _: &$crate::store::ChangesQuery) -> $crate::store::Result<$crate::store::Changes> {
            Err($crate::nobody_asks("changes"))
        }

        fn erase(&self, _: &$crate::store::Erasure) -> $crate::store::Result<u64> {
            Err($crate::nobody_asks("erase"))
        }
    };
}

/// The error of a method that a test's store does not have.
pub fn nobody_asks(method: &str) -> trunklog_store::Error {
    trunklog_store::Error::new(trunklog_store::ErrorKind::Other, format!("the test's store has no {method}"))
}
