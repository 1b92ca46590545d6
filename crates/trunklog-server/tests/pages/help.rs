//! What key figures and codes mean.

use trunklog_testkit::{TENANT, TestServer};

use super::failures::server;
use super::{calls, get, get_as, links};

#[tokio::test]
async fn each_figure_has_a_page() {
    let server = server();
    let all = get(&server, "/help").await;
    assert_eq!(all.status, 200, "{}", all.text());
    let figures: Vec<String> =
        links(&all.text()).into_iter().filter(|link| link.starts_with("./help/")).collect();
    assert_eq!(figures.len(), 30, "{figures:?}");
    for link in figures {
        let page = get(&server, &super::target(&link)).await;
        assert_eq!(page.status, 200, "{link}: {}", page.text());
        assert!(page.text().contains("Worked example"), "{link}: {}", page.text());
    }
    let unknown = get(&server, "/help/pdd").await;
    assert_eq!(unknown.status, 404);
    assert!(unknown.text().contains("There is no such key figure."), "{}", unknown.text());
}

#[tokio::test]
async fn codes_are_explained_and_counted() {
    let server = server();
    for target in ["/codes/503-560503?range=7d", "/codes?range=7d&code=503-560503"] {
        let page = get(&server, target).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let text = page.text();
        for part in ["the SBC is overloaded", "6 calls in this range ended so</a>", "failures/evidence?"] {
            assert!(text.contains(part), "{target}: {part}: {text}");
        }
    }
    // The filter counts, but not how calls ended.
    let narrowed = "/codes/503-560503?range=7d&trunk=sbc2.contoso.example&ends=answered";
    let narrowed = get(&server, narrowed).await.text();
    assert!(narrowed.contains("3 calls in this range ended so</a>"), "{narrowed}");
    let unknown = get(&server, "/codes/404-560999").await;
    assert!(unknown.text().contains("documented nowhere"), "{}", unknown.text());
    assert_eq!(get(&server, "/codes/busy").await.status, 404);
    assert_eq!(get(&server, "/codes?code=busy").await.status, 400);
    let sums = get_as(&server, "/codes/503-560503?range=7d", &format!("aggregates@{TENANT}")).await.text();
    assert!(sums.contains("6 calls in this range ended so") && !sums.contains("ended so</a>"), "{sums}");
}

#[tokio::test]
async fn help_needs_no_calls_and_speaks_three_languages() {
    let empty = TestServer::start();
    for (language, figure, codes) in [
        ("en", "Worked example", "All key figures"),
        ("fr", "Exemple calculé", "Tous les chiffres clés"),
        ("de", "Rechenbeispiel", "Alle Kennzahlen"),
    ] {
        for (target, said) in [("/help/ner", figure), ("/codes", codes)] {
            let request = empty.request("GET", target).signed_in(&[&calls()]);
            let answer = request.header("accept-language", language).send().await;
            assert_eq!(answer.status, 200, "{target}: {}", answer.text());
            assert!(answer.text().contains(said), "{language}: {target}: {}", answer.text());
        }
    }
    // Pages about calls say first how to get some.
    let failures = get(&empty, "/failures").await;
    assert!(failures.text().contains("Nothing is stored yet"), "{}", failures.text());
}
