//! Expensive work is refused first, so that verdicts go on: nothing is opened while an operator has
//! switched to verdicts only or too much is under way, and only so much is opened at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::web;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::AppState;
use super::problem::Problem;
use crate::config::Serve;
use crate::offices::Cost;

/// Why something was refused although its sender did nothing wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shed {
    /// An operator's switch.
    VerdictOnly,
    /// Too many requests under way.
    Pressure,
    /// No place became free in time.
    Places,
}

impl Shed {
    /// All of them, with the names they have in metrics.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::VerdictOnly, "verdict_only"), (Self::Pressure, "pressure"), (Self::Places, "places")];
}

/// Files of at most 8 MB that come in at a time to be judged.
const MAX_UPLOADS: usize = 12;

/// Files of offices, of at most 256 MiB, that come in at a time.
const MAX_HANDED_IN: usize = 2;

/// Questions to the provider that offices' members sign in at, at a time: while it is away each holds a thread.
const MAX_AT_PROVIDER: usize = 4;

/// What is under way in this process.
#[derive(Debug)]
pub struct Load {
    in_flight: Arc<AtomicUsize>,
    places: Arc<Semaphore>,
    presses: Arc<Semaphore>,
    /// Requests that wait for a press.
    queue: Arc<Semaphore>,
    uploads: Arc<Semaphore>,
    handed_in: Arc<Semaphore>,
    comparisons: Arc<Semaphore>,
    at_provider: Arc<Semaphore>,
    press_wait: Duration,
    wait: Duration,
    shed_above: usize,
}

/// A request under way, until it is dropped: answered, or its client gone.
#[derive(Debug)]
pub struct InFlight(Arc<AtomicUsize>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A place among what is opened at a time, until it is dropped. It goes along with the work: that ends
/// only when it is done, even if the client has gone.
#[derive(Debug)]
pub struct Place(#[expect(dead_code, reason = "held for its end")] OwnedSemaphorePermit);

impl Load {
    /// Nothing yet.
    pub fn new(serve: &Serve) -> Self {
        Self {
            in_flight: Arc::default(),
            places: Arc::new(Semaphore::new(serve.disclosures_at_once)),
            presses: Arc::new(Semaphore::new(serve.soft_copies_at_once)),
            queue: Arc::new(Semaphore::new(serve.soft_copies_waiting)),
            uploads: Arc::new(Semaphore::new(MAX_UPLOADS)),
            handed_in: Arc::new(Semaphore::new(MAX_HANDED_IN)),
            comparisons: Arc::new(Semaphore::new(Cost::default().at_once)),
            at_provider: Arc::new(Semaphore::new(MAX_AT_PROVIDER)),
            press_wait: Duration::from_millis(serve.soft_copy_wait_ms),
            wait: Duration::from_millis(serve.disclosure_wait_ms),
            shed_above: serve.shed_above_in_flight,
        }
    }

    /// Counts a request.
    pub fn begin(&self) -> InFlight {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        InFlight(Arc::clone(&self.in_flight))
    }

    /// Requests under way.
    pub fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }
}

/// Whether anything may be opened now; asked before a body is read for it.
///
/// # Errors
/// [`Problem::VerdictOnly`], [`Problem::Shed`].
pub fn may_disclose(state: &AppState) -> Result<(), Problem> {
    if state.switches.load().verdict_only {
        return Err(refuse(state, Shed::VerdictOnly));
    }
    match state.load.in_flight() > state.load.shed_above {
        true => Err(refuse(state, Shed::Pressure)),
        false => Ok(()),
    }
}

/// A place to open something, once all of its request is here: a body that drips would hold it.
///
/// # Errors
/// As [`may_disclose`], which may have changed meanwhile; [`Problem::Shed`] when none becomes free in time.
pub async fn place(state: &AppState) -> Result<Place, Problem> {
    may_disclose(state)?;
    within(state, &state.load.places, state.load.wait).await
}

/// A place to print a soft copy or to judge one: as [`place`], with few places, a bounded queue before them and a
/// longer wait.
///
/// # Errors
/// As [`place`]; at once when the queue is full.
pub async fn press(state: &AppState) -> Result<Place, Problem> {
    may_disclose(state)?;
    let Ok(_waiting) = Arc::clone(&state.load.queue).try_acquire_owned() else {
        return Err(refuse(state, Shed::Places));
    };
    within(state, &state.load.presses, state.load.press_wait).await
}

/// A place to take in a file that is judged: what lies in memory at a time is bounded.
///
/// # Errors
/// [`Problem::Shed`] when too many are coming in.
pub async fn upload(state: &AppState) -> Result<Place, Problem> {
    match Arc::clone(&state.load.uploads).try_acquire_owned() {
        Ok(permit) => Ok(Place(permit)),
        Err(_) => Err(refuse(state, Shed::Places)),
    }
}

/// A place to take in a file that an office hands in: as [`upload`], of few and long ones, for which one waits.
///
/// # Errors
/// As [`place`].
pub async fn handed_in(state: &AppState) -> Result<Place, Problem> {
    may_disclose(state)?;
    within(state, &state.load.handed_in, state.load.press_wait).await
}

/// A place to compare a password, which costs memory on purpose: only so many at a time, whoever asks. Goes on while
/// nothing is opened: administrators may have somebody to disable.
///
/// # Errors
/// [`Problem::Shed`] when none becomes free in time, or too much is under way.
pub async fn comparison(state: &AppState) -> Result<Place, Problem> {
    match state.load.in_flight() > state.load.shed_above {
        true => Err(refuse(state, Shed::Pressure)),
        false => within(state, &state.load.comparisons, state.load.wait).await,
    }
}

/// A place to ask the provider that offices' members sign in at. Apart from comparisons of passwords, which go on while it
/// is away.
///
/// # Errors
/// As [`comparison`].
pub async fn provider(state: &AppState) -> Result<Place, Problem> {
    match state.load.in_flight() > state.load.shed_above {
        true => Err(refuse(state, Shed::Pressure)),
        false => within(state, &state.load.at_provider, state.load.wait).await,
    }
}

/// Does what blocks on a thread of its own. Its place is free again once it is done, also where nobody waits for it any
/// more: what a browser gave up goes on to its end.
///
/// # Errors
/// [`Problem::Busy`] when it came to no end.
pub async fn holding<T: Send + 'static>(
    place: impl Send + 'static,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    let held = move || {
        let _place = place;
        work()
    };
    web::block(held).await.map_err(|_| Problem::Busy)
}

/// One of some places, if it becomes free in time.
async fn within(state: &AppState, places: &Arc<Semaphore>, wait: Duration) -> Result<Place, Problem> {
    match actix_web::rt::time::timeout(wait, Arc::clone(places).acquire_owned()).await {
        Ok(Ok(permit)) => Ok(Place(permit)),
        _ => Err(refuse(state, Shed::Places)),
    }
}

fn refuse(state: &AppState, why: Shed) -> Problem {
    state.metrics.count_shed(why);
    match why {
        Shed::VerdictOnly => Problem::VerdictOnly,
        Shed::Pressure | Shed::Places => Problem::Shed,
    }
}
