//! What is known of a download.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A download, as its record has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Download {
    /// Tells it from all others.
    pub id: Uuid,
    /// Whose calls it has.
    pub tenant: Uuid,
    /// The person who ordered it, by the id that stays the same for ever. Nobody else
    /// gets it.
    pub owner: String,
    /// What is in it: the name of a log.
    pub log: String,
    /// In which form, by its name.
    pub form: String,
    /// The range of time, as texts.
    pub range: [String; 2],
    /// How many digits of numbers are hidden in it.
    pub hidden_digits: u8,
    /// What the file is called when somebody saves it.
    pub file_name: String,
    /// When it was ordered.
    pub created: Timestamp,
    /// When it goes away.
    pub expires: Timestamp,
    /// What became of it.
    pub state: State,
}

/// What became of a download.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum State {
    /// It waits or is being made. So many bytes are kept free for it.
    Making {
        /// How many.
        reserved: u64,
    },
    /// It is there.
    Done {
        /// How many rows it has.
        rows: u64,
        /// How large it is.
        bytes: u64,
    },
    /// It could not be made.
    Failed {
        /// Why.
        why: Reason,
    },
}

/// Why a download could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// The program ended, or too many waited already.
    Stopped,
    /// It would have become larger than files may get.
    TooLarge,
    /// The disk took no more.
    Disk,
    /// The rows could not be read or written; the log says more.
    Rows,
}

/// What is ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDownload {
    /// Tells it from all others; its file's name may have it.
    pub id: Uuid,
    /// Whose calls it has.
    pub tenant: Uuid,
    /// Who orders it.
    pub owner: String,
    /// The name of a log.
    pub log: String,
    /// The name of a form.
    pub form: String,
    /// The range of time.
    pub range: [String; 2],
    /// How many digits of numbers are hidden in it.
    pub hidden_digits: u8,
    /// What the file is called when somebody saves it.
    pub file_name: String,
}

impl Download {
    /// Whether it waits or is being made.
    pub fn is_in_work(&self) -> bool {
        matches!(self.state, State::Making { .. })
    }

    /// How many bytes of the folder it takes, or may come to take.
    pub(crate) fn takes(&self) -> u64 {
        match self.state {
            State::Making { reserved } => reserved,
            State::Done { bytes, .. } => bytes,
            State::Failed { .. } => 0,
        }
    }
}

impl NewDownload {
    pub(crate) fn ordered(self, created: Timestamp, expires: Timestamp, reserved: u64) -> Download {
        let NewDownload { id, tenant, owner, log, form, range, hidden_digits, file_name } = self;
        let state = State::Making { reserved };
        Download { id, tenant, owner, log, form, range, hidden_digits, file_name, created, expires, state }
    }
}
