//! What a golden case consists of.

use trunklog_odata::Profile;
use trunklog_testkit::Answer;

/// One request and what is expected of its answer.
pub(crate) struct Case {
    /// As in the contract.
    pub(crate) number: u32,
    pub(crate) profiles: &'static [Profile],
    pub(crate) method: &'static str,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) token: Token,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    /// Whether the next link of the target is asked for instead.
    pub(crate) follow: bool,
    pub(crate) status: u16,
    pub(crate) expects: Vec<Expect>,
}

/// A case that is proven elsewhere or belongs to a later issue.
pub(crate) struct Planned {
    pub(crate) number: u32,
    pub(crate) why: &'static str,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Token {
    /// An application with `CallRecords.Read.All`.
    Good,
    /// Nobody: no header.
    Missing,
    NoDots,
    WrongAudience,
    Expired,
    NoRoles,
    /// `CallRecord-PstnCalls.Read.All` alone.
    PstnRole,
    /// `User.Read.All` alone.
    OtherRole,
    Delegated,
    /// It says another tenant than its issuer.
    OtherTenant,
    AlgorithmNone,
    Tampered,
}

/// Something that must hold of an answer.
pub(crate) enum Expect {
    Code(&'static str),
    Message(&'static str),
    MessageStart(&'static str),
    /// So many rows, and `@odata.count` says so.
    Rows(usize),
    Header(&'static str, &'static str),
    Body(&'static str, fn(&Answer) -> bool),
}

const BOTH: &[Profile] = &[Profile::Default, Profile::Strict];

/// A case in both profiles that gets a page.
pub(crate) fn case(number: u32, target: impl Into<String>) -> Case {
    Case {
        number,
        profiles: BOTH,
        method: "GET",
        target: target.into(),
        token: Token::Good,
        headers: Vec::new(),
        follow: false,
        status: 200,
        expects: Vec::new(),
    }
}

impl Case {
    /// Only where answers are exactly Graph's.
    pub(crate) fn strict(mut self) -> Case {
        self.profiles = &[Profile::Strict];
        self
    }

    /// Only with the usual profile.
    pub(crate) fn tolerant(mut self) -> Case {
        self.profiles = &[Profile::Default];
        self
    }

    pub(crate) fn method(mut self, method: &'static str) -> Case {
        self.method = method;
        self
    }

    pub(crate) fn token(mut self, token: Token) -> Case {
        self.token = token;
        self
    }

    pub(crate) fn with(mut self, name: &'static str, value: &'static str) -> Case {
        self.headers.push((name, value));
        self
    }

    pub(crate) fn follow(mut self) -> Case {
        self.follow = true;
        self
    }

    /// An error instead of a page.
    pub(crate) fn error(mut self, status: u16, code: &'static str) -> Case {
        self.status = status;
        self.expects.push(Expect::Code(code));
        self
    }

    /// A status whose code is not settled, or that has no body.
    pub(crate) fn status(mut self, status: u16) -> Case {
        self.status = status;
        self
    }

    pub(crate) fn message(mut self, message: &'static str) -> Case {
        self.expects.push(Expect::Message(message));
        self
    }

    pub(crate) fn message_start(mut self, start: &'static str) -> Case {
        self.expects.push(Expect::MessageStart(start));
        self
    }

    pub(crate) fn rows(mut self, rows: usize) -> Case {
        self.expects.push(Expect::Rows(rows));
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: &'static str) -> Case {
        self.expects.push(Expect::Header(name, value));
        self
    }

    pub(crate) fn check(mut self, what: &'static str, holds: fn(&Answer) -> bool) -> Case {
        self.expects.push(Expect::Body(what, holds));
        self
    }
}
