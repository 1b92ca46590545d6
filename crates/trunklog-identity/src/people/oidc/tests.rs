use super::*;
use crate::test_support::FakeClock;

fn settings() -> ProviderSettings {
    ProviderSettings {
        name: "entra".to_owned(),
        title: Some("Microsoft".to_owned()),
        issuer: "https://login.example.test/tenant/v2.0".to_owned(),
        metadata_url: None,
        client_id: "client".to_owned(),
        credential: ClientCredential::Secret("secret".to_owned()),
        scopes: vec!["groups".to_owned()],
        claim: "roles".to_owned(),
        roles: BTreeMap::from([
            ("Readers".to_owned(), vec!["calls@*".parse().unwrap()]),
            ("Nothing".to_owned(), Vec::new()),
        ]),
        ca_file: None,
        transport: Transport::Https,
    }
}

fn provider(change: impl FnOnce(&mut ProviderSettings)) -> Result<Provider> {
    let mut settings = settings();
    change(&mut settings);
    Provider::new(settings, FakeClock::new().clock())
}

#[test]
fn only_values_that_are_mapped_permit_anything() {
    let provider = provider(|_| {}).unwrap();
    let of = |values: &[&str]| {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        provider.roles_of(&values)
    };
    let readers: PersonRoles = ["calls@*".parse::<Grant>().unwrap()].into_iter().collect();
    assert_eq!(of(&["Readers", "Others"]), readers);
    for none in [&[][..], &["Nothing"], &["readers"], &["Readers "], &["calls@*"]] {
        assert!(of(none).are_none(), "{none:?}");
    }
}

#[test]
fn what_cannot_work_is_an_error_that_says_where() {
    type Change = fn(&mut ProviderSettings);
    let changes: [(Change, &str); 11] = [
        (|settings| settings.name.clear(), "its name"),
        (|settings| settings.name = "a/b".to_owned(), "its name"),
        (|settings| settings.client_id.clear(), "client id"),
        (|settings| settings.claim.clear(), "claim"),
        (|settings| settings.roles.clear(), "map one"),
        (|settings| settings.scopes.push("a b".to_owned()), "scope"),
        (|settings| settings.scopes.push(String::new()), "scope"),
        (|settings| settings.credential = ClientCredential::Secret(String::new()), "secret is empty"),
        (
            |settings| {
                settings.credential = ClientCredential::Key {
                    private_key: b"no key".to_vec(),
                    certificate: None,
                    key_id: None,
                };
            },
            "client key",
        ),
        (|settings| settings.issuer = "http://login.example.test".to_owned(), "https://"),
        (|settings| settings.metadata_url = Some("login".to_owned()), "absolute"),
    ];
    for (change, told) in changes {
        let error = provider(change).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
        assert!(error.to_string().contains(told), "{error}");
    }
}

#[test]
fn no_credential_is_shown() {
    let shown = format!("{:?}", settings());
    assert!(shown.contains("Secret(..)") && !shown.contains("\"secret\""), "{shown}");
}
