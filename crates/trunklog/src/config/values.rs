//! Values of keys that are more than a number or a text.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use jiff::tz::TimeZone;
use serde::de::{Error, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use trunklog_records::schema::{LOGS, Log};
use trunklog_reports::calendar;
use trunklog_server::Origins;

/// A country by its two letters (ISO 3166-1), in upper case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Country(String);

/// A time zone by its name in the IANA database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Zone(TimeZone);

/// The name of a log, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LogKey(&'static str);

/// How long rows are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeepTime {
    Days(NonZeroU32),
    Forever,
}

/// Whose scripts may read answers: `*`, or a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OriginList(pub(crate) Origins);

const FOREVER: &str = "forever";
const ANY_ORIGIN: &str = "*";

impl Country {
    /// The two letters.
    pub(crate) fn code(&self) -> &str {
        &self.0
    }
}

impl FromStr for Country {
    type Err = String;

    fn from_str(text: &str) -> Result<Country, String> {
        if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            Ok(Country(text.to_ascii_uppercase()))
        } else {
            Err(format!("'{text}' is not a country: write its two letters (ISO 3166-1), such as DE"))
        }
    }
}

impl Zone {
    /// The zone.
    pub(crate) fn time_zone(&self) -> &TimeZone {
        &self.0
    }
}

impl FromStr for Zone {
    type Err = String;

    fn from_str(text: &str) -> Result<Zone, String> {
        calendar::zone(text).map(Zone).map_err(|_| {
            format!(
                "'{text}' is not a time zone: write its name in the IANA database, such as Europe/Berlin, or UTC"
            )
        })
    }
}

impl LogKey {
    /// The log of that name.
    pub(crate) fn of(log: &'static Log) -> LogKey {
        LogKey(log.name)
    }

    /// The log that is meant.
    pub(crate) fn log(self) -> &'static Log {
        Log::by_name(self.0).expect("a key is made of a log's name")
    }
}

impl FromStr for LogKey {
    type Err = String;

    fn from_str(text: &str) -> Result<LogKey, String> {
        Log::by_name(text).map(LogKey::of).ok_or_else(|| {
            let names: Vec<String> = LOGS.iter().map(|log| format!("`{}`", log.name)).collect();
            format!("unknown log `{text}`, expected one of {}", names.join(", "))
        })
    }
}

impl KeepTime {
    /// The days; None for no end.
    pub(crate) fn days(self) -> Option<u32> {
        match self {
            KeepTime::Days(days) => Some(days.get()),
            KeepTime::Forever => None,
        }
    }
}

impl FromStr for KeepTime {
    type Err = String;

    fn from_str(text: &str) -> Result<KeepTime, String> {
        if text == FOREVER {
            return Ok(KeepTime::Forever);
        }
        text.parse().map(KeepTime::Days).map_err(|_| {
            format!(
                "'{text}' is not a time to keep rows: write a number of days, at least 1, or \"{FOREVER}\""
            )
        })
    }
}

impl<'de> Deserialize<'de> for KeepTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<KeepTime, D::Error> {
        struct KeepTimeVisitor;
        impl Visitor<'_> for KeepTimeVisitor {
            type Value = KeepTime;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a number of days, at least 1, or \"{FOREVER}\"")
            }

            fn visit_i64<E: Error>(self, days: i64) -> Result<KeepTime, E> {
                let kept = u32::try_from(days).ok().and_then(NonZeroU32::new).map(KeepTime::Days);
                kept.ok_or_else(|| E::invalid_value(Unexpected::Signed(days), &self))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<KeepTime, E> {
                // Days belong in no quotes, so that there is one way to write them.
                if text == FOREVER {
                    Ok(KeepTime::Forever)
                } else {
                    Err(E::invalid_value(Unexpected::Str(text), &self))
                }
            }
        }
        deserializer.deserialize_any(KeepTimeVisitor)
    }
}

impl FromStr for OriginList {
    type Err = String;

    fn from_str(text: &str) -> Result<OriginList, String> {
        if text == ANY_ORIGIN {
            return Ok(OriginList(Origins::Any));
        }
        let listed: Result<Vec<String>, String> = text.split(',').map(|part| origin(part.trim())).collect();
        listed.map(Origins::Listed).map(OriginList)
    }
}

impl<'de> Deserialize<'de> for OriginList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<OriginList, D::Error> {
        struct OriginVisitor;
        impl<'de> Visitor<'de> for OriginVisitor {
            type Value = OriginList;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of origins or \"{ANY_ORIGIN}\"")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<OriginList, E> {
                if text == ANY_ORIGIN {
                    Ok(OriginList(Origins::Any))
                } else {
                    Err(E::invalid_type(Unexpected::Str(text), &self))
                }
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OriginList, A::Error> {
                let mut listed = Vec::new();
                while let Some(text) = seq.next_element::<String>()? {
                    listed.push(origin(&text).map_err(A::Error::custom)?);
                }
                Ok(OriginList(Origins::Listed(listed)))
            }
        }
        deserializer.deserialize_any(OriginVisitor)
    }
}

/// An origin as browsers write it (RFC 6454, section 6.2): in lower case and
/// without the scheme's usual port.
fn origin(text: &str) -> Result<String, String> {
    let refused = || {
        format!("'{text}' is not an origin: write it like https://portal.example.com:8443, without a path")
    };
    let lower = text.to_ascii_lowercase();
    let (scheme, authority) = lower.split_once("://").ok_or_else(refused)?;
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let (host, port) = match authority.rsplit_once(':') {
        // The last colon of an address in brackets is within them.
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let port: Option<u16> = port.map(str::parse).transpose().map_err(|_| refused())?;
    if !is_scheme || !is_host(host) {
        return Err(refused());
    }
    Ok(match (scheme, port) {
        ("https", Some(443)) | ("http", Some(80)) | (_, None) => format!("{scheme}://{host}"),
        (_, Some(port)) => format!("{scheme}://{host}:{port}"),
    })
}

/// A name, or an address of either kind.
fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    !host.is_empty() && host.bytes().all(is_of_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_written_as_browsers_write_them() {
        for (text, written) in [
            ("https://Portal.Example.com", "https://portal.example.com"),
            ("https://portal.example.com:443", "https://portal.example.com"),
            ("http://portal.example.com:443", "http://portal.example.com:443"),
            ("http://localhost:80", "http://localhost"),
            ("http://[::1]:3000", "http://[::1]:3000"),
            ("https://[::1]", "https://[::1]"),
            ("capacitor://localhost", "capacitor://localhost"),
        ] {
            assert_eq!(origin(text).as_deref(), Ok(written), "{text}");
        }
        for text in [
            "",
            "*",
            "null",
            "portal.example.com",
            "https://",
            "https://portal.example.com/",
            "https://portal.example.com/app",
            "https://user@portal.example.com",
            "https://portal.example.com:port",
            "https://portal.example.com:",
            "https://*.example.com",
            "https://a b",
            "https://[::1",
            "https://münchen.example",
            "1https://portal.example.com",
        ] {
            let error = origin(text).unwrap_err();
            assert!(error.contains("https://portal.example.com:8443"), "{text}: {error}");
        }
    }

    #[test]
    fn countries_are_two_letters() {
        assert_eq!("de".parse::<Country>().unwrap().code(), "DE");
        for text in ["", "D", "DEU", "D1", "ÄÖ", "Germany"] {
            assert!(text.parse::<Country>().is_err(), "{text}");
        }
    }

    #[test]
    fn zones_have_names() {
        for name in ["UTC", "Europe/Berlin", "Asia/Kolkata"] {
            assert_eq!(name.parse::<Zone>().unwrap().time_zone().iana_name(), Some(name));
        }
        for text in ["", "Berlin", "+01:00", "local", "Etc/Unknown", "../../etc/passwd"] {
            assert!(text.parse::<Zone>().unwrap_err().contains("Europe/Berlin"), "{text}");
        }
    }

    #[test]
    fn rows_are_kept_for_days_or_forever() {
        assert_eq!("30".parse::<KeepTime>().unwrap().days(), Some(30));
        assert_eq!("forever".parse::<KeepTime>().unwrap().days(), None);
        for text in ["0", "-1", "", "always", "1.5"] {
            assert!(text.parse::<KeepTime>().unwrap_err().contains("forever"), "{text}");
        }
    }
}
