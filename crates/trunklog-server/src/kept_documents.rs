//! Documents that were made already.

use std::num::NonZeroUsize;
use std::sync::Arc;

use trunklog_bounded::BoundedMap;

use crate::document::Document;

/// How many are kept: all that there are of two addresses. Clients can ask by
/// any name.
const MOST: NonZeroUsize = NonZeroUsize::new(10).expect("10 is not zero");

/// A few documents. Where there are too many, the one goes that nobody has asked
/// for longest.
pub(crate) struct KeptDocuments(BoundedMap<Key, Arc<Document>>);

/// What a document is called, and the public address that it names.
type Key = (&'static str, String);

impl Default for KeptDocuments {
    fn default() -> KeptDocuments {
        KeptDocuments(BoundedMap::new(MOST))
    }
}

impl KeptDocuments {
    /// The document, if it was made already.
    pub(crate) fn get(&self, name: &'static str, root: &str) -> Option<Arc<Document>> {
        self.0.get(&(name, root.to_owned()))
    }

    /// Keeps it, instead of one that another request may have made meanwhile.
    pub(crate) fn keep(&self, name: &'static str, root: String, document: Arc<Document>) {
        self.0.insert((name, root), document);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_lately_is_kept() {
        let documents = KeptDocuments::default();
        let made = || Arc::new(Document::new("text"));
        let root = |number: usize| format!("https://{number}.example");
        let first = made();
        documents.keep("page", root(0), Arc::clone(&first));
        for number in 1..50 {
            documents.keep("page", root(number), made());
            let kept = documents.get("page", &root(0)).unwrap();
            assert!(Arc::ptr_eq(&kept, &first), "it is not made anew");
        }
        assert_eq!(documents.0.len(), MOST.get());
        assert!(documents.get("page", &root(1)).is_none());
        assert!(documents.get("style", &root(0)).is_none());
        documents.keep("page", root(0), made());
        assert_eq!(documents.0.len(), MOST.get(), "none is there twice");
    }
}
