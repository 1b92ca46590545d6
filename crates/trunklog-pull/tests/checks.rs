use trunklog_identity::Role;
use trunklog_odata::Profile;
use trunklog_pull::check::Verdict;
use trunklog_pull::settings::CredentialFiles;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, SMS};
use trunklog_testkit::TestServer;

use crate::bench::Bench;
use crate::proxy::Trouble;

async fn bench(roles: &[Role]) -> Bench {
    let server = TestServer::builder()
        .profile(Profile::Strict)
        .settings(|settings| settings.public_url = None)
        .start();
    Bench::start(server, &[&DIRECT_ROUTING_CALLS, &SMS], roles).await
}

/// The worst verdict of the things with that name, and what was said.
fn found(bench: &Bench, what: &str) -> (Verdict, String) {
    let findings = bench.check();
    let finding = findings.iter().find(|finding| finding.what == what);
    finding.map_or_else(|| panic!("{what}: {findings:?}"), |finding| (finding.verdict, finding.text.clone()))
}

#[tokio::test(flavor = "multi_thread")]
async fn all_is_well() {
    let bench = bench(&[Role::CallRecordsReadAll]).await;
    for what in ["place", "credential", "token", "consent", "getDirectRoutingCalls", "getSmsLog"] {
        assert_eq!(found(&bench, what).0, Verdict::Good, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_thing_that_is_wrong_is_told() {
    let without_role = bench(&[]).await;
    for what in ["consent", "getDirectRoutingCalls"] {
        let (verdict, text) = found(&without_role, what);
        assert!(verdict == Verdict::Bad && text.contains("admin consent"), "{what}: {text}");
    }
    let mut bench = bench(&[Role::CallRecordsReadAll]).await;
    bench.proxy.trouble([Trouble::Html, Trouble::Status(404, "")]);
    let findings = bench.check();
    let bad: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.verdict == Verdict::Bad)
        .map(|finding| finding.what.as_str())
        .collect();
    assert!(bad.contains(&"getDirectRoutingCalls") && bad.contains(&"getSmsLog"), "{findings:?}");
    bench.settings.client_id = "11111111-2222-3333-4444-555555555555".to_owned();
    let (verdict, text) = found(&bench, "token");
    assert!(verdict == Verdict::Bad && text.contains("client_id"), "{text}");
    let (verdict, text) = found(&bench, "permissions");
    assert!(verdict == Verdict::Warning && text.contains("0600"), "{text}");
    bench.settings.credential = CredentialFiles::Secret("/nowhere/secret".into());
    let (verdict, text) = found(&bench, "credential");
    assert!(verdict == Verdict::Bad && text.contains("/nowhere/secret"), "{text}");
}
