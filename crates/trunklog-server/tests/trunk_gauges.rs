//! The gauges of trunks in `/metrics`, of the tenants that the operator names.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use trunklog_records::TenantId;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_testkit::{TENANT, TestServer};

/// How long anything may take before the test gives up.
const PATIENCE: Duration = Duration::from_secs(20);

const OTHER: &str = "7e570000-0000-4000-8000-000000000002";

/// A call of 2026-11-24, by its number.
fn call(number: u32, trunk: &str, [start, end]: [&str; 2], successful: bool, codes: (i32, i32)) -> String {
    let [start, end] = [start, end].map(|time| format!("2026-11-24T{time}Z"));
    let (times, duration) = if successful {
        (format!(r#""endDateTime":"{end}","failureDateTime":null"#), 60)
    } else {
        (format!(r#""endDateTime":null,"failureDateTime":"{end}""#), 0)
    };
    format!(
        r#"{{"id":"{number}","correlationId":"c{number}","startDateTime":"{start}","inviteDateTime":"{start}",{times},"duration":{duration},"callType":"ByotIn","successfulCall":{successful},"finalSipCode":{},"callEndSubReason":{},"trunkFullyQualifiedDomainName":"{trunk}"}}"#,
        codes.0, codes.1
    )
}

async fn metrics(ops: SocketAddr) -> String {
    let mut stream = TcpStream::connect(ops).await.unwrap();
    let request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn the_trunks_of_named_tenants_are_told() {
    let other: TenantId = OTHER.parse().unwrap();
    let server = TestServer::builder().settings(|settings| settings.trunks_of = vec![TENANT]).start();
    let answered = (0, 560_000);
    let rows = [
        call(1, "sbc1.example", ["07:00:00", "07:01:00"], true, answered),
        call(2, "sbc1.example", ["07:00:30", "07:01:30"], true, answered),
        // Busy is no fault of the network, an overload is.
        call(3, "sbc1.example", ["07:59:00", "07:59:10"], false, (486, 560_486)),
        call(4, "sbc1.example", ["07:59:59", "08:00:10"], false, (503, 560_503)),
        call(5, "sbc2.example", ["07:30:00", "07:31:00"], false, (503, 560_503)),
        // Before the hour, and after it.
        call(6, "sbc2.example", ["06:59:59", "06:59:59.5"], true, answered),
        call(7, "sbc3.example", ["08:00:00", "08:01:00"], true, answered),
    ];
    server.load(&DIRECT_ROUTING_CALLS, &rows);
    server.load_for(
        other,
        &DIRECT_ROUTING_CALLS,
        &[call(8, "sbc9.example", ["07:00:00", "07:01:00"], true, answered)],
    );
    let ops = server.listen_everywhere().await.ops.unwrap();

    let began = Instant::now();
    let mut text = metrics(ops).await;
    while !text.contains("trunklog_trunk_attempts{") {
        assert!(began.elapsed() < PATIENCE, "no trunk is told: {text}");
        tokio::time::sleep(Duration::from_millis(20)).await;
        text = metrics(ops).await;
    }
    let told = |figure: &str, trunk: &str| -> Option<f64> {
        let start = format!("trunklog_trunk_{figure}{{tenant=\"{TENANT}\",trunk=\"{trunk}\"}} ");
        text.lines().find_map(|line| line.strip_prefix(start.as_str())).map(|value| value.parse().unwrap())
    };
    let all = |trunk: &str| {
        ["attempts", "asr_ratio", "asr_n", "ner_ratio", "ner_n", "acd_seconds", "acd_n", "occupied_channels"]
            .map(|figure| told(figure, trunk))
    };
    assert_eq!(all("sbc1.example"), [4.0, 0.5, 4.0, 0.75, 4.0, 60.0, 2.0, 2.0].map(Some), "{text}");
    // Of no answered call there is no duration.
    let overloaded = [Some(1.0), Some(0.0), Some(1.0), Some(0.0), Some(1.0), None, Some(0.0), Some(1.0)];
    assert_eq!(all("sbc2.example"), overloaded, "{text}");
    for other in ["sbc3.example", "sbc9.example", OTHER] {
        assert!(!text.contains(other), "{other} in {text}");
    }
    assert!(text.ends_with("# EOF\n") && text.matches("# EOF").count() == 1, "{text}");
}

#[tokio::test]
async fn without_names_no_trunk_is_told() {
    let server = TestServer::start();
    server.load(
        &DIRECT_ROUTING_CALLS,
        &[call(1, "sbc1.example", ["07:00:00", "07:01:00"], true, (0, 560_000))],
    );
    let ops = server.listen_everywhere().await.ops.unwrap();
    let text = metrics(ops).await;
    assert!(text.contains("trunklog_connections ") && !text.contains("trunk_"), "{text}");
}
