use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ffi::OsString;

use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_CALLS, SMS};

use super::*;

mod pull;
mod source;

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
        cloud = "us-gov-l4"
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
        page_rows = 2000
        exports = 1
        slow_bytes_per_sec = 0
        connection_unread_bytes = 1000000
        [throttle]
        application = 20
        [cors]
        origins = ["https://portal.example.com"]
        [metrics]
        trunks_of = ["{TENANT}"]
        [masking]
        country = "de"
        [tenant]
        zone = "Europe/Berlin"
        [tenants."{TENANT}"]
        mask_digits = 6
        zone = "Asia/Kolkata"
        [retention]
        sms = 30
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
    assert_eq!(settings.identity.issuers[0].cloud, Cloud::UsGovL4);
    assert_eq!(settings.cloud, Cloud::UsGovL4);
    let serve = &settings.serve;
    assert_eq!(serve.https, Some("0.0.0.0:443".parse().unwrap()));
    assert_eq!(serve.ops, None);
    assert_eq!(serve.public_url.as_deref(), Some("https://cdr.example.com"));
    assert_eq!(serve.profile, Profile::Strict);
    assert_eq!((serve.limits.connections, serve.limits.page_rows, serve.limits.exports), (50, 2000, 1));
    assert_eq!((serve.limits.slow_bytes_per_sec, serve.limits.connection_unread_bytes), (0, 1_000_000));
    let throttle = serve.throttle.unwrap();
    assert_eq!((throttle.tenant, throttle.application), (1_000, 20));
    assert_eq!(serve.cors, Origins::Listed(vec!["https://portal.example.com".to_owned()]));
    assert_eq!(serve.trunks_of, [TENANT.parse().unwrap()]);
    assert_eq!(serve.masks.others.digits(), 3);
    assert_eq!(serve.masks.of(TENANT.parse().unwrap()).digits(), 6);
    assert_eq!(serve.zones.others.iana_name(), Some("Europe/Berlin"));
    assert_eq!(serve.zones.of(TENANT.parse().unwrap()).iana_name(), Some("Asia/Kolkata"));
    assert_eq!(serve.deletion, Retention::default().with(&SMS, Some(30)).into());
    assert!(
        matches!(&serve.certificate, Certificate::Files { key, .. } if key == Path::new("/etc/tls/key.pem"))
    );
}

#[test]
fn sums_are_kept_unless_that_is_switched_off() {
    let kept = |text: &str| {
        let settings = Settings::from_layer(parse(text).unwrap()).unwrap();
        !settings.store.cubes.sets.is_empty()
    };
    assert!(kept("") && kept("[store]\ncubes = true\n") && !kept("[store]\ncubes = false\n"));
    let off = environment(&[("TRUNKLOG_STORE_CUBES", "false")]).unwrap();
    assert!(Settings::from_layer(off).unwrap().store.cubes.sets.is_empty());
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
    assert!(problem("[limits]\nidle_secs = 0\n").starts_with("trunklog.toml:2: "));
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

fn serve(text: &str) -> ServeSettings {
    Settings::from_layer(parse(text).unwrap()).unwrap().serve
}

#[test]
fn requests_are_counted_when_strict_or_asked_for() {
    let usual = Some(ThrottleLimits::default());
    assert_eq!(serve("").throttle, None);
    assert_eq!(serve("strict = true").throttle, usual);
    assert_eq!(serve("strict = true\n[throttle]\nenabled = false\nfunction = 9").throttle, None);
    assert_eq!(serve("[throttle]\nenabled = true").throttle, usual);
    let own = serve("[throttle]\nfunction = 9\nwindow_secs = 10").throttle.unwrap();
    assert_eq!(own, ThrottleLimits { function: 9, window_secs: 10, ..ThrottleLimits::default() });
    assert!(problem("[throttle]\ntenant = 0").starts_with("trunklog.toml:2: "));
}

#[test]
fn only_what_the_operator_set_is_deleted() {
    let none = Retention::default();
    let usual = serve("");
    assert_eq!((usual.retention, usual.deletion), (Retentions::from(none), Retentions::from(none)));
    let strict = serve("strict = true");
    assert_eq!(
        (strict.retention, strict.deletion),
        (Retentions::from(Retention::microsoft()), Retentions::from(none))
    );
    let text = "[retention]\ndirectRoutingCalls = 365\npstnCalls = \"forever\"\n";
    let set = serve(&format!("strict = true\n{text}"));
    assert_eq!(set.retention, Retentions::from(none.with(&DIRECT_ROUTING_CALLS, Some(365))));
    assert_eq!(set.deletion, Retentions::from(none.with(&DIRECT_ROUTING_CALLS, Some(365))));
    assert_eq!(set.retention.others.days(&PSTN_CALLS), None);
}

#[test]
fn a_tenant_has_a_retention_of_its_own() {
    let tenant: TenantId = TENANT.parse().unwrap();
    let own = format!("[tenants.\"{TENANT}\"]\nretention = {{ sms = 7, pstnCalls = \"forever\" }}\n");
    let set = serve(&format!("[retention]\nsms = 30\npstnCalls = 40\ndirectRoutingCalls = 50\n{own}"));
    let days = |of: Retention| [&SMS, &PSTN_CALLS, &DIRECT_ROUTING_CALLS].map(|log| of.days(log));
    assert_eq!(days(set.deletion.of(tenant)), [Some(7), None, Some(50)]);
    assert_eq!(days(set.deletion.others), [Some(30), Some(40), Some(50)]);
    assert_eq!(set.retention, set.deletion);
    // Only what the operator set is deleted, here as well.
    let strict = serve(&format!("strict = true\n{own}"));
    assert_eq!(days(strict.deletion.of(tenant)), [Some(7), None, None]);
    assert_eq!(days(strict.retention.of(tenant)), [Some(7), None, Some(150)]);
}

#[test]
fn a_tenant_has_a_name() {
    let own = |name: &str| format!("[tenants.\"{TENANT}\"]\nname = \"{name}\"\n");
    let names = Settings::from_layer(parse(&own("Contoso GmbH")).unwrap()).unwrap().tenant_names;
    assert_eq!(names.into_values().collect::<Vec<_>>(), ["Contoso GmbH"]);
    let long = "x".repeat(101);
    for wrong in ["", "  ", "a\\nb", long.as_str()] {
        let error = Settings::from_layer(parse(&own(wrong)).unwrap()).unwrap_err();
        assert!(format!("{error:#}").contains("a tenant's name has 1 to 100 characters"), "{error:#}");
    }
}

#[test]
fn a_wrong_retention_is_an_error_that_says_what_is_right() {
    let message = problem("[retention]\npstnCalls = 9\ncalls = 30\n");
    assert!(message.starts_with("trunklog.toml:3: unknown log `calls`"), "{message}");
    assert!(message.contains("`directRoutingCalls`") && message.contains("`sms`"), "{message}");
    for wrong in ["0", "-1", "1.5", "\"30\"", "true", "5000000000"] {
        let message = problem(&format!("[retention]\nsms = {wrong}\n"));
        assert!(message.starts_with("trunklog.toml:2: ") && message.contains("days"), "{message}");
    }
}

#[test]
fn the_most_special_mask_holds() {
    let tenant: TenantId = TENANT.parse().unwrap();
    let digits = |text: &str| {
        let masks = serve(text).masks;
        (masks.others.digits(), masks.of(tenant).digits())
    };
    let own = |keys: &str| format!("[tenants.\"{TENANT}\"]\n{keys}\n");
    assert_eq!(digits(""), (0, 0));
    assert_eq!(digits("[masking]\ncountry = \"CH\""), (4, 4));
    assert_eq!(digits("[masking]\ncountry = \"CH\"\ndigits = 2"), (2, 2));
    assert_eq!(digits(&own("country = \"DE\"")), (0, 3));
    assert_eq!(digits(&format!("[masking]\ndigits = 5\n{}", own("country = \"US\""))), (5, 0));
    assert_eq!(digits(&format!("[masking]\ncountry = \"DE\"\n{}", own("mask_digits = 0"))), (3, 0));
    assert_eq!(digits(&own("country = \"DE\"\nmask_digits = 7")), (0, 7));
    assert!(problem("[masking]\ndigits = 16").contains("masking.digits is 16"));
    assert!(problem(&own("mask_digits = 99")).contains("mask_digits is 99"));
    assert!(problem("[masking]\ncountry = \"Germany\"").contains("such as DE"));
    assert!(problem("[tenants.contoso]\ncountry = \"DE\"").contains("GUID"));
    assert!(problem(&own("contry = \"DE\"")).contains("`contry`"));
}

#[test]
fn days_are_those_of_the_most_special_zone() {
    let tenant: TenantId = TENANT.parse().unwrap();
    let names = |text: &str| {
        let zones = serve(text).zones;
        [zones.others.clone(), zones.of(tenant).clone()].map(|zone| zone.iana_name().unwrap().to_owned())
    };
    let own = format!("[tenants.\"{TENANT}\"]\nzone = \"Asia/Kolkata\"\n");
    assert_eq!(names(""), ["UTC", "UTC"]);
    assert_eq!(names("[tenant]\nzone = \"Europe/Berlin\""), ["Europe/Berlin", "Europe/Berlin"]);
    assert_eq!(names(&own), ["UTC", "Asia/Kolkata"]);
    let text = format!("[tenant]\nzone = \"Europe/Berlin\"\n{own}");
    assert_eq!(names(&text), ["Europe/Berlin", "Asia/Kolkata"]);
    let variable = environment(&[("TRUNKLOG_TENANT_ZONE", "Europe/Paris")]).unwrap();
    let zones = Settings::from_layer(variable.over(parse(&text).unwrap())).unwrap().serve.zones;
    assert_eq!(zones.others.iana_name(), Some("Europe/Paris"));
    let message = problem("\n[tenant]\nzone = \"Berlin\"\n");
    assert!(message.starts_with("trunklog.toml:3: ") && message.contains("Europe/Berlin"), "{message}");
    let message = format!("{:#}", environment(&[("TRUNKLOG_TENANT_ZONE", "Berlin")]).unwrap_err());
    assert!(message.contains("TRUNKLOG_TENANT_ZONE"), "{message}");
}

#[test]
fn origins_are_listed_or_any() {
    assert_eq!(serve("").cors, Origins::Listed(Vec::new()));
    assert_eq!(serve("[cors]\norigins = \"*\"").cors, Origins::Any);
    let listed = serve("[cors]\norigins = [\"HTTPS://a.example:443\", \"http://localhost:3000\"]").cors;
    let expected = ["https://a.example", "http://localhost:3000"].map(str::to_owned).to_vec();
    assert_eq!(listed, Origins::Listed(expected.clone()));
    let variable = environment(&[("TRUNKLOG_CORS_ORIGINS", "https://a.example, http://localhost:3000")]);
    assert_eq!(variable.unwrap().cors.origins.unwrap().0, Origins::Listed(expected));
    for wrong in ["\"https://a.example\"", "[\"*\"]", "[\"https://a.example/\"]", "3"] {
        let message = problem(&format!("[cors]\norigins = {wrong}"));
        assert!(message.starts_with("trunklog.toml:2: ") && message.contains("origin"), "{message}");
    }
}

#[test]
fn maps_are_laid_over_each_other_key_by_key() {
    let file = parse("[retention]\nsms = 30\npstnCalls = 40\n").unwrap();
    let variables = [
        ("TRUNKLOG_RETENTION_SMS", "forever"),
        ("TRUNKLOG_RETENTION_DIRECT_ROUTING_CALLS", "50"),
        ("TRUNKLOG_MASKING_DIGITS", "4"),
    ];
    let layer = environment(&variables).unwrap().over(file);
    let serve = Settings::from_layer(layer).unwrap().serve;
    let expected = Retention::default().with(&DIRECT_ROUTING_CALLS, Some(50)).with(&PSTN_CALLS, Some(40));
    assert_eq!(serve.deletion, expected.into());
    assert_eq!(serve.masks.others.digits(), 4);
}

#[test]
fn an_unknown_cloud_names_the_known_ones() {
    assert!(problem("cloud = \"moon\"").contains("us-gov-l5"));
    let error = format!("{:#}", environment(&[("TRUNKLOG_CLOUD", "moon")]).unwrap_err());
    assert!(error.contains("TRUNKLOG_CLOUD") && error.contains("china"), "{error}");
}

/// Settings on a machine whose memory is that.
fn on_machine(text: &str, mib: u64) -> Settings {
    let machine = tempfile::tempdir().unwrap();
    std::fs::create_dir(machine.path().join("proc")).unwrap();
    let meminfo = format!("MemTotal: {} kB\n", mib * 1024);
    std::fs::write(machine.path().join("proc/meminfo"), meminfo).unwrap();
    let mut settings = Settings::from_layer(parse(text).unwrap()).unwrap();
    settings.fit_memory(MemoryLimit::find(machine.path()));
    settings
}

#[test]
fn the_stores_memory_follows_from_the_machines_unless_it_is_set() {
    let usual = on_machine("", 640);
    assert_eq!((usual.store.memory_mib, usual.memory_warning()), (256, None));
    assert_eq!(usual.memory_in_words(), "256 MiB for DuckDB, of 640 MiB of this machine");
    assert_eq!(on_machine("", 24_000).store.memory_mib, 384);

    let fitting = on_machine("[store]\nmemory_mib = 500", 640);
    assert_eq!((fitting.store.memory_mib, fitting.memory_warning()), (500, None));
    let too_much = on_machine("[store]\nmemory_mib = 600", 640);
    assert_eq!(too_much.store.memory_mib, 600);
    let warning = too_much.memory_warning().unwrap();
    assert!(
        warning.contains("600 MiB for DuckDB, as it is set") && warning.contains("512 at most"),
        "{warning}"
    );

    let tiny = on_machine("", 128);
    assert_eq!(tiny.store.memory_mib, 64);
    assert!(tiny.memory_warning().unwrap().contains("allow the process more"));
    assert!(on_machine("[store]\nmemory_mib = 64", 128).memory_warning().unwrap().contains("more"));
}

#[test]
fn the_clients_memory_follows_from_the_machines_unless_it_is_set() {
    const MIB: usize = 1024 * 1024;
    let unread = |text: &str, mib| on_machine(text, mib).serve.limits.unread_bytes / MIB;
    assert_eq!((unread("", 24_000), unread("", 640), unread("", 256)), (256, 128, 32));
    assert_eq!(unread("[store]\nmemory_mib = 64", 640), 224);
    let set = format!("[limits]\nunread_bytes = {}", 400 * MIB);
    assert_eq!(unread(&set, 640), 400);
    assert_eq!(on_machine("", 256).memory_warning(), None);
    assert_eq!(on_machine(&set, 1024).memory_warning(), None);
    let warning = on_machine(&set, 640).memory_warning().unwrap();
    // Of 640, DuckDB has 256 and the process itself 96.
    let most = format!("limits.unread_bytes to {} at most", 288 * MIB);
    assert!(warning.starts_with("400 MiB for unread answers") && warning.contains(&most), "{warning}");
}

#[test]
fn no_time_is_longer_than_ten_years() {
    let too_long = ["315360001", "9223372036854775807"];
    let keys = ["header_secs", "stall_secs", "slow_secs", "idle_secs", "shutdown_secs"];
    for key in
        keys.map(|key| format!("[limits]\n{key}")).into_iter().chain(["[store]\nquery_secs".to_owned()])
    {
        for wrong in too_long {
            let message = problem(&format!("{key} = {wrong}\n"));
            assert!(message.starts_with("trunklog.toml:2: ") && message.contains("315360000"), "{message}");
        }
        assert!(parse(&format!("{key} = 315360000\n")).is_ok(), "{key}");
    }
    assert!(problem("[limits]\nidle_secs = -1\n").starts_with("trunklog.toml:2: "));
    for (name, text) in [
        ("TRUNKLOG_LIMITS_IDLE_SECS", "9223372036854775807"),
        ("TRUNKLOG_LIMITS_IDLE_SECS", "0"),
        ("TRUNKLOG_STORE_QUERY_SECS", "315360001"),
    ] {
        let error = format!("{:#}", environment(&[(name, text)]).unwrap_err());
        assert!(error.contains(name), "{error}");
    }
    let never_ended = environment(&[("TRUNKLOG_STORE_QUERY_SECS", "0")]).unwrap();
    assert_eq!(Settings::from_layer(never_ended).unwrap().store.query_limit, None);
}

#[test]
fn what_is_no_whole_number_is_refused_with_what_is_right() {
    for (key, right) in [
        ("[store]\ndeletions_days", "a whole number from 1 to 65535"),
        ("[store]\nmemory_mib", "a whole number from 1 to 4294967295"),
        ("[store]\nthreads", "a whole number from 1 to"),
        ("[limits]\nconnections", "a whole number, at least 1"),
        ("[limits]\nslow_bytes_per_sec", "a whole number, at least 0"),
        ("[limits]\nheader_secs", "a whole number of seconds from 1 to 315360000"),
        ("[store]\nquery_secs", "a whole number of seconds from 0 to 315360000"),
        ("[throttle]\nfunction", "a whole number from 1 to"),
        ("[masking]\ndigits", "a whole number from 0 to 255"),
        ("[identity]\ntoken_lifetime_secs", "a whole number from 1 to"),
    ] {
        for wrong in ["-1", "1.5", "\"9\"", "true"] {
            let message = problem(&format!("{key} = {wrong}\n"));
            assert!(message.starts_with("trunklog.toml:2: ") && message.contains(right), "{message}");
        }
        let variable = format!("TRUNKLOG_{}", key[1..].replace("]\n", "_").to_ascii_uppercase());
        for wrong in ["-1", "x", "99999999999999999999"] {
            let error = format!("{:#}", environment(&[(variable.as_str(), wrong)]).unwrap_err());
            assert!(error.contains(&variable) && error.contains(right), "{error}");
        }
    }
    for zero in
        ["[store]\ndeletions_days", "[limits]\npage_rows", "[limits]\nidle_secs", "[throttle]\ntenant"]
    {
        let message = problem(&format!("{zero} = 0\n"));
        assert!(message.contains("integer `0`, expected a whole number"), "{message}");
    }
    let kept = environment(&[("TRUNKLOG_STORE_DELETIONS_DAYS", "7")]).unwrap();
    let kept = Settings::from_layer(kept).unwrap().store.deletions_kept;
    assert_eq!(kept, Duration::from_hours(7 * 24));
}

#[test]
fn without_a_known_limit_the_usual_memory_is_taken() {
    let nothing = tempfile::tempdir().unwrap();
    let mut settings = Settings::from_layer(parse("").unwrap()).unwrap();
    settings.fit_memory(MemoryLimit::find(nothing.path()));
    assert_eq!((settings.store.memory_mib, settings.memory_warning()), (384, None));
}

/// The keys of a section, as the error of an unknown one tells them.
fn keys(section: &str) -> Vec<String> {
    let message = problem(&format!("{section}\nno_key = 1\n"));
    let (_, expected) = message.split_once(", expected ").unwrap_or_else(|| panic!("{message}"));
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Every key can be found in the example, and set by a variable.
#[test]
fn no_key_is_forgotten() {
    let example = include_str!("../../../../trunklog.example.toml");
    let asked = RefCell::new(BTreeSet::new());
    environment::read(&|name| {
        asked.borrow_mut().insert(name.to_owned());
        None
    })
    .unwrap();
    let asked = asked.into_inner();
    // The text of a section reaches to the next one.
    let text_of = |header: &str| {
        let (_, text) = example.split_once(&format!("\n{header}\n")).unwrap_or_else(|| panic!("{header}"));
        let ends = ["\n[", "\n#["].into_iter().filter_map(|end| text.find(end));
        format!("\n{}", &text[..ends.min().unwrap_or(text.len())])
    };
    let has = |text: &str, key: &str| text.contains(&format!("\n#{key} = "));
    let (top, _) = example.split_once("\n[").unwrap();
    let (mut keys_seen, mut without_variable) = (0, Vec::new());
    for key in keys("") {
        let variable = format!("TRUNKLOG_{}", key.to_uppercase());
        if has(top, &key) {
            assert!(asked.contains(&variable), "{variable}");
            keys_seen += 1;
            continue;
        }
        if ["retention", "tenants", "pull", "source"].contains(&key.as_str()) {
            // Their keys are names of logs and ids of tenants; the last two are lists.
            continue;
        }
        let text = text_of(&format!("[{key}]"));
        for within in keys(&format!("[{key}]")) {
            let is_there = has(&text, &within) || example.contains(&format!("\n#[[{key}.{within}]]\n"));
            assert!(is_there, "{key}.{within} in trunklog.example.toml");
            let variable = format!("{variable}_{}", within.to_uppercase());
            if !asked.contains(&variable) {
                without_variable.push(format!("{key}.{within}"));
            }
            keys_seen += 1;
        }
    }
    // The last is TRUNKLOG_TENANT.
    assert_eq!(without_variable, ["inventory.trunks", "identity.issuers", "people.oidc", "import.tenant"]);
    assert!(asked.contains("TRUNKLOG_TENANT") && keys_seen > 40, "{keys_seen}");
    let tenant = "[tenants.\"11111111-2222-3333-4444-555555555555\"]";
    for section in
        [tenant, "[[inventory.trunks]]", "[[identity.issuers]]", "[[people.oidc]]", "[[pull]]", "[[source]]"]
    {
        let text = text_of(&format!("#{section}"));
        for key in keys(section) {
            assert!(has(&text, &key), "{key} of {section} in trunklog.example.toml");
        }
    }
}

#[test]
fn masked_numbers_are_shown_for_a_reason_unless_that_is_turned_off() {
    let reveals = |text: &str| Settings::from_layer(parse(text).unwrap()).unwrap().people.reveals;
    assert_eq!(reveals(""), Reveals::WithReason);
    assert_eq!(reveals("[people]\nreveal = true\n"), Reveals::WithReason);
    assert_eq!(reveals("[people]\nreveal = false\n"), Reveals::Never);
}

#[test]
fn so_many_masked_numbers_are_shown_within_an_hour() {
    let most = |text: &str| Settings::from_layer(parse(text).unwrap()).unwrap().people.reveals_per_hour;
    assert_eq!(most(""), RevealsPerHour(30));
    assert_eq!(most("[people]\nreveals_per_hour = 200\n"), RevealsPerHour(200));
    // None at all is `reveal = false`, which says so on the pages.
    assert!(parse("[people]\nreveals_per_hour = 0\n").is_err());
}

#[test]
fn the_example_can_be_used_with_all_its_keys() {
    let example = include_str!("../../../../trunklog.example.toml");
    // A comment has a blank after its mark, a key has none.
    let text: String = example
        .lines()
        .map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line))
        .fold(String::new(), |text, line| text + line + "\n");
    let settings = Settings::from_layer(parse(&text).unwrap()).unwrap();
    assert_eq!(settings.cloud, Cloud::UsGovL4);
    assert_eq!(settings.serve.limits, Limits::default());
    assert!(!settings.serve.masks.tenants.is_empty() && settings.serve.throttle.is_some());
    assert!(settings.serve.deletion.is_limited() && settings.serve.deletion.tenants.len() == 1);
    assert_eq!(settings.tenant_names.len(), 1);
    assert_eq!(settings.pulls.len(), 1);
    assert_eq!(settings.folders.len(), 1);
}

#[test]
fn trunks_are_named_once_and_looked_at_only_if_wanted() {
    let trunk = |fqdn: &str, known: &str| {
        format!("[[inventory.trunks]]\ntenant = \"{TENANT}\"\nfqdn = \"{fqdn}\"\nknown = [{known}]\n")
    };
    let text = trunk(
        "SBC1.example",
        "{ name = \"Berlin\" }, { channels = 30, until = \"2026-06-30\" }, { alias = \"old.example\" }",
    );
    let settings = Settings::from_layer(parse(&text).unwrap()).unwrap();
    let inventory = settings.serve.inventories.of(TENANT.parse().unwrap());
    let known = inventory.trunk("sbc1.example").unwrap();
    assert_eq!(known.name("2026-11-30".parse().unwrap()), Some("Berlin"));
    assert_eq!(known.channels("2026-06-30".parse().unwrap()), Some(30));
    assert_eq!(settings.serve.probe, None, "nobody looks unless told to");
    for (known, said) in [
        ("{ name = \"a\", port = 5061 }", "says one of"),
        ("{ channels = 0 }", "1 to 100000"),
        ("{ channels = 1, from = \"2026-02-30\" }", "trunklog.toml:"),
        ("{ colour = \"red\" }", "colour"),
    ] {
        let told = problem(&trunk("sbc1.example", known));
        assert!(told.contains(said), "{told}");
    }
    let twice = text + &trunk("old.example", "");
    assert!(problem(&twice).contains("old.example"), "{}", problem(&twice));
    let probe = "[probe]\nenabled = true\nname = \"Log.example\"\n";
    let settings = Settings::from_layer(parse(probe).unwrap()).unwrap();
    let probe = settings.serve.probe.unwrap();
    assert_eq!((probe.every_secs, probe.limit_secs), (300, 10));
    assert_eq!(probe.own_name.as_deref(), Some("log.example"));
}
