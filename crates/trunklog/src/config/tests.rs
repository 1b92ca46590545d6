use std::ffi::OsString;

use super::*;

const TENANT: &str = "6f1d0000-0000-4000-8000-00000000de30";

fn parse(text: &str) -> Result<Layer> {
    file::parse(text, Path::new("trunklog.toml"))
}

fn problem(text: &str) -> String {
    let error = parse(text).and_then(|layer| Settings::from_layer(layer).map(drop)).unwrap_err();
    format!("{error:#}")
}

fn environment(pairs: &[(&str, &str)]) -> Result<Layer> {
    environment::read(&|name| {
        pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
    })
}

#[test]
fn a_whole_file_is_read() {
    let text = format!(
        r#"
        data_dir = "/srv/trunklog"
        public_url = "https://cdr.example.com/"
        trusted_proxies = ["10.0.0.1", "::1"]
        strict = true
        [listen]
        https = "0.0.0.0:443"
        http = "127.0.0.1:8080"
        ops = "off"
        [tls]
        certificate = "/etc/tls/cert.pem"
        key = "/etc/tls/key.pem"
        [store]
        memory_mib = 1024
        threads = 4
        [limits]
        connections = 50
        [log]
        format = "json"
        level = "debug"
        [identity]
        audiences = ["api://trunklog"]
        tenants = ["{TENANT}"]
        token_lifetime_secs = 600
        [[identity.issuers]]
        issuer = "https://login.microsoftonline.com/{TENANT}/v2.0"
        audiences = ["api://trunklog"]
        tenants = {{ "{TENANT}" = "{TENANT}" }}
        [import]
        tenant = "{TENANT}"
        "#
    );
    let settings = Settings::from_layer(parse(&text).unwrap()).unwrap();
    assert_eq!(settings.data_dir, Path::new("/srv/trunklog"));
    assert_eq!(settings.store.memory_mib, 1024);
    assert_eq!(settings.log_format, LogFormat::Json);
    assert_eq!(settings.tenant, Some(TENANT.parse().unwrap()));
    assert_eq!(settings.identity.issuers.len(), 1);
    let serve = &settings.serve;
    assert_eq!(serve.https, Some("0.0.0.0:443".parse().unwrap()));
    assert_eq!(serve.ops, None);
    assert_eq!(serve.public_url.as_deref(), Some("https://cdr.example.com"));
    assert_eq!(serve.profile, Profile::Strict);
    assert_eq!(serve.limits.connections, 50);
    assert!(
        matches!(&serve.certificate, Certificate::Files { key, .. } if key == Path::new("/etc/tls/key.pem"))
    );
}

#[test]
fn an_unknown_key_is_an_error_with_its_line() {
    let message = problem("strict = true\n\n[listen]\nhtps = \"127.0.0.1:1\"\n");
    assert!(message.starts_with("trunklog.toml:4: unknown field `htps`"), "{message}");
    assert!(problem("datadir = \"x\"").contains("`datadir`"));
    assert!(problem("[[identity.issuers]]\nissuer = \"x\"\nname = 1").contains("`name`"));
}

#[test]
fn a_bad_value_is_an_error_with_its_line() {
    assert!(problem("[store]\nmemory_mib = 0\n").starts_with("trunklog.toml:2: "));
    assert!(problem("[listen]\nhttps = \"8443\"\n").contains("127.0.0.1:8443"));
    assert!(problem("[import]\ntenant = \"contoso\"\n").contains("GUID"));
    assert!(problem("a = = 1").starts_with("trunklog.toml:1: "));
}

#[test]
fn what_contradicts_itself_is_an_error() {
    assert!(problem("[tls]\nkey = \"k.pem\"\n").contains("tls.certificate"));
    assert!(problem("public_url = \"cdr.example.com\"").contains("https://"));
}

#[test]
fn flags_win_over_environment_over_file_over_defaults() {
    let file = "data_dir = \"/file\"\n[store]\nmemory_mib = 100\nthreads = 3\n[log]\nlevel = \"warn\"\n";
    let file = parse(file).unwrap();
    let variables = environment(&[("TRUNKLOG_DATA_DIR", "/env"), ("TRUNKLOG_STORE_MEMORY_MIB", "200")]);
    let flags = Layer { data_dir: Some(PathBuf::from("/flag")), ..Layer::default() };
    let settings = Settings::from_layer(flags.over(variables.unwrap()).over(file)).unwrap();
    assert_eq!(settings.data_dir, Path::new("/flag"));
    assert_eq!(settings.store.memory_mib, 200);
    assert_eq!(settings.store.threads, 3);
    assert_eq!(settings.log_level.as_deref(), Some("warn"));
    assert_eq!(settings.log_format, LogFormat::Text);
    assert_eq!(settings.serve.https, Some(HTTPS));
}

#[test]
fn a_bad_variable_is_named() {
    let error = environment(&[("TRUNKLOG_LISTEN_OPS", "9464")]).unwrap_err().to_string();
    assert!(error.contains("TRUNKLOG_LISTEN_OPS"), "{error}");
    assert_eq!(environment(&[("TRUNKLOG_STRICT", "")]).unwrap(), Layer::default());
    let layer = environment(&[("TRUNKLOG_TRUSTED_PROXIES", "10.0.0.1, ::1")]).unwrap();
    assert_eq!(layer.trusted_proxies.map(|proxies| proxies.len()), Some(2));
}

#[test]
fn who_listens_by_http_alone_gets_no_https() {
    let settings = Settings::from_layer(parse("[listen]\nhttp = \"127.0.0.1:8080\"\n").unwrap()).unwrap();
    assert_eq!(settings.serve.https, None);
}

#[test]
fn relative_paths_are_relative_to_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trunklog.toml");
    std::fs::write(&path, "data_dir = \"data\"\n").unwrap();
    let layer = file::read(&path).unwrap();
    assert_eq!(layer.data_dir, Some(folder.path().join("data")));
    assert!(file::find(Some(folder.path().join("none.toml"))).is_err());
}
