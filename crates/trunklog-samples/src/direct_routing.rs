//! Calls over the organisation's own trunks.

mod calls;
mod columns;
mod endings;

use trunklog_records::RowBuilder;

use super::{Maker, SyntheticError, SyntheticOptions};

use calls::Calls;
use columns::Columns;

/// Makes up the rows of `directRoutingCalls`.
#[derive(Debug)]
pub(super) struct DirectRouting {
    calls: Calls,
    columns: Columns,
}

impl Maker for DirectRouting {
    fn new(options: SyntheticOptions) -> Result<DirectRouting, SyntheticError> {
        Ok(DirectRouting { calls: Calls::new(options)?, columns: Columns::new() })
    }

    fn write_next(&mut self, rows: &mut RowBuilder) -> bool {
        let Some(call) = self.calls.next_call() else { return false };
        self.columns.write(&call, self.calls.directory(), self.calls.trunks(), rows);
        true
    }
}

#[cfg(test)]
mod tests;
