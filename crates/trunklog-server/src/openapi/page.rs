//! The page. It is made here from the tables, so it needs no script.

use trunklog_exports::Format;
use trunklog_odata::Version;
use trunklog_records::Log;
use trunklog_records::metadata::range_text;

use super::operations::token_url;
use super::options::{FAULTS, QUERY_OPTIONS};
use super::{Site, examples};

pub(super) const STYLE: &str = include_str!("page/style.css");

const VERSIONS: [Version; 2] = [Version::V1, Version::Beta];

/// The whole page.
pub(super) fn html(site: &Site) -> String {
    let contents: String = site.logs.iter().map(|log| contents_line(log)).collect();
    let logs: String = site.logs.iter().map(|log| function(site, log)).collect();
    let (documents, start, options, faults) = (documents(), start(site), options(), faults());
    format!(
        r##"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Trunklog: what can be asked</title>
<link rel="stylesheet" href="openapi/style.css">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header>
<h1>Trunklog</h1>
<p>Call records with the interface of Microsoft Graph. Each function returns the rows of one log in a range of time.</p>
{documents}</header>
<nav aria-label="Contents">
<ul>
<li><a href="#start">First steps</a></li>
{contents}<li><a href="#options">Query options</a></li>
<li><a href="#errors">Errors</a></li>
</ul>
</nav>
<main id="main">
{start}{logs}{options}{faults}</main>
</body>
</html>
"##
    )
}

fn contents_line(log: &Log) -> String {
    let function = escape(log.function);
    format!("<li><a href=\"#{function}\">{function}</a></li>\n")
}

fn documents() -> String {
    let lines: String = VERSIONS.into_iter().map(documents_line).collect();
    format!("<ul class=\"documents\">\n{lines}</ul>\n")
}

/// Addresses are relative, so that they hold behind any proxy.
fn documents_line(version: Version) -> String {
    let version = version.segment();
    let link = |address: &str, text: &str| {
        format!("<a href=\"{address}\">{text}<span class=\"unseen\"> for {version}</span></a>")
    };
    let open_api = link(&format!("openapi/{version}.json"), "OpenAPI");
    let xml = link(&format!("{version}/$metadata"), "CSDL as XML");
    let json = link(&format!("{version}/$metadata?$format=json"), "CSDL as JSON");
    format!("<li>{version}: {open_api}, {xml}, {json}</li>\n")
}

fn start(site: &Site) -> String {
    let address = token_url(&site.root, "$TENANT");
    let token = code(&format!(
        "TOKEN=$(curl --silent \"{address}\" \\\n  --data grant_type=client_credentials \\\n  \
         --data-urlencode \"client_id=$CLIENT_ID\" \\\n  --data-urlencode \"client_secret=$CLIENT_SECRET\" \\\n  \
         --data-urlencode \"scope={}\" | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')",
        site.scope
    ));
    let formats: Vec<String> = Format::ALL
        .into_iter()
        .map(|format| format!("<code>$format={}</code>", escape(format.name())))
        .collect();
    let formats = formats.join(", ");
    format!(
        "<section aria-labelledby=\"start\">\n<h2 id=\"start\">First steps</h2>\n\
         <p>Every request needs a token. An application gets one with its secret:</p>\n{token}\
         <p>JSON comes in pages: follow <code>@odata.nextLink</code> until a page has none. \
         All rows at once, in another format: {formats}.</p>\n</section>\n"
    )
}

fn function(site: &Site, log: &Log) -> String {
    let name = escape(log.function);
    let versions: Vec<Version> = VERSIONS.into_iter().filter(|version| log.exists_in(*version)).collect();
    let names: Vec<&str> = versions.iter().map(|version| version.segment()).collect();
    let Site { root, .. } = site;
    let requests: String = names
        .iter()
        .map(|version| {
            let call = examples::call(log);
            code(&format!("curl --header \"Authorization: Bearer $TOKEN\" \\\n  \"{root}/{version}/{call}\""))
        })
        .collect();
    let parameters: String = examples::RANGE
        .into_iter()
        .map(|(name, example)| {
            row(name, &["Edm.DateTimeOffset", &format!("{example} or {example}T08:00:00Z")])
        })
        .collect();
    let parameters = table(&format!("Parameters of {name}"), &["Name", "Type", "Example"], &parameters);
    let properties = table(
        &format!("Properties of {}", escape(log.row_type)),
        &["Name", "Type", "v1.0", "beta"],
        &properties(log),
    );
    let range = escape(&range_text(log));
    let names = names.join(" and ");
    format!(
        "<section aria-labelledby=\"{name}\">\n<h2 id=\"{name}\">{name}</h2>\n\
         <p>{range} In {names}.</p>\n{requests}{parameters}{properties}</section>\n"
    )
}

/// All that some version shows; beta shows what v1.0 does.
fn properties(log: &Log) -> String {
    let shown = log.layout(Version::Beta).into_iter().map(|at| &log.properties[at]);
    let word = |version, shown| if log.exists_in(version) && shown { "yes" } else { "no" };
    shown
        .map(|property| {
            let [v1, beta] = VERSIONS.map(|version| word(version, property.position(version).is_some()));
            row(property.name, &[&property.edm.name(), v1, beta])
        })
        .collect()
}

fn options() -> String {
    let rows: String =
        QUERY_OPTIONS.iter().map(|option| row(option.name, &[option.text, option.example])).collect();
    let table = table("Query options of all functions", &["Name", "Meaning", "Example"], &rows);
    format!(
        "<section aria-labelledby=\"options\">\n<h2 id=\"options\">Query options</h2>\n{table}</section>\n"
    )
}

fn faults() -> String {
    let rows: String = FAULTS.iter().map(|fault| row(fault.status, &[fault.text])).collect();
    let table = table("Errors", &["Status", "Meaning"], &rows);
    format!("<section aria-labelledby=\"errors\">\n<h2 id=\"errors\">Errors</h2>\n{table}</section>\n")
}

/// Tables scroll in a box of their own, which the keyboard must reach too.
/// `caption` and `rows` are HTML.
fn table(caption: &str, head: &[&str], rows: &str) -> String {
    let head: String = head.iter().map(|name| column(name)).collect();
    format!(
        "<div class=\"scroll\" role=\"region\" aria-label=\"{caption}\" tabindex=\"0\">\n<table>\n\
         <caption>{caption}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n"
    )
}

fn column(name: &str) -> String {
    format!("<th scope=\"col\">{}</th>", escape(name))
}

fn cell(text: &str) -> String {
    format!("<td>{}</td>", escape(text))
}

fn row(name: &str, cells: &[&str]) -> String {
    let cells: String = cells.iter().map(|text| cell(text)).collect();
    format!("<tr><th scope=\"row\"><code>{}</code></th>{cells}</tr>\n", escape(name))
}

fn code(text: &str) -> String {
    format!("<pre tabindex=\"0\"><code>{}</code></pre>\n", escape(text))
}

/// Text as HTML, also within quotes.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_does_not_become_markup() {
        let text = escape("<a href=\"x\" b='y'>&");
        assert_eq!(text, "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;");
        assert_eq!(
            row("a<b", &["c&d"]),
            "<tr><th scope=\"row\"><code>a&lt;b</code></th><td>c&amp;d</td></tr>\n"
        );
    }
}
