//! A backup of before an erasure that is put back brings nobody back.

use trunklog_rights::{How, Person, erase, find, finish, unfinished, with_rights};
use trunklog_store_kit::{Fixture, MemoryEngine};

use crate::rows::{Bench, CALLS, call, rows, stored, tenant};

#[test]
fn who_was_erased_is_erased_again() {
    for how in [How::Rows, How::Blank] {
        let bench = Bench::new();
        let calls = [
            call("a", 1, r#""callerNumber":"+4930123456","calleeNumber":"+33123456789""#),
            call("b", 2, r#""callerNumber":"tel:+4930123456""#),
            call("c", 3, r#""callerNumber":"+4930123457""#),
            call("d", 4, r#""later":"0049 30 123456""#),
        ];
        bench.append(&calls);
        let person = Person::number("+4930123456").unwrap();
        let store = bench.store();
        let found = find(store.as_ref(), CALLS, &person).unwrap();
        bench.list(&person, how);
        erase(store.as_ref(), &found, &person, how).unwrap();
        let after = stored(store.as_ref(), CALLS);
        assert!(unfinished(bench.engine.as_ref(), bench.folder.path()).unwrap().is_empty());

        // The backup has all rows, and no list.
        let backup = MemoryEngine::new();
        backup.open().tenant(tenant(1)).append(&rows(CALLS, &calls)).unwrap();
        let restored = with_rights(backup.open(), bench.folder.path());
        // Even before it is erased there, nobody comes with new rows.
        let new = restored.tenant(tenant(1)).append(&rows(CALLS, &calls)).unwrap();
        assert_eq!(new.new, 0);
        let left = unfinished(restored.as_ref(), bench.folder.path()).unwrap();
        assert_eq!((left.len(), left[0].tenant, left[0].persons), (1, tenant(1), 1));
        assert_eq!(finish(restored.as_ref(), bench.folder.path(), &left[0]).unwrap(), 3);
        assert_eq!(stored(restored.tenant(tenant(1)).as_ref(), CALLS), after);
        assert!(unfinished(restored.as_ref(), bench.folder.path()).unwrap().is_empty());
        assert_eq!(restored.tenant(tenant(1)).append(&rows(CALLS, &calls)).unwrap().new, 0);
    }
}
