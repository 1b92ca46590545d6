//! What these pages say, in the reader's language.

use http::HeaderMap;
use jiff::SignedDuration;
use trunklog_identity::{PasswordFault, SignInFault};
use trunklog_reports::{Argument, Language, Texts};

use crate::language;

/// The words of a language, for templates.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words(&'static Texts);

impl Words {
    /// Those of the language that a browser likes best.
    pub(super) fn liked_by(headers: &HeaderMap) -> Words {
        Words::of(language::of(headers))
    }

    pub(super) fn of(language: Language) -> Words {
        Words(trunklog_web::words(language))
    }

    /// The language's tag.
    pub(super) fn lang(self) -> &'static str {
        self.0.language().tag()
    }

    /// A text.
    pub(super) fn t(self, key: &str) -> String {
        self.0.text(key, &[])
    }

    /// A text with one text in it.
    pub(super) fn about(self, key: &str, value: &str) -> String {
        self.0.text(key, &[("value", Argument::Text(value))])
    }

    /// What somebody is told who failed too often.
    pub(super) fn too_often(self, left: SignedDuration) -> String {
        match seconds(left) {
            seconds @ 0..120 => {
                let (n, count) = (i64::try_from(seconds).unwrap_or(i64::MAX), seconds.to_string());
                let count = ("count", Argument::Text(&count));
                self.0.text("sign-in-wait", &[("n", Argument::Number(n)), count])
            }
            seconds => self.about("sign-in-wait-minutes", &seconds.div_ceil(60).to_string()),
        }
    }

    /// Why a password cannot be chosen.
    pub(super) fn of_password(self, fault: PasswordFault) -> String {
        self.t(match fault {
            PasswordFault::TooShort => "password-short",
            PasswordFault::TooLong => "password-long",
            PasswordFault::Control => "password-control",
            PasswordFault::TooUniform => "password-uniform",
            PasswordFault::Common => "password-common",
            PasswordFault::OwnName => "password-own",
            PasswordFault::HandedOver => "password-given",
        })
    }

    /// Why nobody was signed in by a provider.
    pub(super) fn of_fault(self, fault: SignInFault) -> String {
        self.t(match fault {
            SignInFault::NotStarted => "fault-not-started",
            SignInFault::Unreachable => "fault-unreachable",
            SignInFault::Refused => "fault-refused",
            SignInFault::NeedsPerson => "fault-needs-person",
            SignInFault::Untrusted => "fault-untrusted",
            SignInFault::TooManyGroups => "fault-groups",
            SignInFault::NoRole => "fault-no-role",
        })
    }
}

/// How many seconds that is, at least one.
pub(super) fn seconds(left: SignedDuration) -> u64 {
    let whole = left.as_secs().saturating_add(i64::from(left.subsec_nanos() > 0));
    u64::try_from(whole).unwrap_or_default().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_told_in_whole_units() {
        for (millis, text) in
            [(10, "a second"), (1_500, "2 seconds"), (119_001, "2 minutes"), (900_000, "15 minutes")]
        {
            let told = Words::of(Language::English).too_often(SignedDuration::from_millis(millis));
            assert!(told.ends_with(&format!("{text}.")), "{told}");
        }
        let german = Words::of(Language::German).too_often(SignedDuration::from_secs(1));
        assert!(german.contains("in einer Sekunde"), "{german}");
    }

    /// What logs and the command line say of the same in English is no other text.
    #[test]
    fn pages_say_what_the_program_says_elsewhere() {
        use PasswordFault as Password;
        use SignInFault as Fault;
        let english = Words::of(Language::English);
        for fault in [
            Fault::NotStarted,
            Fault::Unreachable,
            Fault::Refused,
            Fault::NeedsPerson,
            Fault::Untrusted,
            Fault::TooManyGroups,
            Fault::NoRole,
        ] {
            assert_eq!(english.of_fault(fault), fault.message());
        }
        for fault in [
            Password::TooShort,
            Password::TooLong,
            Password::Control,
            Password::TooUniform,
            Password::Common,
            Password::OwnName,
            Password::HandedOver,
        ] {
            let told = english.of_password(fault);
            assert_eq!(told.to_lowercase(), format!("{}.", fault.message().to_lowercase()));
        }
    }
}
