//! What a call is known by, and from where it was made. The addresses are
//! private ones and those kept free for documentation (RFC 5737, RFC 3849).

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use uuid::Uuid;

use crate::dice::Dice;
use crate::tariff::Carrier;

/// `callId`.
#[derive(Debug, Clone, Copy)]
pub(super) enum CallId {
    /// In the form of the documentation's sample.
    Microsoft { call: u32, leg: u32, server: Ipv4Addr },
    /// The id of Graph's call record, which calls over operators show.
    Record(Uuid),
}

/// The addresses of a user's program or telephone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Client {
    pub(super) local_v4: Ipv4Addr,
    pub(super) public_v4: Ipv4Addr,
    pub(super) local_v6: Option<Ipv6Addr>,
    pub(super) public_v6: Option<Ipv6Addr>,
}

/// Of a thousand calls, how many are made in an office, which has no IPv6.
const OFFICE_PERMILLE: u32 = 700;

impl CallId {
    pub(super) fn draw(carrier: Carrier, dice: &mut Dice) -> CallId {
        match carrier {
            Carrier::Microsoft => CallId::Microsoft {
                call: dice.below(u32::MAX / 2),
                leg: dice.below(1_000_000_000),
                server: Ipv4Addr::new(192, 0, 2, octet(dice)),
            },
            Carrier::Operator(_) => CallId::Record(dice.uuid()),
        }
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallId::Microsoft { call, leg, server } => write!(f, "{call}_{leg}@{server}"),
            CallId::Record(id) => write!(f, "{}", id.hyphenated()),
        }
    }
}

impl Client {
    pub(super) fn draw(dice: &mut Dice) -> Client {
        if dice.chance(OFFICE_PERMILLE) {
            return Client {
                local_v4: Ipv4Addr::new(10, 20, octet(dice), octet(dice)),
                public_v4: Ipv4Addr::new(203, 0, 113, 10),
                local_v6: None,
                public_v6: None,
            };
        }
        let host = [(); 4].map(|()| group(dice));
        Client {
            local_v4: Ipv4Addr::new(192, 168, 178, octet(dice)),
            public_v4: Ipv4Addr::new(198, 51, 100, octet(dice)),
            local_v6: Some(Ipv6Addr::new(0xfe80, 0, 0, 0, host[0], host[1], host[2], host[3])),
            public_v6: Some(Ipv6Addr::new(0x2001, 0xdb8, group(dice), 0, host[0], host[1], host[2], host[3])),
        }
    }
}

/// A part of an address that is a host's: neither the first nor the last.
fn octet(dice: &mut Dice) -> u8 {
    u8::try_from(1 + dice.below(254)).expect("the number is below 256")
}

fn group(dice: &mut Dice) -> u16 {
    u16::try_from(dice.below(1 << 16)).expect("the number has 16 bits")
}
