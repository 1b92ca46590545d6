use super::*;

fn form(body: &str) -> TokenRequest {
    TokenRequest::from_form(body.as_bytes()).unwrap()
}

fn basic(text: &str) -> Result<Option<BasicCredentials>, TokenError> {
    BasicCredentials::from_header(&format!("Basic {}", STANDARD.encode(text)))
}

#[test]
fn a_form_of_msal_is_understood() {
    let request = form(
        "client_id=abc&grant_type=client_credentials&client_info=1&client_secret=a%2Bb+c%20d\
         &scope=https%3A%2F%2Fgraph.microsoft.com%2F.default&x-client-SKU=msal.js.node\
         &claims=%7B%22access_token%22%3A%7B%7D%7D",
    );
    assert_eq!(request.client_id.as_deref(), Some("abc"));
    assert_eq!(request.client_secret.as_deref(), Some("a+b c d"));
    assert_eq!(request.grant_type.as_deref(), Some("client_credentials"));
    assert_eq!(request.scope.as_deref(), Some("https://graph.microsoft.com/.default"));
    assert_eq!(request.client_assertion, None);
}

#[test]
fn odd_forms_do_no_harm() {
    assert_eq!(form(""), TokenRequest::default());
    assert_eq!(form("&&=&client_id&client_secret=&%=%"), TokenRequest::default());
    assert_eq!(form("client_secret=50%25+%+%zz%4").client_secret.as_deref(), Some("50% % %zz%4"));
    assert_eq!(form("client%5Fid=abc").client_id.as_deref(), Some("abc"));
    assert_eq!(form("client_id=a=b").client_id.as_deref(), Some("a=b"));
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    assert_eq!(form("\u{feff}grant_type=a").grant_type.as_deref(), Some("a"));
    assert_eq!(form("\u{feff}"), TokenRequest::default());
}

#[test]
fn duplicates_and_floods_are_refused() {
    let fault = |body: &[u8]| TokenRequest::from_form(body).unwrap_err().fault();
    assert_eq!(fault(b"scope=a&scope=a"), Fault::DuplicateParameter);
    assert_eq!(fault(b"scope=%ff"), Fault::Malformed);
    assert_eq!(fault("a=b&".repeat(MAX_PARAMETERS + 1).as_bytes()), Fault::Malformed);
    assert_eq!(fault(&[b'a'; MAX_FORM_BYTES + 1]), Fault::Malformed);
    // What is not known may come as often as it likes.
    assert_eq!(form("claims=1&claims=2"), TokenRequest::default());
}

#[test]
fn basic_parts_are_form_encoded() {
    let read = basic("client%2Did:a%2Bb+c:d").unwrap().unwrap();
    assert_eq!(read.client_id, "client-id");
    assert_eq!(read.client_secret, "a+b c:d");
    assert_eq!(basic(":").unwrap().unwrap().client_id, "");
    assert!(BasicCredentials::from_header("bAsIc YTpi").unwrap().is_some());
}

#[test]
fn other_schemes_are_left_alone() {
    assert_eq!(BasicCredentials::from_header("Bearer abc").unwrap(), None);
    assert_eq!(BasicCredentials::from_header("").unwrap(), None);
    assert_eq!(BasicCredentials::from_header("Basically abc").unwrap(), None);
}

#[test]
fn a_bad_basic_header_is_malformed() {
    for header in ["Basic", "Basic ", "Basic !!", "Basic YWJj", "Basic YTr/"] {
        assert_eq!(BasicCredentials::from_header(header).unwrap_err().fault(), Fault::Malformed, "{header}");
    }
    let long = format!("Basic {}", "A".repeat(MAX_BASIC_BYTES + 1));
    assert_eq!(BasicCredentials::from_header(&long).unwrap_err().fault(), Fault::Malformed);
}

#[test]
fn debug_output_holds_no_secret() {
    let request = form("client_id=visible-id&client_secret=hidden&client_assertion=hidden");
    let basic = basic("id:hidden").unwrap().unwrap();
    let shown = format!("{request:?} {basic:?}");
    assert!(!shown.contains("hidden") && shown.contains("client_secret"), "{shown}");
}
