//! The threads that typeset.
//!
//! The typesetter hands the pages of a document around among the threads of rayon's pool. That takes a twentieth of its time,
//! and the pool is that of whoever checks signatures. Here each document has a thread of its own: as many documents at a time
//! as the caller lets in are as many threads.

use std::sync::{Mutex, PoisonError};

use rayon::{ThreadPool, ThreadPoolBuilder};

/// Presses that nobody uses, of one thread each. The lock is held for taking one out or putting one back.
static IDLE: Mutex<Vec<ThreadPool>> = Mutex::new(Vec::new());

/// Does a piece of work on one thread. A press whose work fell over is not used again.
pub(super) fn alone<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let idle = || IDLE.lock().unwrap_or_else(PoisonError::into_inner);
    let press = idle().pop().or_else(|| ThreadPoolBuilder::new().num_threads(1).build().ok());
    // Without another thread it goes on among all the others, only slower.
    let Some(press) = press else { return work() };
    let done = press.install(work);
    idle().push(press);
    done
}
