use super::*;

const MEMINFO: &str = "MemTotal:       2097152 kB\nMemFree:          500000 kB\n";
const V2: &str = "35 25 0:30 / /sys/fs/cgroup rw shared:9 - cgroup2 cgroup2 rw\n";
const V1: &str = "36 25 0:31 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory\n";

/// A made-up machine.
struct Machine(tempfile::TempDir);

impl Machine {
    fn new(mountinfo: &str, cgroup: &str) -> Machine {
        let machine = Machine(tempfile::tempdir().unwrap());
        machine
            .file("proc/meminfo", MEMINFO)
            .file("proc/self/mountinfo", mountinfo)
            .file("proc/self/cgroup", cgroup)
    }

    fn file(self, path: &str, content: &str) -> Machine {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    fn limit(&self) -> MemoryLimit {
        MemoryLimit::find(self.0.path()).unwrap()
    }
}

fn mib(mib: u64) -> String {
    format!("{}\n", mib * MIB)
}

#[test]
fn without_groups_it_is_the_machine() {
    let limit = Machine::new("", "").limit();
    assert_eq!(limit.to_string(), "2048 MiB of this machine");
    let limit = Machine::new(V2, "0::/user.slice\n").limit();
    assert_eq!(limit, MemoryLimit { bytes: 2048 * MIB, file: None });
}

#[test]
fn the_tightest_of_all_groups_above_counts() {
    let machine = Machine::new(V2, "0::/system.slice/trunklog.service\n")
        .file("sys/fs/cgroup/system.slice/trunklog.service/memory.max", "max\n")
        .file("sys/fs/cgroup/system.slice/trunklog.service/memory.high", &mib(900))
        .file("sys/fs/cgroup/system.slice/memory.max", &mib(1024));
    assert_eq!(
        machine.limit().to_string(),
        "900 MiB by /sys/fs/cgroup/system.slice/trunklog.service/memory.high"
    );
    let machine = machine.file("sys/fs/cgroup/system.slice/memory.max", &mib(640));
    assert_eq!(machine.limit().to_string(), "640 MiB by /sys/fs/cgroup/system.slice/memory.max");
    let machine = machine.file("sys/fs/cgroup/system.slice/memory.max", &mib(4096));
    assert_eq!(machine.limit().bytes, 900 * MIB);
}

#[test]
fn a_container_sees_its_own_group_at_the_top() {
    let machine = Machine::new(V2, "0::/\n").file("sys/fs/cgroup/memory.max", &mib(512));
    assert_eq!(machine.limit().bytes, 512 * MIB);
    let mount = "36 25 0:31 /docker/7 /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";
    let machine = Machine::new(mount, "12:cpu:/x\n4:memory:/docker/7\n0::/\n")
        .file("sys/fs/cgroup/memory/memory.limit_in_bytes", &mib(256));
    assert_eq!(machine.limit().bytes, 256 * MIB);
}

#[test]
fn version_1_and_both_at_once_are_understood() {
    let unlimited = "9223372036854771712\n";
    let machine = Machine::new(V1, "4:memory:/batch/job\n")
        .file("sys/fs/cgroup/memory/batch/job/memory.limit_in_bytes", unlimited)
        .file("sys/fs/cgroup/memory/memory.limit_in_bytes", unlimited);
    assert_eq!(machine.limit().file, None);
    let machine = machine.file("sys/fs/cgroup/memory/batch/memory.limit_in_bytes", &mib(700));
    assert_eq!(machine.limit().bytes, 700 * MIB);
    let both = format!("{V1}{V2}");
    let machine = Machine::new(&both, "4:memory:/a\n0::/b\n")
        .file("sys/fs/cgroup/memory/a/memory.limit_in_bytes", &mib(800))
        .file("sys/fs/cgroup/b/memory.max", &mib(600));
    assert_eq!(machine.limit().bytes, 600 * MIB);
}

#[test]
fn what_cannot_be_read_limits_nothing() {
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(MemoryLimit::find(empty.path()), None);
    let machine = Machine::new(V2, "nonsense\n0::\n:::\n").file("sys/fs/cgroup/memory.max", "a lot\n");
    assert_eq!(machine.limit().file, None);
}

#[test]
fn duckdb_gets_half_of_what_is_left() {
    for (limit, store) in
        [(0, 64), (128, 64), (256, 64), (512, 192), (640, 256), (896, 384), (2048, 384), (1 << 20, 384)]
    {
        let limit = MemoryLimit { bytes: limit * MIB, file: None };
        assert_eq!(limit.store_mib(), store, "{limit}");
    }
}

#[test]
fn clients_get_half_of_what_duckdb_leaves() {
    for (limit, unread, most) in [
        (0, 32, 32),
        (128, 32, 32),
        (256, 32, 96),
        (512, 96, 224),
        (896, 192, 416),
        (1 << 20, 256, 1_048_096),
    ] {
        let limit = MemoryLimit { bytes: limit * MIB, file: None };
        let store = limit.store_mib();
        assert_eq!((limit.unread_mib(store), limit.most_unread_mib(store)), (unread, most), "{limit}");
    }
    let limit = MemoryLimit { bytes: 640 * MIB, file: None };
    assert_eq!((limit.unread_mib(500), limit.most_unread_mib(500)), (32, 44));
}
