//! One masked number of a call: the form that asks for it, and the page that shows it
//! or asks again.

use askama::Template;
use askama::filters::HtmlSafe;
use trunklog_reports::Argument;

use crate::context::PageContext;
use crate::shell::{Place, Shell};

/// Whose number it is.
///
/// ```
/// use trunklog_web::pages::reveal::Party;
///
/// for party in Party::ALL {
///     assert_eq!(Party::by_key(party.key()), Some(party));
/// }
/// assert_eq!(Party::by_key("forwarder"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// Who called.
    Caller,
    /// Who was called.
    Callee,
}

impl Party {
    /// Both.
    pub const ALL: [Party; 2] = [Party::Caller, Party::Callee];

    /// What forms call it, and the column of calls that has it.
    pub fn key(self) -> &'static str {
        match self {
            Party::Caller => "caller",
            Party::Callee => "callee",
        }
    }

    /// The party of that key.
    pub fn by_key(key: &str) -> Option<Party> {
        Party::ALL.into_iter().find(|party| party.key() == key)
    }

    /// The property of calls that holds the number.
    pub fn property(self) -> &'static str {
        match self {
            Party::Caller => "callerNumber",
            Party::Callee => "calleeNumber",
        }
    }

    /// The key of the text that names the number.
    fn title(self) -> &'static str {
        match self {
            Party::Caller => "calls-caller",
            Party::Callee => "calls-callee",
        }
    }
}

/// The form that asks for a number of a call. It renders itself: `{{ form }}`.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "reveal_form.html")]
pub struct RevealForm {
    /// What opens it.
    pub(super) show: String,
    action: String,
    number: &'static str,
    reason_title: String,
    about: String,
    most: usize,
    go: String,
}

impl HtmlSafe for RevealForm {}

impl RevealForm {
    /// The form on the page of a call, or on the one below it, for a reason of at most
    /// so many characters.
    pub fn new(page: &PageContext, party: Party, most: usize) -> RevealForm {
        let show = match party {
            Party::Caller => "reveal-show-caller",
            Party::Callee => "reveal-show-callee",
        };
        RevealForm {
            show: page.t(show),
            action: page.to(&format!("{}/reveal", page.path)),
            number: party.key(),
            reason_title: page.t("reveal-reason"),
            about: page.t("reveal-about"),
            most,
            go: page.t("reveal-go"),
        }
    }
}

/// `/calls/{time}/{id}/reveal`: the number, or the form with what it lacked.
#[derive(Debug, Template)]
#[template(path = "reveal.html")]
pub struct RevealPage {
    shell: Shell,
    title: String,
    /// The call.
    back: String,
    back_title: String,
    name: String,
    /// The number; empty where it is not shown.
    number: String,
    note: String,
    /// What the form lacked.
    problem: String,
    form: Option<RevealForm>,
}

impl RevealPage {
    /// The page with a number.
    pub fn shown(page: &PageContext, party: Party, number: String) -> RevealPage {
        RevealPage { number, note: page.t("reveal-note"), ..RevealPage::about(page, party) }
    }

    /// The page with the form, which lacked a reason.
    pub fn without_reason(page: &PageContext, party: Party, most: usize) -> RevealPage {
        RevealPage {
            problem: page.about("reveal-problem", &most.to_string()),
            form: Some(RevealForm::new(page, party, most)),
            ..RevealPage::about(page, party)
        }
    }

    /// The page that says that no more numbers are shown for so many minutes.
    pub fn too_many(page: &PageContext, party: Party, most: u32, minutes: u32) -> RevealPage {
        let (count, left) = (page.formats.count(most.into()), page.formats.count(minutes.into()));
        let arguments = [
            ("count", Argument::Text(&count)),
            ("n", Argument::Number(minutes.into())),
            ("value", Argument::Text(&left)),
        ];
        RevealPage { problem: page.text("reveal-too-many", &arguments), ..RevealPage::about(page, party) }
    }

    fn about(page: &PageContext, party: Party) -> RevealPage {
        RevealPage {
            shell: Shell::new(page, Place::Calls),
            title: page.t("reveal-title"),
            back: page.to(&page.path),
            back_title: page.t("reveal-back"),
            name: page.t(party.title()),
            number: String::new(),
            note: String::new(),
            problem: String::new(),
            form: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::links::Links;
    use crate::pages::calls::tests::page;

    fn below(query: &str) -> PageContext {
        let page = page("calls/x/a", query);
        PageContext { links: Links::new("/calls/x/a/reveal", None), ..page }
    }

    #[test]
    fn a_number_is_shown_with_the_way_back() {
        let page = below("range=28d&commit=7");
        let html = RevealPage::shown(&page, Party::Callee, "+4930<1>".to_owned()).render().unwrap();
        assert!(html.contains("Callee number") && html.contains("+4930&#60;1&#62;"), "{html}");
        assert!(html.contains("href=\"../../../calls/x/a?range=28d&#38;commit=7\""), "{html}");
        assert!(!html.contains("name=\"reason\""), "{html}");
    }

    #[test]
    fn who_had_too_many_is_told_when_to_go_on() {
        let told = |minutes| RevealPage::too_many(&below(""), Party::Caller, 30, minutes).render().unwrap();
        let html = told(12);
        assert!(
            html.contains("role=\"alert\"") && html.contains("30 numbers shown within an hour"),
            "{html}"
        );
        assert!(html.contains("in 12 minutes") && !html.contains("name=\"reason\""), "{html}");
        assert!(told(1).contains("in a minute"), "{}", told(1));
    }

    #[test]
    fn a_form_without_a_reason_is_shown_again() {
        let html = RevealPage::without_reason(&below(""), Party::Caller, 500).render().unwrap();
        assert!(html.contains("action=\"../../../calls/x/a/reveal\""), "{html}");
        assert!(html.contains("value=\"caller\"") && html.contains("maxlength=\"500\""), "{html}");
        assert!(html.contains("role=\"alert\"") && html.contains("500 characters"), "{html}");
    }
}
