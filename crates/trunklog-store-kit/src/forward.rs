//! Stores of tests that pass on to another what they are asked.

/// Within an `impl Store` of a test: the methods of those names, which ask the store in
/// one of its fields. So `forward!(inner: append page);` makes two methods that ask
/// `self.inner`.
#[macro_export]
macro_rules! forward {
    (@ $store:tt append) => {
        fn append(&self, rows: &$crate::records::Rows) -> $crate::store::Result<$crate::store::AppendCounts> {
            self.$store.append(rows)
        }
    };
    (@ $store:tt page) => {
        fn page(&self, query: &$crate::store::PageQuery) -> $crate::store::Result<$crate::store::Page> {
            self.$store.page(query)
        }
    };
    (@ $store:tt count) => {
        fn count(
            &self,
            selection: &$crate::store::Selection,
            watermark: Option<$crate::store::Watermark>,
        ) -> $crate::store::Result<u64> {
            self.$store.count(selection, watermark)
        }
    };
    (@ $store:tt scan) => {
        fn scan(
            &self,
            query: &$crate::store::ScanQuery,
            each: &mut dyn FnMut($crate::records::Rows) -> ::std::ops::ControlFlow<()>,
        ) -> $crate::store::Result<()> {
            self.$store.scan(query, each)
        }
    };
    (@ $store:tt newest) => {
        fn newest(&self) -> $crate::store::Result<$crate::store::Watermark> {
            self.$store.newest()
        }
    };
    (@ $store:tt commit_time) => {
        fn commit_time(
            &self,
            commit: $crate::store::Watermark,
        ) -> $crate::store::Result<Option<$crate::odata::Instant>> {
            self.$store.commit_time(commit)
        }
    };
    (@ $store:tt row) => {
        fn row(
            &self,
            log: &'static $crate::records::Log,
            time: $crate::odata::Instant,
            id: &str,
        ) -> $crate::store::Result<Option<$crate::records::Rows>> {
            self.$store.row(log, time, id)
        }
    };
    (@ $store:tt report) => {
        fn report(&self, query: &$crate::store::ReportQuery) -> $crate::store::Result<$crate::store::Report> {
            self.$store.report(query)
        }
    };
    (@ $store:tt sums) => {
        fn sums(
            &self,
            queries: &[$crate::store::cube::SumQuery],
        ) -> $crate::store::Result<$crate::store::cube::SumAnswers> {
            self.$store.sums(queries)
        }
    };
    (@ $store:tt changed_buckets) => {
        fn changed_buckets(
            &self,
            log: &'static $crate::records::Log,
            after: $crate::store::Watermark,
        ) -> $crate::store::Result<$crate::store::ChangedBuckets> {
            self.$store.changed_buckets(log, after)
        }
    };
    (@ $store:tt changes) => {
        fn changes(&self, query: &$crate::store::ChangesQuery) -> $crate::store::Result<$crate::store::Changes> {
            self.$store.changes(query)
        }
    };
    (@ $store:tt erase) => {
        fn erase(&self, erasure: &$crate::store::Erasure) -> $crate::store::Result<u64> {
            self.$store.erase(erasure)
        }
    };
    (@ $store:tt forget) => {
        fn forget(
            &self,
            log: &'static $crate::records::Log,
            before: $crate::odata::Instant,
        ) -> $crate::store::Result<u64> {
            self.$store.forget(log, before)
        }
    };
    (@ $store:tt forgettable) => {
        fn forgettable(
            &self,
            log: &'static $crate::records::Log,
            before: $crate::odata::Instant,
        ) -> $crate::store::Result<$crate::store::OldRows> {
            self.$store.forgettable(log, before)
        }
    };
    ($store:tt: $($method:ident)+) => {
        $($crate::forward! { @ $store $method })+
    };
}
