use super::*;
use crate::test_support::FakeClock;

const VALUES: [&str; 1] = ["Readers"];

fn provider(name: &str, clock: &FakeClock) -> Provider {
    let settings = ProviderSettings {
        name: name.to_owned(),
        title: Some(name.to_owned()),
        issuer: "https://login.example.test".to_owned(),
        metadata_url: None,
        client_id: "client".to_owned(),
        credential: ClientCredential::Secret("secret".to_owned()),
        scopes: Vec::new(),
        claim: "roles".to_owned(),
        roles: [("Readers".to_owned(), vec!["calls@*".parse().unwrap()])].into_iter().collect(),
        ca_file: None,
        transport: crate::Transport::Https,
    };
    Provider::new(settings, clock.clock()).unwrap()
}

fn people(dir: &tempfile::TempDir, clock: &FakeClock, providers: &[&str]) -> Result<People> {
    let accounts = Arc::new(Accounts::open(dir.path(), clock.clock()).unwrap());
    let sessions = Arc::new(SessionFiles::open(dir.path()).unwrap());
    let providers = providers.iter().map(|name| provider(name, clock)).collect();
    let devices = Devices::open(dir.path()).unwrap();
    People::new(accounts, sessions, devices, providers, SessionEnds::default(), clock.clock())
}

fn person(provider: &str) -> Person {
    let values = VALUES.map(str::to_owned).to_vec();
    let source = PersonSource::Provider { provider: provider.to_owned(), values };
    Person { id: "https://login.example.test 1".to_owned(), name: "Anna".to_owned(), source }
}

#[test]
fn a_session_outlives_the_process_but_not_its_provider() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let before = people(&dir, &clock, &["entra"]).unwrap();
    let started = before.start(person("entra"), None, Start::Anew, None).unwrap().unwrap();
    let token = started.token.expose();
    assert_eq!(before.signed_in(token).unwrap().session, started.session);
    let after = people(&dir, &clock, &["entra"]).unwrap();
    assert!(after.signed_in(token).is_some());
    // Another map of the same name holds for who is in already; a provider that
    // was taken out of the settings vouches for nobody.
    assert!(people(&dir, &clock, &["keycloak"]).unwrap().signed_in(token).is_none());
}

#[test]
fn a_guesser_locks_nobody_out_after_a_start_either() {
    const PASSWORD: &str = "correct horse battery staple";
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let before = people(&dir, &clock, &[]).unwrap();
    let roles = ["calls@*".parse::<Grant>().unwrap()].into_iter().collect();
    before.accounts().add("anna", roles, FirstPassword::Chosen(PASSWORD.to_owned())).unwrap();
    let account = before.accounts().set_up_app("anna").unwrap().account;
    let home: IpAddr = "192.0.2.1".parse().unwrap();
    before.start(Person::of(&account), Some(home), Start::Anew, None).unwrap().unwrap();

    let after = people(&dir, &clock, &[]).unwrap();
    let checked = |password, address| after.accounts().check_password("anna", password, Some(address));
    for guess in 0..50_u8 {
        assert_eq!(checked("a guess of mine", IpAddr::from([198, 51, 100, guess])), PasswordCheck::Wrong);
    }
    let stranger = IpAddr::from([203, 0, 113, 1]);
    assert!(matches!(checked(PASSWORD, stranger), PasswordCheck::Refused(_)));
    assert!(matches!(checked(PASSWORD, home), PasswordCheck::Right(_)));
}

/// Behind a proxy that nobody named, no address is known, and guesses of anybody hold an
/// account for all.
#[test]
fn who_signed_in_in_a_browser_before_is_not_held_by_the_guesses_of_others() {
    const PASSWORD: &str = "correct horse battery staple";
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let people = people(&dir, &clock, &[]).unwrap();
    let roles: PersonRoles = ["calls@*".parse::<Grant>().unwrap()].into_iter().collect();
    let mut secrets = Vec::new();
    for name in ["anna", "ben"] {
        let password = FirstPassword::Chosen(PASSWORD.to_owned());
        people.accounts().add(name, roles.clone(), password).unwrap();
        secrets.push(people.accounts().set_up_app(name).unwrap().secret);
    }
    let first = |name: &str, password: &str, browser: &Browser| {
        people.first_step(name, password, String::new(), browser).unwrap()
    };
    let sign_in = |name: &str, secret: &TotpSecret, browser: &Browser| {
        clock.advance(SignedDuration::from_secs(30));
        let FirstStep::Code(sealed) = first(name, PASSWORD, browser) else { return None };
        let pending = people.pending(&sealed).unwrap();
        match people.second_step(&pending, &secret.code(clock.now()), browser).unwrap() {
            SecondStep::In(started) => started.device,
            _ => None,
        }
    };
    let known_by =
        |mark: DeviceMark| Browser { device: Some(mark.expose().to_owned()), ..Browser::default() };
    let stranger = Browser::default();
    let annas = known_by(sign_in("anna", &secrets[0], &stranger).unwrap());
    let bens = known_by(sign_in("ben", &secrets[1], &stranger).unwrap());
    for guess in 0..50 {
        assert!(matches!(first("anna", "a guess of mine", &stranger), FirstStep::Wrong), "{guess}");
    }
    // Neither a browser that nobody knows is listened to, nor one of somebody else.
    for other in [&stranger, &bens] {
        assert!(matches!(first("anna", PASSWORD, other), FirstStep::Refused(_)));
    }
    let again = known_by(sign_in("Anna ", &secrets[0], &annas).unwrap());
    // Nor do wrong codes of who knows the password hold it.
    let FirstStep::Code(sealed) = first("anna", PASSWORD, &again) else { panic!("the password is right") };
    let pending = people.pending(&sealed).unwrap();
    for _ in 0..5 {
        assert!(matches!(people.second_step(&pending, "no code", &stranger).unwrap(), SecondStep::Wrong));
    }
    assert!(matches!(people.second_step(&pending, "no code", &stranger).unwrap(), SecondStep::Refused(_)));
    assert!(sign_in("anna", &secrets[0], &again).is_some());
    // It has a limit of its own, of both together, after which it is held as others are.
    for guess in 0..9 {
        assert!(matches!(first("anna", "a guess of mine", &again), FirstStep::Wrong), "{guess}");
    }
    assert!(matches!(people.second_step(&pending, "no code", &again).unwrap(), SecondStep::Wrong));
    assert!(matches!(first("anna", PASSWORD, &again), FirstStep::Refused(_)));
    assert!(sign_in("anna", &secrets[0], &annas).is_some(), "another device of the account");
    // After a reset there is none.
    people.accounts().reset("anna", FirstPassword::Chosen(PASSWORD.to_owned())).unwrap();
    assert!(matches!(first("anna", PASSWORD, &annas), FirstStep::Refused(_)));
}

#[test]
fn nobody_gets_a_session_who_may_do_nothing() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let people = people(&dir, &clock, &["entra"]).unwrap();
    let mut nobody = person("entra");
    nobody.source = PersonSource::Provider { provider: "entra".to_owned(), values: Vec::new() };
    assert!(people.start(nobody, None, Start::Anew, None).unwrap().is_none());
    assert!(people.start(person("keycloak"), None, Start::Anew, None).unwrap().is_none());
    assert!(people.sessions().unwrap().is_empty());
}

#[test]
fn a_token_is_that_of_one_session() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let people = people(&dir, &clock, &["entra"]).unwrap();
    let started = people.start(person("entra"), None, Start::Anew, None).unwrap().unwrap();
    // What names a session does not open it.
    for wrong in [started.session.id.as_str(), "", "..", &"A".repeat(43)] {
        assert!(people.signed_in(wrong).is_none(), "{wrong}");
    }
    let kept = std::fs::read_dir(dir.path().join("sessions")).unwrap();
    for entry in kept {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        assert!(!text.contains(started.token.expose()), "the token is kept");
    }
}

#[test]
fn all_sessions_of_a_person_are_ended_at_once() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let people = people(&dir, &clock, &["entra"]).unwrap();
    for _ in 0..3 {
        people.start(person("entra"), None, Start::Anew, None).unwrap().unwrap();
    }
    assert_eq!(people.end_all_of("somebody else").unwrap(), 0);
    assert_eq!(people.end_all_of(&person("entra").id).unwrap(), 3);
    assert!(people.sessions().unwrap().is_empty());
}

#[test]
fn a_clock_that_is_set_back_keeps_no_session_alive() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let people = people(&dir, &clock, &["entra"]).unwrap();
    let started = people.start(person("entra"), None, Start::Anew, None).unwrap().unwrap();
    clock.advance(-SignedDuration::from_mins(5));
    assert!(people.signed_in(started.token.expose()).is_some());
    clock.advance(-SignedDuration::from_hours(2));
    assert!(people.signed_in(started.token.expose()).is_none());
}

#[test]
fn two_providers_of_one_name_are_refused() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let error = people(&dir, &clock, &["entra", "entra"]).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("entra"), "{error}");
    assert!(people(&dir, &clock, &[]).unwrap().are_none());
}

#[test]
fn bytes_are_written_as_hexadecimal_digits() {
    assert_eq!(hexadecimal(&[0, 1, 0xab, 0xff]), "0001abff");
}
