//! Jobs: what was handed in and what came of it, over restarts, crashes and damage.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hocba::batch::jobs::{AddRefusal, Bounds, By, Input, Job, JobId, Jobs, JobsFault, NewJob, State, Stopped};
use hocba::transcript::Moment;
use hocba::transcript::text::Text;

const KEY: [u8; 32] = [7; 32];

fn now() -> Moment {
    Moment::parse("2026-07-01T08:00:00+07:00").unwrap()
}

fn days_later(days: i64) -> Moment {
    Moment::from_millis(now().as_millis() + days * 86_400_000).unwrap()
}

fn text<const MAX: usize>(text: &str) -> Text<MAX> {
    Text::new(text).unwrap()
}

fn open(dir: &Path) -> Jobs {
    Jobs::open(dir, &KEY, Bounds::default()).unwrap()
}

fn of_office(office: &str, rows: u64) -> NewJob {
    NewJob {
        office: text(office),
        by: By::Member { account: text(&format!("lan@{office}")) },
        purpose: text("Xét tuyển"),
        input: Input::Table,
        name: text("danh-sách.csv"),
        taken: Vec::new(),
        rows,
    }
}

fn add(jobs: &Jobs, rows: u64) -> Arc<Job> {
    jobs.add(of_office("dhqg-hn", rows), b"Nguyen Van An,0f8fad5b", now(), |_| true).unwrap()
}

/// First row, rows and bytes of each record.
fn results(jobs: &Jobs, id: &JobId) -> Result<Vec<(u64, u64, Vec<u8>)>, JobsFault> {
    let mut all = Vec::new();
    jobs.results(id, |chunk| {
        all.push((chunk.first, chunk.rows, chunk.bytes.to_vec()));
        Ok::<(), JobsFault>(())
    })?;
    Ok(all)
}

fn file(dir: &Path, id: &JobId, ending: &str) -> PathBuf {
    dir.join(format!("{id}.{ending}"))
}

#[test]
fn a_job_is_there_after_a_restart_with_everything_that_was_done() {
    let dir = tempfile::tempdir().unwrap();
    let jobs = open(dir.path());
    let job = add(&jobs, 5);
    assert!(jobs.append(&job.id, 0, 2, b"one two").unwrap());
    assert!(jobs.append(&job.id, 2, 2, b"three four").unwrap());
    drop(jobs);
    let jobs = open(dir.path());
    let (again, done) = jobs.get(&job.id).unwrap();
    assert_eq!((again, done), (Arc::clone(&job), 4));
    assert_eq!(jobs.input(&job).unwrap(), b"Nguyen Van An,0f8fad5b");
    assert!(jobs.append(&job.id, 4, 1, b"five").unwrap());
    let expected = vec![(0, 2, b"one two".to_vec()), (2, 2, b"three four".to_vec()), (4, 1, b"five".to_vec())];
    assert_eq!(results(&jobs, &job.id).unwrap(), expected);
    assert_eq!(jobs.end(&job.id, State::Finished, now()).unwrap().unwrap().state, State::Finished);
    drop(jobs);
    let jobs = open(dir.path());
    assert_eq!(jobs.get(&job.id).unwrap().0.state, State::Finished);
    assert_eq!(results(&jobs, &job.id).unwrap(), expected);
}

#[test]
fn rows_that_are_not_the_next_ones_are_not_kept() {
    let dir = tempfile::tempdir().unwrap();
    let jobs = open(dir.path());
    let job = add(&jobs, 4);
    assert!(jobs.append(&job.id, 0, 2, b"a").unwrap());
    for first in [0, 1, 3] {
        assert!(!jobs.append(&job.id, first, 2, b"b").unwrap(), "{first}");
    }
    jobs.end(&job.id, State::Cancelled, now()).unwrap();
    assert!(!jobs.append(&job.id, 2, 2, b"b").unwrap(), "of a batch that is over");
    assert_eq!(results(&jobs, &job.id).unwrap().len(), 1, "what was done stays");
    assert_eq!(jobs.end(&job.id, State::Stopped(Stopped::GrantOver), now()).unwrap(), None);
}

/// Whatever part of a record a crash leaves: the rows before it are all there, and the next ones follow on.
#[test]
fn a_crash_at_any_byte_loses_no_row_and_doubles_none() {
    let made = tempfile::tempdir().unwrap();
    let jobs = open(made.path());
    let job = add(&jobs, 4);
    assert!(jobs.append(&job.id, 0, 2, b"one two").unwrap());
    let first = fs::metadata(file(made.path(), &job.id, "results")).unwrap().len();
    assert!(jobs.append(&job.id, 2, 2, b"three four").unwrap());
    drop(jobs);
    let whole = fs::read(file(made.path(), &job.id, "results")).unwrap();
    for cut in 0..=whole.len() {
        for tail in [&b""[..], &[0; 40][..]] {
            let results_file = file(made.path(), &job.id, "results");
            fs::write(&results_file, [&whole[..cut], tail].concat()).unwrap();
            let jobs = open(made.path());
            let done = jobs.get(&job.id).unwrap().1;
            let expected = if cut == whole.len() {
                4
            } else if cut as u64 >= first {
                2
            } else {
                0
            };
            assert_eq!(done, expected, "cut at {cut}");
            for (from, rows) in [(0, &b"one two"[..]), (2, b"three four")].into_iter().skip(done as usize / 2) {
                assert!(jobs.append(&job.id, from, 2, rows).unwrap(), "cut at {cut}");
            }
            let all = results(&jobs, &job.id).unwrap();
            assert_eq!(all, [(0, 2, b"one two".to_vec()), (2, 2, b"three four".to_vec())], "cut at {cut}");
        }
    }
}

#[test]
fn results_that_are_damaged_are_made_again() {
    let dir = tempfile::tempdir().unwrap();
    let jobs = open(dir.path());
    let job = add(&jobs, 4);
    jobs.append(&job.id, 0, 2, b"one two").unwrap();
    jobs.append(&job.id, 2, 2, b"three four").unwrap();
    jobs.end(&job.id, State::Finished, now()).unwrap();
    let path = file(dir.path(), &job.id, "results");
    let mut bytes = fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&path, &bytes).unwrap();
    assert!(matches!(results(&jobs, &job.id), Err(JobsFault::Damaged(_))), "never shown as if it were whole");
    drop(jobs);
    let jobs = open(dir.path());
    let (again, done) = jobs.get(&job.id).unwrap();
    assert_eq!((again.state, done), (State::Waiting, 2));
}

#[test]
fn nothing_on_disk_says_who_or_what() {
    let dir = tempfile::tempdir().unwrap();
    let jobs = open(dir.path());
    let job = add(&jobs, 1);
    jobs.append(&job.id, 0, 1, b"Nguyen Van An differs").unwrap();
    let mut files = 0;
    for entry in fs::read_dir(dir.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        files += 1;
        for secret in ["Nguyen", "0f8fad5b", "dhqg", "lan", "danh", "differs"] {
            assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "{secret} in {}", path.display());
            assert!(!path.file_name().unwrap().to_string_lossy().contains(secret));
        }
    }
    assert_eq!(files, 4, "head, input, results and lock");
    let mode =
        |path: &Path| std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).unwrap().permissions()) & 0o777;
    assert_eq!(mode(dir.path()), 0o700);
    assert_eq!(mode(&file(dir.path(), &job.id, "results")), 0o600);
}

#[test]
fn what_was_put_in_another_s_place_or_changed_does_not_open() {
    let dir = tempfile::tempdir().unwrap();
    let jobs = open(dir.path());
    let (one, two) = (add(&jobs, 1), add(&jobs, 1));
    jobs.append(&one.id, 0, 1, b"of one").unwrap();
    drop(jobs);
    for ending in ["input", "results"] {
        fs::copy(file(dir.path(), &one.id, ending), file(dir.path(), &two.id, ending)).unwrap();
    }
    let jobs = open(dir.path());
    assert!(matches!(jobs.input(&two), Err(JobsFault::Damaged(_))));
    assert_eq!(jobs.get(&two.id).unwrap().1, 0, "another job's results count for nothing");
    let path = file(dir.path(), &one.id, "input");
    let mut bytes = fs::read(&path).unwrap();
    bytes[60] ^= 1;
    fs::write(&path, &bytes).unwrap();
    assert!(matches!(jobs.input(&one), Err(JobsFault::Damaged(_))));
    drop(jobs);
    fs::copy(file(dir.path(), &one.id, "job"), file(dir.path(), &two.id, "job")).unwrap();
    let jobs = open(dir.path());
    assert!(jobs.get(&two.id).is_none() && jobs.get(&one.id).is_some(), "one that is damaged does not stop the others");
    drop(jobs);
    let jobs = Jobs::open(dir.path(), &[8; 32], Bounds::default()).unwrap();
    assert_eq!(jobs.all().len(), 0, "nothing opens with another key");
}

#[test]
fn large_files_are_kept_whole_and_a_missing_part_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let jobs = open(dir.path());
    let bytes: Vec<u8> = (0..(2 << 20) + 12_345_usize).map(|i| (i * 31 % 251) as u8).collect();
    let job = jobs.add(of_office("a1", 1), &bytes, now(), |_| true).unwrap();
    assert_eq!(jobs.input(&job).unwrap(), bytes);
    let path = file(dir.path(), &job.id, "input");
    let sealed = fs::read(&path).unwrap();
    let part = (1 << 20) + 41;
    for spoilt in [sealed[..part].to_vec(), sealed[part..].to_vec(), [&sealed[part..], &sealed[..part]].concat()] {
        fs::write(&path, spoilt).unwrap();
        assert!(matches!(jobs.input(&job), Err(JobsFault::Damaged(_))));
    }
}

#[test]
fn what_is_not_written_down_is_not_taken() {
    let dir = tempfile::tempdir().unwrap();
    let jobs = open(dir.path());
    let refused = jobs.add(of_office("a1", 1), b"x", now(), |_| false);
    assert!(matches!(refused, Err(AddRefusal::NotRecorded)));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "only the lock");
}

#[test]
fn one_office_cannot_fill_the_shelf() {
    let dir = tempfile::tempdir().unwrap();
    let bounds = Bounds { jobs: 5, per_office: 3, waiting_per_office: 2, bytes: 1000, keep_days: 7 };
    let jobs = Jobs::open(dir.path(), &KEY, bounds).unwrap();
    let add = |office: &str, bytes: &[u8]| jobs.add(of_office(office, 1), bytes, now(), |_| true);
    let end = |job: Arc<Job>| jobs.end(&job.id, State::Cancelled, now()).unwrap();
    let first = add("a1", b"x").unwrap();
    add("a1", b"x").unwrap();
    assert!(matches!(add("a1", b"x"), Err(AddRefusal::Waiting(2))));
    end(Arc::clone(&first));
    end(add("a1", b"x").unwrap());
    assert!(matches!(add("a1", b"x"), Err(AddRefusal::OfficeFull(3))));
    assert!(jobs.delete(&first.id).unwrap());
    assert!(matches!(add("b1", &[0; 1001]), Err(AddRefusal::Full)), "bytes");
    add("b1", b"x").unwrap();
    add("c1", b"x").unwrap();
    end(add("d1", b"x").unwrap());
    assert!(matches!(add("e1", b"x"), Err(AddRefusal::Full)), "jobs");
}

#[test]
fn a_job_is_deleted_with_everything_of_it_when_its_time_is_over() {
    let dir = tempfile::tempdir().unwrap();
    let jobs = open(dir.path());
    let job = add(&jobs, 2);
    jobs.append(&job.id, 0, 1, b"x").unwrap();
    assert_eq!(jobs.expired(days_later(6)).len(), 0);
    assert_eq!(jobs.expired(days_later(7)).len(), 1);
    assert_eq!(jobs.kept_until(&job), days_later(7));
    assert!(jobs.delete(&job.id).unwrap() && !jobs.delete(&job.id).unwrap());
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "only the lock");
    assert!(!jobs.append(&job.id, 1, 1, b"y").unwrap(), "a worker that had it goes on with nothing");
    // What a crash left of one that was handed in and never became a job.
    drop(jobs);
    fs::write(file(dir.path(), &job.id, "input"), b"left over").unwrap();
    drop(open(dir.path()));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn one_process_owns_the_jobs() {
    let dir = tempfile::tempdir().unwrap();
    let jobs = open(dir.path());
    assert!(matches!(Jobs::open(dir.path(), &KEY, Bounds::default()), Err(JobsFault::Locked(_))));
    drop(jobs);
    open(dir.path());
    assert!(JobId::parse("0123456789abcdef0123").is_some());
    for wrong in ["", "0123456789ABCDEF0123", "0123456789abcdef012", "../../../etc/passwd00"] {
        assert!(JobId::parse(wrong).is_none(), "{wrong}");
    }
}
