//! What happened, as who saw it happen tells the trail.

use std::net::IpAddr;

use trunklog_odata::Instant;
use uuid::Uuid;

use crate::action::Action;
use crate::filter_shape::FilterShape;
use crate::identity::Identity;

/// What happened: who did what, from where, to what.
///
/// Every text in it is either one of the program's own (`&'static str`), or an
/// [`Identity`], which the trail writes as a pseudonym, or the reason somebody
/// gave, which it seals. So no caller can write a personal value by mistake.
///
/// ```
/// use trunklog_audit::{Action, Actor, Channel, Event, Identity};
///
/// let event = Event::new(Action::NumberReveal, Actor::person("anna@contoso.com"), Channel::Pages)
///     .address(Some("192.0.2.7".parse()?))
///     .of("directRoutingCalls")
///     .subject(Identity::number("+49301234567"))
///     .reason("complaint 4711");
/// # let _ = event;
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Event {
    pub(crate) scene: Scene,
    pub(crate) rows: Option<u64>,
    pub(crate) request: Option<Uuid>,
    pub(crate) reason: Option<Reason>,
}

/// All of an event but what differs between the pages of one walk: reads with the
/// same scene that come within a second become one entry.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Scene {
    pub(crate) action: Action,
    pub(crate) actor: Actor,
    pub(crate) channel: Channel,
    pub(crate) outcome: Outcome,
    pub(crate) tenant: Option<Uuid>,
    pub(crate) address: Option<IpAddr>,
    pub(crate) of: Option<&'static str>,
    pub(crate) range: Option<(Instant, Instant)>,
    pub(crate) filter: Option<FilterShape>,
    pub(crate) subject: Option<Identity>,
    pub(crate) details: Vec<(&'static str, Detail)>,
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Nobody that is known: a sign-in that failed with a name that no account has.
    /// What such a client calls itself is not kept.
    Unknown,
    /// An application, by its client id.
    Application(ClientId),
    /// A person with an account, or one who signed in elsewhere.
    Person(Identity),
    /// A user of this machine, who ran a command.
    Local(Identity),
    /// The program itself, as its configuration says: retention, scheduled pulls.
    Program,
}

/// The client id of an application. A GUID is written as it is; any other text,
/// such as issuers outside may have, as a pseudonym.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClientId(pub(crate) Client);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Client {
    Guid(Uuid),
    Other(Identity),
}

/// By which way it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// The token endpoint.
    Tokens,
    /// Graph's API.
    Graph,
    /// The API of reports.
    Reports,
    /// The feed for Power BI and Excel.
    Feed,
    /// The pages for people.
    Pages,
    /// A command on this machine.
    Command,
    /// The program itself.
    Program,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It was done, or is done once it is written here.
    Done,
    /// It was refused, for a reason that is one of the program's own words.
    Refused(&'static str),
    /// It was tried and failed.
    Failed,
}

/// A further fact of an event, of a form that cannot hold a personal value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Detail {
    /// One of the program's own words: a role, a format, a step.
    Word(&'static str),
    /// Several of these.
    Words(Vec<&'static str>),
    /// A count.
    Count(u64),
    /// An id that names no person: of an application, a tenant, a job, a session.
    Id(Uuid),
}

/// Why somebody did it, in their own words. It is written sealed, so that it can
/// only be read as long as there is the key of whom it is about.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Reason(pub(crate) String);

/// The most characters of a reason that are kept.
///
/// ```
/// assert!(trunklog_audit::MAX_REASON_CHARS > 100);
/// ```
pub const MAX_REASON_CHARS: usize = 500;

impl Event {
    /// Somebody did something.
    pub fn new(action: Action, actor: Actor, channel: Channel) -> Event {
        let scene = Scene {
            action,
            actor,
            channel,
            outcome: Outcome::Done,
            tenant: None,
            address: None,
            of: None,
            range: None,
            filter: None,
            subject: None,
            details: Vec::new(),
        };
        Event { scene, rows: None, request: None, reason: None }
    }

    /// Makes another action of it, about the same.
    #[must_use]
    pub fn action(mut self, action: Action) -> Event {
        self.scene.action = action;
        self
    }

    /// Whose log it was about.
    #[must_use]
    pub fn tenant(mut self, tenant: Uuid) -> Event {
        self.scene.tenant = Some(tenant);
        self
    }

    /// The client's address, if it has one. It is written as a pseudonym that holds
    /// for a month.
    #[must_use]
    pub fn address(mut self, address: Option<IpAddr>) -> Event {
        self.scene.address = address;
        self
    }

    /// What it was about: a log, a report, a page, a setting, by its name in a table
    /// of the program.
    #[must_use]
    pub fn of(mut self, name: &'static str) -> Event {
        self.scene.of = Some(name);
        self
    }

    /// The range of time that was asked for, without its end.
    #[must_use]
    pub fn range(mut self, from: Instant, end: Instant) -> Event {
        self.scene.range = Some((from, end));
        self
    }

    /// How rows were chosen, without values.
    #[must_use]
    pub fn filter(mut self, shape: Option<FilterShape>) -> Event {
        self.scene.filter = shape;
        self
    }

    /// The one person or number it was about.
    #[must_use]
    pub fn subject(mut self, subject: Identity) -> Event {
        self.scene.subject = Some(subject);
        self
    }

    /// A further fact.
    #[must_use]
    pub fn detail(mut self, name: &'static str, detail: Detail) -> Event {
        self.scene.details.push((name, detail));
        self
    }

    /// How it ended, unless it was done.
    #[must_use]
    pub fn outcome(mut self, outcome: Outcome) -> Event {
        self.scene.outcome = outcome;
        self
    }

    /// How many rows were given.
    #[must_use]
    pub fn rows(mut self, rows: u64) -> Event {
        self.rows = Some(rows);
        self
    }

    /// The id of the request, as the log and the client know it.
    #[must_use]
    pub fn request(mut self, id: Uuid) -> Event {
        self.request = Some(id);
        self
    }

    /// Why, in the words of who did it; the first [`MAX_REASON_CHARS`] characters of them.
    #[must_use]
    pub fn reason(mut self, reason: &str) -> Event {
        self.reason = Some(Reason(reason.chars().take(MAX_REASON_CHARS).collect()));
        self
    }
}

impl Actor {
    /// A person by account name, user principal name or object id.
    ///
    /// Only for an account that exists: for each new name a key is made.
    pub fn person(name: &str) -> Actor {
        Actor::Person(Identity::user(name))
    }

    /// An application by the client id in its token.
    pub fn application(client_id: &str) -> Actor {
        Actor::Application(match Uuid::try_parse(client_id) {
            Ok(guid) => ClientId(Client::Guid(guid)),
            Err(_) => ClientId(Client::Other(Identity::client(client_id))),
        })
    }

    /// The user of this machine with that number. `acting_for` is whom a program
    /// such as sudo names as the one who really asks.
    ///
    /// ```
    /// use trunklog_audit::Actor;
    ///
    /// assert_ne!(Actor::local(0, Some(1000)), Actor::local(0, None));
    /// ```
    pub fn local(uid: u32, acting_for: Option<u32>) -> Actor {
        let text = match acting_for {
            Some(person) if person != uid => format!("uid {person} as uid {uid}"),
            _ => format!("uid {uid}"),
        };
        Actor::Local(Identity::local(text))
    }
}

impl Channel {
    /// Its name in entries.
    pub fn name(self) -> &'static str {
        match self {
            Channel::Tokens => "tokens",
            Channel::Graph => "graph",
            Channel::Reports => "reports",
            Channel::Feed => "feed",
            Channel::Pages => "pages",
            Channel::Command => "command",
            Channel::Program => "program",
        }
    }
}

impl std::fmt::Debug for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reason(..)")
    }
}
