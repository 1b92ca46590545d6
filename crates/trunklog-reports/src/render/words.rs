//! An answer in words, for people who read it in a terminal.

use super::{counted, number};
use crate::calendar::local_text;
use crate::kpi::Unit;
use crate::table::{Answer, Column, Kind, Table, Value};
use crate::texts::Texts;

/// The titles of an answer's columns and the cells of its rows. With a comparison,
/// what was counted in the earlier range follows.
pub fn words(answer: &Answer, texts: &Texts) -> (Vec<String>, Vec<Vec<String>>) {
    let table = &answer.table;
    let mut titles: Vec<String> = table.columns.iter().map(|column| title(column, texts)).collect();
    if answer.compared.is_some() {
        let before = texts.text("report-compared", &[]);
        titles.extend(counted(table).map(|(_, column)| format!("{} {before}", title(column, texts))));
    }
    let rows = table.rows.iter().enumerate();
    let rows = rows.map(|(at, row)| {
        let cells = |(column, value): (&Column, &Value)| cell(answer, column, value, texts);
        let mut words: Vec<String> = table.columns.iter().zip(row).map(cells).collect();
        if let Some(compared) = &answer.compared {
            words.extend(earlier(answer, compared, at, texts));
        }
        words
    });
    (titles, rows.collect())
}

/// A value in words: `93.4 % (1,200)` for a ratio and its n.
pub fn cell(answer: &Answer, column: &Column, value: &Value, texts: &Texts) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) => text.clone(),
        Value::Word { name, .. } => texts.text(name, &[]),
        // No separators in what nobody adds up.
        Value::Int(code) if column.kind == Kind::Code => code.to_string(),
        Value::Int(value) => grouped(&value.to_string()),
        Value::Number(value) => number(*value, column).map_or_else(String::new, |text| grouped(&text)),
        Value::Decimal(value) => grouped(&value.to_string()),
        Value::Ratio { value, n } => {
            let rows = grouped(&n.to_string());
            match value.and_then(|value| shown(value, column)) {
                None => format!("– ({rows})"),
                Some(value) => format!("{value} ({rows})"),
            }
        }
        Value::Instant(at) => local_text(&answer.zone, *at),
        Value::Bool(value) => texts.text(if *value { "report-yes" } else { "report-no" }, &[]),
    }
}

fn earlier(answer: &Answer, compared: &Table, at: usize, texts: &Texts) -> Vec<String> {
    let row = compared.rows.get(at);
    let value = |place: usize| row.and_then(|row| row.get(place)).unwrap_or(&Value::Null);
    counted(&answer.table).map(|(place, column)| cell(answer, column, value(place), texts)).collect()
}

/// A column's title with its unit, where cells do not show it.
fn title(column: &Column, texts: &Texts) -> String {
    let title = column.title(texts);
    match column.kind {
        Kind::Figure(unit @ (Unit::Seconds | Unit::Minutes | Unit::Erlangs)) => {
            format!("{title} ({})", texts.text(unit.name(), &[]))
        }
        _ => title,
    }
}

/// A ratio in hundredths, anything else as it is.
fn shown(value: f64, column: &Column) -> Option<String> {
    match column.kind {
        Kind::Figure(Unit::Ratio) if value.is_finite() => Some(format!("{:.1} %", value * 100.0)),
        _ => number(value, column).map(|text| grouped(&text)),
    }
}

/// Digits with a comma between thousands.
fn grouped(number: &str) -> String {
    let (whole, rest) = number.find('.').map_or((number, ""), |at| number.split_at(at));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut text = String::from(sign);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        for (number, expected) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("-1234567", "-1,234,567"),
            ("123456.789", "123,456.789"),
            ("-100", "-100"),
        ] {
            assert_eq!(grouped(number), expected);
        }
    }
}
