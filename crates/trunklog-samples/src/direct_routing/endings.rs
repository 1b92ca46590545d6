//! How calls end.

use crate::dice::Dice;
use crate::spans;

/// The codes that a call ends with, and how often it does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ending {
    pub(super) sip_code: i32,
    pub(super) subcode: i32,
    weight: u32,
}

const fn ending(sip_code: i32, subcode: i32, weight: u32) -> Ending {
    Ending { sip_code, subcode, weight }
}

pub(super) const ENDED_INBOUND: Ending = ending(0, 540_000, 1);
pub(super) const ENDED_OUTBOUND: Ending = ending(0, 560_000, 1);

/// What an expired certificate of an SBC looks like.
pub(super) const CERTIFICATE_EXPIRED: Ending = ending(504, 569_008, 1);

/// How calls to users fail.
pub(super) const INBOUND: &[Ending] = &[
    ending(487, 540_487, 430),
    ending(486, 540_486, 180),
    ending(480, 10_037, 110),
    ending(404, 511_404, 80),
    ending(487, 540_200, 60),
    ending(480, 10_191, 25),
    ending(403, 510_534, 20),
    ending(408, 1_106, 12),
    ending(408, 0, 8),
    ending(400, 540_400, 6),
    ending(410, 531_004, 6),
    ending(410, 531_005, 5),
    ending(488, 531_000, 4),
    ending(504, 549_002, 8),
];

/// How calls to attendants and queues fail.
pub(super) const TO_BOT: &[Ending] = &[
    ending(487, 540_487, 640),
    ending(486, 10_321, 60),
    ending(503, 10_320, 25),
    ending(404, 511_404, 20),
    ending(480, 10_140, 15),
];

/// How calls to the telephone network fail.
pub(super) const OUTBOUND: &[Ending] = &[
    ending(487, 560_487, 360),
    ending(486, 560_486, 200),
    ending(480, 560_480, 170),
    ending(404, 560_404, 70),
    ending(403, 560_403, 30),
    ending(603, 560_603, 28),
    ending(484, 560_484, 25),
    ending(408, 560_408, 25),
    ending(403, 510_559, 14),
    ending(403, 510_563, 10),
    ending(403, 510_403, 5),
    ending(410, 531_004, 5),
    ending(412, 510_412, 4),
    ending(402, 560_402, 2),
];

/// How an SBC or its carrier lets calls from outside fail.
pub(super) const INBOUND_FAULTS: &[Ending] = &[
    ending(408, 1_106, 300),
    ending(504, 549_002, 250),
    ending(488, 531_000, 180),
    ending(410, 531_005, 150),
    ending(400, 540_400, 120),
];

/// How it lets calls to outside fail.
pub(super) const OUTBOUND_FAULTS: &[Ending] = &[
    ending(503, 560_503, 400),
    ending(408, 500_001, 250),
    ending(500, 560_500, 180),
    ending(504, 569_002, 130),
    ending(504, 569_003, 20),
    ending(504, 569_015, 10),
];

/// One of `endings`, by weight.
pub(super) fn draw(endings: &'static [Ending], dice: &mut Dice) -> Ending {
    *dice.weighted(endings, |ending| ending.weight)
}

impl Ending {
    pub(super) fn is_success(self) -> bool {
        self.sip_code == 0
    }

    /// The text that goes with the SIP code.
    ///
    /// Source: RFC 3261 section 21; RFC 3903 section 11.2 for 412. A call that
    /// ended normally was ended by a BYE.
    pub(super) fn phrase(self) -> &'static str {
        match self.sip_code {
            0 => "BYE",
            400 => "Bad Request",
            402 => "Payment Required",
            403 => "Forbidden",
            404 => "Not Found",
            408 => "Request Timeout",
            410 => "Gone",
            412 => "Conditional Request Failed",
            480 => "Temporarily Unavailable",
            484 => "Address Incomplete",
            486 => "Busy Here",
            487 => "Request Terminated",
            488 => "Not Acceptable Here",
            500 => "Server Internal Error",
            503 => "Service Unavailable",
            504 => "Server Time-out",
            603 => "Decline",
            _ => "",
        }
    }

    /// How long a call takes to fail so.
    pub(super) fn wait(self, dice: &mut Dice) -> i64 {
        match (self.sip_code, self.subcode) {
            // Somebody waits while it rings.
            (487, _) => spans::ring(dice) * 3 / 2,
            (480, 560_480) | (408, 560_408) => spans::between(18_000, 60_000, dice),
            (486 | 603, _) => spans::between(900, 6_000, dice),
            // The failover timer is ten seconds.
            (408, 500_001) => spans::between(10_000, 10_400, dice),
            (408 | 504, _) => spans::between(2_000, 12_000, dice),
            _ => spans::between(120, 2_500, dice),
        }
    }
}
