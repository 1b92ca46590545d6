//! Rows of one call from several sources, of which one counts.

/// When a row gives way to another that tells of the same call: what the admin
/// centre exported has no id of Graph's, or times that are less exact, and
/// Graph's own row may come before or after it.
///
/// ```
/// use trunklog_records::schema::{PSTN_CALLS, RECORDED_BY};
///
/// let supersession = PSTN_CALLS.supersession.unwrap();
/// assert_eq!((supersession.marked_by, supersession.same), (RECORDED_BY, &["id"][..]));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Supersession {
    /// The property that says who recorded a row. Where it is null, Graph did;
    /// such a row is never changed by one that has a value there, and takes the
    /// place of it.
    pub marked_by: &'static str,
    /// The properties in which both rows agree. The first must have a value;
    /// of the others a null of the row that gives way agrees with anything.
    pub same: &'static [&'static str],
    /// The properties in which the rows do not contradict each other, see
    /// [`Supersession::are_alike`]. They tell the legs of one call apart. A null in
    /// either row agrees with anything.
    pub alike: &'static [&'static str],
    /// How far their times may be apart, in units of 100 ns.
    pub within_ticks: i64,
}

impl Supersession {
    /// Whether two texts can be the same, of which either may hide its end after a
    /// `*`, as numbers do.
    ///
    /// ```
    /// use trunklog_records::schema::Supersession;
    ///
    /// assert!(Supersession::are_alike("+49301234***", "+49301234567"));
    /// assert!(!Supersession::are_alike("+49301234***", "+4420123456"));
    /// ```
    pub fn are_alike(left: &str, right: &str) -> bool {
        let shown = |text: &str| text.find('*').unwrap_or(text.len());
        right.starts_with(&left[..shown(left)]) || left.starts_with(&right[..shown(right)])
    }
}

/// The property that says who recorded a row, where Graph did not.
///
/// ```
/// use trunklog_records::schema::{PSTN_CALLS, RECORDED_BY};
///
/// let at = PSTN_CALLS.index_of(RECORDED_BY).unwrap();
/// assert!(!PSTN_CALLS.properties[at].is_read());
/// ```
pub const RECORDED_BY: &str = "recordedBy";
