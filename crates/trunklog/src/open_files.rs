//! How many files and connections the system lets this process have open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that are open beside connections of clients, at most: 64 connections
/// to health and metrics, 32 there and 32 elsewhere that are told that there is
/// no place, 32 that make room, 16 of other commands; and some 60 listeners,
/// runtimes, certificates, files of the store and what it spills.
const OTHERS: u64 = 256;

/// Asks for as many open files as that many connections need, as far as the hard
/// limit goes, and gives how many connections there is room for. Without that a
/// flood of connections would leave no file for anything else.
pub(crate) fn make_room(connections: usize) -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if let Some(soft) = current {
        let wanted = needed(connections);
        let wanted = maximum.map_or(wanted, |hard| wanted.min(hard));
        if soft < wanted
            && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum })
        {
            tracing::warn!(%error, "the limit on open files cannot be raised");
        }
    }
    room(connections, getrlimit(Resource::Nofile).current)
}

/// How many connections there would be room for.
pub(crate) fn connections(wanted: usize) -> usize {
    // `serve` raises the soft limit to the hard one if it has to.
    room(wanted, getrlimit(Resource::Nofile).maximum)
}

fn needed(connections: usize) -> u64 {
    u64::try_from(connections).unwrap_or(u64::MAX).saturating_add(OTHERS)
}

/// That many connections, or as many as a limit on files leaves room for. Where
/// it is small, half of it.
fn room(connections: usize, files: Option<u64>) -> usize {
    let Some(files) = files else { return connections };
    let room = files.saturating_sub(OTHERS).max(files / 2);
    connections.min(usize::try_from(room).unwrap_or(usize::MAX)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_for_others() {
        for (connections, files, room_for) in [
            (1_024, None, 1_024),
            (1_024, Some(1_280), 1_024),
            (1_024, Some(1_024), 768),
            (1_024, Some(256), 128),
            (50, Some(256), 50),
            (50, Some(0), 1),
        ] {
            assert_eq!(room(connections, files), room_for, "{files:?}");
        }
        assert_eq!(needed(1_024), 1_280);
    }
}
