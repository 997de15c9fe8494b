//! The keeper: opens the connections, and opens them again when they were given up.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use super::connect::{Connection, Opener};
use super::{SharedFault, State};

/// Between two attempts: short enough that nobody notices a restart, long enough for a Redis that
/// starts under load.
const AGAIN: Duration = Duration::from_millis(100);
/// While Redis refuses us, somebody must change something.
const AFTER_REFUSAL: Duration = Duration::from_secs(2);
/// How often connections that nobody uses are tried: a dead one is found before somebody waits for it.
const LOOK: Duration = Duration::from_millis(500);

type Started = (Handle, oneshot::Sender<()>, Result<(), SharedFault>);

/// Starts the thread that the connections live on; comes back with the outcome of the first attempt.
pub(super) fn start(opener: Opener, state: Arc<State>) -> Result<Started, SharedFault> {
    let system = |e: std::io::Error| SharedFault::Settings(format!("a thread for Redis cannot be started: {e}"));
    let runtime = Builder::new_current_thread().enable_all().build().map_err(system)?;
    let handle = runtime.handle().clone();
    let (stop, stopped) = oneshot::channel();
    let (tell, told) = sync_channel(1);
    let work = move || {
        runtime.block_on(async move {
            tokio::select! {
                () = keep(&opener, &state, tell) => {}
                _ = stopped => {}
            }
        });
    };
    std::thread::Builder::new().name("redis".into()).spawn(work).map_err(system)?;
    let first = told.recv().unwrap_or(Err(SharedFault::Away));
    Ok((handle, stop, first))
}

async fn keep(opener: &Opener, state: &State, tell: std::sync::mpsc::SyncSender<Result<(), SharedFault>>) {
    let mut tell = Some(tell);
    loop {
        let opened = opener.open().await;
        let outcome = opened.as_ref().map(|_| ()).map_err(Clone::clone);
        match opened {
            Ok(connections) => put(state, connections),
            Err(fault) => {
                if state.fault.load().as_ref().as_ref() != Some(&fault) {
                    tracing::warn!(%fault, "no connection to Redis");
                }
                state.fault.store(Arc::new(Some(fault)));
            }
        }
        if let Some(tell) = tell.take() {
            // Nobody waits for a second word.
            let _ = tell.send(outcome.clone());
        }
        match outcome {
            Ok(()) => watch(state).await,
            Err(SharedFault::Away) => tokio::time::sleep(AGAIN).await,
            Err(_) => tokio::time::sleep(AFTER_REFUSAL).await,
        }
    }
}

fn put(state: &State, connections: Vec<Connection>) {
    state.failures.store(0, Ordering::Relaxed);
    state.fault.store(Arc::new(None));
    state.connections.store(Some(Arc::new(connections)));
    tracing::info!("connected to Redis");
}

/// Looks at every connection now and then, until they were given up.
async fn watch(state: &State) {
    loop {
        tokio::select! {
            () = state.down.notified() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        let Some(connections) = state.connections.load_full() else { return };
        for mut connection in connections.iter().cloned() {
            let answered = tokio::time::timeout(state.timeout.max(LOOK), connection.answers()).await;
            if !matches!(answered, Ok(Ok(_))) {
                state.give_up();
                return;
            }
        }
    }
}
