//! Whose part of the server something takes: a tenant's once it is known who
//! asks, else that of the address that asks.

use std::net::{IpAddr, Ipv6Addr};

use http::request::Parts;
use trunklog_identity::network;
use trunklog_records::TenantId;

use crate::client_address;
use crate::settings::Settings;

/// What is shared out evenly is shared among these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Share {
    /// All applications of a tenant together.
    Tenant(TenantId),
    /// Who has not signed in.
    Origin(Origin),
}

impl Share {
    /// Of the sender of the request, before it is known who that is.
    pub(crate) fn of_client(parts: &Parts, settings: &Settings) -> Share {
        let address = client_address::or_peer(parts, settings);
        Share::Origin(Origin::of(address.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED))))
    }

    /// Whether it is of somebody who has not signed in. Such a one can have any
    /// number of shares, by as many addresses.
    pub(crate) fn is_stranger(self) -> bool {
        matches!(self, Share::Origin(_))
    }
}

/// The addresses that one client has as a rule: one of IPv4, a network of 64
/// bits of IPv6. Source: RFC 6177.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Origin(IpAddr);

impl Origin {
    pub(crate) fn of(address: IpAddr) -> Origin {
        Origin(network(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_cannot_change_its_origin_by_its_own_addresses() {
        let of = |text: &str| Origin::of(text.parse().unwrap());
        assert_eq!(of("10.0.0.1"), of("::ffff:10.0.0.1"));
        assert_ne!(of("10.0.0.1"), of("10.0.0.2"));
        assert_eq!(of("2001:db8:0:1::1"), of("2001:db8:0:1:ffff::2"));
        assert_ne!(of("2001:db8:0:1::1"), of("2001:db8:0:2::1"));
    }
}
