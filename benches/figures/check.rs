//! `check_vs_verifier_core`: everything that is checked about one sheet, against a verifier of credentials.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use hocba::signing::{Jws, KeyRing, ObjectType};
use hocba::tlog::leaf::{Kind, Leaf, commitment, leaf_hash};
use hocba::tlog::merkle::{self, Hash};
use hocba::transcript::province::ProvinceCode;
use hocba::transcript::sheet::{MAX_PAYLOAD, Sheet};
use hocba::transcript::strict;
use serde_json::{Map, Value};

use super::bench::{Bench, Done, Fault, median};
use super::data::{self, Nation, SMALL};
use super::report::Measured;

/// Sheets that are checked in turn; also the size of the tree they are proved into.
const SHEETS: usize = 1024;
/// Of which the peer checks so many, each a credential.
const CREDENTIALS: usize = 64;
const SECONDS: u64 = 5;
/// What the leaves are blinded with; any will do.
const BLIND: [u8; 32] = [7; 32];

const METHOD: &str = "One sheet of at least 6 KB, all that is checked about it, on one thread, in process: ours reads the \
    JWS as it travels, reads and checks the sheet whole with its nine disclosures, finds the granted keys of head and \
    school and verifies both Ed25519 signatures (`verify_strict`), recomputes facts, commitment and leaf, and proves the leaf into \
    a tree of 1,024. Theirs, in turns with it: `verifyCredential` of @digitalcredentials/verifier-core on Node.js, of a \
    credential with one eddsa-rdfc-2022 proof whose subject is the same sheet (every member a term; without the \
    digests); a did:key, shipped contexts and an empty list of registries, so that nothing is fetched. Both refuse a \
    changed record first. Value: their median microseconds over ours.";

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Measured>, Fault> {
    let nation = data::nation(bench, &SMALL)?;
    let ours = Ours::over(&nation)?;
    ours.refuse_a_changed_sheet()?;
    let records = write_records(bench, &ours.lines)?;
    let mut rounds = Vec::new();
    for _ in 0..bench.rounds.min(3) {
        rounds.push((ours.run()?, theirs(bench, &records, "terms")?, theirs(bench, &records, "literal")?));
    }
    fs::remove_file(records)?;
    let ratio = median(rounds.iter().map(|(ours, theirs, _)| theirs / ours).collect());
    let middle = |of: fn(&(f64, f64, f64)) -> f64| median(rounds.iter().map(of).collect());
    let beside = vec![
        format!("ours: {:.0} µs", middle(|r| r.0)),
        format!("theirs: {:.0} µs", middle(|r| r.1)),
        format!("theirs with the whole sheet as one opaque JSON literal: {:.0} µs", middle(|r| r.2)),
        format!("rounds: {} of {SECONDS} s", rounds.len()),
    ];
    Ok(vec![Measured::new("check_vs_verifier_core", ratio, "≥ 15", METHOD, beside)])
}

/// Sheets as they travel, and what they are checked against.
struct Ours {
    ring: KeyRing,
    /// Size of the ledger that the sheets are appended to, after all key grants.
    position: u64,
    lines: Vec<Vec<u8>>,
    paths: Vec<Vec<Hash>>,
    root: Hash,
}

impl Ours {
    fn over(nation: &Nation) -> Result<Self, Fault> {
        let (ring, position) = nation.ring()?;
        let lines = nation.sample(SHEETS)?;
        let hashes = lines.iter().map(|line| hash_of(&Jws::parse(line)?)).collect::<Result<Vec<Hash>, Fault>>()?;
        let path = |i| merkle::path(&hashes, i).ok_or_else(|| Fault::from("no path"));
        let paths = (0..hashes.len()).map(path).collect::<Result<_, Fault>>()?;
        Ok(Self { ring, position, lines, paths, root: merkle::root(&hashes) })
    }

    /// Everything about one sheet; whose keys signed it.
    fn check(&self, line: &[u8], i: usize) -> Done {
        let jws = Jws::parse(line)?;
        if jws.object() != ObjectType::Sheet {
            return Err("not a sheet".into());
        }
        let sheet = Sheet::parse(jws.payload(), jws.disclosures())?;
        let signers = self.ring.check_sheet_signatures(&jws, sheet.claims(), self.position)?;
        merkle::verify_inclusion(&hash_of(&jws)?, i as u64, self.lines.len() as u64, &self.paths[i], &self.root)?;
        black_box(signers);
        Ok(())
    }

    fn refuse_a_changed_sheet(&self) -> Done {
        let [first, second, ..] = &self.lines[..] else { return Err("too few sheets".into()) };
        self.check(first, 0)?;
        match self.check(second, 0) {
            Err(_) => Ok(()),
            Ok(()) => Err("another sheet passes in a sheet's place".into()),
        }
    }

    /// Median microseconds of one check.
    fn run(&self) -> Result<f64, Fault> {
        let (mut took, started) = (Vec::new(), Instant::now());
        for (i, line) in self.lines.iter().enumerate().cycle() {
            let before = Instant::now();
            self.check(line, i)?;
            took.push(before.elapsed().as_secs_f64() * 1e6);
            if started.elapsed() > Duration::from_secs(SECONDS) {
                break;
            }
        }
        Ok(median(took))
    }
}

/// The leaf that facts, blind and signed bytes give; its open members cost nothing and stay fixed.
fn hash_of(jws: &Jws) -> Result<Hash, Fault> {
    let facts = strict::facts(jws.payload(), MAX_PAYLOAD)?;
    let leaf = Leaf {
        kind: Kind::Sheet,
        province: ProvinceCode::parse("01").ok_or("no such province")?,
        vintage: 20_250_701,
        year: 2025,
        logged_at: 0,
        commitment: commitment(Kind::Sheet, &BLIND, &facts, jws.signed_digest()),
    };
    Ok(leaf_hash(&leaf.encode()))
}

/// The sheets as the peer's credentials hold them: clear claims and content, a line each.
fn write_records(bench: &Bench, lines: &[Vec<u8>]) -> Result<PathBuf, Fault> {
    let path = bench.data.join("records.ndjson");
    let records = lines.iter().take(CREDENTIALS).map(|line| record(&Jws::parse(line)?));
    let text = records.collect::<Result<Vec<String>, Fault>>()?.join("\n");
    fs::write(&path, text)?;
    Ok(path)
}

fn record(jws: &Jws) -> Result<String, Fault> {
    let mut members: Map<String, Value> = serde_json::from_slice(jws.payload())?;
    // Selective disclosure is ours alone, and so are its digests.
    members.retain(|name, _| !name.starts_with("_sd"));
    for disclosure in jws.disclosures() {
        let [_salt, name, value] = serde_json::from_slice::<[Value; 3]>(disclosure.json())?;
        members.insert(name.as_str().ok_or("a group without a name")?.to_owned(), value);
    }
    Ok(serde_json::to_string(&members)?)
}

/// Median microseconds of one check of the peer.
fn theirs(bench: &Bench, records: &Path, form: &str) -> Result<f64, Fault> {
    let mut node = Command::new("node");
    node.arg(bench.root.join("benches/peers/verifier_core/check.mjs")).arg(records).arg(SECONDS.to_string()).arg(form);
    let output = node.output()?;
    match output.status.success() {
        true => Ok(String::from_utf8(output.stdout)?.trim().parse()?),
        false => Err(format!("{node:?}: {}", String::from_utf8_lossy(&output.stderr)).into()),
    }
}
