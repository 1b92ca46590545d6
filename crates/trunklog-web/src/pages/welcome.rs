//! What a new store says: what to do first.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::context::PageContext;
use crate::shell::{Place, Shell};

/// What a new store says.
#[derive(Debug, Template)]
#[template(path = "welcome.html")]
pub struct WelcomePage {
    shell: Shell,
    title: String,
    text: String,
    /// A source that is set up and brings nothing; empty for none.
    trouble: String,
    data: String,
    steps: Steps,
    after: String,
    /// What else there is to do, or to look at.
    links: Vec<(String, String)>,
}

/// Ways to get calls. They render themselves: `{{ steps }}`.
#[derive(Debug, Template)]
#[template(path = "steps.html")]
pub(super) struct Steps {
    steps: Vec<Step>,
    /// The element of their titles.
    heading: &'static str,
}

impl HtmlSafe for Steps {}

/// A way to get calls.
#[derive(Debug)]
struct Step {
    title: String,
    text: String,
    /// Lines for a shell, or for the settings.
    lines: Vec<String>,
}

/// What stands for the tenant's id.
const TENANT: &str = "TENANT";

/// A way to get calls: the key of its texts, and what is written in a shell or in the
/// settings, where [`TENANT`] stands for the tenant's id.
type Way = (&'static str, &'static [&'static str]);

const IMPORT: Way = ("welcome-import", &["trunklog import --tenant TENANT PATH"]);
const GRAPH: Way = (
    "welcome-graph",
    &[
        "[[pull]]\nname = \"contoso\"\ntenant = \"TENANT\"\nclient_id = \"…\"\nsecret_file = \"/etc/trunklog/graph.secret\"",
        "trunklog pull --check",
        "trunklog pull",
    ],
);
const FOLDER: Way = (
    "welcome-folder",
    &["[[source]]\nkind = \"folder\"\nname = \"sbc1\"\npath = \"/srv/trunklog/sbc1\"\ntenant = \"TENANT\""],
);
const DEMO: Way = ("welcome-demo", &["trunklog demo"]);

/// Those of a store without calls.
const WITHOUT_CALLS: &[Way] = &[IMPORT, GRAPH, FOLDER, DEMO];

/// Those of a store without a source.
pub(super) const WITHOUT_SOURCE: &[Way] = &[IMPORT, GRAPH, FOLDER];

impl WelcomePage {
    /// The page, in whichever place a reader meets it.
    pub fn new(page: &PageContext, place: Place) -> WelcomePage {
        WelcomePage {
            shell: Shell::new(page, place),
            title: page.t("welcome"),
            text: page.about("welcome-text", &page.tenant.name),
            trouble: page.troubled().unwrap_or_default(),
            data: page.to("data"),
            steps: Steps { heading: "h2", ..Steps::new(page, WITHOUT_CALLS) },
            after: page.t("welcome-after"),
            links: vec![(page.to("data"), page.t("welcome-data"))],
        }
    }

    /// The page of a server that knows of no tenant yet. `TENANT` stands for one.
    pub fn before_any_tenant(page: &PageContext, place: Place) -> WelcomePage {
        WelcomePage {
            text: page.about("welcome-text-new", TENANT),
            steps: Steps { heading: "h2", ..Steps::of(page, WITHOUT_CALLS, TENANT) },
            // Of nothing there is nothing to look at.
            links: Vec::new(),
            ..WelcomePage::new(page, place)
        }
    }

    /// With something else to do.
    #[must_use]
    pub fn with_link(mut self, href: String, title: String) -> WelcomePage {
        self.links.push((href, title));
        self
    }
}

impl Steps {
    /// Those ways, below a title of the second rank.
    pub(super) fn new(page: &PageContext, ways: &[Way]) -> Steps {
        Steps::of(page, ways, &page.tenant.id.to_string())
    }

    /// The same for a tenant that is called so.
    fn of(page: &PageContext, ways: &[Way], tenant: &str) -> Steps {
        let step = |(key, lines): &Way| Step {
            title: page.t(key),
            text: page.t(&format!("{key}.text")),
            lines: lines.iter().map(|line| line.replace(TENANT, tenant)).collect(),
        };
        Steps { steps: ways.iter().map(step).collect(), heading: "h3" }
    }
}

#[cfg(test)]
mod tests {
    use trunklog_reports::Language;

    use super::*;
    use crate::pages::testing::{assert_told, in_language, page};

    #[test]
    fn a_new_store_says_what_to_do_with_the_tenants_own_id() {
        for language in Language::ALL {
            let page = in_language(language, page("", "", true));
            let html = WelcomePage::new(&page, Place::Health).render().unwrap();
            assert_told(&html, &["welcome"]);
            assert!(html.contains("<p><a href=\"./data\">"), "sources that are set up may fail: {html}");
            assert_eq!(html.matches("<li>\n<h2>").count(), 4, "{html}");
            for command in
                ["trunklog import --tenant 0000", "trunklog pull --check", "[[source]]", "trunklog demo"]
            {
                assert!(html.contains(command), "{command}: {html}");
            }
            assert!(!html.contains("TENANT"), "{html}");
        }
    }

    #[test]
    fn it_is_in_the_place_where_it_is_met() {
        for (place, title) in [(Place::Calls, "Calls"), (Place::Trunks, "Trunks"), (Place::Health, "Health")]
        {
            let html = WelcomePage::new(&page("", "", true), place).render().unwrap();
            assert!(html.contains(&format!("aria-current=\"page\">{title}</a>")), "{html}");
        }
    }

    #[test]
    fn before_any_tenant_is_known_a_word_stands_for_it() {
        for language in Language::ALL {
            let page = in_language(language, page("", "", true));
            let html = WelcomePage::before_any_tenant(&page, Place::Health).render().unwrap();
            assert_told(&html, &["welcome"]);
            assert!(html.contains("trunklog import --tenant TENANT PATH"), "{html}");
            assert!(!html.contains("0000-0000") && !html.contains("<p><a href=\"./data\">"), "{html}");
        }
    }
}
