//! One nation for all cases, its data directory as it stood at the end and before the last decisions,
//! and the answers an undisturbed portal gives.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwapOption;
use hocba::cli::CliFault;
use hocba::cli::data_dir::{DataDir, Following};
use hocba::cli::rebuild::rebuild;
use hocba::config::Config;
use hocba::follow::Follower;
use hocba::follow::indexer::Indexer;
use hocba::journal::Journal;
use hocba::ledger::LedgerReader;
use hocba::limits::{AttemptCounters, AttemptLimits, Attempts, RateLimiter};
use hocba::portal::{OfficeParts, Parts, Portal};
use hocba::synth::{Nation, Sample, SynthOptions, write_nation};
use hocba::transcript::{Moment, TranscriptCode};
use serde_json::Value;

use super::process::{assert_exit, hocba};

/// Answers by code, without what differs from one asking to the next.
pub(super) type Answers = BTreeMap<String, Value>;

pub(super) struct Made {
    dir: tempfile::TempDir,
    pub(super) nation: Nation,
    /// What an undisturbed portal answers.
    pub(super) answers: Answers,
    /// What it answered before the last decisions, about the codes on record then.
    pub(super) answers_before: Answers,
    /// Packages of the nation that had been taken when `before` was copied.
    pub(super) taken_before: usize,
}

impl Made {
    pub(super) fn nation_dir(&self) -> PathBuf {
        self.dir.path().join("nation")
    }

    /// The data directory at the end; copy it, never work in it.
    pub(super) fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// The data directory before the last decisions on transcripts.
    pub(super) fn before(&self) -> PathBuf {
        self.dir.path().join(format!("after-{}", self.taken_before))
    }

    pub(super) fn samples(&self) -> &[Sample] {
        &self.nation.samples
    }

    /// Takes the packages that `before` has not seen.
    pub(super) fn take_rest(&self, data: &Path) {
        self.nation.packages[self.taken_before..].iter().for_each(|package| take(data, package));
    }
}

pub(super) fn now() -> Moment {
    Moment::from_millis(i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap()).unwrap()
}

/// The shared nation.
pub(super) fn made() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let options = SynthOptions { provinces: Some(2), rsa: false, faults: true, ..SynthOptions::new(60).unwrap() };
        let nation = write_nation(&dir.path().join("nation"), &options, now()).unwrap();
        let data = dir.path().join("data");
        new_portal(&dir.path().join("nation"), &data);
        let count = nation.packages.len();
        let mut histories = Vec::new();
        for (i, package) in nation.packages.iter().enumerate() {
            assert_exit(&hocba(&data).arg("ingest").arg(package).output().unwrap(), 0);
            if i + 8 >= count {
                let mut opened = Opened::at(&data).unwrap();
                let answers = opened.answers(&nation.samples);
                opened.follower.settle().unwrap();
                drop(opened);
                if i + 1 < count {
                    copy(&data, &dir.path().join(format!("after-{}", i + 1)));
                }
                histories.push((i + 1, answers));
            }
        }
        for receipt in files(&dir.path().join("nation")).iter().filter(|f| f.to_string_lossy().contains(".receipt.")) {
            std::fs::remove_file(receipt).unwrap();
        }
        let (_, answers) = histories.pop().unwrap();
        let withdrawn_since = |(_, then): &&(usize, Answers)| {
            then.iter().any(|(code, was)| was["verdict"] == "valid" && answers[code]["verdict"] == "withdrawn")
        };
        let (taken_before, mut answers_before) =
            histories.iter().rfind(withdrawn_since).expect("a withdrawal at the end").clone();
        answers_before.retain(|_, answer| answer["verdict"] != "unknown");
        Made { dir, nation, answers, answers_before, taken_before }
    })
}

/// Takes a package of the shared nation; the receipt lies beside a copy of it, for others see the packages as they were.
pub(super) fn take(data: &Path, package: &Path) {
    let own = tempfile::tempdir().unwrap();
    let copied = own.path().join(package.file_name().unwrap());
    std::fs::copy(package, &copied).unwrap();
    assert_exit(&hocba(data).arg("ingest").arg(copied).output().unwrap(), 0);
}

/// A data directory with keys that trusts the nation's root.
pub(super) fn new_portal(nation: &Path, data: &Path) {
    let made = hocba(data).args(["key", "portal", "--root"]).arg(nation.join("root.jwk")).output().unwrap();
    assert_exit(&made, 0);
}

/// A copy of a directory in a place of its own.
pub(super) fn copy_of(from: &Path) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    copy(from, dir.path());
    dir
}

pub(super) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            copy(&source, &target);
        } else if kind.is_file() {
            std::fs::copy(&source, &target).unwrap();
        }
    }
}

/// All files below a directory, in order.
pub(super) fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    found
}

pub(super) fn data_dir(root: &Path) -> DataDir {
    DataDir::at(root, &Config::load(&[&root.join("hocba.toml")]).unwrap())
}

/// A serving process without its threads and listeners, so that hundreds can be opened in turn.
pub(super) struct Opened {
    pub(super) portal: Portal,
    pub(super) follower: Follower,
    pub(super) journal: Arc<Journal>,
    pub(super) reader: Arc<LedgerReader>,
    /// Where offices are answered.
    pub(super) indexer: Option<Indexer>,
    /// What kept it from following, if anything.
    pub(super) fault: Option<String>,
}

impl Opened {
    /// Opens as `hocba serve` does: damaged derived stores are made again.
    pub(super) fn at(root: &Path) -> Result<Self, CliFault> {
        Self::with_duty(root, None)
    }

    /// The same with the offices role: with a search index that holds all that is reflected, unless a fault keeps it
    /// from that.
    pub(super) fn with_search(root: &Path) -> Self {
        Self::with_limits(root, (1_000_000, 1_000_000))
    }

    /// With so many searches and opened transcripts a minute, and burst, for each account.
    pub(super) fn with_limits(root: &Path, per_account: (u32, u32)) -> Self {
        let mut opened = Self::with_duty(root, Some(per_account)).unwrap();
        let _ = opened.indexer.as_mut().unwrap().settle();
        opened
    }

    /// With the offices role, and the index not looked at yet.
    pub(super) fn with_role(root: &Path) -> Self {
        Self::with_duty(root, Some((100, 100))).unwrap()
    }

    fn with_duty(root: &Path, offices: Option<(u32, u32)>) -> Result<Self, CliFault> {
        let data = data_dir(root);
        match Self::open(&data, offices) {
            Err(fault) if fault.wants_rebuild() => {
                rebuild(&data, false)?;
                Self::open(&data, offices)
            }
            other => other,
        }
    }

    /// Follows what is new, and the index too.
    pub(super) fn follow(&mut self) {
        while self.follower.step().unwrap().is_behind() {}
        self.indexer.iter_mut().for_each(|indexer| indexer.settle().unwrap());
    }

    fn open(data: &DataDir, per_account: Option<(u32, u32)>) -> Result<Self, CliFault> {
        let following = data.following(&data.derived())?;
        let indexer = per_account.map(|_| data.indexer(&data.derived(), &following)).transpose()?;
        let offices = indexer.as_ref().zip(per_account).map(|(indexer, (per_minute, burst))| OfficeParts {
            searches: RateLimiter::new(per_minute, burst, 1000),
            opens: RateLimiter::new(per_minute, burst, 1000),
            consents: RateLimiter::new(per_minute, burst, 1000),
            ..data.office_parts(indexer.shown()).unwrap()
        });
        let Following { mut follower, records, reader } = following;
        let shown: Arc<ArcSwapOption<String>> = Arc::default();
        let limits = AttemptLimits { per_prefix: 5, per_transcript: 50, max_keys: 1000 };
        let journal = data.journal()?;
        let portal = Portal::new(Parts {
            published: follower.published(),
            follow_fault: Arc::clone(&shown),
            official: Arc::default(),
            records,
            reader: Arc::clone(&reader),
            disk: data.ledger_disk()?,
            journal: Arc::clone(&journal),
            attempts: Attempts::Here(AttemptCounters::new(limits, now()).unwrap()),
            tickets: data.tickets_key()?,
            copies: data.copies(&journal, now())?,
            public_url: data.config().portal.public_url.clone(),
            verification_key: data.portal_key()?,
            log: data.config().log.clone(),
            offices,
            shared: None,
        });
        let fault = loop {
            match follower.step() {
                Ok(progress) if progress.is_behind() => {}
                Ok(_) => break None,
                Err(fault) => break Some(fault.to_string()),
            }
        };
        shown.store(fault.clone().map(Arc::new));
        Ok(Self { portal, follower, journal, reader, indexer, fault })
    }

    pub(super) fn answer(&self, code: &TranscriptCode) -> Value {
        self.portal.verdict(code, now(), |answer| stable(serde_json::to_value(answer).unwrap()))
    }

    pub(super) fn answers(&self, samples: &[Sample]) -> Answers {
        samples.iter().map(|s| (s.code.to_string(), self.answer(&s.code))).collect()
    }
}

/// An answer without the moment it was given at and the checkpoint it was given from.
pub(super) fn stable(mut answer: Value) -> Value {
    let members = answer.as_object_mut().unwrap();
    members.remove("checked_at");
    members.remove("as_of");
    answer
}
