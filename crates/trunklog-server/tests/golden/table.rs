//! What a golden case consists of.

use trunklog_odata::Profile;
use trunklog_records::Retention;
use trunklog_records::masking::Mask;
use trunklog_server::{Masks, Origins, Settings, ThrottleLimits};
use trunklog_testkit::Answer;

/// One request and what is expected of its answer.
pub(crate) struct Case {
    /// As in the contract.
    pub(crate) number: u32,
    pub(crate) profiles: &'static [Profile],
    pub(crate) setup: Setup,
    /// What is asked for before and must be answered with 200: targets, and how
    /// often.
    pub(crate) before: Vec<(String, u32)>,
    pub(crate) method: &'static str,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) token: Token,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    pub(crate) body: Option<Body>,
    /// Whether the next link of the target is asked for instead.
    pub(crate) follow: bool,
    /// Whether the same is asked for again and must be answered alike.
    pub(crate) again: bool,
    pub(crate) status: u16,
    pub(crate) expects: Vec<Expect>,
}

/// A case that is proven elsewhere.
pub(crate) struct PlannedCase {
    pub(crate) number: u32,
    pub(crate) why: &'static str,
}

/// How a case's server is set up, beside its profile. Each setup has a server
/// of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Setup {
    /// As it is unless set otherwise.
    Usual,
    /// With Microsoft's limits on requests. Before each case their windows end.
    Throttled,
    /// With pages of any origin.
    Browsers,
    /// With the mask of that country.
    Country(&'static str),
    /// With Microsoft's times of retention.
    Retention,
}

impl Setup {
    pub(crate) const ALL: [Setup; 8] = [
        Setup::Usual,
        Setup::Throttled,
        Setup::Browsers,
        Setup::Country("DE"),
        Setup::Country("CH"),
        Setup::Country("FR"),
        Setup::Country("US"),
        Setup::Retention,
    ];

    pub(crate) fn apply(self, settings: &mut Settings) {
        match self {
            Setup::Usual => {}
            Setup::Throttled => settings.throttle = Some(ThrottleLimits::default()),
            Setup::Browsers => settings.cors = Origins::Any,
            Setup::Country(code) => {
                settings.masks = Masks { others: Mask::of_country(code), ..Masks::default() };
            }
            Setup::Retention => settings.retention = Retention::microsoft().into(),
        }
    }
}

/// What is sent with a POST.
pub(crate) enum Body {
    Json(String),
    /// A form, in which `{client}` and `{secret}` stand for an application.
    Form(&'static str),
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
    /// `CallRecords.Read.All`, and sees full numbers.
    FullNumbers,
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
    /// Entra's error and the number of its code.
    TokenError(&'static str, u64),
    Body(&'static str, fn(&Answer) -> bool),
}

const BOTH: &[Profile] = &[Profile::Default, Profile::Strict];

/// A case in both profiles that gets a page.
pub(crate) fn case(number: u32, target: impl Into<String>) -> Case {
    Case {
        number,
        profiles: BOTH,
        setup: Setup::Usual,
        before: Vec::new(),
        method: "GET",
        target: target.into(),
        token: Token::Good,
        headers: Vec::new(),
        body: None,
        follow: false,
        again: false,
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

    /// On a server that is set up so.
    pub(crate) fn on(mut self, setup: Setup) -> Case {
        self.setup = setup;
        self
    }

    /// Behind so many requests.
    pub(crate) fn behind(mut self, requests: u32, target: String) -> Case {
        self.before.push((target, requests));
        self
    }

    pub(crate) fn method(mut self, method: &'static str) -> Case {
        self.method = method;
        self
    }

    /// A POST of JSON.
    pub(crate) fn json(mut self, body: impl Into<String>) -> Case {
        self.body = Some(Body::Json(body.into()));
        self.method("POST")
    }

    /// A POST of a form, as to the token endpoint.
    pub(crate) fn form(mut self, body: &'static str) -> Case {
        self.body = Some(Body::Form(body));
        self.method("POST").token(Token::Missing)
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

    pub(crate) fn again(mut self) -> Case {
        self.again = true;
        self
    }

    /// An error instead of a page.
    pub(crate) fn error(mut self, status: u16, code: &'static str) -> Case {
        self.status = status;
        self.expects.push(Expect::Code(code));
        self
    }

    /// An error of the token endpoint.
    pub(crate) fn token_error(mut self, status: u16, error: &'static str, code: u64) -> Case {
        self.status = status;
        self.expects.push(Expect::TokenError(error, code));
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

    /// Whether a page of rows is expected.
    pub(crate) fn is_page(&self) -> bool {
        self.status == 200 && self.method == "GET" && self.target.contains("/callRecords/")
    }
}
