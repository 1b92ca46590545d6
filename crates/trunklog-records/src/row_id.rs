//! Ids for rows that come without one.

use uuid::Uuid;

/// The namespace of Trunklog's name-based ids.
const NAMESPACE: Uuid = Uuid::from_u128(0x7d1f_4a9e_52c0_4b8b_9c41_6b0f_6f6c_6f67);

/// A version 5 UUID (RFC 9562 section 5.5) made of what identifies a row.
///
/// The same fields give the same id, so that a row which is read twice is
/// stored once. `fields` are the values' texts, None where one is null.
///
/// ```
/// use trunklog_records::name_based_id;
///
/// let id = |number| name_based_id("sms", [Some(number), None].into_iter());
/// assert_eq!(id("+4930123"), id("+4930123"));
/// assert_ne!(id("+4930123"), id("+4930124"));
/// ```
pub fn name_based_id<'a>(log: &str, fields: impl Iterator<Item = Option<&'a str>>) -> String {
    let mut name = Vec::with_capacity(256);
    name.extend_from_slice(log.as_bytes());
    for field in fields {
        // A mark before each field keeps null apart from empty, and the length
        // keeps ("a", "bc") apart from ("ab", "c").
        match field {
            None => name.push(0),
            Some(text) => {
                name.push(1);
                name.extend_from_slice(&u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
                name.extend_from_slice(text.as_bytes());
            }
        }
    }
    Uuid::new_v5(&NAMESPACE, &name).hyphenated().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_fields_apart() {
        let id = |fields: &[Option<&str>]| name_based_id("log", fields.iter().copied());
        assert_eq!(id(&[Some("a"), None]), id(&[Some("a"), None]));
        assert_ne!(id(&[Some("a"), None]), id(&[Some("a"), Some("")]));
        assert_ne!(id(&[Some("a"), Some("bc")]), id(&[Some("ab"), Some("c")]));
        assert_eq!(id(&[])[14..15], *"5");
    }
}
