//! What can be asked of a report.

use jiff::tz::TimeZone;
use trunklog_odata::Instant;
use trunklog_records::masking::Mask;
use trunklog_records::{Log, TimeRange};

use crate::ReportError;
use crate::calendar::{Bucket, Comparison};
use crate::error::one_of;
use crate::filter::Filter;
use crate::texts::Texts;

/// A question. What a report does not take is an error that says so
/// ([`Report::answer`](crate::Report::answer)).
///
/// ```
/// use jiff::tz::TimeZone;
/// use trunklog_odata::Instant;
/// use trunklog_reports::calendar::{Bucket, range};
/// use trunklog_reports::{Ask, Dimension, Filter};
/// use trunklog_records::masking::Mask;
///
/// let week = range(Some("2026-11-23"), Some("2026-11-30"), &TimeZone::UTC, Instant::ABSENT)?;
/// let ask = Ask {
///     bucket: Some(Bucket::Day),
///     by: vec![Dimension::Trunk],
///     filter: Filter::read("direction eq 'inbound'", Mask::NONE).unwrap(),
///     ..Ask::of(week)
/// };
/// assert_eq!((ask.top, ask.by[0].key()), (None, "trunk"));
/// # Ok::<(), trunklog_reports::ReportError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Ask {
    /// The rows' times.
    pub range: TimeRange,
    /// The first instant whose rows this reader may be told of at all; the range starts
    /// no earlier.
    pub since: Instant,
    /// The zone in which hours and days are counted and local times are told.
    pub zone: TimeZone,
    /// The zone in which the store counts days ([`Grain::Day`](trunklog_store::cube::Grain::Day)).
    pub days: TimeZone,
    /// Buckets of time.
    pub bucket: Option<Bucket>,
    /// What rows are told apart by; nothing for what is usual of the report.
    pub by: Vec<Dimension>,
    /// Which rows count.
    pub filter: Filter,
    /// What it is compared with.
    pub compare: Option<Comparison>,
    /// The most rows to tell, the largest first.
    pub top: Option<usize>,
    /// How many digits of numbers outside this reader must not see.
    pub mask: Mask,
    /// What else is asked for.
    pub extras: Vec<Extra>,
    /// The call that is meant, by its time and id.
    pub call: Option<(Instant, String)>,
    /// Until when data are complete, as far as the caller knows.
    pub complete_until: Option<Instant>,
    /// The language of texts that are part of an answer.
    pub texts: &'static Texts,
}

/// What rows can be told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// The trunk.
    Trunk,
    /// Which way the call crossed the trunk.
    Direction,
    /// The call type as rows have it.
    CallType,
    /// The type of a message as rows have it.
    SmsType,
    /// The licence with which a user called or wrote.
    Licence,
    /// The name of the country or region that was called or written to.
    Destination,
    /// The country of the party outside.
    Country,
    /// Whether a user was blocked or unblocked.
    BlockMode,
    /// Why a user was blocked.
    BlockReason,
    /// The currency of charges.
    Currency,
}

/// What some reports tell beside the usual when they are asked to, since it takes
/// longer or is about something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extra {
    /// How many users were hit, which only rows tell.
    Users,
    /// Numbers outside instead of the organisation's own.
    Outside,
    /// Busy channels.
    Channels,
}

impl Ask {
    /// A question about all rows of a range, in UTC.
    pub fn of(range: TimeRange) -> Ask {
        Ask {
            range,
            since: Instant::ABSENT,
            zone: TimeZone::UTC,
            days: TimeZone::UTC,
            bucket: None,
            by: Vec::new(),
            filter: Filter::default(),
            compare: None,
            top: None,
            mask: Mask::NONE,
            extras: Vec::new(),
            call: None,
            complete_until: None,
            texts: Texts::english(),
        }
    }

    /// Whether that is asked for, too.
    pub fn wants(&self, extra: Extra) -> bool {
        self.extras.contains(&extra)
    }
}

impl Dimension {
    /// All, in the order of columns.
    pub const ALL: [Dimension; 10] = [
        Dimension::Trunk,
        Dimension::Direction,
        Dimension::CallType,
        Dimension::SmsType,
        Dimension::Licence,
        Dimension::Destination,
        Dimension::Country,
        Dimension::BlockMode,
        Dimension::BlockReason,
        Dimension::Currency,
    ];

    /// Those of calls over trunks.
    pub const OF_TRUNKS: [Dimension; 3] = [Dimension::Trunk, Dimension::Direction, Dimension::CallType];

    /// What it is called where it is asked for, and the column that tells it.
    pub fn key(self) -> &'static str {
        match self {
            Dimension::Trunk => "trunk",
            Dimension::Direction => "direction",
            Dimension::CallType => "callType",
            Dimension::SmsType => "smsType",
            Dimension::Licence => "licence",
            Dimension::Destination => "destination",
            Dimension::Country => "country",
            Dimension::BlockMode => "blockMode",
            Dimension::BlockReason => "blockReason",
            Dimension::Currency => "currency",
        }
    }

    /// The property of a log's rows that tells it, or from which it follows; None where
    /// no single one does.
    ///
    /// ```
    /// use trunklog_records::schema::{PSTN_CALLS, SMS};
    /// use trunklog_reports::Dimension;
    ///
    /// assert_eq!(Dimension::Direction.property(&SMS), Some("smsType"));
    /// assert_eq!(Dimension::Licence.property(&PSTN_CALLS), Some("licenseCapability"));
    /// assert_eq!((Dimension::Country.property(&SMS), Dimension::Trunk.property(&SMS)), (None, None));
    /// ```
    pub fn property(self, log: &Log) -> Option<&'static str> {
        let name = match self {
            Dimension::Trunk => "trunkFullyQualifiedDomainName",
            Dimension::Direction => log.external_party?.direction,
            Dimension::CallType => "callType",
            Dimension::SmsType => "smsType",
            Dimension::Licence => "licenseCapability",
            Dimension::Destination => "destinationName",
            Dimension::Country => return None,
            Dimension::BlockMode => "userBlockMode",
            Dimension::BlockReason => "blockReason",
            Dimension::Currency => "currency",
        };
        log.index_of(name).map(|_| name)
    }

    /// The one of that key, letter case ignored.
    pub fn by_key(key: &str) -> Option<Dimension> {
        Dimension::ALL.into_iter().find(|dimension| dimension.key().eq_ignore_ascii_case(key))
    }

    /// Reads a list of them, separated by commas.
    ///
    /// ```
    /// use trunklog_reports::Dimension;
    ///
    /// assert_eq!(Dimension::read("trunk,direction")?, [Dimension::Trunk, Dimension::Direction]);
    /// assert!(Dimension::read("trunk,trunk").is_err());
    /// # Ok::<(), trunklog_reports::ReportError>(())
    /// ```
    pub fn read(text: &str) -> Result<Vec<Dimension>, ReportError> {
        let hint = || format!("take {}", one_of(Dimension::ALL.map(Dimension::key)));
        let mut by = Vec::new();
        for key in text.split(',') {
            let Some(dimension) = Dimension::by_key(key.trim()) else {
                return Err(ReportError::asked("by", "rows cannot be told apart by that", hint()));
            };
            if by.contains(&dimension) {
                let problem = format!("{} is there twice", dimension.key());
                return Err(ReportError::asked("by", problem, "name each once"));
            }
            by.push(dimension);
        }
        Ok(by)
    }
}

impl Extra {
    /// All.
    pub const ALL: [Extra; 3] = [Extra::Users, Extra::Outside, Extra::Channels];

    /// The parameter that asks for it.
    pub fn key(self) -> &'static str {
        match self {
            Extra::Users => "users",
            Extra::Outside => "outside",
            Extra::Channels => "channels",
        }
    }
}
