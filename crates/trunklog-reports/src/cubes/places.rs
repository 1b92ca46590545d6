//! Where keys and measures are in each cube.

/// Of [`QUARTERS`](super::QUARTERS) and [`DAYS`](super::DAYS).
pub mod calls {
    /// The names of the measures.
    pub const MEASURES: &[&str] = &[
        "rows",
        "odd",
        "disagreeing",
        "timed",
        "duration_s",
        "duration_n",
        "talk_ms",
        "talk_n",
        "answer_ms",
        "answer_n",
        "setup_ms",
        "setup_n",
        "held_ms",
        "held_n",
        "compared",
    ];

    /// Key: the trunk.
    pub const TRUNK: usize = 0;
    /// Key: the call type.
    pub const CALL_TYPE: usize = 1;
    /// Key: the SIP code.
    pub const SIP: usize = 2;
    /// Key: Microsoft's subcode.
    pub const SUB: usize = 3;
    /// Key: whether the call was established, 0 or 1.
    pub const SUCCESSFUL: usize = 4;
    /// Key: what key figures need to know of the others but the trunk, from which it
    /// follows: it tells no more cells apart.
    pub const KIND: usize = 5;

    /// Rows.
    pub const ROWS: usize = 0;
    /// Odd rows.
    pub const ODD: usize = 1;
    /// Rows whose `duration` agrees with neither of their own times.
    pub const DISAGREEING: usize = 2;
    /// Rows that are not odd.
    pub const TIMED: usize = 3;
    /// `duration` of answered rows, in seconds.
    pub const DURATION_S: usize = 4;
    /// Rows in it.
    pub const DURATION_N: usize = 5;
    /// Talk time of answered rows.
    pub const TALK_MS: usize = 6;
    /// Rows in it.
    pub const TALK_N: usize = 7;
    /// Time to answer of answered outbound rows.
    pub const ANSWER_MS: usize = 8;
    /// Rows in it.
    pub const ANSWER_N: usize = 9;
    /// Set-up.
    pub const SETUP_MS: usize = 10;
    /// Rows in it.
    pub const SETUP_N: usize = 11;
    /// How long channels were held.
    pub const HELD_MS: usize = 12;
    /// Rows in it.
    pub const HELD_N: usize = 13;
    /// Rows whose `duration` can be compared, of which `DISAGREEING` is a part.
    pub const COMPARED: usize = 14;
}

/// Of [`COUNTRIES`](super::COUNTRIES).
pub mod countries {
    /// The names of the measures.
    pub const MEASURES: &[&str] =
        &["rows", "answered", "timed", "duration_s", "duration_n", "talk_ms", "talk_n"];

    /// Key: the trunk.
    pub const TRUNK: usize = 0;
    /// Key: the direction.
    pub const DIRECTION: usize = 1;
    /// Key: whether it is a leg.
    pub const LEG: usize = 2;
    /// Key: the country of the other party ([`Country::code`](crate::Country::code)).
    pub const COUNTRY: usize = 3;
    /// Key: the class ([`Class::key`](crate::Class::key)).
    pub const CLASS: usize = 4;

    /// Rows.
    pub const ROWS: usize = 0;
    /// Answered rows.
    pub const ANSWERED: usize = 1;
    /// Rows that are not odd.
    pub const TIMED: usize = 2;
    /// `duration` of answered rows, in seconds.
    pub const DURATION_S: usize = 3;
    /// Rows in it.
    pub const DURATION_N: usize = 4;
    /// Talk time of answered rows.
    pub const TALK_MS: usize = 5;
    /// Rows in it.
    pub const TALK_N: usize = 6;
}

/// Of [`SPREAD`](super::SPREAD) and [`SPREAD_DAYS`](super::SPREAD_DAYS).
pub mod spread {
    /// The names of the measures.
    pub const MEASURES: &[&str] = &["n"];

    /// Key: the trunk.
    pub const TRUNK: usize = 0;
    /// Key: the direction.
    pub const DIRECTION: usize = 1;
    /// Key: whether it is a leg.
    pub const LEG: usize = 2;
    /// Key: what is spread, [`TALK`] or [`ANSWER`].
    pub const WHAT: usize = 3;
    /// Key: the bin of its milliseconds.
    pub const BIN: usize = 4;
    /// Key: the call type, from which direction and leg follow: it tells no more
    /// cells apart than there are call types.
    pub const CALL_TYPE: usize = 5;

    /// How many values are in the bin.
    pub const N: usize = 0;

    /// The key `what` of talk times of answered rows.
    pub const TALK: i64 = 0;
    /// The key `what` of times to answer of answered outbound rows.
    pub const ANSWER: i64 = 1;
}

/// Of [`USERS`](super::USERS).
pub mod users {
    /// The names of the measures.
    pub const MEASURES: &[&str] = &["rows", "answered", "missed", "timed", "duration_s", "talk_ms"];

    /// Key: the user's id, or else principal name.
    pub const USER: usize = 0;
    /// Key: the direction.
    pub const DIRECTION: usize = 1;
    /// Key: whether it is a leg.
    pub const LEG: usize = 2;

    /// Rows.
    pub const ROWS: usize = 0;
    /// Answered rows.
    pub const ANSWERED: usize = 1;
    /// Missed rows.
    pub const MISSED: usize = 2;
    /// Rows that are not odd.
    pub const TIMED: usize = 3;
    /// `duration` of answered rows, in seconds.
    pub const DURATION_S: usize = 4;
    /// Talk time of answered rows.
    pub const TALK_MS: usize = 5;
}

/// Of [`NUMBERS`](super::NUMBERS).
pub mod numbers {
    /// The names of the measures.
    pub const MEASURES: &[&str] = &["rows", "answered", "missed"];

    /// Key: the number as rows have it.
    pub const NUMBER: usize = 0;
    /// Key: the direction.
    pub const DIRECTION: usize = 1;

    /// Rows.
    pub const ROWS: usize = 0;
    /// Answered rows.
    pub const ANSWERED: usize = 1;
    /// Missed rows.
    pub const MISSED: usize = 2;
}
