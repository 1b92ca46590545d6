//! What a registry has to be told of the records that it keeps.

use std::collections::BTreeMap;

use uuid::Uuid;

/// Records by their ids.
pub(crate) type ById<R> = BTreeMap<Uuid, R>;

/// A kind of record.
///
/// Its file is JSON so that an operator can read it, back it up and, with care, edit
/// it. Anything in it that this version does not know has to be an error: rewriting
/// the file would drop it silently.
pub(crate) trait Record: Sized {
    /// Whose registry it is, as the log calls it.
    const REGISTRY: &'static str;
    /// What the records are called in errors.
    const RECORDS: &'static str;
    /// The file's name. The lock has the same with `.lock` after it.
    const FILE_NAME: &'static str;
    /// The number by which this form of the file is told from later ones.
    const FORMAT: u32;
    /// No larger file is read.
    const MAX_BYTES: u64;

    /// The format that a file says it has, and its records.
    fn from_json(content: &[u8]) -> serde_json::Result<(u32, Vec<Self>)>;

    /// The content of a file with those records, in the form that has
    /// [`FORMAT`](Record::FORMAT).
    fn to_json(records: Vec<&Self>) -> serde_json::Result<Vec<u8>>;

    /// The records of a file by their ids, if they keep the rules of their kind. Else
    /// what is wrong, without any of their values.
    fn by_id(records: Vec<Self>) -> Result<ById<Self>, String>;
}
