//! Whose data something is: what is never written, and what pseudonyms stand for.

use std::fmt;

/// A person, a number or an address, as a key is found for it.
///
/// Its text never gets into a line of the trail; a pseudonym does. `Debug` hides
/// it, too.
///
/// ```
/// use trunklog_audit::Identity;
///
/// assert_eq!(Identity::user(" Anna@Contoso.com "), Identity::user("anna@contoso.com"));
/// assert_eq!(Identity::number("+49 30 1234-5"), Identity::number("tel:+4930123 45"));
/// assert_eq!(format!("{:?}", Identity::user("anna")), "Identity(user)");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Identity {
    kind: Kind,
    text: String,
}

/// Whose a key is, of those that belong to persons outside the program.
///
/// ```
/// use trunklog_audit::KeyOf;
///
/// let is_sip_user = |of: KeyOf, name: &str| of == KeyOf::Number && name.starts_with("sip:");
/// assert!(is_sip_user(KeyOf::Number, "sip:anna@contoso.com"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyOf {
    /// A person, by account name, user principal name or object id.
    User,
    /// A phone number, by its digits, or the address of a SIP user.
    Number,
}

impl KeyOf {
    /// All of them.
    pub(crate) const ALL: [KeyOf; 2] = [KeyOf::User, KeyOf::Number];

    pub(crate) fn kind(self) -> Kind {
        match self {
            KeyOf::User => Kind::User,
            KeyOf::Number => Kind::Number,
        }
    }
}

/// What sort of identity it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    User,
    Number,
    Local,
    Client,
    Address,
}

impl Kind {
    /// Its name in the key store.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::User => "user",
            Kind::Number => "number",
            Kind::Local => "local",
            Kind::Client => "client",
            Kind::Address => "address",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Kind> {
        [Kind::User, Kind::Number, Kind::Local, Kind::Client, Kind::Address]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

impl Identity {
    /// A person by account name, user principal name or object id. Case and blanks
    /// around it do not matter.
    pub fn user(name: &str) -> Identity {
        Identity { kind: Kind::User, text: name.trim().to_lowercase() }
    }

    /// A phone number; only its digits count, or all of it where it has none, as
    /// the address of a SIP user may.
    pub fn number(number: &str) -> Identity {
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let text =
            if digits.is_empty() || number.contains('@') { number.trim().to_lowercase() } else { digits };
        Identity { kind: Kind::Number, text }
    }

    /// A user of this machine.
    pub(crate) fn local(text: String) -> Identity {
        Identity { kind: Kind::Local, text }
    }

    /// An application whose id is a text of somebody else's choice.
    pub(crate) fn client(id: &str) -> Identity {
        Identity { kind: Kind::Client, text: id.to_owned() }
    }

    /// The addresses of a month, which share a key.
    pub(crate) fn addresses(month: &str) -> Identity {
        Identity { kind: Kind::Address, text: month.to_owned() }
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({})", self.kind.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_its_digits_and_an_address_is_all_of_it() {
        assert_eq!(Identity::number("+49 (30) 123").text(), "4930123");
        assert_eq!(Identity::number("sip:Anna4@contoso.com").text(), "sip:anna4@contoso.com");
        assert_eq!(Identity::number("anonymous").text(), "anonymous");
    }

    #[test]
    fn kinds_are_found_by_their_names() {
        for kind in [Kind::User, Kind::Number, Kind::Local, Kind::Client, Kind::Address] {
            assert_eq!(Kind::named(kind.name()), Some(kind));
        }
        assert_eq!(Kind::named("person"), None);
    }
}
