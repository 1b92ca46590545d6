//! The key figures of calls.

use super::{Kpi, Value, count, kpi, mean, ratio, sum};
use crate::bins::Bins;
use crate::classes::Ner;
use crate::totals::Totals;

/// What follows from the totals of a group of rows.
///
/// Sources: ITU-T E.425 for ASR and NER, RFC 6076 for SER, SEER, ISA and SCR;
/// learn.microsoft.com/microsoftteams/direct-routing-health-dashboard for
/// Microsoft's words.
///
/// ```
/// use trunklog_reports::kpi::{KPIS, Unit};
///
/// let ratios = KPIS.iter().filter(|kpi| kpi.definition.unit == Unit::Ratio);
/// let keys = ["asr", "ner", "nerAdjusted", "seer", "isa", "ser", "scr", "durationDisagreement"];
/// assert!(ratios.map(|kpi| kpi.definition.key).eq(keys));
/// ```
#[rustfmt::skip]
pub static KPIS: &[Kpi<Totals>] = &[
    kpi!("attempts",             Calls,   None,                            |of: &Totals| count(of.rows, of.rows)),
    kpi!("answered",             Calls,   None,                            |of: &Totals| count(of.answered, of.rows)),
    kpi!("calls",                Calls,   None,                            |of: &Totals| count(of.calls, of.rows)),
    kpi!("missed",               Calls,   None,                            |of: &Totals| count(of.missed, of.rows)),
    kpi!("failed",               Calls,   None,                            |of: &Totals| count(of.rows - effective(of), of.rows)),
    kpi!("asr",                  Ratio,   Some("ITU-T E.425 (1992), 1.3"), |of: &Totals| ratio(of.answered, of.rows)),
    kpi!("ner",                  Ratio,   Some("ITU-T E.425 (1998), 1.5"), |of: &Totals| ratio(effective(of), of.rows)),
    kpi!("nerAdjusted",          Ratio,   None,                            |of: &Totals| ratio(effective(of), of.rows - left_out(of))),
    kpi!("seer",                 Ratio,   Some("RFC 6076, 4.7"),           |of: &Totals| ratio(of.seer_delivered, of.rows - of.redirected)),
    kpi!("isa",                  Ratio,   Some("RFC 6076, 4.8"),           |of: &Totals| ratio(of.isa_failed, of.rows)),
    kpi!("ser",                  Ratio,   Some("RFC 6076, 4.6"),           |of: &Totals| ratio(of.answered, of.rows - of.redirected)),
    kpi!("scr",                  Ratio,   Some("RFC 6076, 4.9"),           |of: &Totals| ratio(of.normal_ends, of.rows)),
    kpi!("acd",                  Seconds, None,                            |of: &Totals| mean(of.duration_s, 1, of.duration_n)),
    kpi!("minutes",              Minutes, None,                            |of: &Totals| sum(of.duration_s, 60, of.duration_n)),
    kpi!("talkTimeMean",         Seconds, None,                            |of: &Totals| mean(of.talk_ms, 1_000, of.talk_n)),
    kpi!("talkTimeP50",          Seconds, None,                            |of: &Totals| quantile(&of.talk_bins, 500)),
    kpi!("talkTimeP95",          Seconds, None,                            |of: &Totals| quantile(&of.talk_bins, 950)),
    kpi!("talkMinutes",          Minutes, None,                            |of: &Totals| sum(of.talk_ms, 60_000, of.talk_n)),
    kpi!("answerDelayMean",      Seconds, None,                            |of: &Totals| mean(of.answer_ms, 1_000, of.answer_n)),
    kpi!("answerDelayP50",       Seconds, None,                            |of: &Totals| quantile(&of.answer_bins, 500)),
    kpi!("answerDelayP95",       Seconds, None,                            |of: &Totals| quantile(&of.answer_bins, 950)),
    kpi!("occupiedMinutes",      Minutes, None,                            |of: &Totals| sum(of.held_ms, 60_000, of.rows)),
    kpi!("oddRows",              Calls,   None,                            |of: &Totals| count(of.odd, of.rows)),
    kpi!("durationDisagreement", Ratio,   None,                            |of: &Totals| ratio(of.disagreeing, of.timed)),
];

/// Rows that the network delivered.
fn effective(totals: &Totals) -> i64 {
    totals.of_classes(|class| class.ner() == Ner::Effective)
}

/// Rows that the adjusted effectiveness leaves out.
fn left_out(totals: &Totals) -> i64 {
    totals.of_classes(|class| class.ner() == Ner::LeftOut)
}

/// A quantile of milliseconds, in seconds.
fn quantile(bins: &Bins, per_mille: u16) -> Value {
    let n = bins.total();
    let millis = bins.quantile(per_mille);
    Value { value: millis.and_then(|millis| mean(millis, 1_000, 1).value), n }
}
