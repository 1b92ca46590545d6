//! What an ID token says of a person.

use serde_json::{Map, Value};
use trunklog_errors::is_plain;

use super::fault::SignInFault;
use crate::people::session::{Person, PersonSource};

/// The claims of an ID token.
pub(super) type IdClaims = Map<String, Value>;

/// Where a provider says that a claim is too long for the token, and where to ask
/// for it. Source: OpenID Connect Core 1.0, section 5.6.2; Entra's overage.
const ELSEWHERE: &str = "_claim_names";
/// Entra's word for it in short tokens.
const HAS_GROUPS: &str = "hasgroups";

const MOST_VALUES: usize = 500;
/// All values of a person together; they are kept with each session.
const MOST_BYTES: usize = 16 * 1024;
/// Source: OpenID Connect Core 1.0, section 2.
const MOST_SUBJECT: usize = 255;
const MOST_NAME_CHARS: usize = 254;

/// The person that the claims are about.
pub(super) fn person(
    claims: &IdClaims,
    issuer: &str,
    provider: &str,
    claim: &str,
) -> Result<Person, SignInFault> {
    let subject = text(claims, "sub").filter(|subject| (1..=MOST_SUBJECT).contains(&subject.len()));
    let subject =
        subject.filter(|subject| subject.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' '));
    let Some(subject) = subject else {
        tracing::warn!(provider, "an ID token names no subject, or one that cannot be one");
        return Err(SignInFault::Untrusted);
    };
    let names = ["preferred_username", "name", "email"].into_iter().filter_map(|name| text(claims, name));
    let name = names.map(shown).find(|name| !name.is_empty()).unwrap_or_else(|| shown(subject));
    let values = values(claims, provider, claim)?;
    let source = PersonSource::Provider { provider: provider.to_owned(), values };
    // The subject is the issuer's; another may call somebody else so.
    Ok(Person { id: format!("{issuer} {subject}"), name, source })
}

/// The values of the claim that tells of roles; none if it is not there.
fn values(claims: &IdClaims, provider: &str, claim: &str) -> Result<Vec<String>, SignInFault> {
    let found = found(claims, claim);
    let elsewhere = claims.get(ELSEWHERE).and_then(|names| names.get(claim)).is_some();
    let has_groups =
        claim == "groups" && claims.get(HAS_GROUPS).is_some_and(|has| *has != Value::Bool(false));
    if found.is_none() && (elsewhere || has_groups) {
        tracing::warn!(
            provider,
            claim,
            "a person is in too many groups for the token: use app roles, or have the provider send only \
             groups that are assigned to the application"
        );
        return Err(SignInFault::TooManyGroups);
    }
    let values: Vec<String> = match found {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(more)) => more.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    if values.len() > MOST_VALUES || values.iter().map(String::len).sum::<usize>() > MOST_BYTES {
        tracing::warn!(provider, claim, values = values.len(), "a person has too many values of a claim");
        return Err(SignInFault::TooManyGroups);
    }
    Ok(values)
}

/// The claim of that name, or what dots in it lead to: `realm_access.roles`.
fn found<'c>(claims: &'c IdClaims, claim: &str) -> Option<&'c Value> {
    if let Some(value) = claims.get(claim) {
        return Some(value);
    }
    let mut names = claim.split('.');
    let first = claims.get(names.next()?)?;
    names.try_fold(first, |value, name| value.get(name))
}

fn text<'c>(claims: &'c IdClaims, name: &str) -> Option<&'c str> {
    claims.get(name).and_then(Value::as_str)
}

/// A name as it can be shown.
fn shown(name: &str) -> String {
    name.trim().chars().filter(|letter| is_plain(*letter)).take(MOST_NAME_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(claims: Value, claim: &str) -> Result<Person, SignInFault> {
        let Value::Object(claims) = claims else { panic!("no object") };
        person(&claims, "https://issuer.test", "test", claim)
    }

    fn values_of(claims: Value, claim: &str) -> Vec<String> {
        match read(claims, claim).unwrap().source {
            PersonSource::Provider { values, .. } => values,
            PersonSource::Account(_) => panic!("no provider"),
        }
    }

    #[test]
    fn a_person_is_told_by_issuer_and_subject_and_called_as_people_do() {
        let person =
            read(json!({"sub": "1", "preferred_username": "anna\u{7}@example.com", "name": "Anna"}), "roles");
        let person = person.unwrap();
        assert_eq!((person.id.as_str(), person.name.as_str()), ("https://issuer.test 1", "anna@example.com"));
        assert_eq!(read(json!({"sub": "1", "preferred_username": " "}), "roles").unwrap().name, "1");
        for wrong in
            [json!({}), json!({"sub": ""}), json!({"sub": 1}), json!({"sub": "a\nb"}), json!({"sub": "é"})]
        {
            assert_eq!(read(wrong, "roles").unwrap_err(), SignInFault::Untrusted);
        }
    }

    #[test]
    fn values_are_found_where_providers_put_them() {
        let claims = json!({
            "sub": "1",
            "roles": ["Readers", 7, "Admins"],
            "role": "One",
            "realm_access": {"roles": ["Deep"]},
            "a.b": ["Whole"], "a": {"b": ["Parts"]},
        });
        let of = |claim| values_of(claims.clone(), claim);
        assert_eq!(of("roles"), ["Readers", "Admins"]);
        assert_eq!(of("role"), ["One"]);
        assert_eq!(of("realm_access.roles"), ["Deep"]);
        assert_eq!(of("a.b"), ["Whole"]);
        for none in ["groups", "realm_access", "realm_access.", ".", "roles.x", "sub.x"] {
            assert!(of(none).is_empty(), "{none}");
        }
    }

    #[test]
    fn groups_that_are_left_out_are_not_taken_for_none() {
        for claims in [
            json!({"sub": "1", "_claim_names": {"groups": "src1"}, "_claim_sources": {}}),
            json!({"sub": "1", "hasgroups": true}),
            json!({"sub": "1", "groups": vec!["x"; 501]}),
            json!({"sub": "1", "groups": ["x".repeat(20_000)]}),
        ] {
            assert_eq!(read(claims, "groups").unwrap_err(), SignInFault::TooManyGroups);
        }
        // Of another claim than the one that counts, it does not matter.
        let claims = json!({"sub": "1", "hasgroups": true, "_claim_names": {"groups": "x"}, "roles": ["a"]});
        assert_eq!(values_of(claims, "roles"), ["a"]);
    }
}
