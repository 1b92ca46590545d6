//! Which addresses are probed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::lookup_host;
use tokio::time::{Instant, timeout_at};
use trunklog_trunks::NoAnswer;

/// The most addresses of a name that are tried.
const MOST: usize = 3;

/// The addresses of a name that may be probed.
pub(crate) async fn of(host: &str, port: u16, deadline: Instant) -> Result<Vec<SocketAddr>, NoAnswer> {
    let Ok(Ok(found)) = timeout_at(deadline, lookup_host((host, port))).await else {
        return Err(NoAnswer::NameNotFound);
    };
    let found: Vec<SocketAddr> = found.collect();
    if found.is_empty() {
        return Err(NoAnswer::NameNotFound);
    }
    let usable: Vec<SocketAddr> =
        found.into_iter().filter(|address| is_usable(address.ip())).take(MOST).collect();
    if usable.is_empty() { Err(NoAnswer::AddressRefused) } else { Ok(usable) }
}

/// Whether an SBC can be there. Names are entered by people, and what they mean is
/// said by name servers: nobody gets to look at services of this machine, or of the
/// cloud that it is in, by them.
fn is_usable(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_usable_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => is_usable_v4(mapped),
            None => is_usable_v6(address),
        },
    }
}

fn is_usable_v4(address: Ipv4Addr) -> bool {
    !(address.is_loopback()
        || address.is_unspecified()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.octets()[0] == 0)
}

fn is_usable_v6(address: Ipv6Addr) -> bool {
    let is_link_local = address.segments()[0] & 0xffc0 == 0xfe80;
    !(address.is_loopback() || address.is_unspecified() || address.is_multicast() || is_link_local)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn this_machine_and_its_cloud_are_not_probed() {
        for (address, usable) in [
            ("127.0.0.1", false),
            ("0.0.0.0", false),
            ("169.254.169.254", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("::1", false),
            ("::", false),
            ("fe80::1", false),
            ("ff02::1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:169.254.169.254", false),
            ("10.0.0.5", true),
            ("192.0.2.1", true),
            ("2001:db8::1", true),
            ("fd00::1", true),
        ] {
            assert_eq!(is_usable(address.parse().unwrap()), usable, "{address}");
        }
    }

    #[tokio::test]
    async fn a_name_of_this_machine_is_refused() {
        let deadline = Instant::now() + Duration::from_secs(30);
        assert_eq!(of("localhost", 5061, deadline).await, Err(NoAnswer::AddressRefused));
    }
}
