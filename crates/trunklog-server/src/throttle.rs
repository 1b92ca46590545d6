//! How many requests a client may make in a while.
//!
//! A request counts in three scopes: its tenant, its application within the
//! tenant, and its function within the tenant. Each has a window of time that
//! starts with its first request. Refused requests count as well, as on Graph,
//! so a client that does not wait stays refused until the window ends.
//!
//! Source: learn.microsoft.com/graph/throttling and the contract's section 2.9.

use std::num::NonZeroUsize;

use jiff::{SignedDuration, Timestamp};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use uuid::Uuid;

use crate::settings::ThrottleLimits;
use crate::windows::{RetryAfter, Windows};

/// Windows that are kept at a time. Only applications with a valid token make
/// any.
const MAX_WINDOWS: NonZeroUsize = NonZeroUsize::new(10_000).expect("10,000 is not zero");

/// How many requests were refused, by the name of the scope.
pub(crate) type Refusals = Family<[(&'static str, &'static str); 1], Counter>;

pub(crate) struct Throttle {
    limits: Option<ThrottleLimits>,
    windows: Windows<Scope>,
    refused: Refusals,
}

/// What is counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Scope {
    Tenant(Uuid),
    Application(Uuid, String),
    Function(Uuid, &'static str),
}

impl Scope {
    fn name(&self) -> &'static str {
        match self {
            Scope::Tenant(_) => "tenant",
            Scope::Application(..) => "application",
            Scope::Function(..) => "function",
        }
    }
}

impl Throttle {
    /// Without limits every request is admitted and nothing is counted.
    pub(crate) fn new(limits: Option<ThrottleLimits>, refused: Refusals) -> Throttle {
        Throttle { limits, windows: Windows::new(MAX_WINDOWS), refused }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// When it is one too many in any scope: how long to wait until all of
    /// them admit requests again.
    pub(crate) fn admit(
        &self,
        tenant: Uuid,
        application: &str,
        function: &'static str,
        now: Timestamp,
    ) -> Result<(), RetryAfter> {
        let Some(limits) = self.limits else { return Ok(()) };
        let length = SignedDuration::from_secs(i64::from(limits.window_secs.max(1)));
        let scopes = [
            (Scope::Tenant(tenant), limits.tenant),
            (Scope::Application(tenant, application.to_owned()), limits.application),
            (Scope::Function(tenant, function), limits.function),
        ];
        let mut refused = None;
        for (scope, limit) in scopes {
            let name = scope.name();
            if let Err(RetryAfter(seconds)) = self.windows.admit(scope, limit, now, length) {
                refused = refused.max(Some(seconds));
                self.refused.get_or_create(&[("scope", name)]).inc();
            }
        }
        refused.map_or(Ok(()), |seconds| Err(RetryAfter(seconds)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: Uuid = Uuid::from_u128(1);
    const OTHER: Uuid = Uuid::from_u128(2);

    fn throttle(tenant: u32, application: u32, function: u32) -> Throttle {
        let limits = ThrottleLimits { tenant, application, function, window_secs: 60 };
        Throttle::new(Some(limits), Refusals::default())
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_700_000_000_000 + millis).unwrap()
    }

    #[test]
    fn each_scope_has_its_limit() {
        let by_function = throttle(9, 9, 2);
        for _ in 0..2 {
            assert_eq!(by_function.admit(TENANT, "a", "f", at(0)), Ok(()));
        }
        assert_eq!(by_function.admit(TENANT, "b", "f", at(0)), Err(RetryAfter(60)));
        assert_eq!(by_function.admit(TENANT, "a", "g", at(0)), Ok(()));
        assert_eq!(by_function.admit(OTHER, "a", "f", at(0)), Ok(()));

        let by_application = throttle(9, 1, 9);
        assert_eq!(by_application.admit(TENANT, "a", "f", at(0)), Ok(()));
        assert_eq!(by_application.admit(TENANT, "a", "g", at(0)), Err(RetryAfter(60)));
        assert_eq!(by_application.admit(TENANT, "b", "g", at(0)), Ok(()));
        assert_eq!(by_application.admit(OTHER, "a", "g", at(0)), Ok(()));

        let by_tenant = throttle(1, 9, 9);
        assert_eq!(by_tenant.admit(TENANT, "a", "f", at(0)), Ok(()));
        assert_eq!(by_tenant.admit(TENANT, "b", "g", at(0)), Err(RetryAfter(60)));
        let refused = |scope| by_tenant.refused.get_or_create(&[("scope", scope)]).get();
        assert_eq!((refused("tenant"), refused("application"), refused("function")), (1, 0, 0));
    }

    #[test]
    fn a_window_ends_whatever_came_in_it() {
        let throttle = throttle(9, 9, 1);
        let ask = |millis| throttle.admit(TENANT, "a", "f", at(millis));
        assert_eq!(ask(0), Ok(()));
        assert_eq!(ask(1), Err(RetryAfter(60)));
        assert_eq!(ask(30_000), Err(RetryAfter(30)));
        assert_eq!(ask(30_001), Err(RetryAfter(30)));
        assert_eq!(ask(59_999), Err(RetryAfter(1)));
        assert_eq!(ask(60_000), Ok(()));
        assert_eq!(ask(60_000), Err(RetryAfter(60)));
        // A clock that went back.
        assert_eq!(ask(10_000), Ok(()));
    }

    #[test]
    fn refused_requests_count() {
        let throttle = throttle(2, 9, 1);
        let ask = |function| throttle.admit(TENANT, "a", function, at(0));
        assert_eq!(ask("f"), Ok(()));
        assert!(ask("f").is_err());
        assert!(ask("g").is_err());
    }

    #[test]
    fn without_limits_nothing_is_counted() {
        let throttle = Throttle::new(None, Refusals::default());
        for _ in 0..10_000 {
            assert_eq!(throttle.admit(TENANT, "a", "f", at(0)), Ok(()));
        }
        assert_eq!(throttle.windows.len(), 0);
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = throttle(u32::MAX, 1, u32::MAX);
        let applications = i64::try_from(MAX_WINDOWS.get()).unwrap() + 500;
        for number in 0..applications {
            assert_eq!(throttle.admit(TENANT, &number.to_string(), "f", at(number)), Ok(()));
        }
        assert_eq!(throttle.windows.len(), MAX_WINDOWS.get());
        // The newest are still known.
        assert!(throttle.admit(TENANT, &(applications - 1).to_string(), "f", at(applications)).is_err());
        assert_eq!(throttle.admit(TENANT, "new", "f", at(applications + 60_000)), Ok(()));
        assert_eq!(throttle.windows.len(), 3);
    }

    #[test]
    fn a_flood_of_applications_does_not_help_who_is_refused() {
        let throttle = throttle(u32::MAX, 2, u32::MAX);
        let admit = |number: i64, millis| throttle.admit(TENANT, &number.to_string(), "f", at(millis));
        assert_eq!([admit(-1, 0), admit(-1, 0)], [Ok(()), Ok(())]);
        assert_eq!(admit(-1, 0), Err(RetryAfter(60)));
        for number in 0..i64::try_from(MAX_WINDOWS.get()).unwrap() + 500 {
            assert_eq!(admit(number, number), Ok(()));
        }
        // Nobody asked for it meanwhile.
        assert_eq!(admit(-1, 30_000), Err(RetryAfter(30)));
        assert_eq!(admit(-1, 60_000), Ok(()));
    }
}
