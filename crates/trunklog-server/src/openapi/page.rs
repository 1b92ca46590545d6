//! The page. It is made here from the tables, so it needs no script. What it
//! looks like is in `templates/openapi.html`, which the compiler checks and in
//! which all text is escaped.

use std::borrow::Cow;

use askama::Template;
use trunklog_exports::Format;
use trunklog_odata::Version;
use trunklog_records::Log;
use trunklog_records::metadata::range_text;
use trunklog_reports::{Level, REPORTS, Texts};

use super::examples;
use super::operations::token_url;
use super::options::{FAULTS, QUERY_OPTIONS};
use super::site::Site;
use crate::reports::list::roles;
use crate::reports::{DATA, USAGE, address, data, usage};

pub(super) const STYLE: &str = include_str!("page/style.css");

const VERSIONS: [Version; 2] = [Version::V1, Version::Beta];

#[derive(Template)]
#[template(path = "openapi.html")]
struct Page<'a> {
    versions: Vec<&'static str>,
    functions: Vec<&'static str>,
    token_url: String,
    scope: &'a str,
    formats: Vec<&'static str>,
    sections: Vec<Section>,
}

/// A function, or what holds for all of them.
struct Section {
    id: &'static str,
    title: &'static str,
    /// Empty if there is nothing to say.
    text: String,
    /// Lines for a shell.
    requests: Vec<String>,
    tables: Vec<Table>,
}

struct Table {
    caption: String,
    columns: Vec<&'static str>,
    rows: Vec<Row>,
}

struct Row {
    name: &'static str,
    cells: Vec<Cow<'static, str>>,
}

/// The whole page.
pub(super) fn html(site: &Site) -> String {
    let functions = site.logs.iter().map(|log| function(site, log));
    let page = Page {
        versions: VERSIONS.map(Version::segment).to_vec(),
        functions: site.logs.iter().map(|log| log.function).collect(),
        token_url: token_url(&site.root, "$TENANT"),
        scope: &site.scope,
        formats: Format::ALL.into_iter().map(Format::name).collect(),
        sections: functions.chain([reports(site), options(), faults()]).collect(),
    };
    page.render().expect("a string takes whatever is written to it")
}

fn function(site: &Site, log: &Log) -> Section {
    let versions: Vec<&str> =
        VERSIONS.into_iter().filter(|version| log.exists_in(*version)).map(Version::segment).collect();
    let (root, call) = (&site.root, examples::call(log));
    Section {
        id: log.function,
        title: log.function,
        text: format!("{} In {}.", range_text(log), versions.join(" and ")),
        requests: versions
            .iter()
            .map(|version| {
                format!("curl --header \"Authorization: Bearer $TOKEN\" \\\n  \"{root}/{version}/{call}\"")
            })
            .collect(),
        tables: vec![parameters(log), properties(log)],
    }
}

fn parameters(log: &Log) -> Table {
    Table {
        caption: format!("Parameters of {}", log.function),
        columns: vec!["Name", "Type", "Example"],
        rows: examples::RANGE
            .into_iter()
            .map(|(name, example)| Row {
                name,
                cells: vec!["Edm.DateTimeOffset".into(), format!("{example} or {example}T08:00:00Z").into()],
            })
            .collect(),
    }
}

/// All that some version shows; beta shows what v1.0 does.
fn properties(log: &Log) -> Table {
    let shown = log.layout(Version::Beta).into_iter().map(|at| &log.properties[at]);
    let word = |version, shown| if log.exists_in(version) && shown { "yes" } else { "no" };
    Table {
        caption: format!("Properties of {}", log.row_type),
        columns: vec!["Name", "Type", "v1.0", "beta"],
        rows: shown
            .map(|property| {
                let [v1, beta] = VERSIONS.map(|version| word(version, property.position(version).is_some()));
                Row { name: property.name, cells: vec![property.edm.name().into(), v1.into(), beta.into()] }
            })
            .collect(),
    }
}

/// The reports, which have a document of their own.
fn reports(site: &Site) -> Section {
    let texts = Texts::english();
    let row = |name, address: String, title: String, level| {
        let roles = roles(level).join(", ");
        Row { name, cells: vec![address.into(), title.into(), roles.into()] }
    };
    let of_rows = row(USAGE, format!("/reports/v1/{USAGE}"), usage::TITLE.to_owned(), Level::Personal);
    let of_sources = row(DATA, format!("/reports/v1/{DATA}"), data::TITLE.to_owned(), Level::Aggregate);
    let rows =
        REPORTS.iter().map(|report| row(report.key, address(report), report.title(texts), report.level));
    let table = Table {
        caption: "Reports".to_owned(),
        columns: vec!["Name", "Address", "Title", "Roles, of which one is needed"],
        rows: rows.chain([of_rows, of_sources]).collect(),
    };
    let root = &site.root;
    Section {
        id: "reports",
        title: "Reports",
        text: "Numbers about calls and messages, with an interface of Trunklog's own. /reports/v1/ lists \
               what each takes and tells."
            .to_owned(),
        requests: vec![format!(
            "curl --header \"Authorization: Bearer $TOKEN\" \\\n  \"{root}/reports/v1/kpis?range=7d&by=trunk\""
        )],
        tables: vec![table],
    }
}

fn options() -> Section {
    let rows = QUERY_OPTIONS
        .iter()
        .map(|option| Row { name: option.name, cells: vec![option.text.into(), option.example.into()] });
    let table = Table {
        caption: "Query options of all functions".to_owned(),
        columns: vec!["Name", "Meaning", "Example"],
        rows: rows.collect(),
    };
    for_all("options", "Query options", table)
}

fn faults() -> Section {
    let rows = FAULTS.iter().map(|fault| Row { name: fault.status, cells: vec![fault.text.into()] });
    let table =
        Table { caption: "Errors".to_owned(), columns: vec!["Status", "Meaning"], rows: rows.collect() };
    for_all("errors", "Errors", table)
}

/// What holds for all functions.
fn for_all(id: &'static str, title: &'static str, table: Table) -> Section {
    Section { id, title, text: String::new(), requests: Vec::new(), tables: vec![table] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_does_not_become_markup() {
        let text = "<a href=\"x\" b='y'>&";
        let row = Row { name: text, cells: vec![text.into()] };
        let table = Table { caption: text.to_owned(), columns: vec![text], rows: vec![row] };
        let page = Page {
            versions: vec![text],
            functions: vec![text],
            token_url: text.to_owned(),
            scope: text,
            formats: vec![text],
            sections: vec![Section {
                id: text,
                title: text,
                text: text.to_owned(),
                requests: vec![text.to_owned()],
                tables: vec![table],
            }],
        };
        let html = page.render().unwrap();
        assert!(!html.contains("<a href=\"x\"") && !html.contains("'y'") && !html.contains("&\""));
        let escaped = "&#60;a href=&#34;x&#34; b=&#39;y&#39;&#62;&#38;";
        // Seven times in the line of its version.
        assert_eq!(html.matches(escaped).count(), 7 + 2 + 1 + 1 + 1 + 3 + 1 + 1 + 2 + 1 + 1 + 1);
    }
}
