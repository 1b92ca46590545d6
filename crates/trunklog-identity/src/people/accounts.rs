//! The accounts of people that are kept here.

mod checks;
mod file;

use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use jiff::SignedDuration;
use trunklog_bounded::BoundedMap;
use uuid::Uuid;

use super::account::{self, Account, App, FirstPassword, Password};
use super::role::PersonRoles;
use super::totp::TotpSecret;
use super::{password, recovery};
use crate::failures::{Counts, Failures};
use crate::hashing::{Memories, SecretHash};
use crate::registry::{Change, Registry};
use crate::{Clock, Error, ErrorKind, PlainSecret, Result};

pub use self::checks::{AppCheck, EnrolCheck, Enrolled, PasswordCheck};

/// How long a password works without an app: the time to set one up.
const TO_SET_UP: SignedDuration = SignedDuration::from_hours(72);

/// Wrong passwords for one account in an hour, from wherever they come. Then only
/// those are listened to who signed in with it from their network before.
const MOST_OF_ACCOUNT: u32 = 50;
const ACCOUNT_WINDOW: SignedDuration = SignedDuration::from_hours(1);
/// Wrong codes after the right password, from wherever they come: somebody knows
/// the password.
const MOST_CODES: u32 = 5;
const CODE_WINDOW: SignedDuration = SignedDuration::from_mins(15);
const MOST_NETWORKS: NonZeroUsize = NonZeroUsize::new(4096).expect("4096 is not zero");

/// An authenticator app that was set up for somebody.
pub struct NewApp {
    /// The account as it is now.
    pub account: Account,
    /// What the app and this server share.
    pub secret: TotpSecret,
    /// Codes for who lost the app, each good once.
    pub recovery: Vec<String>,
}

/// The accounts, kept in `people.json`.
///
/// Any number of processes may hold the same registry, as with
/// [`Applications`](crate::Applications), and the same holds for its cost: what
/// checks or sets a password takes some 30 ms and belongs on a blocking pool that
/// runs no more than [`checks_at_once`](crate::checks_at_once) of them.
pub struct Accounts {
    registry: Registry<Account>,
    clock: Clock,
    failures: Failures,
    of_accounts: Counts<Uuid>,
    wrong_codes: Counts<Uuid>,
    /// From where accounts were signed in to.
    networks: BoundedMap<(Uuid, IpAddr), ()>,
    memories: Memories,
}

impl Accounts {
    /// Opens the registry in that directory, which is made if needed. There may
    /// be no file yet, and then nobody can sign in.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if directory or file cannot be used,
    /// [`ErrorKind::Damaged`] if the file cannot be understood.
    pub fn open(dir: &Path, clock: Clock) -> Result<Accounts> {
        Ok(Accounts {
            registry: Registry::open(dir, Arc::clone(&clock))?,
            clock,
            failures: Failures::default(),
            of_accounts: Counts::new(MOST_OF_ACCOUNT, ACCOUNT_WINDOW),
            wrong_codes: Counts::new(MOST_CODES, CODE_WINDOW),
            networks: BoundedMap::new(MOST_NETWORKS),
            memories: Memories::for_this_machine(),
        })
    }

    /// Makes an account. Of a random password, this is the only time that it can
    /// be seen. The person sets up an app at the first sign-in, within three days.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for a name or a password that cannot be one, or if
    /// no role is given; [`ErrorKind::Conflict`] if the name is taken; and those of
    /// [`open`](Accounts::open).
    pub fn add(
        &self,
        name: &str,
        roles: PersonRoles,
        password: FirstPassword,
    ) -> Result<(Account, Option<PlainSecret>)> {
        let name = account::checked_name(name)?;
        if roles.are_none() {
            return Err(no_role());
        }
        let (hash, is_first, shown) = self.first_password(&name, password)?;
        let account = self.registry.update(|by_id, now| {
            if by_id.values().any(|known| known.name == name) {
                let text = "there is an account of that name already: reset it, or remove it first";
                return Err(Error::new(ErrorKind::Conflict, text));
            }
            let account = Account {
                id: Uuid::new_v4(),
                name,
                roles,
                created: now,
                sessions_from: now,
                password: Password { hash, since: now, is_first },
                app: None,
                recovery: Vec::new(),
            };
            by_id.insert(account.id, account.clone());
            Ok(Change::Write(account))
        })?;
        Ok((account, shown))
    }

    /// Every account, by name.
    pub fn list(&self) -> Vec<Account> {
        let mut all: Vec<Account> = self.registry.snapshot().by_id.values().cloned().collect();
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all
    }

    /// The account of that name, in any case.
    pub fn find(&self, name: &str) -> Option<Account> {
        let name = account::checked_name(name).ok()?;
        self.registry.snapshot().by_id.values().find(|account| account.name == name).cloned()
    }

    /// The account with that id.
    pub fn get(&self, id: Uuid) -> Option<Account> {
        self.registry.snapshot().by_id.get(&id).cloned()
    }

    /// Whether there is no account at all.
    pub fn are_none(&self) -> bool {
        self.registry.snapshot().by_id.is_empty()
    }

    /// Gives an account another password, takes its app and its recovery codes
    /// away, and ends its sessions: all that was lost can be set up anew.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is no such account, and those of
    /// [`add`](Accounts::add).
    pub fn reset(&self, name: &str, password: FirstPassword) -> Result<(Account, Option<PlainSecret>)> {
        let account = self.find(name).ok_or_else(not_found)?;
        let (hash, is_first, shown) = self.first_password(&account.name, password)?;
        let account = self.registry.update(|by_id, now| {
            let account = by_id.get_mut(&account.id).ok_or_else(not_found)?;
            account.password = Password { hash, since: now, is_first };
            account.app = None;
            account.recovery.clear();
            account.sessions_from = now;
            Ok(Change::Write(account.clone()))
        })?;
        Ok((account, shown))
    }

    /// Sets up an authenticator app for a person who cannot do it at the sign-in, in
    /// place of the one that there may be, and ends the sessions. What is given cannot
    /// be shown again.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is no such account, [`ErrorKind::Conflict`] if
    /// the person still has to choose a password, and those of
    /// [`open`](Accounts::open).
    pub fn set_up_app(&self, name: &str) -> Result<NewApp> {
        let id = self.find(name).ok_or_else(not_found)?.id;
        let secret = TotpSecret::generate()?;
        let (shown, kept) = recovery::generate()?;
        let account = self.registry.update(|by_id, now| {
            let account = by_id.get_mut(&id).ok_or_else(not_found)?;
            if account.must_choose_password() {
                let text = "the person has to choose a password first, and sets up the app then";
                return Err(Error::new(ErrorKind::Conflict, text));
            }
            account.app = Some(App { secret: secret.clone(), last_step: 0 });
            account.recovery = kept;
            account.sessions_from = now;
            Ok(Change::Write(account.clone()))
        })?;
        Ok(NewApp { account, secret, recovery: shown })
    }

    /// Sets what the person may do, from the next request on.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is no such account,
    /// [`ErrorKind::Invalid`] if no role is given, and those of
    /// [`open`](Accounts::open).
    pub fn set_roles(&self, name: &str, roles: PersonRoles) -> Result<Account> {
        if roles.are_none() {
            return Err(no_role());
        }
        let id = self.find(name).ok_or_else(not_found)?.id;
        self.registry.update(|by_id, _| {
            let account = by_id.get_mut(&id).ok_or_else(not_found)?;
            account.roles = roles;
            Ok(Change::Write(account.clone()))
        })
    }

    /// Removes an account. Its sessions have ended with the next request.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is no such account, and those of
    /// [`open`](Accounts::open).
    pub fn remove(&self, name: &str) -> Result<Account> {
        let id = self.find(name).ok_or_else(not_found)?.id;
        self.registry.update(|by_id, _| by_id.remove(&id).map(Change::Write).ok_or_else(not_found))
    }

    /// Why the file as it is now is not in use, if so. For the operator's eyes.
    pub fn problem(&self) -> Option<String> {
        self.registry.problem()
    }

    /// Gives back the memory for hashing if no password was hashed since the last
    /// call.
    pub fn free_unused(&self) {
        self.memories.free_unused();
    }

    fn first_password(
        &self,
        name: &str,
        password: FirstPassword,
    ) -> Result<(SecretHash, bool, Option<PlainSecret>)> {
        match password {
            FirstPassword::Chosen(text) => Ok((self.hash(password::checked(&text, name)?)?, false, None)),
            FirstPassword::Random => {
                let secret = PlainSecret::generate()?;
                Ok((self.hash(secret.expose())?, true, Some(secret)))
            }
        }
    }

    fn hash(&self, password: &str) -> Result<SecretHash> {
        SecretHash::of(password, self.memories.lend().memory())
    }
}

fn not_found() -> Error {
    let text = "there is no account of that name: trunklog user list shows those there are";
    Error::new(ErrorKind::NotFound, text)
}

fn no_role() -> Error {
    Error::new(ErrorKind::Invalid, "the account has no role, so that nothing can be done with it: give one")
}

#[cfg(test)]
mod tests;
