//! Buckets of time that changed, on the socket.

use trunklog_odata::Instant;
use trunklog_store::{ChangedBuckets, Result, Watermark};

use super::{Message, Reply, from_json, misunderstood, to_json};

/// [`ChangedBuckets`]; None means all that there are.
type BucketsForm = Option<Vec<(Instant, u64)>>;

/// The answer with the buckets that changed.
pub(crate) fn buckets_message(buckets: &ChangedBuckets) -> Result<Message> {
    let buckets: BucketsForm = match buckets {
        ChangedBuckets::All => None,
        ChangedBuckets::These(buckets) => {
            Some(buckets.iter().map(|(start, last)| (*start, last.0)).collect())
        }
    };
    Ok((Reply::Buckets, to_json(&buckets, "buckets of time")?))
}

/// Reads it.
pub(crate) fn read_buckets(message: Message) -> Result<ChangedBuckets> {
    let (Reply::Buckets, body) = message else { return Err(misunderstood("an answer")) };
    let buckets: BucketsForm = from_json(&body, "buckets of time")?;
    Ok(buckets.map_or(ChangedBuckets::All, |buckets| {
        ChangedBuckets::These(buckets.into_iter().map(|(start, last)| (start, Watermark(last))).collect())
    }))
}
