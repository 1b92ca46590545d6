//! What happened in a call, step by step.

use trunklog_odata::Instant;
use trunklog_reports::{Class, Table as Answer};

use crate::chart::{Ladder, Rung, Side};
use crate::context::PageContext;
use crate::pages::figures::{code, float, moment, word};
use crate::state::Group;
use crate::table::{Cell, Head, Table};

/// A step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) at: Instant,
    /// What happened, with the role of the leg where there are several.
    label: String,
    to: Side,
    class: &'static str,
}

/// The steps of all legs in the order of time.
pub(super) fn steps(page: &PageContext, legs: &Answer) -> Vec<Step> {
    let mut steps = Vec::new();
    let are_several = legs.rows.len() > 1;
    for row in 0..legs.rows.len() {
        let role = word(legs, row, "role").map(|(_, name)| page.t(name)).unwrap_or_default();
        let label = |key: &str| {
            let what = page.t(key);
            if are_several { format!("{what} ({role})") } else { what }
        };
        let is_inbound = word(legs, row, "direction").is_some_and(|(key, _)| key == "inbound");
        // The SBC is on the left, Teams on the right.
        let (out, back) = if is_inbound { (Side::Right, Side::Left) } else { (Side::Left, Side::Right) };
        let class =
            word(legs, row, "class").and_then(|(key, _)| Class::by_key(key)).unwrap_or(Class::Unknown);
        let colour = Group::of(class).key();
        let sip = code(legs, row, "sipCode");
        let mut add = |key: &str, label: String, to: Side, class: &'static str| {
            if let Some(at) = moment(legs, row, key) {
                steps.push(Step { at, label, to, class });
            }
        };
        add("inviteDateTime", label("call-step-invite"), out, "g-people");
        // Of an inbound row the start is when Teams took the call on, not when
        // somebody answered.
        if is_inbound {
            add("startDateTime", label("call-step-passed"), out, "g-people");
        } else if class == Class::Answered {
            add("startDateTime", label("call-step-answer"), back, "g-answered");
        }
        add("endDateTime", label("call-step-end"), Side::Both, colour);
        let failed = match sip {
            Some(sip) => format!("{} {sip}", label("call-step-failure")),
            None => label("call-step-failure"),
        };
        add("failureDateTime", failed, back, colour);
    }
    // Steps of the same instant stay in the order of their legs.
    steps.sort_by_key(|step| step.at);
    steps
}

/// The ladder.
pub(super) fn drawn(page: &PageContext, title: &str, steps: &[Step]) -> Ladder<'static> {
    let description = match (steps.first(), steps.last()) {
        (Some(first), Some(last)) => page.about("call-ladder-told", &seconds(page, first.at, last.at)),
        _ => page.t("call-ladder-empty"),
    };
    let rung = |(at, step): (usize, &Step)| Rung {
        label: step.label.clone(),
        time: page.formats.clock_to_millis(step.at),
        gap: gap(page, steps, at),
        to: step.to,
        class: step.class,
    };
    Ladder {
        id: "ladder",
        name: title.to_owned(),
        description,
        left: page.t("call-side-sbc"),
        right: page.t("call-side-teams"),
        steps: steps.iter().enumerate().map(rung).collect(),
    }
}

/// The same as a table.
pub(super) fn table(page: &PageContext, steps: &[Step]) -> Table {
    let heads = vec![
        Head::of(page.t("call-step-time")),
        Head::of(page.t("call-step")),
        Head::number(page.t("call-step-gap")),
    ];
    let mut table = Table::new(page.t("call-steps"), heads).or(page.t("call-ladder-empty"));
    for (at, step) in steps.iter().enumerate() {
        table.row(vec![
            Cell::name(page.formats.clock_to_millis(step.at)).of_class(step.class),
            Cell::text(step.label.clone()),
            Cell::number(gap(page, steps, at)),
        ]);
    }
    table
}

/// How long after the step before it; empty for the first.
fn gap(page: &PageContext, steps: &[Step], at: usize) -> String {
    let before = at.checked_sub(1).and_then(|before| steps.get(before));
    match (before, steps.get(at)) {
        (Some(before), Some(step)) => format!("+{}", seconds(page, before.at, step.at)),
        _ => String::new(),
    }
}

/// The time between two steps, to the millisecond where it is short.
fn seconds(page: &PageContext, from: Instant, to: Instant) -> String {
    let millis = to.ticks().saturating_sub(from.ticks()).div_euclid(Instant::TICKS_PER_MS);
    page.formats.millis(float(millis) / 1_000.0)
}
