use std::fs;
use std::io::{self, Cursor, Read, Write};
use std::path::Path;
use std::sync::atomic::Ordering;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn utf16(text: &str, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes_of).collect()
}

fn text_of(raw: Vec<u8>) -> io::Result<String> {
    let mut input = Input::new("test", Cursor::new(raw)).unwrap();
    let mut text = Vec::new();
    input.read_to_end(&mut text)?;
    Ok(String::from_utf8(text).unwrap())
}

#[test]
fn every_encoding_becomes_utf8() {
    let text = "[{\"name\":\"Zoë 📞\"}]\r\n";
    let marked = format!("\u{feff}{text}");
    let (little, big) = (u16::to_le_bytes, u16::to_be_bytes);
    for raw in [
        text.as_bytes().to_vec(),
        marked.clone().into_bytes(),
        utf16(&marked, little),
        utf16(&marked, big),
        // Without a mark the zeros tell.
        utf16(text, little),
        utf16(text, big),
    ] {
        assert_eq!(text_of(gzip(&raw)).unwrap(), text, "{raw:x?}");
        assert_eq!(text_of(raw).unwrap(), text);
    }
}

#[test]
fn short_inputs_are_what_they_are() {
    let cases: [(&[u8], &str); 7] = [
        (b"", ""),
        (b"[", "["),
        (b"[]", "[]"),
        (b"\xef\xbb\xbf", ""),
        (b"\xff\xfe", ""),
        (b"\xfe\xff", ""),
        (b"[\0", "["),
    ];
    for (raw, text) in cases {
        assert_eq!(text_of(raw.to_vec()).unwrap(), text, "{raw:x?}");
    }
}

#[test]
fn gzip_may_have_several_members() {
    let raw = [gzip(b"[1,"), gzip(b""), gzip(b"2]")].concat();
    assert_eq!(text_of(raw).unwrap(), "[1,2]");
}

#[test]
fn what_stands_after_gzip_is_left_out_and_noted() {
    let text = b"{\"id\":1}\n".repeat(20_000);
    let packed = [gzip(&text), gzip(b"{}")].concat();
    for (remains, has_remains) in
        [(&b""[..], false), (b"\0", true), (b"\x1f", true), (&[0; 100_000], true), (b"trailer\x1f\x8b", true)]
    {
        let raw = [&packed[..], remains].concat();
        let mut input = Input::new("test", Cursor::new(raw)).unwrap();
        let flag = input.remains_flag();
        let mut found = Vec::new();
        input.read_to_end(&mut found).unwrap();
        assert_eq!(found, [&text[..], b"{}"].concat());
        assert_eq!(flag.load(Ordering::Relaxed), has_remains, "{} bytes", remains.len());
    }
    // A member that starts well is not remains.
    let raw = [&packed[..], &gzip(b"x")[..12]].concat();
    let mut input = Input::new("test", Cursor::new(raw)).unwrap();
    let flag = input.remains_flag();
    assert!(input.read_to_end(&mut Vec::new()).is_err());
    assert!(!flag.load(Ordering::Relaxed));
}

#[test]
fn gzip_that_was_cut_off_gives_what_it_has_and_an_error() {
    let text = "{\"id\":1}\n".repeat(50_000);
    let mut raw = gzip(text.as_bytes());
    raw.truncate(raw.len() / 2);
    let mut input = Input::new("test", Cursor::new(raw)).unwrap();
    let mut found = Vec::new();
    assert!(input.read_to_end(&mut found).is_err());
    assert!(found.len() > text.len() / 4 && text.as_bytes().starts_with(&found));
}

#[test]
fn raw_bytes_are_counted() {
    let raw = gzip("x".repeat(100_000).as_bytes());
    let len = u64::try_from(raw.len()).unwrap();
    let mut input = Input::new("test", Cursor::new(raw)).unwrap();
    io::copy(&mut input, &mut io::sink()).unwrap();
    assert_eq!(input.raw_bytes(), len);
}

/// Makes empty files and the folders above them.
fn make(folder: &Path, files: &[&str]) {
    for file in files {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "[]").unwrap();
    }
}

fn names(folder: &Path, found: &[InputPath]) -> Vec<String> {
    let name = |input: &InputPath| match input {
        InputPath::Stdin => "-".to_owned(),
        InputPath::File(path) | InputPath::Untrusted(path) => {
            path.strip_prefix(folder).unwrap().display().to_string()
        }
    };
    found.iter().map(name).collect()
}

#[test]
fn folders_stand_for_the_files_that_fit() {
    let folder = tempfile::tempdir().unwrap();
    make(
        folder.path(),
        &[
            "b.json",
            "a/2.jsonl.gz",
            "a/1.NDJSON",
            "c.json.gz",
            "notes.txt",
            "d.CSV",
            "e.zip",
            "f.xlsx",
            ".hidden.json",
            ".git/e.json",
        ],
    );
    let found = discover(&[folder.path()]).unwrap();
    assert_eq!(
        names(folder.path(), &found.paths),
        ["a/1.NDJSON", "a/2.jsonl.gz", "b.json", "c.json.gz", "d.CSV", "e.zip"]
    );
    assert_eq!(found.paths[2].raw_len(), Some(2));
    // What was skipped is named, unless it is hidden.
    assert_eq!(found.passed_over.total(), 2);
    let path = |name: &str| folder.path().join(name).display().to_string();
    assert_eq!(found.passed_over.to_string(), format!("{}, {}", path("f.xlsx"), path("notes.txt")));
}

#[test]
fn files_are_taken_whatever_their_name() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path(), &["notes.txt", "x.json"]);
    let found = discover(&[folder.path().join("notes.txt"), "-".into(), folder.path().into()]).unwrap();
    assert_eq!(names(folder.path(), &found.paths), ["notes.txt", "-", "x.json"]);
    assert_eq!(found.paths[1].raw_len(), None);
}

#[test]
fn paths_that_cannot_be_used_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    let error = |paths: &[&Path]| discover(paths).unwrap_err().to_string();
    assert_eq!(error(&[&missing]), format!("there is no file or folder '{}'", missing.display()));
    assert!(error(&[folder.path()]).contains("holds no file named *.json"));
    assert_eq!(error(&[Path::new("-"), Path::new("-")]), "standard input (-) is named twice");
    let error = InputPath::File(missing).open().unwrap_err().to_string();
    assert!(error.starts_with("cannot read '") && error.contains("missing"));
}

#[test]
fn what_was_looked_at_is_still_read() {
    let text = "{\"id\":1}\n".repeat(2_000);
    for max in [0, 1, 9, 17_999, 18_000, 1 << 20] {
        let mut input = Input::new("test", Cursor::new(text.clone())).unwrap();
        assert!(input.look(max));
        let seen = text.len().min(usize::try_from(max).unwrap());
        assert_eq!(input.head(), &text.as_bytes()[..seen]);
        let mut found = String::new();
        input.read_to_string(&mut found).unwrap();
        assert_eq!(found, text);
    }
    // What kept from looking is told where reading gets there, once.
    let mut raw = gzip(text.as_bytes());
    raw.truncate(raw.len() / 2);
    let mut input = Input::new("test", Cursor::new(raw)).unwrap();
    assert!(!input.look(1 << 20));
    let mut found = Vec::new();
    assert!(input.read_to_end(&mut found).is_err());
    assert!(text.as_bytes().starts_with(&found));
    assert_eq!(input.read_to_end(&mut found).unwrap(), 0);
}

#[test]
fn skipping_leaves_what_reading_would() {
    let text = "{\"id\":\"Zoë 📞\"}\n".repeat(9_000);
    let marked = format!("\u{feff}{text}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    let raws = [
        text.clone().into_bytes(),
        marked.clone().into_bytes(),
        gzip(text.as_bytes()),
        gzip(marked.as_bytes()),
        utf16(&marked, u16::to_le_bytes),
        gzip(&utf16(&marked, u16::to_be_bytes)),
    ];
    for (which, raw) in raws.iter().enumerate() {
        fs::write(&path, raw).unwrap();
        let open: [&dyn Fn() -> Input; 2] = [&|| InputPath::File(path.clone()).open().unwrap(), &|| {
            Input::new("test", Cursor::new(raw.clone())).unwrap()
        }];
        for open in open {
            for bytes in [0, 1, 5, 70_000, text.len() - 1, text.len()] {
                for looks in [false, true] {
                    let mut input = open();
                    if looks {
                        input.look(64 * 1024);
                    }
                    input.skip(u64::try_from(bytes).unwrap()).unwrap();
                    let mut found = Vec::new();
                    input.read_to_end(&mut found).unwrap();
                    assert!(found == text.as_bytes()[bytes..], "{which}: {bytes} bytes");
                }
            }
            for bytes in [text.len() + 1, usize::MAX] {
                let error = open().skip(u64::try_from(bytes).unwrap()).unwrap_err();
                assert!(error.to_string().contains("it ends before"), "{error}");
            }
        }
    }
    // Nothing is read to get somewhere in a plain file.
    fs::write(&path, &text).unwrap();
    let mut input = InputPath::File(path).open().unwrap();
    input.skip(u64::try_from(text.len() - 16).unwrap()).unwrap();
    io::copy(&mut input, &mut io::sink()).unwrap();
    assert!(input.raw_bytes() < 64, "{}", input.raw_bytes());
}
