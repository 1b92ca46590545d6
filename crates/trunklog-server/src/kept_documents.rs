//! Documents that were made already.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::document::Document;

/// How many are kept: all that there are of two addresses. Clients can ask by
/// any name.
const MOST: usize = 8;

/// A few documents, by name and public address.
#[derive(Default)]
pub(crate) struct KeptDocuments(Mutex<VecDeque<Entry>>);

/// The one that was asked for last comes first.
struct Entry {
    name: &'static str,
    root: String,
    document: Arc<Document>,
}

impl KeptDocuments {
    /// The document, if it was made already.
    pub(crate) fn get(&self, name: &'static str, root: &str) -> Option<Arc<Document>> {
        let mut all = self.all();
        let at = all.iter().position(|entry| entry.name == name && entry.root == root)?;
        let entry = all.remove(at)?;
        let document = Arc::clone(&entry.document);
        all.push_front(entry);
        Some(document)
    }

    /// Keeps it, instead of the one that nobody has asked for longest.
    pub(crate) fn keep(&self, name: &'static str, root: String, document: Arc<Document>) {
        let mut all = self.all();
        // Another request may have made it meanwhile.
        all.retain(|entry| entry.name != name || entry.root != root);
        all.push_front(Entry { name, root, document });
        all.truncate(MOST);
    }

    fn all(&self) -> MutexGuard<'_, VecDeque<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
        assert_eq!(documents.all().len(), MOST);
        assert!(documents.get("page", &root(1)).is_none());
        assert!(documents.get("style", &root(0)).is_none());
        documents.keep("page", root(0), made());
        assert_eq!(documents.all().len(), MOST, "none is there twice");
    }
}
