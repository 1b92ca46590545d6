//! The conformance kit: what [`Engine`] and [`Store`] promise, as tests.
//!
//! An engine's tests give [`store_kit!`](crate::store_kit) an expression that
//! makes a fresh [`Fixture`]. A case fails by panicking, as tests do, so this
//! module asserts and expects where the rest of the crate returns errors.
//!
//! [`Store`]: trunklog_store::Store

mod appends;
mod computed;
mod dice;
#[cfg(test)]
mod evaluation;
mod expressions;
mod filters;
mod forgets;
mod imported;
mod memory;
mod numbers;
mod odd_rows;
mod orders;
mod ranges;
mod reopen;
mod rows;
mod scans;
mod skip;
mod states;
mod summary;
mod values;
mod walks;

use std::sync::Arc;

use trunklog_store::{Clock, Engine};

pub use appends::{
    appending_again_changes_nothing, batch_sizes_and_order_do_not_matter, big_batches_may_overlap,
    duplicates_within_a_batch_are_stored_once, no_rows_are_no_error, null_never_erases,
    null_never_erases_within_a_batch, rows_of_one_time_are_told_apart_by_id, updates_replace_values,
};
pub use computed::{
    a_report_is_computed_from_calls, computed_rows_are_filtered_and_ordered, computed_sums_are_exact,
    computed_walks_keep_their_watermark, null_and_empty_text_are_one_group,
};
pub use filters::{
    any_skip_counts_filtered_rows, direct_routing_filters_agree, filtered_counts_are_exact,
    filtered_walks_are_exact_while_rows_arrive, pstn_filters_agree, the_last_filtered_page_has_no_next,
};
pub use forgets::{
    walks_go_on_after_forgetting, what_is_older_is_forgotten, what_was_forgotten_may_come_again,
    what_would_be_forgotten_is_counted,
};
pub use imported::{
    an_end_that_comes_later_counts, imported_periods_are_half_open, imported_periods_may_overlap,
    imported_periods_stand_beside_other_calls, imported_rows_keep_their_walk,
    imported_rows_stand_in_for_calls, many_imported_periods_are_told_apart,
};
pub use memory::MemoryEngine;
pub use numbers::masked_numbers_agree;
pub use orders::{
    any_skip_counts_ordered_rows, direct_routing_orders_agree, ordered_walks_are_exact_while_rows_arrive,
    pstn_orders_agree,
};
pub use ranges::{
    an_empty_store_answers, bounds_hold_to_the_instant, counts_are_exact, logs_are_kept_apart,
    pstn_ranges_include_their_upper_bound, tenants_are_kept_apart, years_1_and_9999_are_reached,
};
pub use reopen::{reopening_keeps_all_rows, reopening_keeps_running_walks, verifying_reads_all_rows};
pub use scans::{
    only_the_columns_asked_for_are_there, scans_give_what_walks_give, scans_let_others_write,
    scans_stop_when_told,
};
pub use skip::{any_skip_finds_its_row, skip_counts_what_an_old_walk_sees};
pub use states::{
    of_many_exchanges_one_succeeds, states_are_exchanged_only_as_expected, states_may_hold_any_text,
    states_outlive_their_engine, too_long_states_are_refused,
};
pub use values::{all_columns_survive, dynamic_properties_are_kept, odd_ids_are_kept, rows_of_nulls_survive};
pub use walks::{
    late_rows_stay_out_of_a_running_walk, one_row_pages_walk_all, the_last_page_has_no_next,
    tidying_changes_nothing, updated_rows_keep_their_place, walks_are_exact_while_rows_arrive,
    walks_are_exact_while_rows_change,
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
/// each case.
///
/// ```ignore
/// trunklog_store_kit::store_kit!(DuckDbFixture::new());
/// ```
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
            a_report_is_computed_from_calls,
            computed_rows_are_filtered_and_ordered,
            computed_sums_are_exact,
            computed_walks_keep_their_watermark,
            null_and_empty_text_are_one_group,
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
            an_end_that_comes_later_counts,
            imported_periods_are_half_open,
            imported_periods_may_overlap,
            imported_periods_stand_beside_other_calls,
            imported_rows_keep_their_walk,
            imported_rows_stand_in_for_calls,
            many_imported_periods_are_told_apart,
            masked_numbers_agree,
            any_skip_counts_ordered_rows,
            direct_routing_orders_agree,
            ordered_walks_are_exact_while_rows_arrive,
            pstn_orders_agree,
            an_empty_store_answers,
            bounds_hold_to_the_instant,
            counts_are_exact,
            logs_are_kept_apart,
            pstn_ranges_include_their_upper_bound,
            tenants_are_kept_apart,
            years_1_and_9999_are_reached,
            reopening_keeps_all_rows,
            reopening_keeps_running_walks,
            verifying_reads_all_rows,
            only_the_columns_asked_for_are_there,
            scans_give_what_walks_give,
            scans_let_others_write,
            scans_stop_when_told,
            any_skip_finds_its_row,
            skip_counts_what_an_old_walk_sees,
            of_many_exchanges_one_succeeds,
            states_are_exchanged_only_as_expected,
            states_may_hold_any_text,
            states_outlive_their_engine,
            too_long_states_are_refused,
            all_columns_survive,
            dynamic_properties_are_kept,
            odd_ids_are_kept,
            rows_of_nulls_survive,
            late_rows_stay_out_of_a_running_walk,
            one_row_pages_walk_all,
            the_last_page_has_no_next,
            tidying_changes_nothing,
            updated_rows_keep_their_place,
            walks_are_exact_while_rows_arrive,
            walks_are_exact_while_rows_change,
        }
    };
}
