//! The golden cases of the contract (`graph-contract.md`, section 6), each a row
//! of a table. Those that are proven elsewhere are rows, too, and are printed:
//! nothing is left out silently.

mod cases;
pub(crate) mod data;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use table::{Body, Case, Expect, PlannedCase, Setup, Token};
use trunklog_identity::Role;
use trunklog_odata::Profile;
use trunklog_records::TenantId;
use trunklog_testkit::{Answer, TENANT, TestServer, form_encoded};
use uuid::Uuid;

/// A tenant with rows and applications, of which [`TENANT`] must see nothing.
const OTHER: TenantId = TenantId::new(Uuid::from_u128(0x7e57_0000_0000_4000_8000_0000_0000_0002));

#[tokio::test]
async fn the_golden_cases_hold() {
    let cases = cases::all();
    let mut failures = Vec::new();
    for profile in [Profile::Default, Profile::Strict] {
        for setup in Setup::ALL {
            let here = |case: &&Case| case.setup == setup && case.profiles.contains(&profile);
            if !cases.iter().any(|case| here(&case)) {
                continue;
            }
            let visit = Visit::begin(profile, setup).await;
            for case in cases.iter().filter(here) {
                for wrong in visit.wrongs(case).await {
                    let line = format!(
                        "case {} ({profile:?}, {setup:?}, {} {}): {wrong}",
                        case.number, case.method, case.target
                    );
                    println!("FAILED {line}");
                    failures.push(line);
                }
            }
        }
    }
    for PlannedCase { number, why } in cases::PLANNED {
        println!("case {number} is not here: {why}");
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn every_number_has_a_case() {
    let mut numbers: BTreeSet<u32> = cases::all().iter().map(|case| case.number).collect();
    numbers.extend(cases::PLANNED.iter().map(|planned| planned.number));
    assert_eq!(numbers, (1..=96).collect());
}

async fn tokens(server: &TestServer) -> BTreeMap<Token, String> {
    let good = server.token().await;
    let forge = server.forge(&good);
    let now = server.clock.now().as_second();
    let mut tokens = BTreeMap::from([
        (Token::NoDots, "abc".to_owned()),
        (Token::WrongAudience, forge.signed(|claims| claims["aud"] = "https://vault.azure.net".into())),
        (
            Token::Expired,
            forge.signed(|claims| {
                claims["iat"] = (now - 7_200).into();
                claims["nbf"] = (now - 7_200).into();
                claims["exp"] = (now - 3_600).into();
            }),
        ),
        (Token::OtherRole, forge.signed(|claims| claims["roles"] = vec!["User.Read.All"].into())),
        (
            Token::Delegated,
            forge.signed(|claims| {
                claims["idtyp"] = "user".into();
                claims["scp"] = "CallRecords.Read.All".into();
                claims.as_object_mut().unwrap().remove("roles");
            }),
        ),
        (Token::OtherTenant, forge.signed(|claims| claims["tid"] = OTHER.to_string().into())),
        (Token::AlgorithmNone, forge.without_algorithm()),
        (Token::Tampered, forge.tampered(|claims| claims["exp"] = (now + 86_400).into())),
        (Token::NoRoles, server.token_of(TENANT, &[]).await),
        (Token::PstnRole, server.token_of(TENANT, &[Role::CallRecordPstnCallsReadAll]).await),
        (Token::FullNumbers, server.token_of(TENANT, &[Role::CallRecordsReadAll, Role::FullNumbers]).await),
    ]);
    tokens.insert(Token::Good, good);
    tokens
}

/// A server with its data, and those who ask it.
struct Visit {
    server: TestServer,
    tokens: BTreeMap<Token, String>,
    /// The client id and the secret of an application.
    application: (Uuid, String),
}

impl Visit {
    async fn begin(profile: Profile, setup: Setup) -> Visit {
        let builder = TestServer::builder().profile(profile);
        let server = builder.settings(|settings| setup.apply(settings)).start();
        data::load(&server);
        let tokens = tokens(&server).await;
        let application = server.application(TENANT, &[Role::CallRecordsReadAll]);
        Visit { server, tokens, application }
    }

    /// What is not as the case says.
    async fn wrongs(&self, case: &Case) -> Vec<String> {
        if case.setup == Setup::Throttled {
            self.server.clock.advance(SignedDuration::from_mins(1));
        }
        let mut wrongs = Vec::new();
        for (target, times) in &case.before {
            for time in 1..=*times {
                let answer = self.server.get(target, &self.tokens[&Token::Good]).await;
                if answer.status != 200 {
                    wrongs.push(format!("{target} got {} at time {time}", answer.status));
                }
            }
        }
        let answer = self.ask(case).await;
        wrongs.extend(wrongs_of(case, &answer));
        if case.again && self.ask(case).await.body != answer.body {
            wrongs.push("another answer to the same request".to_owned());
        }
        wrongs
    }

    async fn ask(&self, case: &Case) -> Answer {
        let mut target = case.target.clone();
        if case.follow {
            let first = self.server.get(&target, &self.tokens[&Token::Good]).await;
            target = first.next_link().unwrap_or_else(|| panic!("case {}: no next link", case.number));
        }
        let mut request = self.server.request(case.method, &target);
        if let Some(token) = self.tokens.get(&case.token) {
            request = request.bearer(token);
        }
        for (name, value) in &case.headers {
            request = request.header(name, value);
        }
        match &case.body {
            None => request.send().await,
            Some(Body::Json(text)) => {
                request
                    .header("content-type", "application/json")
                    .body(text.clone().into_bytes())
                    .send()
                    .await
            }
            Some(Body::Form(form)) => {
                let (client, secret) = &self.application;
                let form = form.replace("{client}", &client.to_string());
                let form = form.replace("{secret}", &form_encoded(secret));
                let request = request.header("content-type", "application/x-www-form-urlencoded");
                request.body(form.into_bytes()).send().await
            }
        }
    }
}

/// What is not as the case says.
fn wrongs_of(case: &Case, answer: &Answer) -> Vec<String> {
    let mut wrongs = Vec::new();
    if answer.status != case.status {
        wrongs.push(format!("status {} instead of {}: {}", answer.status, case.status, start_of(answer)));
        return wrongs;
    }
    let is_plain = answer.header("content-encoding").is_empty();
    if case.is_page() && is_plain && answer.json()["value"].as_array().is_none() {
        wrongs.push(format!("no page: {}", start_of(answer)));
    }
    for expect in &case.expects {
        let (what, holds) = match expect {
            Expect::Code(code) => (format!("code {code}"), answer.code().as_deref() == Some(*code)),
            Expect::Message(message) => {
                (format!("message {message:?}"), answer.message().as_deref() == Some(*message))
            }
            Expect::MessageStart(start) => (
                format!("a message that begins with {start:?}"),
                answer.message().is_some_and(|message| message.starts_with(*start)),
            ),
            Expect::Rows(rows) => (
                format!("{rows} rows and that count"),
                answer.rows().len() == *rows
                    && answer.json()["@odata.count"].as_u64().map(usize::try_from) == Some(Ok(*rows)),
            ),
            Expect::Header(name, value) => {
                (format!("{name}: {value}"), answer.header(name).eq_ignore_ascii_case(value))
            }
            Expect::TokenError(error, code) => (
                format!("{error} with AADSTS{code}"),
                answer.json()["error"] == *error && answer.json()["error_codes"][0] == *code,
            ),
            Expect::Body(what, holds) => ((*what).to_owned(), holds(answer)),
        };
        if !holds {
            wrongs.push(format!("expected {what}, got {}", start_of(answer)));
        }
    }
    wrongs
}

fn start_of(answer: &Answer) -> String {
    answer.text().chars().take(400).collect()
}
