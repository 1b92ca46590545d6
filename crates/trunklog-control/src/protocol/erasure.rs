//! What is taken of rows, on the socket.

use serde::{Deserialize, Serialize};
use trunklog_store::Erase;

/// An [`Erase`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum EraseForm {
    Rows,
    Properties(Vec<usize>),
}

impl EraseForm {
    pub(crate) fn of(what: &Erase) -> EraseForm {
        match what {
            Erase::Rows => EraseForm::Rows,
            Erase::Properties(properties) => EraseForm::Properties(properties.clone()),
        }
    }

    pub(crate) fn into_erase(self) -> Erase {
        match self {
            EraseForm::Rows => Erase::Rows,
            EraseForm::Properties(properties) => Erase::Properties(properties),
        }
    }
}
