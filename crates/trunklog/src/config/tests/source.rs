//! `[[source]]`

use super::*;

#[test]
fn what_is_watched_is_checked() {
    let with = |keys: &str| {
        format!(
            "[[source]]\nkind = \"folder\"\nname = \"sbc1\"\npath = \"/srv/sbc1\"\ntenant = \"{TENANT}\"\n{keys}\n"
        )
    };
    let read = |keys: &str| Settings::from_layer(parse(&with(keys)).unwrap()).unwrap().folders.remove(0);
    let usual = read("");
    assert_eq!(usual.source.to_string(), "folder/sbc1");
    assert_eq!((usual.poll, usual.quiet), (Duration::from_secs(30), Duration::from_mins(1)));
    assert!(usual.patterns.fit("a.csv") && usual.done_kept.is_none() && usual.log.is_none());
    let own = read(
        "log = \"sms\"\npattern = \"*.csv\"\nquiet_secs = 0\nmarker = \".FIN\"\ndone_days = 2\nexpect_minutes = 90",
    );
    assert_eq!((own.log, own.marker.as_deref()), (Some(&SMS), Some(".FIN")));
    assert_eq!((own.done_kept, own.every), (Some(Duration::from_hours(48)), Some(Duration::from_mins(90))));
    assert!(!own.patterns.fit("a.json"));
    for (keys, right) in [
        ("log = \"calls\"", "directRoutingCalls"),
        ("pattern = \"in/*.csv\"", "*.csv;*.zip"),
        ("poll_secs = 0", "from 1 to"),
        ("marker = \"\"", ".FIN"),
        ("marker = \"a/b\"", ".FIN"),
        ("done_days = 0", "from 1 to"),
        ("secret = 1", "`secret`"),
    ] {
        let message = problem(&with(keys));
        assert!(message.contains(right), "{keys}: {message}");
    }
    assert!(problem(&with("").replace("sbc1\"\npath", "a/b\"\npath")).contains("letters, digits"));
    assert!(problem(&with("").replace("\"folder\"", "\"ftp\"")).contains("`folder`"));
    let twice = format!("{0}{0}", with(""));
    assert!(problem(&twice).contains("sbc1"));
    let same_folder = with("") + &with("").replace("\"sbc1\"", "\"sbc2\"");
    assert!(problem(&same_folder).contains("one watcher"));
}

#[test]
fn folders_are_relative_to_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trunklog.toml");
    let keys = format!("kind = \"folder\"\nname = \"a\"\npath = \"in\"\ntenant = \"{TENANT}\"\n");
    std::fs::write(&path, format!("data_dir = \"data\"\n[[source]]\n{keys}")).unwrap();
    let settings = Settings::from_layer(file::read(&path).unwrap()).unwrap();
    assert_eq!(settings.folders[0].path, folder.path().join("in"));
    let expected = settings.expected_sources();
    assert_eq!((expected.len(), expected[0].source.to_string().as_str()), (1, "folder/a"));
    assert_eq!(settings.rejects_kept, Duration::from_hours(24 * 90));
}
