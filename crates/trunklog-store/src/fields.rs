//! Reading the bytes of a token, which anybody may have changed.

/// The unread rest of a token.
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    /// All of a token.
    pub(crate) fn of(bytes: &'a [u8]) -> Fields<'a> {
        Fields { rest: bytes }
    }

    /// The next bytes; None when there are fewer.
    pub(crate) fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*first)
    }

    /// The next eight bytes as a number.
    pub(crate) fn number(&mut self) -> Option<u64> {
        self.take().map(u64::from_be_bytes)
    }

    /// The next bytes as a text of that length; None when they are none.
    pub(crate) fn text(&mut self, len: usize) -> Option<&'a str> {
        let (text, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        std::str::from_utf8(text).ok()
    }

    /// All that is left as a text, if it is one and no longer than that.
    pub(crate) fn last(&mut self, max_len: usize) -> Option<&'a str> {
        if self.rest.len() > max_len { None } else { self.text(self.rest.len()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_none() {
        let mut fields = Fields::of(b"\x00\x00\x00\x00\x00\x00\x01\x02abcd\xff");
        assert_eq!(fields.number(), Some(258));
        assert_eq!(fields.take::<1>(), Some([b'a']));
        assert_eq!(fields.text(2), Some("bc"));
        assert_eq!(fields.text(3), None);
        assert_eq!(fields.last(1), None);
        assert_eq!(fields.last(2), None, "which is not text");
        assert_eq!(fields.number(), None);
        assert_eq!(Fields::of(b"xy").last(2), Some("xy"));
    }
}
