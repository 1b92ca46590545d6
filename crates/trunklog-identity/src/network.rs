//! Whose an address is.

use std::net::{IpAddr, Ipv6Addr};

/// The part of an address that says whose it is, as an address: of IPv6 the
/// first 64 bits, for everybody has the rest of them to choose from (RFC 6177),
/// of IPv4 all, also where it is written as IPv6.
///
/// ```
/// use trunklog_identity::network;
/// let of = |address: &str| network(address.parse().unwrap());
/// assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:2"));
/// assert_ne!(of("2001:db8:0:1::1"), of("2001:db8:0:2::1"));
/// assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
/// ```
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}
