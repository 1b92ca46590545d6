use std::io::{Cursor, Read, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::input::InputPath;

/// An archive of files with these names and contents.
fn pack(files: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The same as those write it who cannot go back, as web servers do.
fn pack_as_stream(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new_stream(Vec::new());
    for (name, content) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn input(raw: &[u8]) -> Input {
    Input::new("x.zip", Cursor::new(raw.to_vec())).unwrap()
}

/// What is in an archive: names, and the texts or why they cannot be read.
fn found(archive: &Archive) -> Vec<(String, Result<String, String>)> {
    let read = |opened: Result<Input, InputError>| {
        let mut input = match opened {
            Ok(input) => input,
            Err(error) => return (String::new(), Err(error.to_string())),
        };
        let mut text = String::new();
        let outcome = input.read_to_string(&mut text);
        (input.name().to_owned(), outcome.map(|_| text).map_err(|error| error.to_string()))
    };
    archive.inputs().map(read).collect()
}

const FILES: [(&str, &[u8]); 5] = [
    ("parameters.json", b"{}"),
    ("folder/calls.csv", b"\xef\xbb\xbfa,b\r\n1,2\r\n"),
    ("__MACOSX/calls.csv", b"\0\0"),
    (".hidden", b"x"),
    ("empty", b""),
];

#[test]
fn files_are_read_as_if_they_were_unpacked() {
    let expected = [
        ("x.zip: parameters.json".to_owned(), Ok("{}".to_owned())),
        ("x.zip: folder/calls.csv".to_owned(), Ok("a,b\r\n1,2\r\n".to_owned())),
        ("x.zip: empty".to_owned(), Ok(String::new())),
    ];
    for raw in [
        pack(&FILES, CompressionMethod::Deflated),
        pack(&FILES, CompressionMethod::Stored),
        pack_as_stream(&FILES),
    ] {
        assert!(is_archive(&raw));
        let archive = Archive::open(&mut input(&raw)).unwrap();
        assert_eq!(archive.len(), 3);
        assert_eq!(found(&archive), expected);
        // A file is read where it is, also twice.
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.zip");
        std::fs::write(&path, &raw).unwrap();
        let mut opened = InputPath::File(path).open().unwrap();
        opened.look(64);
        let archive = Archive::open(&mut opened).unwrap();
        for _ in 0..2 {
            let texts: Vec<_> = found(&archive).into_iter().map(|(_, text)| text).collect();
            assert!(texts.iter().eq(expected.iter().map(|(_, text)| text)));
        }
        assert!(opened.raw_bytes() > 0);
    }
}

#[test]
fn an_archive_may_be_empty() {
    let raw = pack(&[], CompressionMethod::Deflated);
    assert!(is_archive(&raw));
    assert!(Archive::open(&mut input(&raw)).unwrap().is_empty());
    assert!(!is_archive(b"{}") && !is_archive(b""));
}

#[test]
fn documents_of_office_are_told_from_archives() {
    let document = |name: &str| {
        let raw =
            pack(&[(name, b"<Types/>"), ("xl/workbook.xml", b"<workbook/>")], CompressionMethod::Deflated);
        Archive::open(&mut input(&raw)).unwrap().is_document()
    };
    assert!(document("[Content_Types].xml"));
    assert!(!document("folder/[Content_Types].xml"));
}

#[test]
fn what_is_cut_or_damaged_is_an_error_and_never_another_text() {
    let text = "CorrelationId,Start time\r\n".repeat(200);
    let raw = pack(&[("a.csv", text.as_bytes()), ("b.csv", b"1")], CompressionMethod::Deflated);
    // Without its end, an archive has no directory.
    for len in 0..raw.len() {
        if let Ok(archive) = Archive::open(&mut input(&raw[..len])) {
            assert!(archive.is_empty(), "{len}");
        }
    }
    for at in 0..raw.len() {
        let mut damaged = raw.clone();
        damaged[at] ^= 0x41;
        let Ok(archive) = Archive::open(&mut input(&damaged)) else { continue };
        for (name, found) in found(&archive) {
            // A name has no checksum.
            if let Ok(found) = found {
                assert!([text.as_str(), "1"].contains(&found.as_str()), "{at}: {name}");
            }
        }
    }
}

#[test]
fn no_more_comes_out_than_an_export_could_have() {
    let zeros = vec![b'0'; 40 * 1024 * 1024];
    let raw = pack(&[("a", &zeros), ("b", b"1")], CompressionMethod::Deflated);
    assert!(raw.len() < 200 * 1024, "the file shrinks well");
    let archive = Archive::open(&mut input(&raw)).unwrap();
    let all = found(&archive);
    assert!(all[0].1.as_ref().unwrap_err().contains("more comes out of the archive"), "it is refused");
    let many: Vec<(String, Vec<u8>)> = (0..=MAX_ENTRIES).map(|at| (format!("{at}"), Vec::new())).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, text)| (name.as_str(), text.as_slice())).collect();
    let error = Archive::open(&mut input(&pack(&many, CompressionMethod::Stored))).unwrap_err();
    assert!(error.to_string().contains("more than 10000 files"), "{error}");
}
