use super::*;

const ALL: [Fault; 16] = [
    Fault::WrongSecret,
    Fault::ExpiredSecret,
    Fault::MissingCredential,
    Fault::IncompleteAssertion,
    Fault::UnsupportedAssertion,
    Fault::UnknownApplication,
    Fault::UnknownTenant,
    Fault::ScopeNotDefault,
    Fault::UnknownResource,
    Fault::MissingParameter,
    Fault::UnsupportedGrant,
    Fault::MethodNotAllowed,
    Fault::DuplicateParameter,
    Fault::Malformed,
    Fault::TooManyFailures,
    Fault::Internal,
];

#[test]
fn every_fault_has_one_row() {
    assert_eq!(ALL.len(), FAULTS.len());
    for fault in ALL {
        assert_eq!(FAULTS.iter().filter(|row| row.fault == fault).count(), 1, "{fault:?}");
    }
    // The last one of the enum: a new fault has to be listed above.
    assert_eq!(Fault::Internal as usize, ALL.len() - 1);
}

#[test]
fn the_table_is_the_contract() {
    // Contract section 3.3, row by row.
    for (fault, status, error, code) in [
        (Fault::WrongSecret, 401, "invalid_client", 7_000_215),
        (Fault::ExpiredSecret, 401, "invalid_client", 7_000_222),
        (Fault::MissingCredential, 401, "invalid_client", 7_000_216),
        (Fault::UnknownApplication, 400, "unauthorized_client", 700_016),
        (Fault::UnknownTenant, 400, "invalid_request", 90_002),
        (Fault::ScopeNotDefault, 400, "invalid_scope", 1_002_012),
        (Fault::UnknownResource, 400, "invalid_resource", 500_011),
        (Fault::MissingParameter, 400, "invalid_request", 900_144),
        (Fault::UnsupportedGrant, 400, "unsupported_grant_type", 70_003),
    ] {
        let found = TokenError::new(fault, &["x", "y"]);
        assert_eq!((found.status(), found.error(), found.code()), (status, error, code), "{fault:?}");
    }
    assert_eq!(TokenError::method_not_allowed("GET").code(), 900_561);
}

#[test]
fn values_are_filled_in_short_and_on_one_line() {
    let error = TokenError::new(Fault::UnknownApplication, &["a\r\nb{}", &"c".repeat(1000)]);
    let text = error.to_string();
    assert!(text.starts_with("AADSTS700016: Application with identifier 'ab{}' was not found in the"));
    assert!(text.contains(&format!("'{}'", "c".repeat(MAX_ECHO_CHARS))), "{text}");
    assert!(!text.contains('\n'));
}

#[test]
fn who_should_wait_is_told_how_long() {
    let error = TokenError::too_many_failures("app", SignedDuration::from_millis(41_500));
    assert_eq!((error.status(), error.retry_after_secs()), (429, Some(42)));
    assert!(error.to_string().contains("'app'") && error.to_string().contains("in 42 seconds"), "{error}");
    assert_eq!(TokenError::new(Fault::WrongSecret, &["app"]).retry_after_secs(), None);
}

#[test]
fn a_remark_follows_the_text() {
    let error = TokenError::missing("scope").with_remark(Some("Send it.".to_owned()));
    assert!(error.to_string().ends_with("parameter: 'scope'. Send it."), "{error}");
    assert_eq!(TokenError::missing("scope").with_remark(None), TokenError::missing("scope"));
}

#[test]
fn the_body_has_the_shape_of_entra() {
    let (trace, correlation) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let now = "2026-11-24T08:09:10.5Z".parse().unwrap();
    let body = TokenError::missing("scope").body(trace, correlation, now);
    let json = serde_json::to_value(&body).unwrap();
    assert_eq!(json["error"], "invalid_request");
    assert_eq!(json["error_codes"], serde_json::json!([900_144]));
    assert_eq!(json["timestamp"], "2026-11-24 08:09:10Z");
    assert_eq!(json["trace_id"], "00000000-0000-0000-0000-000000000001");
    assert_eq!(json["error_uri"], "https://login.microsoftonline.com/error?code=900144");
    assert_eq!(
        json["error_description"],
        "AADSTS900144: The request body must contain the following parameter: 'scope'.\r\n\
         Trace ID: 00000000-0000-0000-0000-000000000001\r\n\
         Correlation ID: 00000000-0000-0000-0000-000000000002\r\n\
         Timestamp: 2026-11-24 08:09:10Z"
    );
}
