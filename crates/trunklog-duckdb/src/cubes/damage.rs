//! Cubes that cannot be read: they are thrown away, and built anew.

use std::sync::Arc;

use duckdb::Connection;
use trunklog_records::{Log, TenantId};
use trunklog_store::Fault;

use super::book::{Book, Kept};
use super::tables;
use crate::error::is_damage;
use crate::instance::Instance;
use crate::log_table::LogTable;
use crate::sql;
use crate::tables::has_table;
use crate::transaction::Outcome;

/// Runs what changes rows. Where it fails because of cubes that cannot be read,
/// these are thrown away, and it runs again.
pub(crate) fn or_without<T>(
    instance: &Instance,
    id: TenantId,
    log: &'static Log,
    work: impl Fn() -> duckdb::Result<T>,
) -> duckdb::Result<T> {
    let done = work();
    if !done.as_ref().is_err_and(is_damage) || !has_damaged(instance, id, log)? {
        return done;
    }
    tracing::warn!(log = log.name, "sums of rows cannot be read; they are made anew");
    throw_away(instance, id)?;
    work()
}

fn has_damaged(instance: &Instance, id: TenantId, log: &'static Log) -> duckdb::Result<bool> {
    let Some(tenant) = instance.tenant(id)? else { return Ok(false) };
    let book = instance.read(|connection| tenant.book(connection, log, instance.cubes()))?;
    Ok(book.is_damaged())
}

/// Drops all cubes of a tenant, whatever state they are in.
pub(super) fn throw_away(instance: &Instance, id: TenantId) -> duckdb::Result<()> {
    let Some(tenant) = instance.tenant(id)? else { return Ok(()) };
    let writer = instance.writer();
    let books = tenant.known_books();
    instance.begin_writing_on(&writer)?;
    let ((), guards) = instance.move_rows(
        &writer,
        || books.iter().map(|book| book.change()).collect::<Vec<_>>(),
        |writer| {
            let mut names = tables::all_names(writer, id)?;
            if has_table(writer, id, tables::STATE)? {
                names.push(tables::STATE.to_owned());
            }
            tables::drop_all(writer, id, &names)?;
            Ok(Outcome::Keep(()))
        },
    )?;
    for book in &books {
        book.start_anew();
    }
    for mut guard in guards.into_iter().flatten() {
        guard.set(Kept::Nothing);
    }
    Ok(())
}

/// What cannot be read of a log's cubes. They are made anew before long.
pub(crate) fn unreadable(instance: &Instance, table: &LogTable) -> duckdb::Result<Vec<Fault>> {
    let found = instance.read(|connection| all_can_be_read(connection, table));
    match found {
        Ok(()) => Ok(Vec::new()),
        Err(error) if is_damage(&error) => {
            note(instance, table)?;
            let what = "sums of rows cannot be read, their blocks on disk are damaged; they are made anew";
            Ok(vec![Fault { what: what.to_owned(), rows: 0, times: None }])
        }
        Err(error) => Err(error),
    }
}

/// Whether some of a log's cubes cannot be read.
pub(super) fn are_unreadable(instance: &Instance, id: TenantId, log: &'static Log) -> duckdb::Result<bool> {
    let Some((_, table)) = instance.log(id, log)? else { return Ok(false) };
    Ok(!unreadable(instance, &table)?.is_empty())
}

fn all_can_be_read(connection: &Connection, table: &LogTable) -> duckdb::Result<()> {
    let mut names = tables::names(connection, table.tenant, table.log)?;
    if has_table(connection, table.tenant, tables::STATE)? {
        names.push(tables::STATE.to_owned());
    }
    for name in names {
        let sql = format!("SELECT bit_xor(hash(notes)) FROM {} AS notes", sql::table(table.tenant, &name));
        match connection.query_row(&sql, [], |_| Ok(())) {
            // It was dropped meanwhile.
            Err(error) if !is_damage(&error) && !has_table(connection, table.tenant, &name)? => {}
            read => read?,
        }
    }
    Ok(())
}

/// Notes that a log's cubes are to be made anew.
fn note(instance: &Instance, table: &LogTable) -> duckdb::Result<()> {
    let Some(tenant) = instance.tenant(table.tenant)? else { return Ok(()) };
    let book: Arc<Book> = instance.read(|connection| tenant.book(connection, table.log, instance.cubes()))?;
    if instance.cubes().of(table.log).is_some() {
        book.note_damage();
    }
    Ok(())
}
