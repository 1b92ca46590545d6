//! One way to do several things at once, or none of them.

use duckdb::Connection;

/// Whether what was done is to be kept.
pub(crate) enum Outcome<T> {
    /// It is.
    Keep(T),
    /// Nothing was changed.
    Leave(T),
}

/// Runs `work` as one transaction of the writer, and `acknowledge` when it is
/// kept. What it did is durable when this returns; when anything fails, nothing
/// was done. The caller holds the writer, and so lets readers see what changed
/// before another commit comes.
pub(crate) fn run<T>(
    writer: &Connection,
    acknowledge: impl FnOnce(),
    work: impl FnOnce(&Connection) -> duckdb::Result<Outcome<T>>,
) -> duckdb::Result<T> {
    run_guarded(writer, || (), acknowledge, work).map(|(value, _)| value)
}

/// The same with a guard that is taken right before the commit and given to the
/// caller with what was done.
pub(crate) fn run_guarded<T, G>(
    writer: &Connection,
    lock: impl FnOnce() -> G,
    acknowledge: impl FnOnce(),
    work: impl FnOnce(&Connection) -> duckdb::Result<Outcome<T>>,
) -> duckdb::Result<(T, Option<G>)> {
    writer.execute_batch("BEGIN")?;
    let done = work(writer).and_then(|outcome| match outcome {
        Outcome::Keep(value) => {
            let guard = lock();
            #[cfg(test)]
            crate::steps::reached("before a commit")?;
            writer.execute_batch("COMMIT")?;
            #[cfg(test)]
            crate::steps::reached("a commit")?;
            acknowledge();
            #[cfg(test)]
            crate::steps::reached("a commit that is acknowledged")?;
            Ok((value, Some(guard)))
        }
        Outcome::Leave(value) => {
            writer.execute_batch("ROLLBACK")?;
            Ok((value, None))
        }
    });
    if done.is_err() {
        // The first error tells more than a failing rollback would; a
        // connection that cannot roll back is fatal in itself.
        let _ = writer.execute_batch("ROLLBACK");
    }
    done
}
