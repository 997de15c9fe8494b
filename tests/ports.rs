//! Ports for servers that tests start, each given once. They lie below those that the system takes for connections: one
//! that was free a moment ago could otherwise be somebody's connection when its server comes to listen.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

const FIRST: u16 = 12_000;
const COUNT: u16 = 20_000;

pub(crate) fn free_port() -> u16 {
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    // Other test processes on the machine begin elsewhere.
    let begin = std::process::id() % u32::from(COUNT);
    loop {
        let given = u32::from(GIVEN.fetch_add(1, Ordering::Relaxed));
        let place = u16::try_from((begin + given) % u32::from(COUNT)).unwrap();
        if TcpListener::bind(("127.0.0.1", FIRST + place)).is_ok() {
            return FIRST + place;
        }
    }
}
