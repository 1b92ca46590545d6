//! From the JSON of one row to columns.

mod collection;
mod decimal;
mod kind;
mod late;
mod members;
mod origin;
mod powershell;
mod scalar;
mod surrogates;
mod wrapped;

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use trunklog_odata::Instant;
use trunklog_odata::edm::{EdmType, EnumType};

pub use self::late::LateProperties;
use self::members::Text;
use self::origin::RowOrigin;
use self::scalar::{Reading, Scalar};
use super::minify::{minify, write_string};
use crate::notes::{Oddity, RowNotes};
use crate::recognition::{RowKind, holds_additional, is_name_of, kind_of_type_name, own_marks};
use crate::rows::{RowBuilder, RowError, Value};
use crate::schema::{Log, Property};

/// The annotations that name a row's type, in OData 4.0 and 4.01.
const TYPE_ANNOTATIONS: [&str; 2] = ["@odata.type", "@type"];

/// The same in the classes of Graph's SDKs: `OdataType`, `odata_type`.
const TYPE_PROPERTY: &str = "OdataType";

/// The member of enumerations that stands for all that are still to come.
const FUTURE_MEMBER: &str = "unknownFutureValue";

/// The properties that hold how long something took.
const DURATIONS: [&str; 2] = ["duration", "totalCallSeconds"];

/// Reads rows of one log.
///
/// Takes what Graph returns on every version and metadata level, and what
/// scripts make of it: numbers and booleans as strings, empty strings where
/// there is no value, the objects of Graph's cmdlets, and what PowerShell's
/// `ConvertTo-Json` makes of times, arrays and deep objects. Properties that the
/// table does not have are kept; annotations (`@odata.type`, `x@odata.type`)
/// are not.
///
/// Names are matched in any letter case, and as Python writes them
/// (`call_type`). Of values that a row gives twice, the first that is not null
/// counts.
///
/// ```
/// use trunklog_records::RowBuilder;
/// use trunklog_records::json::RowDecoder;
/// use trunklog_records::schema::SMS;
///
/// let mut rows = RowBuilder::new(&SMS);
/// let json = br#"{"Id":"a","SentDateTime":"2026-11-01T00:00:00Z","SmsUnits":"2"}"#;
/// RowDecoder::new(&SMS).decode(json, &mut rows)?;
/// assert_eq!(rows.finish().id(0), "a");
/// # Ok::<(), trunklog_records::RowError>(())
/// ```
#[derive(Debug)]
pub struct RowDecoder {
    log: &'static Log,
    /// Those that JSON may have.
    properties: &'static [Property],
    /// Indices of properties, and what rows get that come without them.
    usual: Vec<(usize, Value<'static>)>,
    origin: RowOrigin,
    time: usize,
    durations: Vec<usize>,
    /// The properties that no other log has, a bit for each.
    own_marks: u64,
}

/// How it is known that an object is a row of a decoder's log.
///
/// ```
/// use trunklog_records::RowBuilder;
/// use trunklog_records::json::{Claim, RowDecoder};
/// use trunklog_records::schema::PSTN_CALLS;
///
/// let decoder = RowDecoder::new(&PSTN_CALLS);
/// let mut rows = RowBuilder::new(&PSTN_CALLS);
/// let json = br#"{"id":"a","startDateTime":"2026-11-01T00:00:00Z","callType":"new"}"#;
/// assert!(decoder.decode_as(json, Claim::Said, &mut rows).is_ok());
/// let error = decoder.decode_as(json, Claim::Guess, &mut rows).unwrap_err();
/// assert_eq!(error.to_string(), "could be a row of directRoutingCalls or of pstnCalls");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// Somebody said it: the page around the object, or who imports it.
    Said,
    /// It is a guess, which the object itself has to bear out.
    Guess,
}

impl RowDecoder {
    /// A decoder for rows of `log`.
    pub fn new(log: &'static Log) -> RowDecoder {
        RowDecoder {
            log,
            properties: log.json_properties(),
            usual: Vec::new(),
            origin: RowOrigin::File,
            time: log.time_index(),
            durations: DURATIONS.iter().filter_map(|name| log.index_of(name)).collect(),
            own_marks: own_marks(log),
        }
    }

    /// The value of a property, given by its index, in rows that come without
    /// one. It has to be of the property's type.
    ///
    /// ```
    /// use trunklog_odata::Instant;
    /// use trunklog_records::json::RowDecoder;
    /// use trunklog_records::schema::PSTN_ONLINE_MEETING_DIALOUT;
    /// use trunklog_records::{RowBuilder, Value};
    ///
    /// let log = &PSTN_ONLINE_MEETING_DIALOUT;
    /// let october = Instant::from_date(2026, 10, 1).unwrap();
    /// let decoder = RowDecoder::new(log).with_usual(log.time_index(), Value::Instant(october));
    /// let mut rows = RowBuilder::new(log);
    /// decoder.decode(br#"{"userId":"u","totalCalls":3}"#, &mut rows)?;
    /// assert_eq!(rows.finish().time(0), october);
    /// # Ok::<(), trunklog_records::RowError>(())
    /// ```
    #[must_use]
    pub fn with_usual(mut self, property: usize, value: Value<'static>) -> RowDecoder {
        self.usual.push((property, value));
        self
    }

    /// For rows that a store gave back: they are of the log whatever their
    /// properties are called, and names are taken letter by letter.
    ///
    /// ```
    /// use trunklog_records::json::RowDecoder;
    /// use trunklog_records::schema::SMS;
    /// use trunklog_records::{Cell, RowBuilder};
    ///
    /// let mut rows = RowBuilder::new(&SMS);
    /// let json = br#"{"id":"a","sentDateTime":"2026-11-01T00:00:00Z","SmsUnits":2}"#;
    /// RowDecoder::new(&SMS).for_stored_rows().decode(json, &mut rows)?;
    /// let rows = rows.finish();
    /// assert_eq!(rows.column(SMS.properties.len()).value(0), Some(Cell::Members(r#""SmsUnits":2"#)));
    /// # Ok::<(), trunklog_records::RowError>(())
    /// ```
    #[must_use]
    pub fn for_stored_rows(mut self) -> RowDecoder {
        self.origin = RowOrigin::Store;
        self
    }

    /// Reads one JSON object and adds it to `rows`, or adds nothing.
    ///
    /// An object that is not a row of the decoder's log is refused, because of the
    /// type that it names, else because of its properties. Only properties that
    /// the log does not have speak against it, so a row with few properties is
    /// taken for what it is said to be.
    pub fn decode(&self, json: &[u8], rows: &mut RowBuilder) -> Result<RowNotes, RowError> {
        self.decode_as(json, Claim::Said, rows)
    }

    /// The same with a claim. One that is a guess has to be borne out by the
    /// object's type, its properties or the type of its call: what could belong
    /// to several logs is refused, and whichever log was guessed makes no
    /// difference to what is found.
    ///
    /// ```
    /// use trunklog_records::RowBuilder;
    /// use trunklog_records::json::{Claim, RowDecoder};
    /// use trunklog_records::schema::SMS;
    ///
    /// let mut rows = RowBuilder::new(&SMS);
    /// let json = br#"{"id":"a","sentDateTime":"2026-11-01T00:00:00Z","smsUnits":2}"#;
    /// RowDecoder::new(&SMS).decode_as(json, Claim::Guess, &mut rows)?;
    /// assert_eq!(rows.len(), 1);
    /// # Ok::<(), trunklog_records::RowError>(())
    /// ```
    pub fn decode_as(&self, json: &[u8], claim: Claim, rows: &mut RowBuilder) -> Result<RowNotes, RowError> {
        let mut row = Row::new(self);
        let read = row.read(json);
        // Hardly any row has half a surrogate pair (RFC 8259 section 8.2), so
        // it is looked for only where something points to it.
        if (read.is_err() || row.may_hold_halves)
            && let Some((whole, repaired)) = surrogates::repair(json)
        {
            let mut row = Row::new(self);
            let read = row.read(&whole);
            row.notes.repaired += repaired;
            return row.finish(read, claim, rows);
        }
        row.finish(read, claim, rows)
    }

    /// The index of a property that is not where it was expected.
    fn index_of(&self, name: &str) -> Option<usize> {
        let in_any_case = || match self.origin {
            RowOrigin::File => self.properties.iter().position(|known| is_name_of(name, known.name)),
            RowOrigin::Store => None,
        };
        self.properties.iter().position(|known| known.name == name).or_else(in_any_case)
    }
}

/// A row that is being read.
struct Row<'r, 'de> {
    decoder: &'r RowDecoder,
    values: Vec<Option<Value<'de>>>,
    /// A bit for each property that was there, also as null.
    seen: u64,
    /// A bit for each property that was there with a value, also a wrong one.
    filled: u64,
    /// The properties that the log does not have.
    unknown: Vec<UnknownProperty<'de>>,
    /// The members of [`Row::unknown`] as JSON.
    dynamic: String,
    /// Objects whose members count as the row's own.
    additional: Vec<&'de RawValue>,
    /// The names of unknown properties, once members of [`Row::additional`]
    /// are read: what the row itself has comes before them.
    own_names: Option<HashSet<Cow<'de, str>>>,
    /// What the row says that it is.
    kind: Option<RowKind>,
    /// The first value of a wrong type. Reading goes on after it, because
    /// only well-formed JSON deserves an error about its values.
    error: Option<RowError>,
    /// Whether a value that was kept as it came may hold half a surrogate pair.
    may_hold_halves: bool,
    notes: RowNotes,
}

/// A property that the log does not have.
struct UnknownProperty<'de> {
    name: Cow<'de, str>,
    json: &'de str,
}

impl<'r, 'de> Row<'r, 'de> {
    fn new(decoder: &'r RowDecoder) -> Row<'r, 'de> {
        Row {
            decoder,
            values: vec![None; decoder.log.properties.len()],
            seen: 0,
            filled: 0,
            unknown: Vec::new(),
            dynamic: String::new(),
            additional: Vec::new(),
            own_names: None,
            kind: None,
            error: None,
            may_hold_halves: false,
            notes: RowNotes::default(),
        }
    }

    fn read(&mut self, json: &'de [u8]) -> serde_json::Result<()> {
        let mut deserializer = serde_json::Deserializer::from_slice(json);
        DeserializeSeed::deserialize(&mut *self, &mut deserializer)?;
        deserializer.end()?;
        if self.additional.is_empty() {
            return Ok(());
        }
        self.own_names = Some(self.unknown.iter().map(|member| member.name.clone()).collect());
        for members in std::mem::take(&mut self.additional) {
            let mut deserializer = serde_json::Deserializer::from_str(members.get());
            DeserializeSeed::deserialize(&mut *self, &mut deserializer)?;
        }
        Ok(())
    }

    fn set(&mut self, at: usize, value: Reading<'de>) {
        self.seen |= 1_u64 << at;
        let is_filled = match &value {
            Ok(None) => false,
            Ok(Some(Value::Text(text))) => !text.trim_start().is_empty(),
            Ok(Some(_)) | Err(_) => true,
        };
        if is_filled {
            self.filled |= 1_u64 << at;
        }
        match value {
            Ok(value) => {
                let slot = &mut self.values[at];
                if slot.is_none() {
                    *slot = value;
                }
            }
            Err(expected) => {
                let property = &self.decoder.log.properties[at];
                let expected = match property.edm {
                    EdmType::Enum(of) => Cow::Owned(members_of(of)),
                    _ => Cow::Borrowed(expected),
                };
                self.error.get_or_insert(RowError::Type { property: property.name, expected });
            }
        }
    }

    /// Takes a member that is not a property of the log.
    fn set_other(&mut self, name: Cow<'de, str>, value: &'de RawValue) {
        let is_file = self.decoder.origin == RowOrigin::File;
        let is_type = is_file && is_name_of(&name, TYPE_PROPERTY);
        if is_type || name.contains('@') {
            if self.kind.is_none() && (is_type || TYPE_ANNOTATIONS.contains(&&*name)) {
                let named = serde_json::from_str::<Text<'_>>(value.get());
                self.kind = named.ok().and_then(|Text(named)| kind_of_type_name(&named));
            }
            return;
        }
        if let Some(own) = &self.own_names {
            if own.contains(&*name) {
                return;
            }
        } else if is_file && holds_additional(&name) && self.set_additional(value) {
            return;
        }
        self.keep(name, value.get());
    }

    /// Takes what the classes of an SDK keep of the properties that they do not
    /// have. False when it is something else.
    fn set_additional(&mut self, value: &'de RawValue) -> bool {
        let json = value.get();
        match json.as_bytes().first() {
            Some(b'{') => self.additional.push(value),
            Some(b'n') => {}
            Some(b'"') => match serde_json::from_str::<Text<'_>>(json) {
                Ok(Text(text)) if text.trim().is_empty() => {}
                Ok(Text(text)) if powershell::is_remains(&text) => self.notes.dropped += 1,
                _ => return false,
            },
            _ => return false,
        }
        true
    }

    fn keep(&mut self, name: Cow<'de, str>, json: &'de str) {
        self.may_hold_halves |= surrogates::may_hold(json);
        if !self.dynamic.is_empty() {
            self.dynamic.push(',');
        }
        write_string(&name, &mut self.dynamic);
        self.dynamic.push(':');
        match self.decoder.origin {
            RowOrigin::File => wrapped::unwrap(json, &mut self.dynamic),
            RowOrigin::Store => minify(json, &mut self.dynamic),
        }
        self.unknown.push(UnknownProperty { name, json });
    }

    fn finish(
        mut self,
        read: serde_json::Result<()>,
        claim: Claim,
        rows: &mut RowBuilder,
    ) -> Result<RowNotes, RowError> {
        read.map_err(|error| if error.is_data() { RowError::NotAnObject } else { RowError::Syntax })?;
        self.recognise(claim)?;
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        let decoder = self.decoder;
        for (property, usual) in &decoder.usual {
            self.values[*property].get_or_insert_with(|| usual.clone());
        }
        self.notes.oddity = self.oddity();
        rows.push(&mut self.values, (!self.dynamic.is_empty()).then_some(&self.dynamic))?;
        Ok(self.notes)
    }

    fn oddity(&self) -> Option<Oddity> {
        let no_time = Instant::ABSENT.saturating_add_ticks(Instant::TICKS_PER_DAY);
        if matches!(self.values[self.decoder.time], Some(Value::Instant(time)) if time < no_time) {
            return Some(Oddity::NoTime);
        }
        let is_negative = |at: &usize| matches!(self.values[*at], Some(Value::Int(value)) if value < 0);
        self.decoder.durations.iter().any(is_negative).then_some(Oddity::NegativeDuration)
    }
}

/// The members of an enumeration, in words.
fn members_of(of: &EnumType) -> String {
    let names = of.members.iter().map(|(name, _)| *name);
    names.filter(|name| *name != FUTURE_MEMBER).collect::<Vec<_>>().join(" or ")
}

impl<'de> DeserializeSeed<'de> for &mut Row<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &mut Row<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        // Rows repeat their properties in the same order, so the property
        // after the last one is tried first.
        let mut guess = 0;
        while let Some(Text(name)) = map.next_key()? {
            let properties = self.decoder.properties;
            let at = if properties.get(guess).is_some_and(|property| property.name == name) {
                Some(guess)
            } else {
                self.decoder.index_of(&name)
            };
            let Some(at) = at else {
                self.set_other(name, map.next_value()?);
                continue;
            };
            guess = at + 1;
            let value = match properties[at].edm {
                EdmType::Decimal => {
                    let raw: &'de RawValue = map.next_value()?;
                    decimal::read(raw.get())
                }
                EdmType::Collection(of) => {
                    let raw: &'de RawValue = map.next_value()?;
                    self.may_hold_halves |= surrogates::may_hold(raw.get());
                    collection::read(of, raw.get(), self.decoder.origin, &mut self.notes)
                }
                edm => map.next_value_seed(Scalar(edm))?,
            };
            self.set(at, value);
        }
        Ok(())
    }
}
