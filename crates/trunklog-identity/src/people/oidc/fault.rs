//! Why a sign-in at a provider came to nothing.

use std::fmt;

/// What the person is told. What the log is told is said where it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInFault {
    /// The answer belongs to no sign-in that this browser started a moment ago:
    /// it is old, was used before, or was started elsewhere.
    NotStarted,
    /// The provider cannot be reached, or does not answer as it should.
    Unreachable,
    /// The provider refused, or the person did.
    Refused,
    /// The provider would have to ask the person, and was told not to.
    NeedsPerson,
    /// The provider's word cannot be believed.
    Untrusted,
    /// The person is in so many groups that the provider names none of them.
    TooManyGroups,
    /// The person is known, and nothing that is known of them is mapped to a role.
    NoRole,
}

impl SignInFault {
    /// What happened, and what to do.
    pub fn message(self) -> &'static str {
        match self {
            SignInFault::NotStarted => {
                "This sign-in was not started in this browser, is too old or was used already. Start again."
            }
            SignInFault::Unreachable => {
                "The sign-in provider does not answer as it should. Try again in a moment; the server's log \
                 says more."
            }
            SignInFault::Refused => "The sign-in provider refused. Try again, or ask who looks after it.",
            SignInFault::NeedsPerson => "Please sign in again.",
            SignInFault::Untrusted => {
                "What the sign-in provider sent cannot be trusted. The server's log says why."
            }
            SignInFault::TooManyGroups => {
                "You are in so many groups that your provider does not list them. Whoever looks after it can \
                 use app roles, or send only the groups that are assigned to this application."
            }
            SignInFault::NoRole => {
                "You are signed in at your provider, but you have no role here. Ask whoever looks after it \
                 for one."
            }
        }
    }

    /// A word for the log.
    pub fn name(self) -> &'static str {
        match self {
            SignInFault::NotStarted => "not started here",
            SignInFault::Unreachable => "unreachable",
            SignInFault::Refused => "refused",
            SignInFault::NeedsPerson => "needs the person",
            SignInFault::Untrusted => "untrusted",
            SignInFault::TooManyGroups => "too many groups",
            SignInFault::NoRole => "no role",
        }
    }
}

impl fmt::Display for SignInFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
