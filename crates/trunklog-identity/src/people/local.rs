//! Sign-in with an account that is kept here: the password, then the app.
//!
//! Between the two steps the browser holds, sealed, what the first one proved.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::account::Account;
use super::accounts::{AppCheck, EnrolCheck, PasswordCheck};
use super::devices::Device;
use super::password::PasswordFault;
use super::session::{Person, PersonSource};
use super::totp::TotpSecret;
use super::{People, Start, Started};
use crate::Result;

const PASSWORD_KNOWN: &str = "a password that was right";

/// What is known of a browser in which somebody signs in.
#[derive(Default)]
pub struct Browser {
    /// From where it comes, if that is known.
    pub address: Option<IpAddr>,
    /// What it keeps to be known again: the text of a
    /// [`DeviceMark`](super::DeviceMark).
    pub device: Option<String>,
    /// The token of a session, which ends when another starts.
    pub session: Option<String>,
}

/// What came of a name and a password.
#[derive(Debug)]
pub enum FirstStep {
    /// They are right; now the app is asked for its code. The browser holds this
    /// meanwhile.
    Code(String),
    /// They are right, and an app has to be set up.
    SetUp(String),
    /// They are not, or nobody is called so.
    Wrong,
    /// They are right, but the time to set up an app is over.
    Lapsed,
    /// There were too many failures; for so long nobody is listened to.
    Refused(SignedDuration),
}

/// A sign-in whose password was right.
#[derive(Debug, Serialize, Deserialize)]
pub struct Pending {
    account: Uuid,
    /// Another password since then makes this one's proof void.
    since: Timestamp,
    /// Where the person wants to go.
    pub next: String,
    /// What there is to set up, if anything.
    pub set_up: Option<SetUp>,
}

/// What a person has to set up at the first sign-in.
#[derive(Debug, Serialize, Deserialize)]
pub struct SetUp {
    /// What the person signs in with.
    pub name: String,
    /// The secret for the app.
    pub secret: TotpSecret,
    /// Whether a password has to be chosen, too.
    pub chooses_password: bool,
}

/// What came of a code.
#[derive(Debug)]
pub enum SecondStep {
    /// The person is in.
    In(Box<Started>),
    /// It is not the app's now, nor an unused recovery code.
    Wrong,
    /// There were too many wrong ones; for so long none is looked at.
    Refused(SignedDuration),
    /// It took too long, or the account changed meanwhile: start again.
    Over,
}

/// What came of setting up an app.
#[derive(Debug)]
pub enum SetUpStep {
    /// The person is in, and gets the recovery codes.
    In(Box<Started>, Vec<String>),
    /// The code is not the app's now.
    WrongCode,
    /// The password that was chosen cannot be one, and why.
    BadPassword(PasswordFault),
    /// There were too many wrong codes; for so long none is looked at.
    Refused(SignedDuration),
    /// It took too long, or the account changed meanwhile: start again.
    Over,
}

impl People {
    /// Checks a name and a password. On a device of the account nobody is held because
    /// others guessed. Hashes, so for the blocking threads of
    /// [`Accounts`](super::Accounts).
    ///
    /// # Errors
    /// When there are no random numbers.
    pub fn first_step(
        &self,
        name: &str,
        password: &str,
        next: String,
        browser: &Browser,
    ) -> Result<FirstStep> {
        let device = self.device_of(browser, || self.accounts.find(name));
        let checked = match &device {
            Some(_) => self.accounts.look_at_password(name, password),
            None => self.accounts.check_password(name, password, browser.address),
        };
        let account = match checked {
            PasswordCheck::Right(account) => account,
            PasswordCheck::Wrong => {
                self.count_failure(device.as_ref());
                return Ok(FirstStep::Wrong);
            }
            PasswordCheck::Lapsed => return Ok(FirstStep::Lapsed),
            PasswordCheck::Refused(left) => return Ok(FirstStep::Refused(left)),
        };
        let set_up = if account.has_app() { None } else { Some(self.set_up_of(&account)?) };
        let is_complete = set_up.is_none();
        let pending = Pending { account: account.id, since: account.password.since, next, set_up };
        let sealed = self.seal(PASSWORD_KNOWN, pending)?;
        Ok(if is_complete { FirstStep::Code(sealed) } else { FirstStep::SetUp(sealed) })
    }

    /// The sign-in that a browser holds, if it is one and not over.
    pub fn pending(&self, sealed: &str) -> Option<Pending> {
        let pending: Pending = self.opened(PASSWORD_KNOWN, sealed)?;
        let account = self.accounts.get(pending.account)?;
        let is_as_it_was =
            account.password.since == pending.since && account.has_app() == pending.set_up.is_none();
        is_as_it_was.then_some(pending)
    }

    /// What the person of a sign-in is called, if there still is one.
    pub fn name_of(&self, pending: &Pending) -> Option<String> {
        self.accounts.get(pending.account).map(|account| account.name)
    }

    /// Checks a code of the app, or a recovery code. For a blocking thread.
    ///
    /// # Errors
    /// When what is kept cannot be read or written.
    pub fn second_step(&self, pending: &Pending, code: &str, browser: &Browser) -> Result<SecondStep> {
        if pending.set_up.is_some() {
            return Ok(SecondStep::Over);
        }
        let device = self.device_of(browser, || self.accounts.get(pending.account));
        let checked = match &device {
            Some(_) => self.accounts.look_at_code(pending.account, code, browser.address)?,
            None => self.accounts.check_code(pending.account, code, browser.address)?,
        };
        Ok(match checked {
            AppCheck::Right(account) => match self.start_of(&account, browser)? {
                Some(started) => SecondStep::In(Box::new(started)),
                None => SecondStep::Over,
            },
            AppCheck::Wrong => {
                self.count_failure(device.as_ref());
                SecondStep::Wrong
            }
            AppCheck::Refused(left) => SecondStep::Refused(left),
        })
    }

    /// Sets up an app, and a password if one has to be chosen. Hashes, so for the
    /// blocking threads of [`Accounts`](super::Accounts).
    ///
    /// # Errors
    /// When what is kept cannot be read or written.
    pub fn set_up(
        &self,
        pending: &Pending,
        code: &str,
        chosen: Option<&str>,
        browser: &Browser,
    ) -> Result<SetUpStep> {
        let Some(set_up) = &pending.set_up else { return Ok(SetUpStep::Over) };
        Ok(match self.accounts.enrol(pending.account, &set_up.secret, code, chosen, browser.address)? {
            EnrolCheck::Done(enrolled) => match self.start_of(&enrolled.account, browser)? {
                Some(started) => SetUpStep::In(Box::new(started), enrolled.recovery),
                None => SetUpStep::Over,
            },
            EnrolCheck::WrongCode => SetUpStep::WrongCode,
            EnrolCheck::BadPassword(why) => SetUpStep::BadPassword(why),
            EnrolCheck::Refused(left) => SetUpStep::Refused(left),
            EnrolCheck::TooLate => SetUpStep::Over,
        })
    }

    fn start_of(&self, account: &Account, browser: &Browser) -> Result<Option<Started>> {
        let replaces = browser.session.as_deref();
        let started = self.start(Person::of(account), browser.address, Start::Anew, replaces)?;
        let Some(started) = started else { return Ok(None) };
        let device = self.devices.mark(account, self.now())?;
        Ok(Some(Started { device: Some(device), ..started }))
    }

    /// The device of an account that a browser is, if it is one. For a browser that has no
    /// mark, nobody looks for the account.
    fn device_of(&self, browser: &Browser, account: impl FnOnce() -> Option<Account>) -> Option<Device> {
        let mark = browser.device.as_deref()?;
        self.devices.known(mark, &account()?, self.now())
    }

    fn count_failure(&self, device: Option<&Device>) {
        if let Some(device) = device {
            self.devices.failed(device, self.now());
        }
    }

    fn set_up_of(&self, account: &Account) -> Result<SetUp> {
        Ok(SetUp {
            name: account.name.clone(),
            secret: self.accounts.new_app()?,
            chooses_password: account.must_choose_password(),
        })
    }
}

impl Person {
    /// The person with that account.
    pub fn of(account: &Account) -> Person {
        Person {
            id: format!("account {}", account.id),
            name: account.name.clone(),
            source: PersonSource::Account(account.id),
        }
    }
}
