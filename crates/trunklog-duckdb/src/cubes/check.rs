//! Comparing cubes with rows, and mending them.

use std::collections::{BTreeMap, BTreeSet};

use duckdb::Connection;
use trunklog_odata::Instant;
use trunklog_records::{Log, TenantId, TimeRange};
use trunklog_store::busy::MAX_SPAN;
use trunklog_store::cube::{
    Cell, Cells, Cube, CubeCheck, CubeDays, CubeDifference, CubeSet, Days, Grain, KeyKind, Mend, NO_KEY,
};
use trunklog_store::{ReportValue, Selection};

use super::book::BookState;
use super::build::day_in_sql;
use super::entries::{Entries, read_rows};
use super::snapshot::{self, Limit};
use super::tables::{Tables, all_cubes};
use super::{Sign, damage, day_of, instant, query, shapes, start_of};
use crate::error::is_damage;
use crate::hours::hour_of;
use crate::instance::Instance;
use crate::sql::quoted;
use crate::transaction::Outcome;
use crate::view::View;

/// What the shapes of minutes are called among cubes.
const SHAPES: &str = "shapes~";

/// Of which days the sums of a log are kept.
pub(crate) fn days(instance: &Instance, id: TenantId, log: &'static Log) -> duckdb::Result<CubeDays> {
    let Some(set) = instance.cubes().of(log) else { return Ok(CubeDays::default()) };
    let found = snapshot::read(instance, id, &[log], Limit::Leisure, |snapshot| {
        let Some(seen) = snapshot.of(log) else { return Ok(CubeDays::default()) };
        let time = quoted(log.time);
        let part =
            |ticks: &str, from: &str| format!("SELECT DISTINCT {} AS day FROM {from}", day_in_sql(ticks));
        let places = seen.state.layout.places.iter();
        let mut parts: Vec<_> = places.map(|place| part(&time, &place.segment.table)).collect();
        let unbuilt = seen.kept.unbuilt();
        if unbuilt.is_some() {
            parts.extend(Tables::of(id, set).cubes.iter().map(|table| part("slot", table)));
        }
        let sql = format!("SELECT DISTINCT day FROM ({}) AS days", parts.join(" UNION ALL "));
        let mut statement = snapshot.connection.prepare(&sql)?;
        let mut days =
            statement.query_map([], |row| row.get::<_, i64>(0))?.collect::<duckdb::Result<BTreeSet<_>>>()?;
        let Some(unbuilt) = unbuilt else {
            return Ok(CubeDays { kept: Vec::new(), waiting: days.len() as u64 });
        };
        days.retain(|day| !unbuilt.contains(day));
        let range = |day: i64| TimeRange::ALL.since(start_of(day)).until(start_of(day + 1));
        Ok(CubeDays { kept: days.into_iter().map(range).collect(), waiting: unbuilt.len() as u64 })
    })?;
    Ok(found.unwrap_or_default())
}

/// Compares the cells of some days with the rows, and makes those of a cube anew of
/// which some differ, where that is wanted.
pub(crate) fn check(
    instance: &Instance,
    id: TenantId,
    log: &'static Log,
    days: TimeRange,
    mend: Mend,
) -> duckdb::Result<CubeCheck> {
    let Some(set) = instance.cubes().of(log) else { return Ok(CubeCheck::default()) };
    if days.from() >= days.end() {
        return Ok(CubeCheck::default());
    }
    let checking = Checking { instance, id, set, spans: Spans::of(instance, id, set, days) };
    let compared = snapshot::read(instance, id, &[log], Limit::Leisure, |snapshot| {
        let Some(seen) = snapshot.of(log) else { return Ok(None) };
        checking.compare(&snapshot.view(seen), &seen.kept)
    });
    let compared = match compared {
        Err(error) if is_damage(&error) && mend == Mend::All => {
            if damage::are_unreadable(instance, id, log)? {
                damage::throw_away(instance, id)?;
                let differences = vec![CubeDifference { cube: UNREADABLE, cells: 1 }];
                return Ok(CubeCheck { cells: 1, differences, is_mended: true, is_compared: true });
            }
            return Err(error);
        }
        compared => compared?.flatten(),
    };
    let Some(compared) = compared else { return Ok(CubeCheck::default()) };
    let check = compared.check;
    if check.differences.is_empty() {
        return Ok(check);
    }
    for CubeDifference { cube, cells } in &check.differences {
        tracing::error!(
            log = log.name,
            from = %days.from(),
            cube,
            different = cells,
            "sums of rows are not what the rows add up to"
        );
    }
    let is_mended = mend == Mend::All && checking.mend()?;
    Ok(CubeCheck { is_mended, ..check })
}

/// What stands for all cubes where they cannot be read.
const UNREADABLE: &str = "all, which cannot be read";

/// What was found.
struct Compared {
    check: CubeCheck,
    /// The cubes that have other sums, by their numbers among all.
    wrong: Vec<usize>,
    /// Whether shapes are wrong.
    has_wrong_shapes: bool,
    /// What the rows add up to.
    entries: Entries,
}

struct Checking<'a> {
    instance: &'a Instance,
    id: TenantId,
    set: &'static CubeSet,
    spans: Spans,
}

/// The slots of each cube that have a part in a span of time, and all rows that these
/// slots may be of.
struct Spans {
    /// The first and the last slot, by the numbers of all cubes.
    slots: Vec<(i64, i64)>,
    /// The rows of the slots of the set's cubes.
    of_cubes: TimeRange,
    /// The rows whose calls may start or end in the slots of busy channels.
    of_minutes: TimeRange,
}

impl Spans {
    fn of(instance: &Instance, id: TenantId, set: &CubeSet, days: TimeRange) -> Spans {
        let mut of_zone = Days::new(instance.cubes().zone_of(id).clone());
        let (from, end) = (days.from().ticks(), days.end().ticks());
        let mut slots = Vec::new();
        let mut hulls = [(from, end); 2];
        for (number, cube) in all_cubes(set) {
            let (first, last, after) = ends(cube, from, end, &mut of_zone);
            let hull = &mut hulls[usize::from(number >= set.cubes.len())];
            *hull = (hull.0.min(first), hull.1.max(after));
            slots.push((first, last));
        }
        let range = |from: i64, end: i64| TimeRange::ALL.since(instant(from)).until(instant(end));
        let [(from, end), (from_minute, last_minute)] = hulls;
        Spans {
            slots,
            of_cubes: range(from, end),
            of_minutes: range(
                from_minute.saturating_sub(MAX_SPAN),
                last_minute.saturating_add(MAX_SPAN).saturating_add(1),
            ),
        }
    }

    fn has(&self, cube: usize, slot: i64) -> bool {
        let (first, last) = self.slots[cube];
        first <= slot && slot <= last
    }
}

/// The first and the last slot of a cube that have a part in a span of time, and
/// what comes after the last.
fn ends(cube: &Cube, from: i64, end: i64, days: &mut Days) -> (i64, i64, i64) {
    let first = cube.grain.slot(from, days);
    let last = cube.grain.slot(end.saturating_sub(1).max(from), days);
    let after = match cube.grain {
        Grain::Ticks(width) => last.saturating_add(width),
        // No day is so long, and no two days together are so short.
        Grain::Day => days.start(last.saturating_add(30 * Instant::TICKS_PER_HOUR)),
    };
    (first, last, after)
}

impl Checking<'_> {
    /// Compares what is kept with the rows; None where not all of it is kept.
    fn compare(&self, view: &View<'_>, kept: &BookState) -> duckdb::Result<Option<Compared>> {
        let Some(unbuilt) = kept.unbuilt() else { return Ok(None) };
        let (from, end) = (self.spans.of_minutes.from(), self.spans.of_minutes.end());
        let last = end.ticks().saturating_sub(1).max(from.ticks());
        if unbuilt.range(day_of(from.ticks())..=day_of(last)).next().is_some() {
            return Ok(None);
        }
        let mut entries = Entries::new(self.set, self.instance.cubes().zone_of(self.id));
        self.read(view, self.spans.of_cubes, |rows| entries.add_to_cubes(Sign::Plus, rows))?;
        self.read(view, self.spans.of_minutes, |rows| entries.add_to_minutes(Sign::Plus, rows))?;
        let tables = Tables::of(self.id, self.set);
        let mut check = CubeCheck { is_compared: true, ..CubeCheck::default() };
        let mut wrong = Vec::new();
        for (number, cube) in all_cubes(self.set) {
            let mut left = self.of_rows(number, cube, &entries);
            let mut different = 0;
            let stored = query::cells(view.connection, &tables, (number, cube), self.spans.slots[number])?;
            check.cells += left.len() as u64;
            for (key, sums) in stored {
                match left.remove(&key) {
                    Some(right) if right == sums => {}
                    Some(_) => different += 1,
                    None => {
                        different += 1;
                        check.cells += 1;
                    }
                }
            }
            different += left.len() as u64;
            if different > 0 {
                check.differences.push(CubeDifference { cube: cube.name, cells: different });
                wrong.push(number);
            }
        }
        let (compared, different) = shapes::compare(view, &tables, self.set, self.hours())?;
        check.cells += compared;
        if different > 0 {
            check.differences.push(CubeDifference { cube: SHAPES, cells: different });
        }
        Ok(Some(Compared { check, wrong, has_wrong_shapes: different > 0, entries }))
    }

    fn read(
        &self,
        view: &View<'_>,
        range: TimeRange,
        mut each: impl FnMut(&trunklog_records::Rows),
    ) -> duckdb::Result<()> {
        let mut select = view.select_all(&Selection::all(self.set.log, range), None);
        select.is_rare();
        read_rows(view.connection, &select, self.set, |rows| {
            each(rows);
            Ok(())
        })?;
        Ok(())
    }

    /// The hours of the minutes that are compared, from one to before another.
    fn hours(&self) -> (i64, i64) {
        let (first, last) = self.spans.slots[self.set.cubes.len() + super::minutes::MINUTES];
        (hour_of(first), hour_of(last) + 1)
    }

    /// The cells of a cube that rows add up to.
    fn of_rows(
        &self,
        number: usize,
        cube: &Cube,
        entries: &Entries,
    ) -> BTreeMap<(i64, Vec<ReportValue>), Vec<i64>> {
        let (cells, of_cube) = entries.of(number);
        let named = |cell: Cell<'_>| {
            let keys = cube.keys.iter().zip(cell.key.keys).map(|(key, found)| value(cells, key.kind, found));
            ((cell.key.slot, keys.collect::<Vec<_>>()), cell.sums.to_vec())
        };
        of_cube.into_iter().filter(|cell| self.spans.has(number, cell.key.slot)).map(named).collect()
    }

    /// Makes the cells of cubes anew that differ, and tells whether they still did.
    /// Nobody writes meanwhile.
    fn mend(&self) -> duckdb::Result<bool> {
        let (instance, id, log) = (self.instance, self.id, self.set.log);
        let Some((tenant, table)) = instance.log(id, log)? else { return Ok(false) };
        let book = instance.read(|connection| tenant.book(connection, log, instance.cubes()))?;
        let writer = instance.writer();
        instance.begin_writing_on(&writer)?;
        let (state, kept) = (table.state().clone(), book.state().clone());
        let view = View { connection: &writer, table: &table, state: &state, head: tenant.head() };
        let Some(compared) = self.compare(&view, &kept)? else { return Ok(false) };
        let Compared { wrong, has_wrong_shapes, mut entries, .. } = compared;
        if wrong.is_empty() && !has_wrong_shapes {
            return Ok(false);
        }
        let commit = i64::try_from(tenant.head()).unwrap_or(i64::MAX);
        let (first, after) = self.hours();
        instance.transaction(&writer, |writer| {
            let tables = Tables::of(id, self.set);
            delete(writer, &tables, &self.spans, &wrong)?;
            shapes::forget(writer, &tables, (first, after))?;
            entries.write_some(writer, id, &book, commit, |cube, slot| {
                wrong.contains(&cube) && self.spans.has(cube, slot)
            })?;
            entries.write_hours(writer, id, commit, |hour| first <= hour && hour < after)?;
            Ok(Outcome::Keep(()))
        })?;
        let mut notes = book.notes();
        notes.marks.has_unused = true;
        notes.changed = Some(std::time::Instant::now());
        entries.publish(&mut notes);
        Ok(true)
    }
}

fn delete(writer: &Connection, tables: &Tables, spans: &Spans, wrong: &[usize]) -> duckdb::Result<()> {
    wrong.iter().try_for_each(|cube| {
        let (first, last) = spans.slots[*cube];
        let table = &tables.cubes[*cube];
        writer.execute_batch(&format!("DELETE FROM {table} WHERE slot >= {first} AND slot <= {last}"))
    })
}

/// What a key stands for.
fn value(cells: &Cells, kind: KeyKind, key: i64) -> ReportValue {
    match kind {
        _ if key == NO_KEY => ReportValue::Null,
        KeyKind::Int => ReportValue::Int(key),
        KeyKind::Text => cells.text_of(key).map_or(ReportValue::Null, |text| ReportValue::Text(text.into())),
    }
}
