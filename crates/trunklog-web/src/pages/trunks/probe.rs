//! What our own looks at a trunk found, in words. That one does not answer us says
//! nothing of whether it answers Microsoft.

use trunklog_odata::Instant;
use trunklog_trunks::{NoAnswer, Probed, RENEW_DAYS, TrustFault};

use crate::context::PageContext;
use crate::table::Cell;

/// How long its certificate holds, and what is wrong with it.
pub(in crate::pages) fn certificate_cell(page: &PageContext, probed: Option<&Probed>) -> Cell {
    let Some(probed) = probed else { return Cell::text(page.t("probe-not-connected")).of_class("s-none") };
    let Some(certificate) = probed.finding.certificate else {
        return Cell::text(page.t("probe-no-certificate")).of_class("s-open");
    };
    let days = certificate.days_left(page.now);
    let text = if days < 0 { page.t("probe-expired") } else { page.counted("probe-days", days) };
    let ends = certificate.ends.saturating_mul(Instant::TICKS_PER_SEC);
    let until = Instant::from_ticks(ends).map(|ends| page.formats.date(ends)).unwrap_or_default();
    let fault = certificate.fault.map(|fault| page.t(fault_name(fault)));
    let beside = [Some(until), fault].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let is_well = days >= RENEW_DAYS && matches!(certificate.fault, None | Some(TrustFault::Unchecked));
    Cell::text(text).beside(beside).of_class(if is_well { "s-calls" } else { "s-silent" })
}

/// Whether it answered SIP OPTIONS, and when.
pub(in crate::pages) fn options_cell(page: &PageContext, probed: Option<&Probed>) -> Cell {
    let Some(probed) = probed else { return Cell::text(page.t("probe-not-connected")).of_class("s-none") };
    match probed.finding.answer {
        Ok(answer) => {
            let text = page.about("probe-answered", &answer.status.to_string());
            let millis = i64::try_from(answer.millis).unwrap_or(i64::MAX);
            let beside = format!("{}\u{a0}ms, {}", page.formats.count(millis), page.near(probed.at));
            Cell::text(text).beside(beside).of_class("s-calls")
        }
        Err(why) => {
            let mut beside = vec![page.t(why_name(why)), page.counted("probe-misses", probed.misses.into())];
            beside.extend(probed.answered.map(|at| page.about("probe-last", &page.near(at))));
            Cell::text(page.t("probe-no-answer")).beside(beside.join(", ")).of_class("s-open")
        }
    }
}

fn fault_name(fault: TrustFault) -> &'static str {
    match fault {
        TrustFault::Expired => "probe-fault-expired",
        TrustFault::NotYet => "probe-fault-not-yet",
        TrustFault::OtherName => "probe-fault-other-name",
        TrustFault::UnknownIssuer => "probe-fault-unknown-issuer",
        TrustFault::Unchecked => "probe-fault-unchecked",
        TrustFault::Other => "probe-fault-other",
    }
}

fn why_name(why: NoAnswer) -> &'static str {
    match why {
        NoAnswer::NameNotFound => "probe-name-not-found",
        NoAnswer::AddressRefused => "probe-address-refused",
        NoAnswer::Refused => "probe-refused",
        NoAnswer::NoConnection => "probe-no-connection",
        NoAnswer::NoTls => "probe-no-tls",
        NoAnswer::WantsCertificate => "probe-wants-certificate",
        NoAnswer::Silent => "probe-silent",
        NoAnswer::Closed => "probe-closed",
        NoAnswer::NoSip => "probe-no-sip",
    }
}
