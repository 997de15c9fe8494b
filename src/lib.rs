//! `hocba`: the national portal that looks up and verifies digital school transcripts (học bạ số).
//!
//! # The map
//!
//! Everything the portal says about transcripts is derived from one append-only ledger.
//!
//! ```text
//!  province                       |  portal
//!  school software → sheets       |
//!    → package ───────────────────┼─► intake ──► ledger ──► follow ──► heads + records ──► portal ──► web, cli
//!    ◄── signed receipt ──────────┤   rules      bodies     checks      code → record       verdict
//!                                 |              tlog       each leaf                       disclosure ─► journal
//! ```
//!
//! | room | what an attacker gains who can write to it |
//! |---|---|
//! | `ledger` checkpoint, tiles | nothing without the log key: forged tiles end in "could not check" |
//! | `ledger` bodies | nothing: each is compared with the digest its leaf commits to |
//! | `ledger` index | wrong refusals at intake, or a second sheet for a year, if its checksums are forged too: `hocba audit` finds it |
//! | `heads` | what their checksums let through: they are local, and belong to who runs the process |
//! | `records`, in Redis too | nothing: a record that differs from its head is "could not check" |
//! | `search` | hits that lead nowhere, or none: each is read again from the ledger and compared with the query |
//! | `certificates` | nothing: what is kept is signed by authorities below configured roots; deleting makes `technical` |
//! | `limits` in Redis | more guesses at birth dates, or none for anybody; never a verdict |
//! | `offices` | an older state put back (who was disabled since gets in again), or nothing: what is kept is sealed |
//! | `apps` | an older state put back (an app that was ended since asks again), or nothing: what is kept is sealed |
//! | `batch` | a job done once more, or not at all: what is kept is sealed; never a verdict |
//! | `switches` | nothing opened, or a banner of theirs on every page; never a verdict |
//! | `journal` | lines added at the end; what was there is chained and, within the hour, anchored in the ledger |
//!
//! | opened by | ledger lock, index | ledger | heads, records | journal |
//! |---|---|---|---|---|
//! | `serve` with the writer role | owns | reads | owns | owns |
//! | `serve` without it | | reads | owns | owns |
//! | `ingest` | owns, or asks the server | reads | | |
//! | `verify`, `audit`, `rebuild` | | reads | owns, if no server runs | `verify` |
//!
//! Who may import whom; `tests/tidy.rs` holds this table against the code. Rank 0 is pure, the rooms of rank 1 do not
//! know each other, use cases stand on both, the edges on everything they need. `asking`, `fsync`, `segments` and `shared` are
//! tools: HTTP to others, steps that survive a power cut, tables in files, and Redis, which know nothing of what they hold. So is `seal`:
//! files that open with a key alone, and the tokens of which nothing is kept. `openid` asks a provider who somebody is,
//! and knows nothing of what that lets them into.
//!
//! ```text
//! transcript:
//! consistency: transcript
//! signing: transcript
//! tlog: transcript
//! package: signing tlog transcript
//! config: signing
//!
//! asking:
//! fsync:
//! seal: fsync
//! openid: asking seal signing transcript
//! segments: fsync transcript
//! shared:
//!
//! switches: fsync transcript
//! certificates: asking fsync signing transcript
//! ledger: fsync segments signing tlog transcript
//! journal: fsync signing transcript
//! heads: segments tlog transcript
//! records: segments shared signing transcript
//! register: fsync signing tlog transcript
//! search: fsync signing tlog transcript
//! reports: fsync seal signing transcript
//! offices: fsync openid seal signing transcript
//! batch: fsync seal signing transcript
//! apps: fsync seal signing transcript
//! limits: shared signing transcript
//! soft_copy: signing transcript
//!
//! intake: config consistency ledger package signing tlog transcript
//! follow: fsync heads ledger records register search signing tlog transcript
//! portal: apps batch certificates config follow journal ledger limits offices openid package records register reports search shared signing soft_copy tlog transcript
//! synth: package signing transcript
//!
//! web: apps batch config intake journal ledger limits offices openid package portal register reports search signing soft_copy switches tlog transcript
//! cli: apps asking batch certificates config consistency follow fsync heads intake journal ledger limits offices openid package portal records register reports search shared signing soft_copy switches synth tlog transcript web
//! ```

pub mod apps;
pub mod asking;
pub mod batch;
pub mod certificates;
pub mod cli;
pub mod config;
pub mod consistency;
pub mod follow;
pub mod fsync;
pub mod heads;
pub mod intake;
pub mod journal;
pub mod ledger;
pub mod limits;
pub mod offices;
pub mod openid;
pub mod package;
pub mod portal;
pub mod records;
pub mod register;
pub mod reports;
pub mod seal;
pub mod search;
pub mod segments;
pub mod shared;
pub mod signing;
pub mod soft_copy;
pub mod switches;
pub mod synth;
pub mod tlog;
pub mod transcript;
pub mod web;
