use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use super::*;
use crate::test_support::{TENANT, TestIssuer};
use crate::{Applications, Audiences, Cloud, IssuerSettings, Role, RotateOptions};

struct Fixture {
    issuer: Arc<Issuer>,
    applications: Arc<Applications>,
    good: BasicCredentials,
    _dir: tempfile::TempDir,
}

fn fixture() -> Fixture {
    let settings = IssuerSettings {
        login_base: "https://cdr.example.test".to_owned(),
        audiences: Audiences::new(Cloud::Global, "https://cdr.example.test", &[]).unwrap(),
        tenants: BTreeSet::new(),
    };
    let TestIssuer { issuer, applications, application, secret, dir, .. } =
        TestIssuer::new(settings, Role::CallRecordsReadAll, None);
    let good = BasicCredentials {
        client_id: application.client_id.to_string(),
        client_secret: secret.expose().to_owned(),
    };
    Fixture { issuer, applications, good, _dir: dir }
}

#[test]
fn who_signed_in_is_known_until_the_secret_is_rotated() {
    let Fixture { issuer, applications, good, _dir } = fixture();
    assert_eq!(issuer.recall(&good), None, "nothing was checked yet");
    let principal = issuer.sign_in(&good, None).unwrap();
    assert_eq!((principal.tenant, principal.app_id.as_str()), (TENANT, good.client_id.as_str()));
    assert!(principal.holds_any(&[Role::CallRecordsReadAll]) && !principal.holds_any(&[Role::FullNumbers]));
    assert_eq!(issuer.recall(&good), Some(principal));

    let id = good.client_id.parse().unwrap();
    let newer = applications.rotate(id, RotateOptions::default()).unwrap();
    assert_eq!(issuer.recall(&good), None);
    assert_eq!(issuer.sign_in(&good, None), Err(Box::new(SecretCheck::WrongSecret)));
    let newer = BasicCredentials { client_secret: newer.expose().to_owned(), ..good };
    assert!(issuer.sign_in(&newer, None).is_ok() && issuer.recall(&newer).is_some());

    // Roles are those of now, not those of the moment of the check.
    applications.set_roles(id, BTreeSet::new()).unwrap();
    assert_eq!(issuer.sign_in(&newer, None).unwrap().roles, Vec::<String>::new());
    applications.remove(id).unwrap();
    assert_eq!(issuer.recall(&newer), None);
}

#[test]
fn who_fails_is_refused_after_a_few_tries_and_never_recalled() {
    let Fixture { issuer, good, _dir, .. } = fixture();
    let here: Option<IpAddr> = Some("192.0.2.1".parse().unwrap());
    let with = |client_id: &str, client_secret: &str| BasicCredentials {
        client_id: client_id.to_owned(),
        client_secret: client_secret.to_owned(),
    };
    let wrong = with(&good.client_id, "wrong");
    for _ in 0..10 {
        assert_eq!(issuer.sign_in(&wrong, here), Err(Box::new(SecretCheck::WrongSecret)));
    }
    let refused = *issuer.sign_in(&wrong, here).unwrap_err();
    assert!(matches!(refused, SecretCheck::Refused(left) if left.is_positive()));
    assert!(matches!(*issuer.sign_in(&good, here).unwrap_err(), SecretCheck::Refused(_)));
    assert_eq!(issuer.recall(&wrong), None);
    for client_id in ["", "not a GUID", "00000000-0000-0000-0000-000000000000"] {
        let unknown = with(client_id, &good.client_secret);
        assert_eq!(
            issuer.sign_in(&unknown, None),
            Err(Box::new(SecretCheck::UnknownApplication)),
            "{client_id}"
        );
        assert_eq!(issuer.recall(&unknown), None, "{client_id}");
    }
}
