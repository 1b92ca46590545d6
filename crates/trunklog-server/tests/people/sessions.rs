use jiff::SignedDuration;
use trunklog_identity::FirstPassword;
use trunklog_testkit::{Browser, TestServer};

use super::{NAME, PASSWORD, SESSION, add_account, is_in, roles, set_up, sign_in};

#[tokio::test]
async fn a_session_ends_after_an_hour_without_use_and_after_a_day() {
    let server = TestServer::start();
    add_account(&server);
    let mut browser = Browser::new(&server);
    let (secret, _) = set_up(&mut browser, &server).await;
    server.clock.advance(SignedDuration::from_mins(59));
    assert!(is_in(&browser, &server));
    server.clock.advance(SignedDuration::from_mins(1));
    assert!(!is_in(&browser, &server));

    assert_eq!(sign_in(&mut browser, &server, &secret).await.status, 303);
    for _ in 0..47 {
        server.clock.advance(SignedDuration::from_mins(30));
        let session = server.people().signed_in(&browser.cookies[SESSION]).unwrap().session;
        assert!(server.people().is_to_touch(&session));
        server.people().touch(&session.id);
    }
    server.clock.advance(SignedDuration::from_mins(30));
    assert!(!is_in(&browser, &server), "a session that is used ends, too");
    server.people().tidy();
    assert!(server.people().sessions().unwrap().is_empty());
    let left = std::fs::read_dir(server.identity_folder().join("sessions")).unwrap();
    assert!(left.map(|entry| entry.unwrap().file_name()).all(|name| name == ".lock"));
}

#[tokio::test]
async fn what_an_operator_does_holds_at_once() {
    let server = TestServer::start();
    add_account(&server);
    let mut browser = Browser::new(&server);
    let (secret, _) = set_up(&mut browser, &server).await;
    let token = browser.cookies[SESSION].clone();
    let held = || server.people().signed_in(&token).map(|signed_in| signed_in.roles);
    assert_eq!(held(), Some(roles(&["calls@*"])));
    server.accounts().set_roles(NAME, roles(&["aggregates@*"])).unwrap();
    assert_eq!(held(), Some(roles(&["aggregates@*"])));

    let sessions = server.people().sessions().unwrap();
    assert_eq!(sessions.len(), 1);
    assert!(server.people().end(&sessions[0].id).unwrap());
    assert_eq!(held(), None);

    server.clock.advance(SignedDuration::from_secs(30));
    sign_in(&mut browser, &server, &secret).await;
    assert!(is_in(&browser, &server));
    server.clock.advance(SignedDuration::from_secs(1));
    server.accounts().reset(NAME, FirstPassword::Chosen(PASSWORD.to_owned())).unwrap();
    assert!(!is_in(&browser, &server), "a reset ends sessions");
    set_up(&mut browser, &server).await;
    assert!(is_in(&browser, &server));
    server.accounts().remove(NAME).unwrap();
    assert!(!is_in(&browser, &server), "a removed account has no sessions");
    // Another account of that name is another person.
    add_account(&server);
    assert!(!is_in(&browser, &server));
}

#[tokio::test]
async fn a_person_has_so_many_sessions_and_no_more() {
    let server = TestServer::start();
    add_account(&server);
    let mut first = Browser::new(&server);
    let (secret, _) = set_up(&mut first, &server).await;
    for _ in 0..20 {
        server.clock.advance(SignedDuration::from_secs(30));
        assert_eq!(sign_in(&mut Browser::new(&server), &server, &secret).await.status, 303);
    }
    assert_eq!(server.people().sessions().unwrap().len(), 20);
    assert!(!is_in(&first, &server), "the oldest ends");
}
