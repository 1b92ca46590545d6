//! Which of two faults a client is told of, and which faults count.

use trunklog_server::ThrottleLimits;
use trunklog_testkit::{TENANT, TestServer, call_path};

use super::{all, with};

#[tokio::test]
async fn of_two_faults_the_first_check_names_its_own() {
    let limits = ThrottleLimits { function: 1, ..ThrottleLimits::default() };
    let server = TestServer::builder().settings(|settings| settings.throttle = Some(limits)).start();
    let token = server.token().await;
    let roleless = server.token_of(TENANT, &[]).await;
    let backwards = call_path("2020-02-01", "2020-01-01");
    let status = async |target: &str, token: &str| server.get(target, token).await.status;
    assert_eq!(status(&with("$filter=x"), "none").await, 401);
    assert_eq!(status(&with("$filter=x"), &roleless).await, 400);
    assert_eq!(status(&backwards, &roleless).await, 403);
    for _ in 0..3 {
        assert_eq!(status(&backwards, &token).await, 400);
    }
    assert_eq!(status(&all(), &token).await, 200);
    let answer = server.get(&all(), &token).await;
    assert_eq!((answer.status, answer.code().as_deref()), (429, Some("TooManyRequests")));
    assert_eq!(answer.header("retry-after"), "60");
}

#[tokio::test]
async fn a_link_that_cannot_be_followed_does_not_count_for_throttling() {
    const FAULTS: [&str; 8] = [
        "$skiptoken=x",
        "$skip=1000&$skiptoken=AQ",
        "$skiptoken=x&$format=csv",
        "$deltatoken=x",
        "$deltatoken=AQ&$format=ndjson",
        "$deltatoken=x&$format=csv",
        "$deltatoken=x&$top=1",
        "$deltatoken=x&$skiptoken=x",
    ];
    let limits = ThrottleLimits { function: 1, ..ThrottleLimits::default() };
    let server = TestServer::builder().settings(|settings| settings.throttle = Some(limits)).start();
    let token = server.token().await;
    let are_told = async || {
        for options in FAULTS {
            for method in ["GET", "HEAD", "GET"] {
                let answer = server.request(method, &with(options)).bearer(&token).send().await;
                assert_eq!(answer.status, 400, "{method} {options}");
            }
        }
    };
    are_told().await;
    assert_eq!(server.get(&all(), &token).await.status, 200, "none of them was counted");
    assert_eq!(server.get(&all(), &token).await.status, 429);
    // Nor does it matter that the client has no request left.
    are_told().await;
}
