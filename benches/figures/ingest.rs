//! `ingest_vs_floor`: packages against the signatures and hashes that nobody can save.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::{Signature, Signer as _, SigningKey};
use hocba::signing::Jws;
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::bench::{Bench, Fault, median, run};
use super::data::{self, Nation, SMALL};
use super::process::{Running, run_for_peak};
use super::report::Measured;

/// Sheets that the floor goes round, so that it need not hold a package in memory.
const SAMPLE: usize = 8192;

const METHOD: &str = "`hocba ingest` of 200,000 sheets of at least 6 KB into a fresh portal with `hocba serve` \
    beside it, from its start until everything is durable and `/readyz` says that answers reflect it. Floor, in turns \
    with it: `verify_strict` of as many Ed25519 signatures (2 a sheet, over signing inputs of these sheets) and SHA-256 \
    over the bytes of as many lines, on all cores, all in memory. Value: the floor's time over ours.";

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Measured>, Fault> {
    let nation = data::nation(bench, &SMALL)?;
    let floor = Floor::over(&nation)?;
    let dir = bench.data.join("portal-ingest");
    let mut rounds = Vec::new();
    let mut peak: f64 = 0.0;
    for _ in 0..bench.rounds.min(3) {
        let floor_s = floor.run(nation.sheets);
        let (ours_s, memory) = take(bench, &nation, &dir)?;
        peak = peak.max(memory);
        rounds.push((floor_s, ours_s));
    }
    std::fs::remove_dir_all(&dir)?;
    let ratio = median(rounds.iter().map(|(floor, ours)| floor / ours).collect());
    let rate = |seconds: f64| nation.sheets as f64 / seconds;
    let beside = vec![
        format!("ours: {:.0} sheets a second", rate(median(rounds.iter().map(|r| r.1).collect()))),
        format!("floor: {:.0} sheets a second", rate(median(rounds.iter().map(|r| r.0).collect()))),
        format!("peak memory of `hocba ingest`: {peak:.0} MB (at most 400)"),
        format!("{} sheets in {} packages; rounds: {}", nation.sheets, nation.packages().len(), rounds.len()),
    ];
    if peak >= 400.0 {
        return Err(format!("ingest took {peak:.0} MB of memory").into());
    }
    Ok(vec![Measured::new("ingest_vs_floor", ratio, "≥ 0.4, aim 0.7", METHOD, beside)])
}

/// Takes the packages beside a server; seconds, and peak memory of ingest.
fn take(bench: &Bench, nation: &Nation, dir: &Path) -> Result<(f64, f64), Fault> {
    nation.fresh_portal(bench, dir)?;
    let (keys, rest) = nation.packages().split_first().ok_or("a nation without packages")?;
    run(bench.hocba(dir)?.arg("ingest").arg(keys))?;
    let mut server = Running::portal(bench, dir)?;
    server.wait_until_reflecting(1)?;
    let started = Instant::now();
    let peak = run_for_peak(bench.hocba(dir)?.arg("ingest").args(rest))?;
    server.wait_until_reflecting(nation.sheets)?;
    Ok((started.elapsed().as_secs_f64(), peak))
}

/// Signatures to check and bytes to hash.
struct Floor {
    keys: [SigningKey; 2],
    sheets: Vec<(Vec<u8>, Vec<u8>, [Signature; 2])>,
}

impl Floor {
    fn over(nation: &Nation) -> Result<Self, Fault> {
        let keys = [SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32])];
        let lines = nation.sample(SAMPLE)?;
        let signed = lines.into_par_iter().map(|line| {
            // A protected header of the length ours have, and the sheet's own payload.
            let payload = BASE64URL_NOPAD.encode(Jws::parse(&line)?.payload());
            let input = format!("{}.{payload}", BASE64URL_NOPAD.encode(&[b' '; 92])).into_bytes();
            let signatures = [keys[0].sign(&input), keys[1].sign(&input)];
            Ok((line, input, signatures))
        });
        let sheets = signed.collect::<Result<Vec<_>, Fault>>()?;
        Ok(Self { keys, sheets })
    }

    fn run(&self, count: u64) -> f64 {
        let keys = [self.keys[0].verifying_key(), self.keys[1].verifying_key()];
        let started = Instant::now();
        let refused = (0..count as usize)
            .into_par_iter()
            .filter(|i| {
                let (line, input, signatures) = &self.sheets[i % self.sheets.len()];
                black_box(Sha256::digest(line));
                keys.iter().zip(signatures).any(|(key, signature)| key.verify_strict(input, signature).is_err())
            })
            .count();
        assert_eq!(refused, 0, "the floor's own signatures hold");
        started.elapsed().as_secs_f64()
    }
}
