//! Numbers, times and zones as a reader writes them.

use std::fmt::Write;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use trunklog_odata::Instant;
use trunklog_reports::calendar::zone_name;
use trunklog_reports::kpi::Unit;
use trunklog_reports::{Column, Kind, Language, Texts, Value};

/// What stands where there is nothing to tell.
pub const NOTHING: &str = "–";

/// What stands before a number below zero. A hyphen is shorter than the digits, and a
/// line may end after it.
const MINUS: &str = "−";

/// How a reader writes numbers and times.
///
/// ```
/// use jiff::tz::TimeZone;
/// use trunklog_reports::Language;
/// use trunklog_web::Formats;
///
/// let [english, french, german] = Language::ALL.map(|language| Formats::new(language, TimeZone::UTC));
/// assert_eq!(english.count(1_234_567), "1,234,567");
/// assert_eq!(german.count(-1_234), "−1.234");
/// assert_eq!(english.percent(0.9337), "93.4%");
/// assert_eq!(french.percent(0.9337), "93,4\u{202f}%");
/// ```
#[derive(Debug, Clone)]
pub struct Formats {
    language: Language,
    zone: TimeZone,
}

/// How a number changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// In words of numbers: `+4.2%`.
    pub text: String,
    /// Whether it rose, fell or stayed.
    pub way: Way,
}

/// Which way a number went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// More.
    Up,
    /// Less.
    Down,
    /// The same, as far as it is shown.
    Level,
}

impl Way {
    /// An arrow, for the eyes.
    pub fn arrow(self) -> &'static str {
        match self {
            Way::Up => "▲",
            Way::Down => "▼",
            Way::Level => "=",
        }
    }

    /// The key of the text that says it.
    pub fn name(self) -> &'static str {
        match self {
            Way::Up => "change-up",
            Way::Down => "change-down",
            Way::Level => "change-level",
        }
    }
}

impl Formats {
    /// The formats of a language and of a zone.
    pub fn new(language: Language, zone: TimeZone) -> Formats {
        Formats { language, zone }
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The zone in which times are told.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// A whole number.
    pub fn count(&self, number: i64) -> String {
        let sign = if number < 0 { MINUS } else { "" };
        format!("{sign}{}", self.grouped(&number.unsigned_abs().to_string()))
    }

    /// A number with so many digits after the point.
    pub fn decimal(&self, number: f64, places: usize) -> String {
        self.signed(number < 0.0, &format!("{:.places$}", number.abs()))
    }

    /// An amount of money with all of its digits, at least two of them after the point.
    /// What is no decimal stays as it is.
    ///
    /// ```
    /// use jiff::tz::TimeZone;
    /// use trunklog_reports::Language;
    /// use trunklog_web::Formats;
    ///
    /// let german = Formats::new(Language::German, TimeZone::UTC);
    /// assert_eq!(german.money("1234567.005"), "1.234.567,005");
    /// assert_eq!(german.money("-0.5"), "−0,50");
    /// ```
    pub fn money(&self, digits: &str) -> String {
        let unsigned = digits.strip_prefix('-').unwrap_or(digits);
        let (whole, rest) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && rest.is_empty()) || !are_digits(whole) || !are_digits(rest) {
            return digits.to_owned();
        }
        let whole = whole.trim_start_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        self.signed(digits.starts_with('-'), &format!("{whole}.{rest:0<2}"))
    }

    /// A number that is written with digits and a point alone.
    fn signed(&self, is_negative: bool, digits: &str) -> String {
        let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
        // What is shown as zero has no sign.
        let is_zero = digits.bytes().all(|byte| matches!(byte, b'0' | b'.'));
        let sign = if is_negative && !is_zero { MINUS } else { "" };
        let mut out = format!("{sign}{}", self.grouped(whole));
        if !rest.is_empty() {
            out.push(self.mark());
            out.push_str(rest);
        }
        out
    }

    /// A part of a whole. What is less than all never shows as all, and what is
    /// more than nothing never as nothing.
    pub fn percent(&self, ratio: f64) -> String {
        let mut tenths = (ratio * 1_000.0).round();
        if ratio < 1.0 && tenths >= 1_000.0 {
            tenths = 999.0;
        }
        if ratio > 0.0 && tenths < 1.0 {
            tenths = 1.0;
        }
        let places = usize::from(tenths > 0.0 && tenths < 1_000.0);
        self.with_percent(&self.decimal(tenths / 10.0, places))
    }

    fn with_percent(&self, number: &str) -> String {
        match self.language {
            Language::English => format!("{number}%"),
            Language::French => format!("{number}\u{202f}%"),
            Language::German => format!("{number}\u{a0}%"),
        }
    }

    /// How long something took: `8.3 s`, `3 min 05 s`, `1 h 02 min`.
    pub fn seconds(&self, secs: f64) -> String {
        let places = usize::from(secs.abs() < 10.0);
        let rounded = secs.abs().round();
        if rounded < 60.0 || !secs.is_finite() {
            return format!("{}\u{a0}s", self.decimal(secs, places));
        }
        let whole = whole(rounded);
        let sign = if secs < 0.0 { MINUS } else { "" };
        if whole < 3_600 {
            return format!("{sign}{}\u{a0}min {:02}\u{a0}s", whole / 60, whole % 60);
        }
        let minutes = (whole + 30) / 60;
        format!("{sign}{}\u{a0}h {:02}\u{a0}min", self.count(minutes / 60), minutes % 60)
    }

    /// The same, to the millisecond where it is short: `1.799 s`.
    pub fn millis(&self, secs: f64) -> String {
        // What would be shown as a minute is one.
        if secs.abs() < 59.9995 { format!("{}\u{a0}s", self.decimal(secs, 3)) } else { self.seconds(secs) }
    }

    /// A number of minutes.
    pub fn minutes(&self, minutes: f64) -> String {
        let places = usize::from(minutes.abs() < 10.0 && minutes.fract() != 0.0);
        format!("{}\u{a0}min", self.decimal(minutes, places))
    }

    /// A number of bytes, at least in KiB.
    ///
    /// ```
    /// use jiff::tz::TimeZone;
    /// use trunklog_reports::Language;
    /// use trunklog_web::Formats;
    ///
    /// let english = Formats::new(Language::English, TimeZone::UTC);
    /// assert_eq!(english.bytes(512), "0.5\u{a0}KiB");
    /// assert_eq!(english.bytes(3 << 30), "3.0\u{a0}GiB");
    /// assert_eq!(english.bytes(u64::MAX), "16,777,216.0\u{a0}TiB");
    /// ```
    // Above 2^53 the last digits are lost, which nobody sees.
    #[allow(clippy::cast_precision_loss)]
    pub fn bytes(&self, bytes: u64) -> String {
        let mut number = bytes as f64 / 1024.0;
        let mut unit = "KiB";
        for larger in ["MiB", "GiB", "TiB"] {
            if number < 1024.0 {
                break;
            }
            (number, unit) = (number / 1024.0, larger);
        }
        format!("{}\u{a0}{unit}", self.decimal(number, 1))
    }

    /// A date and a time of day: `30 Nov 2026, 08:40`.
    pub fn moment(&self, at: Instant) -> String {
        let joint = if self.language == Language::French { " " } else { ", " };
        format!("{}{joint}{}", self.date(at), self.clock(at))
    }

    /// The same to the second.
    pub fn second(&self, at: Instant) -> String {
        format!("{}:{:02}", self.moment(at), self.shown(at).second())
    }

    /// A time of day: `08:40`.
    pub fn clock(&self, at: Instant) -> String {
        let at = self.shown(at);
        format!("{:02}:{:02}", at.hour(), at.minute())
    }

    /// The same to the millisecond: `08:40:17.540`, `08:40:17,540`.
    pub fn clock_to_millis(&self, at: Instant) -> String {
        let millis = at.ticks().rem_euclid(Instant::TICKS_PER_SEC) / Instant::TICKS_PER_MS;
        format!("{}:{:02}{}{millis:03}", self.clock(at), self.shown(at).second(), self.mark())
    }

    /// How many minutes of the day have passed by the clock.
    pub fn minute_of_day(&self, at: Instant) -> i32 {
        let at = self.shown(at);
        i32::from(at.hour()) * 60 + i32::from(at.minute())
    }

    /// A date: `30 Nov 2026`, `30/11/2026`, `30.11.2026`.
    pub fn date(&self, at: Instant) -> String {
        let at = self.shown(at);
        self.of_date(at.year(), at.month(), at.day())
    }

    /// A day of a calendar, whatever the zone.
    pub fn of_day(&self, day: Date) -> String {
        self.of_date(day.year(), day.month(), day.day())
    }

    /// A date that is told as reports tell it, `2026-11-30`: it is one of a calendar,
    /// whatever the zone.
    pub fn calendar_date(&self, text: &str) -> String {
        match text.parse::<Date>() {
            Ok(date) => self.of_date(date.year(), date.month(), date.day()),
            Err(_) => text.to_owned(),
        }
    }

    /// A date and a time for a field of a form: `2026-11-30T08:40`.
    pub fn field(&self, at: Instant) -> String {
        let at = self.shown(at);
        format!("{:04}-{:02}-{:02}T{:02}:{:02}", at.year(), at.month(), at.day(), at.hour(), at.minute())
    }

    /// The day of a month without its year: `30 Nov`, `30/11`, `30.11.`.
    pub fn day(&self, at: Instant) -> String {
        let at = self.shown(at);
        match self.language {
            Language::English => format!("{} {}", at.day(), month(at.month())),
            Language::French => format!("{:02}/{:02}", at.day(), at.month()),
            Language::German => format!("{}.{}.", at.day(), at.month()),
        }
    }

    fn of_date(&self, year: i16, of_year: i8, day: i8) -> String {
        match self.language {
            Language::English => format!("{day} {} {year}", month(of_year)),
            Language::French => format!("{day:02}/{of_year:02}/{year}"),
            Language::German => format!("{day:02}.{of_year:02}.{year}"),
        }
    }

    /// What the zone is called, with its distance from UTC at a time.
    pub fn zone_label(&self, at: Instant) -> String {
        let name = zone_name(&self.zone);
        if name == "UTC" {
            return name;
        }
        let secs = self.zone.to_offset(timestamp(at)).seconds();
        let (sign, secs) = if secs < 0 { ('-', -secs) } else { ('+', secs) };
        let mut label = format!("{name} (UTC{sign}{}", secs / 3_600);
        if secs % 3_600 != 0 {
            // A string takes whatever is written to it.
            let _ = write!(label, ":{:02}", secs % 3_600 / 60);
        }
        label.push(')');
        label
    }

    /// How a number changed: of numbers in percent, of ratios in points.
    pub fn change(&self, unit: Unit, now: f64, before: f64) -> Option<Change> {
        let (difference, places) = if unit == Unit::Ratio {
            ((now - before) * 100.0, 1)
        } else if before == 0.0 {
            // From nothing there is no percentage.
            return None;
        } else {
            let percent = (now - before) / before * 100.0;
            (percent, usize::from(percent.abs() < 10.0))
        };
        let number = self.decimal(difference.abs(), places);
        let is_level = number.bytes().all(|byte| matches!(byte, b'0' | b'.' | b','));
        let (sign, way) = match () {
            () if is_level => ("±", Way::Level),
            () if difference > 0.0 => ("+", Way::Up),
            () => (MINUS, Way::Down),
        };
        let number = format!("{sign}{number}");
        // A change of a ratio is told in points: half as many again is not meant.
        let points = match self.language {
            Language::English => "pp",
            Language::French => "pt",
            Language::German => "PP",
        };
        let text =
            if unit == Unit::Ratio { format!("{number}\u{a0}{points}") } else { self.with_percent(&number) };
        Some(Change { text, way })
    }

    /// A number in a unit.
    pub fn in_unit(&self, unit: Unit, number: f64) -> String {
        match unit {
            Unit::Ratio => self.percent(number),
            Unit::Seconds => self.seconds(number),
            Unit::Minutes => self.minutes(number),
            Unit::Calls | Unit::Channels => self.count(whole(number)),
            Unit::Erlangs => self.decimal(number, 1),
        }
    }

    /// A value of a report, without the number of rows that it was taken over.
    pub fn value(&self, column: &Column, value: &Value, words: &Texts) -> String {
        match value {
            Value::Null | Value::Ratio { value: None, .. } => NOTHING.to_owned(),
            Value::Text(text) if column.kind == Kind::Date => self.calendar_date(text),
            Value::Text(text) => text.clone(),
            Value::Word { name, .. } => words.text(name, &[]),
            Value::Int(code) if column.kind == Kind::Code => code.to_string(),
            Value::Int(number) => self.count(*number),
            Value::Number(number) | Value::Ratio { value: Some(number), .. } => match column.kind {
                Kind::Figure(unit) => self.in_unit(unit, *number),
                _ => self.decimal(*number, column.places()),
            },
            Value::Decimal(amount) => self.money(&amount.to_string()),
            Value::Instant(at) => self.moment(*at),
            Value::Bool(value) => words.text(if *value { "report-yes" } else { "report-no" }, &[]),
        }
    }

    /// What the clock of the zone shows.
    fn shown(&self, at: Instant) -> DateTime {
        self.zone.to_datetime(timestamp(at))
    }

    /// What stands before a fraction.
    fn mark(&self) -> char {
        if self.language == Language::English { '.' } else { ',' }
    }

    /// Digits in groups of three.
    fn grouped(&self, digits: &str) -> String {
        let separator = match self.language {
            Language::English => ',',
            Language::French => '\u{202f}',
            Language::German => '.',
        };
        let mut out = String::with_capacity(digits.len() + digits.len() / 3 * separator.len_utf8());
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                out.push(separator);
            }
            out.push(digit);
        }
        out
    }
}

/// The last hours of the year 9999 are beyond what zones know.
fn timestamp(at: Instant) -> Timestamp {
    Timestamp::from_nanosecond(i128::from(at.ticks()) * 100).unwrap_or(Timestamp::MAX)
}

/// A number that is whole already, or is shown as if it were.
#[allow(clippy::cast_possible_truncation)]
fn whole(number: f64) -> i64 {
    number.round() as i64
}

/// The English names of months, which are written in letters there so that nobody
/// takes a day for a month.
fn month(number: i8) -> &'static str {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let place = usize::try_from(number).unwrap_or(1).saturating_sub(1);
    MONTHS.get(place).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests;
