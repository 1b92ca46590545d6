//! Who knows a password, and who has the app.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Accounts, TO_SET_UP, not_found};
use crate::failures::Attempt;
use crate::hashing::matches;
use crate::people::account::{Account, App, Password, checked_name};
use crate::people::password::PasswordFault;
use crate::people::totp::TotpSecret;
use crate::people::{password, recovery};
use crate::registry::Change;
use crate::{Result, network};

/// Stands for the tenant where people's failures are counted.
const PEOPLE: Uuid = Uuid::from_u128(0x7065_6f70_6c65_0000_8000_0000_0000_0000);

/// What came of a name and a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordCheck {
    /// They belong together. Unless the account has an app, one has to be set up.
    Right(Account),
    /// They do not, or there is no such account: which of the two, nobody is told.
    Wrong,
    /// They do, but no app was set up in time. Somebody has to reset the account.
    Lapsed,
    /// There were too many failures; the password was not looked at, and will not
    /// be for so long.
    Refused(SignedDuration),
}

/// What came of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppCheck {
    /// It is the app's, or a recovery code, which is used up now.
    Right(Account),
    /// It is neither, or was used before.
    Wrong,
    /// There were too many failures; the code was not looked at, and none will be
    /// for so long.
    Refused(SignedDuration),
}

/// What came of setting up an app.
#[derive(Debug)]
pub enum EnrolCheck {
    /// It is set up.
    Done(Box<Enrolled>),
    /// The code is not the app's.
    WrongCode,
    /// The password that was chosen cannot be one, and why.
    BadPassword(PasswordFault),
    /// There were too many failures.
    Refused(SignedDuration),
    /// The account has an app, or is gone.
    TooLate,
}

/// An account whose app is set up.
#[derive(Debug)]
pub struct Enrolled {
    /// The account.
    pub account: Account,
    /// Its recovery codes. This is the only time that they can be seen.
    pub recovery: Vec<String>,
}

impl Accounts {
    /// Checks a password that came from that address, if it came from one.
    ///
    /// Exactly one hash is computed whatever is asked, so that the time taken does
    /// not tell whether there is such an account. Who failed too often is refused
    /// without a hash, whether or not there is one.
    pub fn check_password(&self, name: &str, password: &str, address: Option<IpAddr>) -> PasswordCheck {
        let now = (self.clock)();
        let name = checked_name(name).unwrap_or_default();
        let asked = Uuid::new_v5(&PEOPLE, name.as_bytes());
        let attempt = address.map(|address| Attempt::new(PEOPLE, asked, address));
        if let Some(left) = self.refused_for(asked, attempt.as_ref(), address, now) {
            return PasswordCheck::Refused(left);
        }
        let checked = self.look_at_password(&name, password);
        if checked == PasswordCheck::Wrong {
            if let Some(attempt) = attempt {
                self.failures.count(attempt, now);
            }
            self.of_accounts.count(asked, now);
        }
        checked
    }

    /// The same for who is not held by the failures of others, and whose own are counted
    /// elsewhere.
    pub(in crate::people) fn look_at_password(&self, name: &str, password: &str) -> PasswordCheck {
        let now = (self.clock)();
        let account = self.find(name);
        let hash = account.as_ref().map(|account| &account.password.hash);
        let is_right = matches(hash, password, self.memories.lend().memory());
        let Some(account) = account.filter(|_| is_right) else { return PasswordCheck::Wrong };
        if !account.has_app() && now.duration_since(account.password.since) > TO_SET_UP {
            return PasswordCheck::Lapsed;
        }
        PasswordCheck::Right(account)
    }

    /// Checks a code of the app, or a recovery code, for who knew the password.
    /// What is right cannot be used again.
    ///
    /// # Errors
    /// When the file cannot be read or written: a code whose use cannot be noted
    /// does not count.
    pub fn check_code(&self, id: Uuid, code: &str, address: Option<IpAddr>) -> Result<AppCheck> {
        let now = (self.clock)();
        if let Some(left) = self.wrong_codes.refused_for(&id, now) {
            return Ok(AppCheck::Refused(left));
        }
        let checked = self.look_at_code(id, code, address)?;
        if checked == AppCheck::Wrong {
            self.wrong_codes.count(id, now);
        }
        Ok(checked)
    }

    /// The same for who is not held by the failures of others, and whose own are counted
    /// elsewhere.
    pub(in crate::people) fn look_at_code(
        &self,
        id: Uuid,
        code: &str,
        address: Option<IpAddr>,
    ) -> Result<AppCheck> {
        let found = self.registry.update(|by_id, now| {
            let account = by_id.get_mut(&id).ok_or_else(not_found)?;
            let digits: String = code.chars().filter(|letter| !letter.is_whitespace()).take(64).collect();
            if let Some(app) = account.app.as_mut()
                && let Some(step) = app.secret.step_of(&digits, now, app.last_step)
            {
                app.last_step = step;
                return Ok(Change::Write(Some(account.clone())));
            }
            if account.has_app()
                && let Some(at) = recovery::position(&account.recovery, code)
            {
                account.recovery.remove(at);
                return Ok(Change::Write(Some(account.clone())));
            }
            Ok(Change::Keep(None))
        })?;
        let Some(account) = found else {
            tracing::warn!(account = %id, "a wrong code came with the right password of an account");
            return Ok(AppCheck::Wrong);
        };
        self.signed_in_from(&account, address);
        Ok(AppCheck::Right(account))
    }

    /// A new secret for an app, to be set up with [`enrol`](Accounts::enrol).
    ///
    /// # Errors
    /// [`ErrorKind::Crypto`](crate::ErrorKind::Crypto) if there are no random
    /// numbers.
    pub fn new_app(&self) -> Result<TotpSecret> {
        TotpSecret::generate()
    }

    /// Sets up the app with that secret, if the code is its, and the password if
    /// one had to be chosen.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn enrol(
        &self,
        id: Uuid,
        secret: &TotpSecret,
        code: &str,
        chosen: Option<&str>,
        address: Option<IpAddr>,
    ) -> Result<EnrolCheck> {
        let now = (self.clock)();
        if let Some(left) = self.wrong_codes.refused_for(&id, now) {
            return Ok(EnrolCheck::Refused(left));
        }
        let Some(account) = self.get(id).filter(|account| !account.has_app()) else {
            return Ok(EnrolCheck::TooLate);
        };
        let digits: String = code.chars().filter(|letter| !letter.is_whitespace()).take(64).collect();
        let Some(step) = secret.step_of(&digits, now, 0) else {
            self.wrong_codes.count(id, now);
            return Ok(EnrolCheck::WrongCode);
        };
        let hash = if account.must_choose_password() {
            let chosen = match password::checked(chosen.unwrap_or_default(), &account.name) {
                Ok(chosen) => chosen,
                Err(fault) => return Ok(EnrolCheck::BadPassword(fault)),
            };
            if matches(Some(&account.password.hash), chosen, self.memories.lend().memory()) {
                return Ok(EnrolCheck::BadPassword(PasswordFault::HandedOver));
            }
            Some(self.hash(chosen)?)
        } else {
            None
        };
        let (shown, kept) = recovery::generate()?;
        let done = self.registry.update(|by_id, now| {
            // Somebody may have been faster, or have reset the account.
            let fresh =
                by_id.get_mut(&id).filter(|fresh| !fresh.has_app() && fresh.password == account.password);
            let Some(account) = fresh else { return Ok(Change::Keep(None)) };
            if let Some(hash) = hash {
                account.password = Password { hash, since: now, is_first: false };
            }
            account.app = Some(App { secret: secret.clone(), last_step: step });
            account.recovery = kept;
            account.sessions_from = now;
            Ok(Change::Write(Some(account.clone())))
        })?;
        let Some(account) = done else { return Ok(EnrolCheck::TooLate) };
        self.signed_in_from(&account, address);
        Ok(EnrolCheck::Done(Box::new(Enrolled { account, recovery: shown })))
    }

    fn refused_for(
        &self,
        asked: Uuid,
        attempt: Option<&Attempt>,
        address: Option<IpAddr>,
        now: Timestamp,
    ) -> Option<SignedDuration> {
        let here = attempt.and_then(|attempt| self.failures.refused_for(attempt, now));
        let is_known = address.is_some_and(|address| self.networks.get(&(asked, network(address))).is_some());
        let everywhere = if is_known { None } else { self.of_accounts.refused_for(&asked, now) };
        here.max(everywhere)
    }

    /// Remembers from where somebody proved to be that person, so that nobody can
    /// lock them out from elsewhere.
    pub(in crate::people) fn signed_in_from(&self, account: &Account, address: Option<IpAddr>) {
        if let Some(address) = address {
            let asked = Uuid::new_v5(&PEOPLE, account.name.as_bytes());
            self.networks.insert((asked, network(address)), ());
        }
    }
}
