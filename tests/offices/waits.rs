//! Failed sign-ins make the next one wait, and nobody longer than a quarter of an hour.

use hocba::limits::{ClientPrefix, MustWait, SignInWaits, WaitLimits};
use hocba::transcript::Moment;

use super::samples::{later, now};

fn client(n: u8) -> ClientPrefix {
    ClientPrefix::of([192, 0, 2, n].into())
}

fn waits() -> SignInWaits {
    SignInWaits::new(WaitLimits::default()).unwrap()
}

/// One failure; seconds to wait when there may be none now.
fn fail(waits: &SignInWaits, who: &str, from: u8, when: Moment) -> Result<(), u64> {
    waits.reserve(who, client(from), when).map(drop).map_err(|MustWait { retry_after_s }| retry_after_s)
}

#[test]
fn after_five_failures_each_further_one_doubles_the_wait() {
    let waits = waits();
    for n in 0..5 {
        assert_eq!(fail(&waits, "lan@x1", n, now()), Ok(()), "the {n}th costs nothing");
    }
    let mut time = now();
    for expected in [30, 60, 120, 240, 480, 900, 900] {
        assert_eq!(fail(&waits, "lan@x1", 9, time), Err(expected));
        assert_eq!(fail(&waits, " LAN@X1 ", 8, later(time, 1)), Err(expected - 1), "however it is typed");
        time = later(time, i64::try_from(expected).unwrap());
        assert_eq!(fail(&waits, "lan@x1", 9, time), Ok(()));
    }
    assert_eq!(fail(&waits, "other@x1", 8, time), Ok(()), "another account waits for nothing");
}

#[test]
fn failures_are_forgotten_after_a_quarter_of_an_hour() {
    let waits = waits();
    for _ in 0..4 {
        fail(&waits, "lan@x1", 1, now()).unwrap();
    }
    for _ in 0..5 {
        fail(&waits, "lan@x1", 1, later(now(), 900)).unwrap();
    }
    assert_eq!(fail(&waits, "lan@x1", 1, later(now(), 900)), Err(30));
    // Of a wait, from its end on.
    assert_eq!(fail(&waits, "lan@x1", 1, later(now(), 900 + 30 + 899)), Ok(()));
    assert_eq!(fail(&waits, "lan@x1", 1, later(now(), 900 + 30 + 900)), Err(60 - 1));
}

#[test]
fn whoever_tries_many_accounts_waits_too() {
    let waits = waits();
    for n in 0..30 {
        fail(&waits, &format!("a{n}@x1"), 1, now()).unwrap();
    }
    assert_eq!(fail(&waits, "new@x1", 1, now()), Err(30));
    assert_eq!(fail(&waits, "new@x1", 2, now()), Ok(()), "from elsewhere");
}

#[test]
fn a_right_one_frees_the_account_and_not_the_prefix() {
    let waits = waits();
    for _ in 0..4 {
        fail(&waits, "lan@x1", 1, now()).unwrap();
    }
    waits.reserve("lan@x1", client(1), now()).unwrap().right();
    for _ in 0..5 {
        fail(&waits, "lan@x1", 1, now()).unwrap();
    }
    assert_eq!(fail(&waits, "lan@x1", 2, now()), Err(30));
    for n in 0..21 {
        fail(&waits, &format!("a{n}@x1"), 1, now()).unwrap();
    }
    assert_eq!(fail(&waits, "new@x1", 1, now()), Err(30), "its nine failures still count");
}

#[test]
fn what_was_not_compared_costs_nothing() {
    let waits = waits();
    for _ in 0..100 {
        waits.reserve("lan@x1", client(1), now()).unwrap().unused();
    }
    assert_eq!(waits.keys(), 0);
}

#[test]
fn simultaneous_tries_are_no_more_tries() {
    let waits = waits();
    let taken = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..20)
            .map(|n| {
                scope.spawn({
                    let waits = &waits;
                    move || fail(waits, "lan@x1", n, now()).is_ok()
                })
            })
            .collect();
        threads.into_iter().filter(|_| true).map(|thread| thread.join().unwrap()).filter(|ok| *ok).count()
    });
    assert_eq!(taken, 5);
}

#[test]
fn memory_is_bounded_and_says_nothing() {
    let waits = SignInWaits::new(WaitLimits { max_keys: 100, ..WaitLimits::default() }).unwrap();
    for n in 0..1000u32 {
        let client = ClientPrefix::of(std::net::Ipv4Addr::from(n).into());
        let _ = waits.reserve(&format!("a{n}@x1"), client, now());
    }
    assert!(waits.keys() <= 200);
    assert!(!format!("{waits:?}").contains("a9"));
}

#[test]
fn a_clock_that_steps_back_locks_nobody_out() {
    let waits = waits();
    for _ in 0..5 {
        fail(&waits, "lan@x1", 1, now()).unwrap();
    }
    assert_eq!(fail(&waits, "lan@x1", 2, later(now(), -86_400)), Err(30));
}
