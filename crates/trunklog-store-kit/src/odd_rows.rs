//! Rows with every value that has ever been awkward.

use trunklog_odata::Instant;
use trunklog_odata::edm::EdmType;
use trunklog_records::{Log, RowBuilder, Rows};
use trunklog_store::evaluate::{Cell, put_together};

use super::dice::Dice;

/// Texts that meet in filters: patterns of other languages, letters that have
/// no counterpart or several, numbers that are masked, and texts that differ
/// after what an order compares.
pub(super) fn texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "",
        " ",
        "a",
        "A",
        "a ",
        "ab",
        "aB",
        "a%b",
        "a_b",
        "a\\b",
        "a'b",
        "a\"b",
        "a\u{0}b",
        "%",
        "_",
        "\\",
        "'",
        ".*",
        "[a]",
        "null",
        "ä",
        "Ä",
        "a\u{308}",
        "ß",
        "ẞ",
        "Straße",
        "İ",
        "ς",
        "Σ",
        "ǆ",
        "😀",
        "+",
        "**",
        "+1001",
        "5551234",
        "5551234\n",
        "+15551234567",
        "+1555123****",
        "+1 555",
        "tel:+1-555-1234;ext=9",
        "\"a\" <sip:+15551234567@b.example;user=phone>",
        "٣٣٣٣٣",
        "55%351%323",
    ]
    .into_iter()
    .map(str::to_owned)
    .collect();
    for (repeated, end) in [("x", ""), ("x", "a"), ("x", "b"), ("ä", "1"), ("ä", "2"), ("😀", "z")] {
        texts.push(format!("{}{end}", repeated.repeat(128)));
    }
    texts
}

pub(super) const INSTANTS: [&str; 9] = [
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00.0000001Z",
    "1600-02-29T23:59:59.9999999Z",
    "1969-12-31T23:59:59.9999999Z",
    "1970-01-01T00:00:00Z",
    "2023-12-31T23:59:59.5Z",
    "2024-02-29T12:34:56.789Z",
    "2024-03-01T00:00:00Z",
    "9999-12-31T23:59:59.9999998Z",
];

pub(super) const INTS: [i32; 11] = [i32::MIN, -7, -1, 0, 1, 2, 5, 7, 487, 503, i32::MAX];

const DECIMALS: [&str; 10] = [
    "0.00",
    "-1.5",
    "0.1",
    "0.2",
    "0.3",
    "2",
    "12.830",
    "-0.0001",
    "100.00",
    "79228162514264337593543950335",
];

const COLLECTIONS: [&str; 8] = [
    "[]",
    r#"[{"id":"a"}]"#,
    r#"[{"id":"ab"},{"id":"ä"}]"#,
    r#"[{"id":"A"},{"id":null}]"#,
    r#"[{"id":"a%b","x":[1]},{}]"#,
    r#"[{"id":"c\"d"},{"id":"'"}]"#,
    r#"[{"id":"+15551234567"}]"#,
    r#"[{"id":""},{"id":"a"},{"id":"\u00df"}]"#,
];

/// An instant of [`INSTANTS`].
pub(super) fn instant(text: &str) -> Instant {
    Instant::parse(text).expect("the instants are written as instants are")
}

/// Rows of Graph in which a third of the values are null, numbered in their
/// ids; many have the same time.
pub(super) fn odd_rows(log: &'static Log, count: usize, dice: &mut Dice) -> Rows {
    let texts = texts();
    let mut rows = RowBuilder::new(log);
    for number in 0..count {
        let mut cells: Vec<Cell> =
            log.properties.iter().map(|property| cell(property.edm, &texts, dice)).collect();
        cells.push(if dice.chance(10) { Cell::Text(r#""later":[1]"#.to_owned()) } else { Cell::Null });
        if let Some(supersession) = log.supersession {
            let mark = log.index_of(supersession.marked_by).expect("a log has the property of its marks");
            cells[mark] = Cell::Null;
        }
        cells[log.id_index()] = Cell::Text(format!("{:03}-{number}", dice.below(1_000)));
        let time = instant(dice.one_of(&INSTANTS)).ticks();
        cells[log.time_index()] = Cell::Ticks(time);
        if let Some(end) = log.period_end_index()
            && matches!(cells[end], Cell::Ticks(ticks) if ticks <= time)
        {
            // A period ends after its start.
            cells[end] = Cell::Null;
        }
        put_together(&cells, &mut rows);
    }
    rows.finish()
}

fn cell(edm: EdmType, texts: &[String], dice: &mut Dice) -> Cell {
    if dice.chance(33) {
        return Cell::Null;
    }
    match edm {
        EdmType::String => Cell::Text(texts[dice.below(texts.len())].clone()),
        EdmType::DateTimeOffset => Cell::Ticks(instant(dice.one_of(&INSTANTS)).ticks()),
        EdmType::Int32 => Cell::Int(dice.one_of(&INTS)),
        EdmType::Boolean => Cell::Bool(dice.chance(50)),
        EdmType::Decimal => Cell::Text(dice.one_of(&DECIMALS).to_owned()),
        EdmType::Enum(of) => Cell::Text(dice.one_of(of.members).0.to_owned()),
        EdmType::Collection(_) => Cell::Text(dice.one_of(&COLLECTIONS).to_owned()),
    }
}
