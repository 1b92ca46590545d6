//! Tables, whose numbers lead to what they count.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::context::PageContext;
use crate::formats::NOTHING;
use crate::state::FilterState;
use crate::svg::Svg;

/// A table. It renders itself: `{{ table }}`.
///
/// ```
/// use trunklog_web::{Cell, Head, Table};
///
/// let heads = vec![Head::of("Trunk"), Head::number("Calls")];
/// let mut table = Table::new("Calls by trunk", heads).titled();
/// table.row(vec![Cell::name("sbc1.example"), Cell::number("12").linked(Some("calls?trunk=x".into()))]);
/// let html = table.to_string();
/// assert!(html.contains("<caption>Calls by trunk</caption>"));
/// assert!(html.contains("<a href=\"calls?trunk=x\">12</a>"));
/// ```
#[derive(Debug, Clone, Template)]
#[template(path = "table.html")]
pub struct Table {
    /// What it is about, for who cannot see where it stands.
    pub caption: String,
    /// Whether the caption is shown.
    pub is_titled: bool,
    /// The heads of its columns.
    pub heads: Vec<Head>,
    /// Its rows.
    pub rows: Vec<Vec<Cell>>,
    /// What is said where there are no rows.
    pub empty: String,
    /// A class of the style sheet for it, by which no calls and no data look different.
    pub empty_class: &'static str,
}

impl HtmlSafe for Table {}

/// The head of a column.
#[derive(Debug, Clone, Default)]
pub struct Head {
    /// What it says.
    pub title: String,
    /// What the column tells; empty for nothing.
    pub help: String,
    /// Whether it has numbers.
    pub is_number: bool,
    /// Where to sort by it; empty where it cannot be.
    pub sort: String,
    /// How it is sorted now, as `aria-sort` says it; empty where it is not.
    pub sorted: &'static str,
}

/// A cell.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    /// What it says.
    pub text: String,
    /// A smaller text after it: over how many calls a ratio was taken.
    pub beside: String,
    /// Where it leads; empty for nowhere.
    pub href: String,
    /// Why it says what it says; empty for nothing.
    pub help: String,
    /// What a screen reader is told of the link beside its text; empty for nothing.
    pub label: String,
    /// A class of the style sheet: a colour, or `few` for a ratio of few calls.
    pub class: &'static str,
    /// Whether it names its row.
    pub is_name: bool,
    /// Whether it is a number.
    pub is_number: bool,
    /// A drawing of it.
    pub drawing: Option<Svg>,
}

/// How a table is sorted, as an address has it: a column, and from the other end
/// with a minus before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sorting {
    /// The column's name.
    pub by: String,
    /// Whether the largest is first.
    pub is_descending: bool,
}

/// How much a figure says that was taken over some calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weight {
    /// Nothing: a ratio of them is not shown.
    TooFew,
    /// It may be chance, and is shown in grey.
    Few,
    /// What it says.
    Enough,
}

impl Weight {
    /// That of so many calls.
    pub(crate) fn of(n: i64) -> Weight {
        match n {
            ..TOO_FEW => Weight::TooFew,
            TOO_FEW..FEW => Weight::Few,
            _ => Weight::Enough,
        }
    }
}

/// Below so many calls a ratio may be chance.
const FEW: i64 = 100;
/// Below so many it says nothing.
const TOO_FEW: i64 = 10;

/// Why a ratio is not told.
pub(crate) fn too_few(page: &PageContext) -> String {
    page.about("ratio-too-few", &page.formats.count(TOO_FEW))
}

impl Table {
    /// Without rows.
    pub fn new(caption: impl Into<String>, heads: Vec<Head>) -> Table {
        let (caption, empty) = (caption.into(), String::new());
        Table { caption, is_titled: false, heads, rows: Vec::new(), empty, empty_class: "" }
    }

    /// With its caption shown.
    #[must_use]
    pub fn titled(mut self) -> Table {
        self.is_titled = true;
        self
    }

    /// With what is said where there are no rows.
    #[must_use]
    pub fn or(mut self, empty: impl Into<String>) -> Table {
        self.empty = empty.into();
        self
    }

    /// With why there are no rows, as a key of a text.
    #[must_use]
    pub fn or_why(mut self, page: &PageContext, why: &str) -> Table {
        (self.empty, self.empty_class) = (page.t(why), why_class(why));
        self
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }
}

/// The class of why there is nothing: a source has broken off, no data yet, or nothing of
/// what is looked at.
pub(crate) fn why_class(why: &str) -> &'static str {
    match why {
        "state-cut-off" => "s-silent",
        "state-no-data" => "s-open",
        // Of what is not kept nobody knows whether there is any.
        "state-not-kept" => "",
        _ => "s-none",
    }
}

impl Head {
    /// Of a column with texts.
    pub fn of(title: impl Into<String>) -> Head {
        Head { title: title.into(), ..Head::default() }
    }

    /// Of a column with numbers.
    pub fn number(title: impl Into<String>) -> Head {
        Head { title: title.into(), is_number: true, ..Head::default() }
    }

    /// With what the column tells.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Head {
        self.help = help.into();
        self
    }

    /// With a link that sorts by it, or turns the order round.
    #[must_use]
    pub fn sortable(mut self, page: &PageContext, name: &str, now: &Sorting) -> Head {
        let is_it = now.by == name;
        // Numbers are of interest from the largest on, names from A on.
        let next = Sorting {
            by: name.to_owned(),
            is_descending: if is_it { !now.is_descending } else { self.is_number },
        };
        self.sort = page.with_own("sort", &next.text());
        self.sorted = match (is_it, now.is_descending) {
            (false, _) => "",
            (true, true) => "descending",
            (true, false) => "ascending",
        };
        self
    }
}

impl Sorting {
    /// How a page is sorted: as its address says, or else so.
    pub fn of(page: &PageContext, usual: &str) -> Sorting {
        let text = page.state.own("sort").unwrap_or(usual);
        match text.strip_prefix('-') {
            Some(by) => Sorting { by: by.to_owned(), is_descending: true },
            None => Sorting { by: text.to_owned(), is_descending: false },
        }
    }

    /// As an address has it.
    pub fn text(&self) -> String {
        format!("{}{}", if self.is_descending { "-" } else { "" }, self.by)
    }
}

impl Cell {
    /// Whether the style sheet has anything to say of it.
    fn has_class(&self) -> bool {
        self.is_number || !self.class.is_empty()
    }

    /// A text.
    pub fn text(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), ..Cell::default() }
    }

    /// What names the row.
    pub fn name(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), is_name: true, ..Cell::default() }
    }

    /// A number.
    pub fn number(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), is_number: true, ..Cell::default() }
    }

    /// Nothing.
    pub fn nothing() -> Cell {
        Cell::number(NOTHING)
    }

    /// A ratio over `n` calls: grey where these are few, and hidden where it would
    /// tell nothing.
    pub fn ratio(page: &PageContext, ratio: Option<f64>, n: i64) -> Cell {
        let beside = page.about("over-n", &page.formats.count(n));
        match (ratio, Weight::of(n)) {
            (_, Weight::TooFew) => Cell { beside, class: "few", help: too_few(page), ..Cell::nothing() },
            (None, _) => Cell { beside, class: "few", ..Cell::nothing() },
            (Some(ratio), weight) => {
                let class = if weight == Weight::Few { "few" } else { "" };
                Cell { beside, class, ..Cell::number(page.formats.percent(ratio)) }
            }
        }
    }

    /// With where it leads. A number that is not told leads nowhere.
    #[must_use]
    pub fn linked(mut self, href: Option<String>) -> Cell {
        let is_told = !self.is_number || self.text != NOTHING;
        self.href = href.filter(|_| is_told).unwrap_or_default();
        self
    }

    /// With a drawing.
    #[must_use]
    pub fn drawn(mut self, drawing: Svg) -> Cell {
        self.drawing = Some(drawing);
        self
    }

    /// With a class of the style sheet.
    #[must_use]
    pub fn of_class(mut self, class: &'static str) -> Cell {
        self.class = class;
        self
    }

    /// With a link that looks at the same page, narrowed to what the row is about.
    #[must_use]
    pub fn narrows(mut self, page: &PageContext, change: impl FnOnce(&mut FilterState)) -> Cell {
        if !self.text.is_empty() {
            self.href = page.here(change);
            self.help = page.t("row-narrows");
        }
        self
    }

    /// With a smaller text after it.
    #[must_use]
    pub fn beside(mut self, text: impl Into<String>) -> Cell {
        self.beside = text.into();
        self
    }
}
