//! The registry of applications: who may sign in, with what, as what.

mod file;
mod record;
mod rotation;
mod verified;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use jiff::SignedDuration;
use uuid::Uuid;

use self::rotation::{new_secret, still_usable};
use self::verified::VerifiedSecrets;
use crate::failures::{Attempt, Failures};
use crate::hashing::{Memories, matches};
use crate::registry::{Change, Registry};
use crate::{Clock, Error, ErrorKind, PlainSecret, Result, Role};

pub use self::record::{Application, NewApplication, RotateOptions, SecretRecord};

/// The applications that may sign in, kept in `applications.json`.
///
/// Any number of processes may hold the same registry: changes are made under
/// a lock on the file as it is then, and every look-up first asks whether the
/// file was replaced. A file that cannot be read leaves the last good state in
/// use and is reported by [`problem`](Applications::problem) and in the log.
///
/// All methods touch the disk and are synchronous. Looking something up costs
/// microseconds; [`verify`](Applications::verify) and whatever makes a secret
/// cost some 30 ms and 19 MiB each and belong on a blocking pool that runs no more
/// than [`checks_at_once`](crate::checks_at_once) of them: here none waits for another.
/// [`free_unused`](Applications::free_unused) gives back what memory is kept for
/// the next.
pub struct Applications {
    registry: Registry<Application>,
    clock: Clock,
    verified: VerifiedSecrets,
    failures: Failures,
    memories: Memories,
}

/// What came of a client id and a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretCheck {
    /// They belong together.
    Valid(Application),
    /// The tenant has no such application.
    UnknownApplication,
    /// The secret is not one of the application's.
    WrongSecret,
    /// It was the application's secret, but it has expired.
    ExpiredSecret,
    /// That address failed too often, with that client id or with many; the
    /// secret was not looked at, and will not be for so long.
    Refused(SignedDuration),
}

impl Applications {
    /// Opens the registry in that directory, which is made if needed. There may
    /// be no file yet.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if directory or file cannot be used,
    /// [`ErrorKind::Damaged`] if the file cannot be understood.
    pub fn open(dir: &Path, clock: Clock) -> Result<Applications> {
        Ok(Applications {
            registry: Registry::open(dir, Arc::clone(&clock))?,
            clock,
            verified: VerifiedSecrets::new()?,
            failures: Failures::default(),
            memories: Memories::for_this_machine(),
        })
    }

    /// Registers an application and makes its first secret. This is the only
    /// time the secret can be seen.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for a useless name or period,
    /// [`ErrorKind::Conflict`] if the client id is taken, and those of
    /// [`open`](Applications::open).
    pub fn add(&self, new: NewApplication) -> Result<(Application, PlainSecret)> {
        let name = record::checked_name(&new.name)?;
        self.registry.update(|by_id, now| {
            let client_id = new.client_id.unwrap_or_else(Uuid::new_v4);
            if by_id.contains_key(&client_id) {
                return Err(Error::new(
                    ErrorKind::Conflict,
                    format!("there is an application with client id {client_id} already"),
                ));
            }
            let (record, secret) = new_secret(&[], now, new.valid_for, &self.memories)?;
            let application = Application {
                client_id,
                object_id: Uuid::new_v4(),
                tenant: new.tenant,
                name,
                roles: new.roles,
                created: now,
                secrets: vec![record],
            };
            by_id.insert(client_id, application.clone());
            Ok(Change::Write((application, secret)))
        })
    }

    /// Every application, by client id.
    pub fn list(&self) -> Vec<Application> {
        self.registry.snapshot().by_id.values().cloned().collect()
    }

    /// The application with that client id, in whichever tenant.
    pub fn find(&self, client_id: Uuid) -> Option<Application> {
        self.registry.snapshot().by_id.get(&client_id).cloned()
    }

    /// Whether that tenant has that application now.
    pub fn is_registered(&self, tenant: Uuid, client_id: Uuid) -> bool {
        self.registry.snapshot().by_id.get(&client_id).is_some_and(|application| application.tenant == tenant)
    }

    /// Whether any application belongs to that tenant.
    pub fn has_tenant(&self, tenant: Uuid) -> bool {
        self.registry.snapshot().by_id.values().any(|application| application.tenant == tenant)
    }

    /// Makes a new secret and ends the old ones, at once unless `options` grants
    /// them a while. Then the newest of them stays, so that at most two secrets
    /// can be used at any time.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is no such application,
    /// [`ErrorKind::Invalid`] for a useless period, and those of
    /// [`open`](Applications::open).
    pub fn rotate(&self, client_id: Uuid, options: RotateOptions) -> Result<PlainSecret> {
        self.registry.update(|by_id, now| {
            let application = by_id.get_mut(&client_id).ok_or_else(|| not_found(client_id))?;
            let grace = options.keep_old_for.filter(|period| !period.is_zero());
            let mut kept = match record::end_of(grace, now)? {
                Some(last_use) => still_usable(&application.secrets, now, last_use),
                None => Vec::new(),
            };
            let (record, secret) = new_secret(&kept, now, options.valid_for, &self.memories)?;
            kept.push(record);
            application.secrets = kept;
            Ok(Change::Write(secret))
        })
    }

    /// Sets the roles that tokens issued from now on carry.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is no such application, and those of
    /// [`open`](Applications::open).
    pub fn set_roles(&self, client_id: Uuid, roles: BTreeSet<Role>) -> Result<Application> {
        self.registry.update(|by_id, _| {
            let application = by_id.get_mut(&client_id).ok_or_else(|| not_found(client_id))?;
            application.roles = roles;
            Ok(Change::Write(application.clone()))
        })
    }

    /// Removes an application. Its tokens are refused from then on.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is no such application, and those of
    /// [`open`](Applications::open).
    pub fn remove(&self, client_id: Uuid) -> Result<Application> {
        self.registry.update(|by_id, _| {
            by_id.remove(&client_id).map(Change::Write).ok_or_else(|| not_found(client_id))
        })
    }

    /// Checks a secret that came from that address, if it came from one.
    ///
    /// Exactly one hash is computed whatever is asked, so that the time taken
    /// tells neither whether there is such an application nor how much of the
    /// secret is right. Only a success is remembered, until the secret expires or
    /// the registry changes, as it does when a secret is rotated. Who failed too
    /// often is refused without a hash, whether or not there is such an
    /// application.
    pub fn verify(
        &self,
        tenant: Uuid,
        client_id: Uuid,
        secret: &str,
        address: Option<IpAddr>,
    ) -> SecretCheck {
        let snapshot = self.registry.snapshot();
        let now = (self.clock)();
        let application = snapshot.by_id.get(&client_id).filter(|known| known.tenant == tenant);
        let proof = self.verified.proof(tenant, client_id, secret);
        if let Some(application) = application
            && self.verified.holds(&proof, snapshot.generation, now)
        {
            return SecretCheck::Valid(application.clone());
        }
        let attempt = address.map(|address| Attempt::new(tenant, client_id, address));
        if let Some(left) = attempt.and_then(|attempt| self.failures.refused_for(&attempt, now)) {
            return SecretCheck::Refused(left);
        }
        let mut loan = self.memories.lend();
        // The hint is not a secret; choosing by it leaves one hash to compute.
        let record = application.and_then(|known| known.secrets.iter().find(|record| record.may_be(secret)));
        let matched = matches(record.map(|record| &record.hash), secret, loan.memory());
        drop(loan);
        let check = match (application, record) {
            (Some(application), Some(record)) if matched && record.is_live(now) => {
                self.verified.remember(&proof, snapshot.generation, record.expires);
                return SecretCheck::Valid(application.clone());
            }
            (Some(_), Some(_)) if matched => SecretCheck::ExpiredSecret,
            (Some(_), _) => SecretCheck::WrongSecret,
            (None, _) => SecretCheck::UnknownApplication,
        };
        if let Some(attempt) = attempt {
            self.failures.count(attempt, now);
        }
        check
    }

    /// The application of that client id, if that secret of it was right before and
    /// still is. Nothing is hashed slowly, so who calls page after page need not
    /// wait for those whose secrets are.
    pub fn recall(&self, client_id: Uuid, secret: &str) -> Option<Application> {
        let snapshot = self.registry.snapshot();
        let application = snapshot.by_id.get(&client_id)?;
        let proof = self.verified.proof(application.tenant, client_id, secret);
        self.verified.holds(&proof, snapshot.generation, (self.clock)()).then(|| application.clone())
    }

    /// Gives back the memory for hashing if no secret was hashed since the last
    /// call.
    pub fn free_unused(&self) {
        self.memories.free_unused();
    }

    /// Why the file as it is now is not in use, if so. For the operator's eyes.
    pub fn problem(&self) -> Option<String> {
        self.registry.problem()
    }
}

fn not_found(client_id: Uuid) -> Error {
    Error::new(
        ErrorKind::NotFound,
        format!("there is no application with client id {client_id}, list them to see those there are"),
    )
}

#[cfg(test)]
mod tests;
