//! Archives that are put into a folder.

use std::io::Cursor;

use super::*;
use crate::rejected::RejectFolder;

#[test]
fn rejected_records_of_packed_files_say_where_they_were() {
    let mut bench = Bench::new();
    let mut packed = zip::ZipWriter::new(Cursor::new(Vec::new()));
    packed.start_file("calls.ndjson", zip::write::SimpleFileOptions::default()).unwrap();
    packed.write_all((row("1") + "{\"id\":\"2\"}\n").as_bytes()).unwrap();
    bench.put("a.zip", packed.finish().unwrap().into_inner());
    let mut watcher = bench.watcher();
    let pass = bench.settle(&mut watcher);
    assert_eq!((pass.files[0].outcome, bench.ids()), (Outcome::StoredInPart, ids(&["1"])), "{pass:?}");
    let file = pass.files[0].rejects_file.as_ref().unwrap();
    let records = RejectFolder::new(bench.rejects.path()).find(file).unwrap().first(1).unwrap();
    assert_eq!(records[0].input, "a.zip: calls.ndjson");
}
