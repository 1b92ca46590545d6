//! Documents that were made already.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Part;
use crate::document::Document;

/// How many are kept: all parts for two addresses. Clients can ask by any name.
const MOST: usize = 8;

/// A few documents, by part and public address.
#[derive(Default)]
pub(crate) struct Documents(Mutex<VecDeque<Kept>>);

/// The one that was asked for last comes first.
struct Kept {
    part: Part,
    root: String,
    document: Arc<Document>,
}

impl Documents {
    /// The document, if it was made already.
    pub(super) fn get(&self, part: Part, root: &str) -> Option<Arc<Document>> {
        let mut all = self.all();
        let at = all.iter().position(|kept| kept.part == part && kept.root == root)?;
        let kept = all.remove(at)?;
        let document = Arc::clone(&kept.document);
        all.push_front(kept);
        Some(document)
    }

    /// Keeps it, instead of the one that nobody has asked for longest.
    pub(super) fn keep(&self, part: Part, root: String, document: Arc<Document>) {
        let mut all = self.all();
        // Another request may have made it meanwhile.
        all.retain(|kept| kept.part != part || kept.root != root);
        all.push_front(Kept { part, root, document });
        all.truncate(MOST);
    }

    fn all(&self) -> MutexGuard<'_, VecDeque<Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use trunklog_odata::Version;

    use super::*;

    #[test]
    fn what_was_asked_for_lately_is_kept() {
        let documents = Documents::default();
        let made = || Arc::new(Document::new("text"));
        let root = |number: usize| format!("https://{number}.example");
        let first = made();
        documents.keep(Part::Page, root(0), Arc::clone(&first));
        for number in 1..50 {
            documents.keep(Part::Page, root(number), made());
            let kept = documents.get(Part::Page, &root(0)).unwrap();
            assert!(Arc::ptr_eq(&kept, &first), "it is not made anew");
        }
        assert_eq!(documents.all().len(), MOST);
        assert!(documents.get(Part::Page, &root(1)).is_none());
        assert!(documents.get(Part::Style, &root(0)).is_none());
        assert!(documents.get(Part::Description(Version::V1), &root(0)).is_none());
        documents.keep(Part::Page, root(0), made());
        assert_eq!(documents.all().len(), MOST, "none is there twice");
    }
}
