//! Limits: bounded, exact under concurrency, and about the client that really asked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::FakeRelativeClock;
use hocba::limits::{
    Allowance, AttemptCounters, AttemptLimits, Attempts, AttemptsLeft, ClientPrefix, Locked, NoAttempt, RateLimiter,
    Refusal, Scope, client_address,
};
use hocba::transcript::TranscriptCode;
use hocba::transcript::time::Moment;
use ipnet::IpNet;
use proptest::prelude::*;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

pub(crate) fn v4(number: u32) -> ClientPrefix {
    ClientPrefix::of(IpAddr::V4(Ipv4Addr::from(number)))
}

fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

pub(crate) fn code(number: u8) -> TranscriptCode {
    TranscriptCode::from_bytes([number; 16])
}

pub(crate) const LIMITS: AttemptLimits = AttemptLimits { per_prefix: 5, per_transcript: 50, max_keys: 10_000 };

fn counters() -> AttemptCounters {
    AttemptCounters::new(LIMITS, at("2026-11-22T09:00:00+07:00")).unwrap()
}

// ---- who asks

fn asked_by(peer: &str, lines: &[&str], trusted: &[&str]) -> IpAddr {
    let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
    client_address(ip(peer), lines.iter().map(|line| line.as_bytes()), &trusted)
}

#[test]
fn the_client_is_the_rightmost_hop_that_is_not_ours() {
    let ours = ["10.0.0.0/8", "2001:db8:1::/48"];
    let cases: [(&str, &[&str], &str); 16] = [
        ("203.0.113.9", &[], "203.0.113.9"),
        ("203.0.113.9", &["1.2.3.4"], "203.0.113.9"),
        ("10.0.0.1", &[], "10.0.0.1"),
        ("10.0.0.1", &["198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", &["1.2.3.4, 198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", &["1.2.3.4,198.51.100.7 ,\t10.0.0.2"], "198.51.100.7"),
        ("10.0.0.1", &["1.2.3.4", "198.51.100.7", "10.0.0.2"], "198.51.100.7"),
        ("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", &["198.51.100.7, unknown, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", &["198.51.100.7, "], "10.0.0.1"),
        ("10.0.0.1", &["198.51.100.7:4711"], "198.51.100.7"),
        ("10.0.0.1", &["[2001:db8:9::1]"], "2001:db8:9::1"),
        ("10.0.0.1", &["[2001:db8:9::1]:4711"], "2001:db8:9::1"),
        ("2001:db8:1::5", &["2001:db8:9::1"], "2001:db8:9::1"),
        ("::ffff:10.0.0.1", &["::ffff:198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", &["198.51.100.7\u{a0}"], "10.0.0.1"),
    ];
    for (peer, lines, expected) in cases {
        assert_eq!(asked_by(peer, lines, &ours), ip(expected), "{peer} {lines:?}");
    }
    assert_eq!(asked_by("10.0.0.1", &["1.2.3.4"], &[]), ip("10.0.0.1"));
}

#[test]
fn an_endless_header_is_not_walked_to_its_end() {
    let long = vec!["10.0.0.2"; 100_000].join(",");
    assert_eq!(asked_by("10.0.0.1", &[&format!("198.51.100.7,{long}")], &["10.0.0.0/8"]), ip("10.0.0.2"));
}

#[test]
fn prefixes_are_an_address_or_a_household() {
    let prefix = |text| ClientPrefix::of(ip(text));
    assert_ne!(prefix("198.51.100.7"), prefix("198.51.100.8"));
    assert_eq!(prefix("198.51.100.7"), prefix("::ffff:198.51.100.7"));
    assert_eq!(prefix("2001:db8:0:1200::1"), prefix("2001:db8:0:12ff:ffff::9"));
    assert_ne!(prefix("2001:db8:0:1200::1"), prefix("2001:db8:0:1300::1"));
    assert_ne!(prefix("::1"), prefix("0.0.0.0"));
    assert_eq!(format!("{:?}", prefix("198.51.100.7")), "ClientPrefix(…)");
}

proptest! {
    /// The client writes what it likes into the header; each of our proxies appends whom it was
    /// called by. The outcome is the client's own address, whatever it wrote.
    #[test]
    fn a_client_cannot_choose_its_address(
        client: u32,
        forged in prop::collection::vec(prop_oneof![
            prop::collection::vec(any::<u8>(), 0..60),
            any::<u32>().prop_map(|n| Ipv4Addr::from(n).to_string().into_bytes()),
            (0..256u32).prop_map(|n| format!("10.0.0.{n}, 10.0.1.{n}").into_bytes()),
            any::<u128>().prop_map(|n| Ipv6Addr::from(n).to_string().into_bytes()),
        ], 0..5),
        proxies in prop::collection::vec(0..65_536u32, 0..6),
        own_line in any::<bool>(),
    ) {
        let client = IpAddr::V4(Ipv4Addr::from(client));
        let trusted: Vec<IpNet> = vec!["10.0.0.0/16".parse().unwrap()];
        prop_assume!(!trusted[0].contains(&client));
        let mut lines = forged;
        let mut peer = client;
        for proxy in proxies {
            let appended = peer.to_string().into_bytes();
            match lines.last_mut() {
                Some(last) if !own_line => { last.extend_from_slice(b", "); last.extend(appended); }
                _ => lines.push(appended),
            }
            peer = IpAddr::V4(Ipv4Addr::from(0x0a00_0000 | proxy));
        }
        prop_assert_eq!(client_address(peer, lines.iter().map(Vec::as_slice), &trusted), client);
    }
}

// ---- what holds wherever is counted: in this process, or by all replicas in Redis (system::redis_limits)

pub(crate) type Check<'a> = &'a mut dyn FnMut(ClientPrefix) -> Result<Allowance, Refusal>;

/// A limiter of 1 a minute and bursts of 3. Steps are so large that the time a test takes does not matter.
pub(crate) fn a_burst_then_one_a_minute(check: Check<'_>, advance: &mut dyn FnMut(Duration)) {
    let mut remaining = |client| check(client).map(|allowed| (allowed.limit, allowed.remaining));
    assert_eq!([0; 3].map(|_| remaining(v4(1)).unwrap()), [(3, 2), (3, 1), (3, 0)]);
    let refused = remaining(v4(1)).unwrap_err();
    assert!(refused.limit == 3 && (1..=60).contains(&refused.retry_after_s), "{refused:?}");
    assert_eq!(remaining(v4(2)).unwrap(), (3, 2), "others are not slowed down");
    advance(Duration::from_secs(20));
    let refused = remaining(v4(1)).unwrap_err();
    assert!((1..=40).contains(&refused.retry_after_s), "a refused request does not count: {refused:?}");
    advance(Duration::from_secs(40));
    assert_eq!(remaining(v4(1)).unwrap().1, 0);
    assert!(remaining(v4(1)).is_err());
    advance(Duration::from_secs(120));
    assert_eq!(remaining(v4(1)).unwrap().1, 1);
    advance(Duration::from_secs(100_000));
    assert_eq!(remaining(v4(1)).unwrap().1, 2, "no more than the burst is saved up");
}

fn scope_of(refused: Result<hocba::limits::Attempt<'_>, NoAttempt>) -> Option<Scope> {
    match refused {
        Err(NoAttempt::Locked(Locked { scope, retry_after_s: 1..=86_400 })) => Some(scope),
        _ => None,
    }
}

/// Counters with [`LIMITS`].
pub(crate) fn wrong_tries_lock_one_prefix_then_the_transcript(attempts: &Attempts, now: Moment) {
    let reserve = |number, client| attempts.reserve(&code(number), v4(client), now);
    for left in (0..5).rev() {
        assert_eq!(reserve(1, 1).unwrap().wrong(), AttemptsLeft(left));
    }
    assert_eq!(scope_of(reserve(1, 1)), Some(Scope::Prefix));
    assert_eq!(reserve(1, 2).unwrap().wrong(), AttemptsLeft(4));
    assert_eq!(reserve(2, 1).unwrap().wrong(), AttemptsLeft(4));
    for n in 6..50 {
        reserve(1, 100 + n / 5).unwrap().wrong();
    }
    assert_eq!(scope_of(reserve(1, 77)), Some(Scope::Transcript));
    assert_eq!(scope_of(reserve(1, 1)), Some(Scope::Transcript));
}

pub(crate) fn only_wrong_and_broken_off_tries_count(attempts: &Attempts, now: Moment) {
    let reserve = |number| attempts.reserve(&code(number), v4(1), now);
    for _ in 0..60 {
        reserve(3).unwrap().right();
        reserve(3).unwrap().not_compared();
    }
    reserve(3).unwrap().wrong();
    reserve(3).unwrap().right();
    assert_eq!(reserve(3).unwrap().wrong(), AttemptsLeft(3));
    for _ in 0..5 {
        drop(reserve(4).unwrap());
    }
    assert_eq!(scope_of(reserve(4)), Some(Scope::Prefix));
}

/// Several sets of counters stand for replicas that count together.
pub(crate) fn simultaneous_guesses_get_no_more_tries(replicas: &[&Attempts], now: Moment) {
    let compared = AtomicU32::new(0);
    std::thread::scope(|threads| {
        for thread in 0..8u32 {
            let (attempts, compared) = (replicas[thread as usize % replicas.len()], &compared);
            threads.spawn(move || {
                for n in 0..100 {
                    if let Ok(attempt) = attempts.reserve(&code(5), v4(thread * 1000 + n / 4), now) {
                        compared.fetch_add(1, Ordering::Relaxed);
                        attempt.wrong();
                    }
                }
            });
        }
    });
    assert_eq!(compared.into_inner(), 50);
}

#[test]
fn requests_and_tries_are_counted_in_one_process_as_everywhere() {
    let clock = FakeRelativeClock::default();
    let limiter = RateLimiter::with_clock(1, 3, 100, clock.clone());
    a_burst_then_one_a_minute(&mut |client| limiter.check(client), &mut |time| clock.advance(time));
    let now = at("2026-11-22T09:00:00+07:00");
    let attempts = Attempts::Here(counters());
    wrong_tries_lock_one_prefix_then_the_transcript(&attempts, now);
    only_wrong_and_broken_off_tries_count(&attempts, now);
    simultaneous_guesses_get_no_more_tries(&[&attempts], now);
}

// ---- requests

#[test]
fn a_burst_is_allowed_and_then_one_at_a_time() {
    let clock = FakeRelativeClock::default();
    let limiter = RateLimiter::with_clock(60, 3, 100, clock.clone());
    let client = v4(1);
    let remaining: Vec<u32> = (0..3).map(|_| limiter.check(client).unwrap().remaining).collect();
    assert_eq!(remaining, [2, 1, 0]);
    let refused = limiter.check(client).unwrap_err();
    assert_eq!((refused.limit, refused.retry_after_s), (3, 1));
    assert_eq!(limiter.check(v4(2)).unwrap().remaining, 2, "others are not slowed down");
    clock.advance(Duration::from_millis(999));
    assert!(limiter.check(client).is_err());
    clock.advance(Duration::from_millis(1));
    assert_eq!(limiter.check(client).unwrap().remaining, 0);
    assert!(limiter.check(client).is_err());
}

#[test]
fn the_time_to_come_back_is_never_too_short() {
    let clock = FakeRelativeClock::default();
    let limiter = RateLimiter::with_clock(2, 1, 100, clock.clone());
    limiter.check(v4(1)).unwrap();
    clock.advance(Duration::from_millis(100));
    let refused = limiter.check(v4(1)).unwrap_err();
    assert_eq!(refused.retry_after_s, 30);
    clock.advance(Duration::from_secs(refused.retry_after_s));
    limiter.check(v4(1)).unwrap();
}

#[test]
fn zero_in_the_configuration_means_one() {
    let limiter = RateLimiter::new(0, 0, 0);
    assert!(limiter.check(v4(1)).is_ok());
    assert!(limiter.check(v4(1)).is_err());
}

#[test]
fn housekeeping_forgets_those_who_have_their_whole_burst_again() {
    let clock = FakeRelativeClock::default();
    let limiter = RateLimiter::with_clock(60, 10, 1000, clock.clone());
    (0..50).for_each(|n| limiter.check(v4(n)).map(|_| ()).unwrap());
    (0..9).for_each(|_| limiter.check(v4(7)).map(|_| ()).unwrap());
    clock.advance(Duration::from_secs(5));
    limiter.retain_recent();
    assert_eq!(limiter.keys(), 1);
    assert_eq!(limiter.check(v4(7)).unwrap().remaining, 4);
    clock.advance(Duration::from_secs(60));
    limiter.retain_recent();
    assert_eq!(limiter.keys(), 0);
}

#[test]
fn a_flood_of_addresses_stays_bounded_and_does_not_free_those_over_their_limit() {
    let limiter = RateLimiter::with_clock(6, 20, 10_000, FakeRelativeClock::default());
    let known = v4(u32::MAX);
    while limiter.check(known).is_ok() {}
    for n in 0..200_000 {
        let _ = limiter.check(v4(n));
    }
    // Each of 64 shards rounds up.
    assert!(limiter.keys() <= 10_064, "{}", limiter.keys());
    assert!(limiter.check(known).is_err());
}

#[test]
fn a_limit_is_exact_when_many_ask_at_once() {
    let limiter = RateLimiter::with_clock(1, 1000, 100, FakeRelativeClock::default());
    let allowed = AtomicU32::new(0);
    std::thread::scope(|threads| {
        for _ in 0..8 {
            threads.spawn(|| {
                for _ in 0..500 {
                    allowed.fetch_add(u32::from(limiter.check(v4(1)).is_ok()), Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(allowed.into_inner(), 1000);
}

#[test]
fn a_million_keys_take_little_memory() {
    let resident = || {
        let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
        pages.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
    };
    let before = resident();
    let limiter = RateLimiter::with_clock(60, 10, 1_000_000, FakeRelativeClock::default());
    let limits = AttemptLimits { max_keys: 1_000_000, ..LIMITS };
    let now = at("2026-11-22T09:00:00+07:00");
    let counters = AttemptCounters::new(limits, now).unwrap();
    for n in 0..1_100_000u32 {
        let _ = limiter.check(v4(n));
        let code = TranscriptCode::from_bytes(u128::from(n).to_be_bytes());
        counters.reserve(&code, v4(n), now).unwrap().wrong();
    }
    assert!(limiter.keys() <= 1_000_064 && counters.keys() <= 2_000_000);
    // Other tests run beside this one: the bound is a multiple of what is needed (about 110 MB).
    assert!(resident().saturating_sub(before) < 600 << 20);
}

// ---- second factors

#[test]
fn five_wrong_tries_lock_one_prefix_and_nobody_else() {
    let counters = counters();
    let now = at("2026-11-22T23:59:00+07:00");
    for left in (0..5).rev() {
        assert_eq!(counters.reserve(&code(1), v4(1), now).unwrap().wrong(), AttemptsLeft(left));
    }
    let locked = counters.reserve(&code(1), v4(1), now).unwrap_err();
    assert_eq!(locked, Locked { scope: Scope::Prefix, retry_after_s: 60 });
    assert_eq!(counters.reserve(&code(1), v4(2), now).unwrap().wrong(), AttemptsLeft(4));
    assert_eq!(counters.reserve(&code(2), v4(1), now).unwrap().wrong(), AttemptsLeft(4));
}

#[test]
fn only_wrong_tries_count() {
    let counters = counters();
    let now = at("2026-11-22T09:00:00+07:00");
    for _ in 0..1000 {
        counters.reserve(&code(1), v4(1), now).unwrap().right();
        counters.reserve(&code(1), v4(1), now).unwrap().not_compared();
    }
    assert_eq!(counters.keys(), 0);
    counters.reserve(&code(1), v4(1), now).unwrap().wrong();
    counters.reserve(&code(1), v4(1), now).unwrap().right();
    assert_eq!(counters.reserve(&code(1), v4(1), now).unwrap().wrong(), AttemptsLeft(3));
}

#[test]
fn a_broken_off_try_counts_as_wrong() {
    let counters = counters();
    let now = at("2026-11-22T09:00:00+07:00");
    for _ in 0..5 {
        drop(counters.reserve(&code(1), v4(1), now).unwrap());
    }
    assert!(counters.reserve(&code(1), v4(1), now).is_err());
}

#[test]
fn midnight_in_vietnam_starts_anew_and_a_clock_that_steps_back_does_not() {
    let counters = counters();
    let lock = |now: Moment| while counters.reserve(&code(1), v4(1), now).map(|attempt| attempt.wrong()).is_ok() {};
    let open = |now: &str| counters.reserve(&code(1), v4(1), at(now)).map(|attempt| attempt.right()).is_ok();
    lock(at("2026-11-22T23:59:59+07:00"));
    assert!(!open("2026-11-22T16:59:59Z"));
    assert!(open("2026-11-22T17:00:00Z"));
    lock(at("2026-11-23T00:00:10+07:00"));
    assert!(!open("2026-11-22T23:59:50+07:00"));
    assert!(!open("2026-11-23T00:00:10+07:00"));
    lock(at("2036-11-22T12:00:00+07:00"));
    assert!(open("2026-11-23T12:00:00+07:00"), "a clock that was wrong by years locks nobody out for years");
}

#[test]
fn a_try_across_midnight_gives_nothing_back_to_the_new_day() {
    let counters = counters();
    let attempt = counters.reserve(&code(1), v4(1), at("2026-11-22T23:59:59+07:00")).unwrap();
    let next = at("2026-11-23T00:00:00+07:00");
    counters.reserve(&code(1), v4(1), next).unwrap().wrong();
    attempt.right();
    assert_eq!(counters.reserve(&code(1), v4(1), next).unwrap().wrong(), AttemptsLeft(3));
}

#[test]
fn simultaneous_guesses_are_no_more_than_allowed() {
    let counters = counters();
    let now = at("2026-11-22T09:00:00+07:00");
    let compared = AtomicU32::new(0);
    std::thread::scope(|threads| {
        for thread in 0..8 {
            let (counters, compared) = (&counters, &compared);
            threads.spawn(move || {
                for n in 0..200 {
                    if let Ok(attempt) = counters.reserve(&code(1), v4(thread * 1000 + n / 4), now) {
                        compared.fetch_add(1, Ordering::Relaxed);
                        attempt.wrong();
                    }
                }
            });
        }
    });
    assert_eq!(compared.into_inner(), 50);
}

/// Somebody has a code, a network of 65,536 addresses and all birth dates of a century.
#[test]
fn guessing_all_birth_dates_from_many_addresses_gets_fifty_tries_a_day() {
    let counters = counters();
    let mut tries_of_each_day = Vec::new();
    let mut birth_dates = 0..36_500u32;
    for day in 1..=10 {
        let mut tries = 0;
        for n in 0..5_000u32 {
            let now = Moment::from_millis(
                at(&format!("2026-12-{day:02}T00:00:00+07:00")).as_millis() + i64::from(n) * 17_000,
            );
            let Ok(attempt) = counters.reserve(&code(9), v4(0x0a00_0000 | (n * 13)), now.unwrap()) else { continue };
            birth_dates.next().unwrap();
            tries += 1;
            attempt.wrong();
        }
        tries_of_each_day.push(tries);
    }
    assert_eq!(tries_of_each_day, [50; 10]);
    assert_eq!(birth_dates.start, 500);
}

#[test]
fn a_flood_of_codes_does_not_free_the_one_that_is_guessed() {
    let counters = counters();
    let now = at("2026-11-22T09:00:00+07:00");
    for n in 0..50 {
        counters.reserve(&code(1), v4(n / 5), now).unwrap().wrong();
    }
    for n in 0..100_000u32 {
        let other = TranscriptCode::from_bytes((1 << 64 | u128::from(n)).to_be_bytes());
        let _ = counters.reserve(&other, v4(n % 7), now);
    }
    assert!(counters.keys() <= 2 * LIMITS.max_keys);
    let locked = counters.reserve(&code(1), v4(77), now).unwrap_err();
    assert_eq!(locked.scope, Scope::Transcript);
}

#[test]
fn nothing_in_debug_output_tells_a_code() {
    let counters = counters();
    let now = at("2026-11-22T09:00:00+07:00");
    let attempt = counters.reserve(&code(0xab), v4(1), now).unwrap();
    let shown = format!("{counters:?} {attempt:?}");
    assert!(!shown.contains("abab") && !shown.contains("171, 171"));
}
