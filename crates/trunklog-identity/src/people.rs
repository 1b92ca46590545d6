//! People: who they are, what they may do, and their sessions.
//!
//! A person proves to be somebody here, with a password and an app, or at a
//! provider outside, and gets a session. What the person may do is looked up with
//! each request: of an account what its file says, of a provider's person what the
//! operator's map makes of the provider's word, which is at most an hour old.

mod account;
mod accounts;
mod base32;
mod devices;
mod local;
mod oidc;
mod password;
mod recovery;
mod role;
mod seal;
mod session;
mod sessions;
mod totp;

use std::fmt::Write;
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use trunklog_bounded::BoundedMap;
use trunklog_errors::with_causes;

use self::oidc::Journey;
use self::seal::Sealer;
use crate::{Clock, Error, ErrorKind, Result};

pub use self::account::{Account, FirstPassword};
pub use self::accounts::{Accounts, AppCheck, EnrolCheck, Enrolled, NewApp, PasswordCheck};
pub use self::devices::{DeviceMark, Devices};
pub use self::local::{Browser, FirstStep, Pending, SecondStep, SetUp, SetUpStep};
pub use self::oidc::{
    Callback, ClientCredential, Departure, Prompt, Provider, ProviderSettings, SignInFault,
};
pub use self::password::PasswordFault;
pub use self::role::{Grant, PersonRole, PersonRoles, Scope};
pub use self::session::{Person, PersonSource, Session, SessionId, SessionToken};
pub use self::sessions::{SessionEnds, SessionFiles, Sessions};
pub use self::totp::TotpSecret;

/// How long a provider's word on roles counts.
const VOUCHED_FOR: SignedDuration = SignedDuration::from_hours(1);
/// How exactly it is noted when a session was last used.
const TOUCH_AFTER: SignedDuration = SignedDuration::from_mins(1);
/// How long a sign-in may take from its first step to its last.
const SIGN_IN: SignedDuration = SignedDuration::from_mins(10);
/// Sessions of one person. The one that was not used for the longest ends.
const MOST_SESSIONS: usize = 20;
/// Answers of providers that are remembered, so that none counts twice.
const MOST_ANSWERS: NonZeroUsize = NonZeroUsize::new(4096).expect("4096 is not zero");

const JOURNEY: &str = "a journey to a provider";

/// All who may sign in, and who has.
pub struct People {
    accounts: Arc<Accounts>,
    sessions: Arc<dyn Sessions>,
    devices: Devices,
    providers: Vec<Provider>,
    ends: SessionEnds,
    sealer: Sealer,
    answers: BoundedMap<[u8; 32], bool>,
    clock: Clock,
}

/// A person who has signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// What the person may do now.
    pub roles: PersonRoles,
    /// Whether that has to be asked again first.
    pub vouching: Vouching,
}

/// Whether what is known of a person's roles still counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Vouching {
    /// It does.
    Counts,
    /// The provider of that name has to be asked again.
    Due(String),
}

/// A person who came back from a provider.
#[derive(Debug, Clone)]
pub struct Returned {
    /// Who it is.
    pub person: Person,
    /// Where the person wanted to go.
    pub next: String,
    /// Whether this goes on with a session or starts one.
    pub start: Start,
}

/// How a session comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Somebody signed in.
    Anew,
    /// A provider vouched again for who has a session: the new one ends when the
    /// old one would have.
    Again,
}

/// A session that has just started.
#[derive(Debug)]
pub struct Started {
    /// For the cookie. It is kept nowhere here.
    pub token: SessionToken,
    /// The session.
    pub session: Session,
    /// For a cookie of its own, by which the browser is known at the next sign-in; None
    /// for who signed in elsewhere.
    pub device: Option<DeviceMark>,
}

impl People {
    /// Those with an account and those of the providers.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if two providers have one name,
    /// [`ErrorKind::Crypto`] if there are no random numbers.
    pub fn new(
        accounts: Arc<Accounts>,
        sessions: Arc<dyn Sessions>,
        devices: Devices,
        providers: Vec<Provider>,
        ends: SessionEnds,
        clock: Clock,
    ) -> Result<People> {
        for (at, provider) in providers.iter().enumerate() {
            if providers.iter().take(at).any(|other| other.name() == provider.name()) {
                let text = format!("two sign-in providers are called {:?}, rename one", provider.name());
                return Err(Error::new(ErrorKind::Configuration, text));
            }
        }
        let (sealer, answers) = (Sealer::new()?, BoundedMap::new(MOST_ANSWERS));
        let people = People { accounts, sessions, devices, providers, ends, sealer, answers, clock };
        people.recall_networks();
        Ok(people)
    }

    /// From where people signed in is in memory, and after a start as far as sessions
    /// tell it: else whoever guesses could lock all of them out by then.
    fn recall_networks(&self) {
        let sessions = self.sessions.list().unwrap_or_else(|error| {
            tracing::error!(error = %with_causes(&error), "sessions cannot be read");
            Vec::new()
        });
        for session in sessions {
            if let PersonSource::Account(id) = session.person.source
                && let Some(account) = self.accounts.get(id)
            {
                self.accounts.signed_in_from(&account, session.address);
            }
        }
    }

    /// The accounts that are kept here.
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// The providers, as they are set.
    pub fn providers(&self) -> &[Provider] {
        &self.providers
    }

    /// The provider of that name.
    pub fn provider(&self, name: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.name() == name)
    }

    /// Whether nobody can sign in: there is no account and no provider.
    pub fn are_none(&self) -> bool {
        self.providers.is_empty() && self.accounts.are_none()
    }

    /// Who has the session that a browser holds that token of. None if there is
    /// none, if it has ended, or if the person may do nothing any more.
    pub fn signed_in(&self, token: &str) -> Option<SignedIn> {
        let session = self.sessions.get(&SessionToken::read(token)?.id())?;
        let now = self.now();
        let roles = self.roles_in(&session, now)?;
        let vouching = match &session.person.source {
            PersonSource::Provider { provider, .. }
                if now.duration_since(session.vouched).abs() >= VOUCHED_FOR =>
            {
                Vouching::Due(provider.clone())
            }
            _ => Vouching::Counts,
        };
        Some(SignedIn { session, roles, vouching })
    }

    /// Whether the use of a session should be noted with [`touch`](People::touch).
    pub fn is_to_touch(&self, session: &Session) -> bool {
        self.now().duration_since(session.last_seen) >= TOUCH_AFTER
    }

    /// Notes that a session is used now. For a blocking thread.
    pub fn touch(&self, id: &SessionId) {
        if let Err(error) = self.sessions.touch(id, self.now()) {
            tracing::error!(error = %with_causes(&error), "the use of a session cannot be noted");
        }
    }

    /// Starts a session, with a new token whatever the browser held before: the
    /// session of `replaces`, if it is one's token, ends. For a blocking thread.
    ///
    /// None if the person may do nothing here.
    ///
    /// # Errors
    /// When the session cannot be kept.
    pub fn start(
        &self,
        person: Person,
        address: Option<IpAddr>,
        start: Start,
        replaces: Option<&str>,
    ) -> Result<Option<Started>> {
        let now = self.now();
        let token = SessionToken::generate()?;
        let mut ends = now.checked_add(self.ends.lasting).unwrap_or(Timestamp::MAX);
        let old = replaces.and_then(SessionToken::read).and_then(|old| self.sessions.get(&old.id()));
        if let Some(old) = &old
            && start == Start::Again
            && old.person.id == person.id
        {
            ends = ends.min(old.ends);
        }
        let session =
            Session { id: token.id(), person, created: now, last_seen: now, vouched: now, ends, address };
        if self.roles_in(&session, now).is_none() {
            return Ok(None);
        }
        if let Some(old) = old {
            self.sessions.end(&old.id)?;
        }
        self.make_room(&session.person.id)?;
        self.sessions.add(&session)?;
        Ok(Some(Started { token, session, device: None }))
    }

    /// The sessions that have not ended, the one that was used last first. For a
    /// blocking thread.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn sessions(&self) -> Result<Vec<Session>> {
        let now = self.now();
        let mut all = self.sessions.list()?;
        all.retain(|session| self.roles_in(session, now).is_some());
        Ok(all)
    }

    /// What the person of a session may do now; None if the session has ended, or if
    /// that is nothing.
    pub fn roles(&self, session: &Session) -> Option<PersonRoles> {
        self.roles_in(session, self.now())
    }

    /// Ends a session, and tells whether there was one. For a blocking thread.
    ///
    /// # Errors
    /// When it cannot be ended.
    pub fn end(&self, id: &SessionId) -> Result<bool> {
        self.sessions.end(id)
    }

    /// Ends all sessions of a person, and tells how many there were. For a
    /// blocking thread.
    ///
    /// # Errors
    /// When one cannot be ended.
    pub fn end_all_of(&self, person: &str) -> Result<usize> {
        let mut ended = 0;
        for session in self.sessions.list()?.iter().filter(|session| session.person.id == person) {
            ended += usize::from(self.sessions.end(&session.id)?);
        }
        Ok(ended)
    }

    /// Removes what is kept of sessions that have ended by themselves, and gives
    /// back memory that nobody uses. To be called now and then, on a blocking
    /// thread.
    pub fn tidy(&self) {
        let now = self.now();
        let over = self.sessions.list().and_then(|all| {
            let mut over = all.iter().filter(|session| self.roles_in(session, now).is_none());
            over.try_for_each(|session| self.sessions.end(&session.id).map(drop))
        });
        if let Err(error) = over {
            tracing::error!(error = %with_causes(&error), "sessions that have ended cannot be removed");
        }
    }

    /// Gives back the memory for hashing if no password was hashed since the last
    /// call.
    pub fn free_unused(&self) {
        self.accounts.free_unused();
    }

    /// Fetches what the providers publish, so that the first sign-in does not have
    /// to wait.
    pub async fn warm_up(&self) {
        for provider in &self.providers {
            provider.warm_up().await;
        }
    }

    /// The way to a provider, back to `redirect_uri` and from there to `next`.
    ///
    /// # Errors
    /// The [`SignInFault`] for the person.
    pub async fn depart(
        &self,
        provider: &Provider,
        redirect_uri: String,
        next: String,
        prompt: Prompt,
    ) -> Result<Departure, SignInFault> {
        let (location, journey) = provider.depart(redirect_uri, next, prompt).await?;
        let sealed = self.seal(JOURNEY, journey).map_err(|error| {
            tracing::error!(error = %with_causes(&error), "a sign-in cannot be started");
            SignInFault::Unreachable
        })?;
        Ok(Departure { location, sealed })
    }

    /// Who came back from a provider with that answer, in a browser that holds
    /// `sealed` and perhaps the token of a session. Each answer counts once. Who was
    /// not asked anything goes on with a session; nobody gets one that way.
    ///
    /// # Errors
    /// The [`SignInFault`] for the person.
    pub async fn arrive(
        &self,
        provider: &Provider,
        sealed: &str,
        callback: &Callback,
        held: Option<&str>,
    ) -> Result<Returned, SignInFault> {
        let journey: Journey = self.opened(JOURNEY, sealed).ok_or(SignInFault::NotStarted)?;
        // Before it is exchanged: two that come at once must not both count.
        if journey.state != callback.state || self.was_answered(&journey) {
            return Err(SignInFault::NotStarted);
        }
        let person = provider.arrive(&journey, callback).await?;
        let start = if journey.prompt == Prompt::Silent { Start::Again } else { Start::Anew };
        // Any page can send a browser on that journey, and somebody else may be at the
        // provider by now.
        let is_held = || {
            held.and_then(|token| self.signed_in(token)).is_some_and(|of| of.session.person.id == person.id)
        };
        if start == Start::Again && !is_held() {
            tracing::info!(provider = provider.name(), "who has no session is asked to sign in");
            return Err(SignInFault::NeedsPerson);
        }
        Ok(Returned { person, next: journey.next, start })
    }

    /// Where a person wanted to go who came back from a provider.
    pub fn destination(&self, sealed: &str) -> Option<String> {
        self.opened::<Journey>(JOURNEY, sealed).map(|journey| journey.next)
    }

    /// Whether that journey was answered before; from now on it was.
    fn was_answered(&self, journey: &Journey) -> bool {
        let mut key = [0; 32];
        key.copy_from_slice(digest(&SHA256, journey.state.as_bytes()).as_ref());
        let mut before = false;
        self.answers.update(key, false, |answered| before = std::mem::replace(answered, true));
        before
    }

    /// What the person of a session may do; None if the session has ended, or if
    /// that is nothing.
    fn roles_in(&self, session: &Session, now: Timestamp) -> Option<PersonRoles> {
        if self.ends.are_over(session, now) {
            return None;
        }
        let roles = match &session.person.source {
            PersonSource::Account(id) => {
                let account = self.accounts.get(*id).filter(Account::has_app)?;
                (session.created >= account.sessions_from).then_some(account.roles)?
            }
            PersonSource::Provider { provider, values } => self.provider(provider)?.roles_of(values),
        };
        (!roles.are_none()).then_some(roles)
    }

    /// Ends sessions of a person until there is room for one more.
    fn make_room(&self, person: &str) -> Result<()> {
        let mut own = self.sessions.list()?;
        own.retain(|session| session.person.id == person);
        // Those that were used last come first.
        for session in own.iter().skip(MOST_SESSIONS - 1) {
            self.sessions.end(&session.id)?;
        }
        Ok(())
    }

    fn seal<T: Serialize>(&self, purpose: &str, value: T) -> Result<String> {
        let until = self.now().checked_add(SIGN_IN).unwrap_or(Timestamp::MAX);
        self.sealer.seal(purpose, value, until)
    }

    fn opened<T: DeserializeOwned>(&self, purpose: &str, sealed: &str) -> Option<T> {
        self.sealer.open(purpose, sealed, self.now())
    }

    fn now(&self) -> Timestamp {
        (self.clock)()
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // A string takes whatever is written to it.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;
