//! `[[pull]]`

use super::*;

#[test]
fn what_is_pulled_is_checked() {
    let with = |keys: &str| {
        format!("[[pull]]\nname = \"contoso\"\ntenant = \"{TENANT}\"\nclient_id = \"a\"\n{keys}\n")
    };
    let read = |keys: &str| Settings::from_layer(parse(&with(keys)).unwrap()).unwrap().pulls.remove(0);
    let usual = read("secret_file = \"/s\"");
    assert_eq!(usual.place.root(), "https://graph.microsoft.com");
    assert_eq!((usual.logs.len(), usual.every, usual.overlap_days), (4, Duration::from_hours(1), 3));
    assert_eq!(read("secret_file = \"/s\"\ncloud = \"dod\"").place.root(), "https://dod-graph.microsoft.us");
    let own =
        read("certificate = \"/c\"\nkey = \"/k\"\nurl = \"https://b.example/\"\nrequests_per_minute = 900");
    assert_eq!((own.place.root(), own.requests_per_minute), ("https://b.example", 900));
    for (keys, right) in [
        ("", "secret_file"),
        ("certificate = \"/c\"", "key"),
        ("secret_file = \"/s\"\nurl = \"http://b.example\"", "https"),
        ("secret_file = \"/s\"\nrequests_per_minute = 50", "49"),
        ("secret_file = \"/s\"\nevery_minutes = 61", "60"),
        ("secret_file = \"/s\"\nlogs = [\"pstnCalls\", \"pstnOnlineMeetingDialout\"]", "twice"),
        ("secret_file = \"/s\"\nlogs = []", "logs"),
        ("secret_file = \"/s\"\nlogs = [\"calls\"]", "directRoutingCalls"),
        ("secret_file = \"/s\"\nlogin_url = \"https://b.example\"", "url"),
    ] {
        let message = problem(&with(keys));
        assert!(message.contains(right), "{keys}: {message}");
    }
    let twice = format!("{0}{0}", with("secret_file = \"/s\""));
    assert!(problem(&twice).contains("contoso"));
    for name in ["a/b", "..", ""] {
        let message = problem(&with("secret_file = \"/s\"").replace("contoso", name));
        assert!(message.contains("letters, digits"), "{name}: {message}");
    }
}

#[test]
fn something_is_expected_of_what_is_pulled() {
    let keys = "client_id = \"a\"\nsecret_file = \"/s\"\nevery_minutes = 15\nlogs = [\"sms\"]\n";
    let text = format!("[[pull]]\nname = \"contoso\"\ntenant = \"{TENANT}\"\n{keys}");
    let expected = Settings::from_layer(parse(&text).unwrap()).unwrap().expected_sources();
    let [one] = expected.as_slice() else { panic!("{expected:?}") };
    assert_eq!((one.source.to_string().as_str(), one.tenant.to_string().as_str()), ("pull/contoso", TENANT));
    assert_eq!((one.logs.as_slice(), one.every), ([&SMS].as_slice(), Some(Duration::from_mins(15))));
}

#[test]
fn files_of_lists_are_relative_to_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trunklog.toml");
    let keys =
        format!("name = \"a\"\ntenant = \"{TENANT}\"\nclient_id = \"a\"\nsecret_file = \"graph.secret\"\n");
    std::fs::write(&path, format!("data_dir = \"data\"\n[[pull]]\n{keys}")).unwrap();
    let settings = Settings::from_layer(file::read(&path).unwrap()).unwrap();
    let expected = trunklog_pull::settings::CredentialFiles::Secret(folder.path().join("graph.secret"));
    assert_eq!(settings.pulls[0].credential, expected);
}
