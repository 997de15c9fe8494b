//! A disk in memory that loses whatever a power cut may lose.
//!
//! Every file has the contents a reader sees (page cache) and the contents that survive; every directory
//! the names a reader sees, the names that survive, and the changes in between. Each operation is taken
//! apart into the steps a kernel sees, and each step can be the last one before a power cut, or fail,
//! with or without effect.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hocba::ledger::durable::{Disk, Listed, Lock, LockFault, NEXT, parent};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// What survives a power cut of all that was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Survival {
    /// Nothing.
    Pessimistic,
    /// Everything.
    Optimistic,
    /// Each change of a name, and each block of contents, by lot.
    Random(u64),
}

/// What goes wrong at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The power goes before the step; every later operation fails.
    PowerCut,
    /// The step reports an error and has no effect. A failed fsync leaves pages that look written and
    /// that no later fsync writes.
    FailAndLose,
    /// The step reports an error but has its full effect.
    FailButPersist,
}

type Id = usize;

#[derive(Debug, Clone, Default)]
struct Inode {
    is_dir: bool,
    /// What readers see.
    bytes: Vec<u8>,
    /// What survives.
    durable: Vec<u8>,
    /// Whether an fsync would write `bytes`; false once one has, or has failed to.
    written_back: bool,
    names: BTreeMap<String, Id>,
    durable_names: BTreeMap<String, Id>,
    changes: Vec<Change>,
}

#[derive(Debug, Clone)]
enum Change {
    Link(String, Id),
    Unlink(String),
    Rename(String, String, Id),
}

impl Change {
    fn apply(&self, names: &mut BTreeMap<String, Id>) {
        match self {
            Self::Link(name, id) => drop(names.insert(name.clone(), *id)),
            Self::Unlink(name) => drop(names.remove(name)),
            Self::Rename(from, to, id) => {
                names.remove(from);
                names.insert(to.clone(), *id);
            }
        }
    }
}

#[derive(Debug)]
struct State {
    inodes: Vec<Inode>,
    steps: u64,
    fault: Option<(u64, Fault)>,
    dead: bool,
    /// Counts power cuts: locks taken before one are worth nothing after it.
    life: u64,
    locks: HashMap<String, String>,
}

#[derive(Debug, Clone)]
pub(super) struct LossyDisk(Arc<Mutex<State>>);

struct Held {
    disk: LossyDisk,
    path: String,
    life: u64,
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut state = self.disk.state();
        if state.life == self.life {
            state.locks.remove(&self.path);
        }
    }
}

fn gone() -> io::Error {
    io::Error::other("the power is off")
}

impl State {
    /// One step of the kernel: true if it is to have its effect, and what to report after it.
    fn step(&mut self) -> (bool, io::Result<()>) {
        if self.dead {
            return (false, Err(gone()));
        }
        let now = self.steps;
        self.steps += 1;
        match self.fault {
            Some((at, fault)) if at == now => match fault {
                Fault::PowerCut => {
                    self.dead = true;
                    (false, Err(gone()))
                }
                Fault::FailAndLose => (false, Err(io::Error::other("input/output error"))),
                Fault::FailButPersist => (true, Err(io::Error::other("input/output error"))),
            },
            _ => (true, Ok(())),
        }
    }

    fn find(&self, path: &str) -> io::Result<Id> {
        if self.dead {
            return Err(gone());
        }
        path.split('/').filter(|part| !part.is_empty()).try_fold(0, |dir: Id, name| {
            self.inodes[dir].names.get(name).copied().ok_or(io::Error::from(io::ErrorKind::NotFound))
        })
    }

    fn change(&mut self, dir: Id, change: Change) {
        change.apply(&mut self.inodes[dir].names);
        self.inodes[dir].changes.push(change);
    }

    fn new_inode(&mut self, is_dir: bool) -> Id {
        self.inodes.push(Inode { is_dir, ..Inode::default() });
        self.inodes.len() - 1
    }

    fn create(&mut self, path: &str) -> io::Result<Id> {
        let dir = self.find(parent(path))?;
        let name = path.rsplit('/').next().unwrap().to_owned();
        let (effect, report) = self.step();
        let id = match self.inodes[dir].names.get(&name).copied() {
            Some(id) => {
                if effect {
                    self.inodes[id].bytes.clear();
                    self.inodes[id].written_back = true;
                }
                id
            }
            None if effect => {
                let id = self.new_inode(false);
                self.change(dir, Change::Link(name, id));
                id
            }
            None => 0,
        };
        report.map(|()| id)
    }

    fn fill(&mut self, id: Id, bytes: &[u8]) -> io::Result<()> {
        let alive = !self.dead;
        let (effect, report) = self.step();
        // A write that fails, or that the power cut ends, may still have written something.
        let written = if effect { bytes } else { &bytes[..bytes.len() / 2] };
        if alive {
            self.inodes[id].bytes = written.to_vec();
            self.inodes[id].written_back = true;
        }
        report
    }

    fn sync_file(&mut self, id: Id) -> io::Result<()> {
        let (effect, report) = self.step();
        if !self.dead {
            let inode = &mut self.inodes[id];
            if effect && inode.written_back {
                inode.durable = inode.bytes.clone();
            }
            inode.written_back = false;
        }
        report
    }

    fn sync_dir(&mut self, path: &str) -> io::Result<()> {
        let id = self.find(path)?;
        let (effect, report) = self.step();
        if effect {
            let inode = &mut self.inodes[id];
            for change in std::mem::take(&mut inode.changes) {
                change.apply(&mut inode.durable_names);
            }
        }
        report
    }
}

impl LossyDisk {
    pub(super) fn new() -> Self {
        let root = Inode { is_dir: true, ..Inode::default() };
        let state = State { inodes: vec![root], steps: 0, fault: None, dead: false, life: 0, locks: HashMap::new() };
        Self(Arc::new(Mutex::new(state)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A disk with the same contents and its own future.
    pub(super) fn fork(&self) -> Self {
        let s = self.state();
        let state =
            State { inodes: s.inodes.clone(), steps: 0, fault: None, dead: false, life: s.life, locks: HashMap::new() };
        Self(Arc::new(Mutex::new(state)))
    }

    /// Arranges for a fault at the step with this number, counted from now.
    pub(super) fn fault_at(&self, step: u64, fault: Fault) {
        let mut state = self.state();
        state.fault = Some((state.steps + step, fault));
    }

    /// Whether the arranged fault has struck.
    pub(super) fn struck(&self) -> bool {
        let state = self.state();
        state.fault.is_some_and(|(at, _)| state.steps > at)
    }

    /// The power goes, if it has not yet, and comes back. What was not synced fares as `survival` says.
    pub(super) fn power_cycle(&self, survival: Survival) {
        let mut state = self.state();
        let mut lot = ChaCha8Rng::seed_from_u64(if let Survival::Random(seed) = survival { seed } else { 0 });
        for inode in &mut state.inodes {
            match survival {
                Survival::Pessimistic => {}
                Survival::Optimistic => {
                    inode.durable = inode.bytes.clone();
                    for change in &inode.changes {
                        change.apply(&mut inode.durable_names);
                    }
                }
                Survival::Random(_) => {
                    inode.durable = torn(&inode.durable, &inode.bytes, &mut lot);
                    for change in &inode.changes {
                        if lot.next_u32() % 2 == 0 {
                            change.apply(&mut inode.durable_names);
                        }
                    }
                }
            }
            inode.changes.clear();
            inode.bytes = inode.durable.clone();
            inode.names = inode.durable_names.clone();
            inode.written_back = false;
        }
        state.dead = false;
        state.fault = None;
        state.life += 1;
        state.locks.clear();
    }

    /// Every file there is, as readers see it.
    pub(super) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let state = self.state();
        let mut files = BTreeMap::new();
        let mut dirs = vec![(String::new(), 0)];
        while let Some((path, id)) = dirs.pop() {
            for (name, child) in &state.inodes[id].names {
                let full = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
                match state.inodes[*child].is_dir {
                    true => dirs.push((full, *child)),
                    false => drop(files.insert(full, state.inodes[*child].bytes.clone())),
                }
            }
        }
        files
    }

    /// Puts durable contents under a name, as an attacker or a bad sector would.
    pub(super) fn tamper(&self, path: &str, bytes: Vec<u8>) {
        let mut state = self.state();
        let id = state.find(path).unwrap();
        state.inodes[id].durable = bytes.clone();
        state.inodes[id].bytes = bytes;
    }
}

/// Blocks of the old or the new contents, by lot; a length in between.
fn torn(old: &[u8], new: &[u8], lot: &mut ChaCha8Rng) -> Vec<u8> {
    const BLOCK: usize = 64;
    if old == new {
        return old.to_vec();
    }
    let (short, long) = (old.len().min(new.len()), old.len().max(new.len()));
    let length = short + (lot.next_u64() % (long - short + 1) as u64) as usize;
    let mut out = vec![0; length];
    for (i, block) in out.chunks_mut(BLOCK).enumerate() {
        let from = if lot.next_u32() & 1 == 0 { old } else { new };
        let from = from.get(i * BLOCK..).unwrap_or_default();
        let n = block.len().min(from.len());
        block[..n].copy_from_slice(&from[..n]);
    }
    out
}

impl Disk for LossyDisk {
    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        let id = state.create(path)?;
        state.fill(id, bytes)?;
        state.sync_file(id)
    }

    fn replace(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let next = format!("{path}{NEXT}");
        self.write(&next, bytes)?;
        let mut state = self.state();
        state.sync_dir(parent(path))?;
        let (dir, id) = (state.find(parent(path))?, state.find(&next)?);
        let (effect, report) = state.step();
        if effect {
            let name = |p: &str| p.rsplit('/').next().unwrap().to_owned();
            state.change(dir, Change::Rename(name(&next), name(path), id));
        }
        report?;
        state.sync_dir(parent(path))
    }

    fn sync_dir(&self, path: &str) -> io::Result<()> {
        self.state().sync_dir(path)
    }

    fn create_dir(&self, path: &str) -> io::Result<()> {
        let mut state = self.state();
        let dir = state.find(parent(path))?;
        if state.find(path).is_ok() {
            return Ok(());
        }
        let (effect, report) = state.step();
        if effect {
            let id = state.new_inode(true);
            state.change(dir, Change::Link(path.rsplit('/').next().unwrap().to_owned(), id));
        }
        report
    }

    fn read(&self, path: &str, limit: usize) -> io::Result<Vec<u8>> {
        let state = self.state();
        let bytes = state.inodes[state.find(path)?].bytes.clone();
        match bytes.len() > limit {
            true => Err(io::ErrorKind::InvalidData.into()),
            false => Ok(bytes),
        }
    }

    fn read_range(&self, path: &str, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let state = self.state();
        let bytes = &state.inodes[state.find(path)?].bytes;
        let from = offset as usize;
        bytes.get(from..from + length).map(<[u8]>::to_vec).ok_or(io::ErrorKind::UnexpectedEof.into())
    }

    fn list(&self, path: &str) -> io::Result<Vec<Listed>> {
        let state = self.state();
        let names = match state.find(path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            found => &state.inodes[found?].names,
        };
        Ok(names.iter().map(|(name, id)| Listed { name: name.clone(), is_dir: state.inodes[*id].is_dir }).collect())
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let mut state = self.state();
        let id = match state.find(path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            found => found?,
        };
        if !state.inodes[id].names.is_empty() {
            return Err(io::ErrorKind::DirectoryNotEmpty.into());
        }
        let dir = state.find(parent(path))?;
        let (effect, report) = state.step();
        if effect {
            state.change(dir, Change::Unlink(path.rsplit('/').next().unwrap().to_owned()));
        }
        report
    }

    fn lock(&self, path: &str, note: &str) -> Result<Lock, LockFault> {
        let mut state = self.state();
        if state.dead {
            return Err(gone().into());
        }
        if let Some(holder) = state.locks.get(path) {
            return Err(LockFault::Held(holder.trim().to_owned()));
        }
        state.locks.insert(path.to_owned(), note.to_owned());
        Ok(Lock::holding(Held { disk: self.clone(), path: path.to_owned(), life: state.life }))
    }
}
