//! Which issuers can be configured, and what they are called.

use std::collections::BTreeMap;

use super::*;

const THEIRS: Uuid = Uuid::from_u128(0xaaaa);

fn config(issuer: &str) -> ExternalIssuer {
    ExternalIssuer::new(issuer, vec!["api://trunklog".to_owned()], BTreeMap::from([(THEIRS, TENANT)]))
}

fn source(config: ExternalIssuer) -> Result<ExternalSource> {
    ExternalSource::new(config, FakeClock::new().clock())
}

#[test]
fn entra_is_known_by_both_its_names() {
    for issuer in [
        format!("https://login.microsoftonline.com/{THEIRS}/v2.0"),
        "https://login.microsoftonline.com/{tenantid}/v2.0".to_owned(),
        "https://login.microsoftonline.com/organizations/v2.0".to_owned(),
        format!("https://sts.windows.net/{THEIRS}/"),
    ] {
        let source = source(config(&issuer)).unwrap();
        for name in [
            format!("https://login.microsoftonline.com/{THEIRS}/v2.0"),
            format!("https://sts.windows.net/{THEIRS}/"),
        ] {
            assert!(source.accepts(&name), "{issuer}: {name}");
            assert_eq!(source.tenant_of(&name), Some(THEIRS));
        }
        for name in [
            format!("https://sts.windows.net/{THEIRS}"),
            format!("https://sts.windows.net/{TENANT}/"),
            format!("https://login.microsoftonline.com/{OTHER_TENANT}/v2.0"),
            format!("https://login.microsoftonline.us/{THEIRS}/v2.0"),
        ] {
            assert!(!source.accepts(&name), "{issuer}: {name}");
        }
    }
}

#[test]
fn the_cloud_says_where_people_sign_in_when_the_name_does_not() {
    let v1 = format!("https://sts.windows.net/{THEIRS}/");
    for (cloud, login) in [
        (Cloud::Global, "login.microsoftonline.com"),
        (Cloud::UsGovL4, "login.microsoftonline.us"),
        (Cloud::UsGovL5, "login.microsoftonline.us"),
    ] {
        let source = source(ExternalIssuer { cloud, ..config(&v1) }).unwrap();
        for host in ["login.microsoftonline.com", "login.microsoftonline.us"] {
            let name = format!("https://{host}/{THEIRS}/v2.0");
            assert_eq!(source.accepts(&name), host == login, "{cloud}: {name}");
        }
    }
    // A name that tells its cloud needs no setting.
    let source = source(config("https://login.microsoftonline.us/{tenantid}/v2.0")).unwrap();
    assert!(source.accepts(&v1));
}

#[test]
fn china_has_its_own_hosts() {
    let source = source(config("https://login.partner.microsoftonline.cn/{tenantid}/v2.0")).unwrap();
    assert!(source.accepts(&format!("https://sts.chinacloudapi.cn/{THEIRS}/")));
    assert!(!source.accepts(&format!("https://sts.windows.net/{THEIRS}/")));
}

#[test]
fn other_issuers_have_the_names_they_are_given() {
    let mut config = config("https://keycloak.test/realms/calls");
    config.accepted_issuers.push("https://old.test/{tenantid}".to_owned());
    let source = source(config).unwrap();
    assert!(source.accepts("https://keycloak.test/realms/calls"));
    assert_eq!(source.tenant_of("https://keycloak.test/realms/calls"), None);
    assert_eq!(source.tenant_of(&format!("https://old.test/{THEIRS}")), Some(THEIRS));
    assert!(!source.accepts("https://keycloak.test/realms/calls/"));
}

#[test]
fn unsafe_and_useless_configurations_are_refused() {
    let entra = format!("https://login.microsoftonline.com/{THEIRS}/v2.0");
    let changes: [(&str, fn(&mut ExternalIssuer)); 8] = [
        ("plain http", |config| config.issuer = "http://127.0.0.1/x".to_owned()),
        ("http outside", |config| {
            config.issuer = "http://example.test/x".to_owned();
            config.transport = Transport::HttpsOrPlainLoopback;
        }),
        ("metadata by http", |config| config.metadata_url = Some("http://example.test/".to_owned())),
        ("no address", |config| config.issuer = "contoso".to_owned()),
        ("no tenant", |config| config.tenants.clear()),
        ("another tenant", |config| config.tenants = BTreeMap::from([(OTHER_TENANT, TENANT)])),
        ("no audience", |config| config.audiences.clear()),
        ("empty audience", |config| config.audiences.push(String::new())),
    ];
    for (what, change) in changes {
        let mut config = config(&entra);
        change(&mut config);
        let error = source(config).err().unwrap_or_else(|| panic!("{what} was accepted"));
        assert_eq!(error.kind(), ErrorKind::Configuration, "{what}");
    }
}

#[test]
fn a_ca_file_has_to_hold_certificates() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ca.pem");
    let mut config = config("https://keycloak.test/realms/calls");
    config.ca_file = Some(path.clone());
    assert_eq!(source(config.clone()).err().unwrap().kind(), ErrorKind::Io);
    std::fs::write(&path, "no certificate").unwrap();
    assert_eq!(source(config).err().unwrap().kind(), ErrorKind::Configuration);
}

#[test]
fn two_issuers_cannot_share_a_name() {
    let fixture = fixture();
    let clock = fixture.clock.clock();
    let twice = vec![config("https://a.test"), config("https://a.test")];
    assert!(Verifier::new(None, twice, Arc::clone(&clock)).is_err());
    let own = config(&fixture.issuer.issuer_of(THEIRS));
    let error = Verifier::new(Some(fixture.issuer), vec![own], clock).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Configuration);
}
