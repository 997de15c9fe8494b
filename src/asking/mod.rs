//! Asking somebody elsewhere over HTTP: whoever leads on to another address, answers with more than was asked for, or
//! never answers, gets nobody into another place and holds nobody up for long.

use std::io::{self, Read};
use std::time::Duration;

use ureq::Agent;
use ureq::config::ConfigBuilder;
use ureq::typestate::AgentScope;

/// How somebody is asked: by themselves alone (no redirect is followed, no proxy of the environment stands between), on a
/// connection of its own, within a time that covers all of it.
pub fn config(timeout: Duration) -> ConfigBuilder<AgentScope> {
    Agent::config_builder()
        .timeout_global(Some(timeout))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .max_idle_connections(0)
        .user_agent("hocba")
}

/// A whole answer; None for one that is longer, of which no more is read.
///
/// # Errors
/// When it cannot be read.
pub fn whole(answer: impl Read, longest: usize) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    answer.take(longest as u64 + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() <= longest).then_some(bytes))
}
