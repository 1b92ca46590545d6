//! Where control groups are, as `/proc/self/mountinfo` and `/proc/self/cgroup`
//! tell. Sources: `proc_pid_mountinfo(5)`, `cgroups(7)`.

use std::path::{Component, Path, PathBuf};

/// The two interfaces to control groups; a machine may have both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GroupVersion {
    V1,
    V2,
}

impl GroupVersion {
    /// The files in a group's folder that say how much memory it may use. What
    /// is above `memory.high` is slowed down until it stands still, so that is a
    /// limit too.
    pub(super) fn limit_files(self) -> &'static [&'static str] {
        match self {
            GroupVersion::V1 => &["memory.limit_in_bytes"],
            GroupVersion::V2 => &["memory.max", "memory.high"],
        }
    }

    /// The process's group, from the lines of `/proc/self/cgroup`.
    pub(super) fn group_in(self, lines: &str) -> Option<&str> {
        lines.lines().find_map(|line| {
            let (id, rest) = line.split_once(':')?;
            let (controllers, group) = rest.split_once(':')?;
            let is_wanted = match self {
                GroupVersion::V1 => controllers.split(',').any(|controller| controller == "memory"),
                GroupVersion::V2 => id == "0" && controllers.is_empty(),
            };
            is_wanted.then_some(group)
        })
    }
}

/// A mounted hierarchy of groups that limits memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mount {
    pub(super) version: GroupVersion,
    /// The group that is seen at the mount point.
    root: PathBuf,
    point: PathBuf,
}

impl Mount {
    /// Reads a line of `mountinfo`; None for all other mounts.
    pub(super) fn read(line: &str) -> Option<Mount> {
        let (before, after) = line.split_once(" - ")?;
        let mut before = before.split(' ').skip(3);
        let (root, point) = (unescaped(before.next()?), unescaped(before.next()?));
        let mut after = after.split(' ');
        let kind = after.next()?;
        let options = after.nth(1).unwrap_or_default();
        let version = match kind {
            "cgroup2" => GroupVersion::V2,
            "cgroup" if options.split(',').any(|option| option == "memory") => GroupVersion::V1,
            _ => return None,
        };
        Some(Mount { version, root: PathBuf::from(root), point: PathBuf::from(point) })
    }

    /// The folders of a group and of all groups above it that are seen here.
    ///
    /// A container may see its own group at the mount point, or be told a path
    /// that leads out of what it sees; then it is the mount point's.
    pub(super) fn folders(&self, group: &str) -> Vec<(PathBuf, GroupVersion)> {
        let below = Path::new(group).strip_prefix(&self.root).unwrap_or(Path::new(""));
        let is_plain = below.components().all(|part| matches!(part, Component::Normal(_)));
        let below = if is_plain { below } else { Path::new("") };
        below.ancestors().map(|folder| (self.point.join(folder), self.version)).collect()
    }
}

/// The kernel writes blanks and the like as octal numbers.
fn unescaped(text: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .into_iter()
        .fold(text.to_owned(), |text, (escape, plain)| text.replace(escape, plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mounts_of_groups_are_told_from_others() {
        let line = "35 25 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate";
        let mount = Mount::read(line).unwrap();
        assert_eq!((mount.version, mount.point.to_str()), (GroupVersion::V2, Some("/sys/fs/cgroup")));
        let line = r"36 25 0:31 /docker/7 /sys/fs/a\040b rw master:11 - cgroup cgroup rw,memory";
        let mount = Mount::read(line).unwrap();
        assert_eq!((mount.version, mount.point.to_str()), (GroupVersion::V1, Some("/sys/fs/a b")));
        for other in [
            "",
            "36 25 0:31 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu",
            "24 1 8:1 / / rw - ext4 /dev/sda1 rw",
            "36 25 0:31 / /sys/fs/cgroup",
        ] {
            assert_eq!(Mount::read(other), None, "{other}");
        }
    }

    #[test]
    fn a_group_is_seen_with_all_above_it() {
        let mount = |root: &str| Mount {
            version: GroupVersion::V2,
            root: PathBuf::from(root),
            point: PathBuf::from("/sys/fs/cgroup"),
        };
        let folders = |root: &str, group: &str| -> Vec<String> {
            let folders = mount(root).folders(group);
            folders.iter().map(|(folder, _)| folder.display().to_string()).collect()
        };
        let (own, above, top) = ("/sys/fs/cgroup/a/b", "/sys/fs/cgroup/a", "/sys/fs/cgroup/");
        assert_eq!(folders("/", "/a/b"), [own, above, top]);
        assert_eq!(folders("/docker/7", "/docker/7/a"), [above, top]);
        for group in ["/docker/7", "/", "/elsewhere", "/docker/7/../8", "/../x"] {
            assert_eq!(folders("/docker/7", group), [top], "{group}");
        }
    }
}
