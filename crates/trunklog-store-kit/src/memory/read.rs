//! The rows of a selection, in order.

use trunklog_odata::expr::OrderBy;
use trunklog_records::{Log, RowBuilder, Rows};
use trunklog_store::evaluate::{Cell, OrderKey, Place, Scope, compare, compared, put_together};
use trunklog_store::{
    Columns, Error, ErrorKind, Key, OrderValue, Page, PageQuery, Result, Selection, Start, Watermark,
};

use super::Tenant;
use super::table::Table;

/// A row of a selection.
pub(super) struct FoundRow<'a> {
    order: Vec<OrderValue>,
    place: &'a Place,
    cells: &'a [Cell],
}

impl Tenant {
    pub(super) fn table(&self, selection: &Selection) -> Option<&Table> {
        self.logs.get(selection.log.name)
    }

    /// The rows of a selection at a watermark, in order.
    pub(super) fn find<'a>(
        &'a self,
        selection: &Selection,
        watermark: Watermark,
    ) -> Result<Vec<FoundRow<'a>>> {
        selection.check()?;
        let Some(table) = self.table(selection) else { return Ok(Vec::new()) };
        if watermark.0 < table.walks_from {
            let text = "rows that the walk started with are no longer kept: start again from the first page";
            return Err(Error::new(ErrorKind::Gone, text));
        }
        let mut found: Vec<FoundRow<'_>> = table
            .visible(watermark.0)
            .filter(|(place, _)| selection.range.contains(place.time))
            .map(|(place, cells)| (place, cells, Scope::new(selection.log, cells)))
            .filter(|(_, _, scope)| scope.selects(selection.filter.as_ref()))
            .map(|(place, cells, scope)| FoundRow {
                order: scope.order_values(&selection.order),
                place,
                cells,
            })
            .collect();
        found.sort_by(|left, right| compare(&selection.order, left.compared(), right.compared()));
        Ok(found)
    }

    /// One page of a selection.
    pub(super) fn page(&self, query: &PageQuery) -> Result<Page> {
        let selection = &query.selection;
        let watermark = query.watermark.unwrap_or(Watermark(self.newest()));
        let (skip, after) = match &query.start {
            Start::Skip(skip) => (usize::try_from(*skip).unwrap_or(usize::MAX), None),
            Start::After(key) => (0, Some(key)),
        };
        let found = self.find(selection, watermark)?;
        let follows = |row: &&FoundRow<'_>| after.is_none_or(|key| row.follows(&selection.order, key));
        let mut found = found.iter().filter(follows).skip(skip);
        let mut rows = RowBuilder::new(selection.log);
        let mut last = None;
        for row in found.by_ref().take(query.limit as usize) {
            put_together(&projected(selection, row.cells), &mut rows);
            last = Some(row.key());
        }
        let next = if found.next().is_some() { last } else { None };
        Ok(Page { rows: rows.finish(), next, watermark })
    }
}

impl FoundRow<'_> {
    fn key(&self) -> Key {
        Key { order: self.order.clone(), ..Key::new(self.place.time, self.place.id.as_str()) }
    }

    fn compared(&self) -> OrderKey<'_> {
        (&self.order, self.place.time, &self.place.id)
    }

    fn follows(&self, order: &[OrderBy], key: &Key) -> bool {
        compare(order, self.compared(), compared(key)).is_gt()
    }
}

/// One row, with all its columns.
pub(super) fn one_row(log: &'static Log, cells: &[Cell]) -> Rows {
    let mut rows = RowBuilder::new(log);
    put_together(cells, &mut rows);
    rows.finish()
}

/// The columns of a row that a selection asks for.
pub(super) fn projected(selection: &Selection, cells: &[Cell]) -> Vec<Cell> {
    if selection.columns == Columns::All {
        return cells.to_vec();
    }
    let always = [selection.log.time_index(), selection.log.id_index()];
    let is_asked = |at: &usize| selection.columns.contains(*at) || always.contains(at);
    let cell = |(at, cell): (usize, &Cell)| if is_asked(&at) { cell.clone() } else { Cell::Null };
    cells.iter().enumerate().map(cell).collect()
}
