//! Who is asking: the client's address behind trusted proxies, and the prefix it is counted under.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use data_encoding::HEXLOWER;
use ipnet::IpNet;

/// Most hops of `X-Forwarded-For` that are looked at, from the right.
const MAX_HOPS: usize = 32;

/// What is counted as one client: an IPv4 address, or the /56 of an IPv6 address, which is what one
/// household gets.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientPrefix(u64);

impl ClientPrefix {
    /// The prefix of an address; an IPv4 address written as IPv6 counts as IPv4.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self(1 << 56 | u64::from(u32::from(v4))),
            IpAddr::V6(v6) => Self((u128::from(v6) >> 72) as u64),
        }
    }

    /// Eight bytes that tell prefixes apart; for keyed hashes.
    pub fn to_bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }

    /// The same in sixteen hexadecimal digits, as the journal makes its keyed hash of them.
    pub fn to_hex(self) -> String {
        HEXLOWER.encode(&self.to_bytes())
    }
}

/// Addresses do not belong in logs.
impl fmt::Debug for ClientPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientPrefix(…)")
    }
}

/// The client's address: the rightmost hop that is not one of our proxies.
///
/// `forwarded` are the values of all `X-Forwarded-For` lines in the order they came. Each proxy
/// appends the address it was called from, so what stands right of the first untrusted address was
/// written by proxies we trust, and nothing left of it is believed. Without a trusted peer the header
/// is not looked at. Where an entry is not an address the walk ends at the hop before it: the proxy
/// that let it through is counted, and not somebody the client may name.
pub fn client_address<'a>(
    peer: IpAddr,
    forwarded: impl DoubleEndedIterator<Item = &'a [u8]>,
    trusted: &[IpNet],
) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    let mut client = peer.to_canonical();
    let hops = forwarded.rev().flat_map(|line| line.rsplit(|byte| *byte == b','));
    for hop in hops.take(MAX_HOPS) {
        if !is_trusted(&client) {
            break;
        }
        match parse_hop(hop) {
            Some(address) => client = address.to_canonical(),
            None => break,
        }
    }
    client
}

/// An address, alone or with a port, IPv6 also in brackets.
fn parse_hop(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok()?.trim_matches([' ', '\t']);
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    text.parse().ok().or_else(bracketed).or_else(with_port)
}
