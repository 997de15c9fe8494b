//! The file of an operator's switches: what it keeps, and what counts when it cannot be read.

use std::fs;
use std::path::Path;

use hocba::switches::{Banner, MAX_BANNER, Switches, SwitchesFault, SwitchesFile, Watched};
use hocba::transcript::text::Text;

fn some() -> Switches {
    let text = |text: &str| Text::new(text).unwrap();
    Switches { verdict_only: false, banner: Some(Banner { vi: text("Đang bảo trì"), en: text("Maintenance") }) }
}

fn written(dir: &Path, switches: &Switches) -> SwitchesFile {
    let file = SwitchesFile::in_dir(dir);
    file.write(switches).unwrap();
    file
}

#[test]
fn what_is_written_is_read_and_no_file_means_all_off() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(SwitchesFile::in_dir(dir.path()).read().unwrap(), Switches::default());
    assert_eq!(written(dir.path(), &some()).read().unwrap(), some());
    let other = Switches { verdict_only: true, banner: None };
    assert_eq!(written(dir.path(), &other).read().unwrap(), other);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing else is left behind");
}

#[test]
fn every_changed_byte_and_every_cut_means_verdicts_only() {
    let dir = tempfile::tempdir().unwrap();
    let file = written(dir.path(), &some());
    let path = dir.path().join("switches");
    let good = fs::read(&path).unwrap();
    let mut watched = Watched::new(file.clone());
    let current = watched.current();
    let mut spoilt: Vec<Vec<u8>> = (0..good.len()).map(|n| good[..n].to_vec()).collect();
    spoilt.extend((0..good.len()).map(|n| {
        let mut bytes = good.clone();
        bytes[n] ^= 0x10;
        bytes
    }));
    spoilt.push([&good[..], b"x"].concat());
    spoilt.push(vec![b' '; 1 << 20]);
    for bytes in spoilt {
        fs::write(&path, &bytes).unwrap();
        assert!(matches!(file.read(), Err(SwitchesFault::Damaged(_))), "{} bytes", bytes.len());
        watched.look();
        assert_eq!(**current.load(), Switches { verdict_only: true, banner: None });
        fs::write(&path, &good).unwrap();
        watched.look();
        assert_eq!(**current.load(), some(), "a file that is whole again counts at once");
    }
    fs::remove_file(&path).unwrap();
    watched.look();
    assert_eq!(**current.load(), Switches::default());
}

#[test]
fn a_file_that_cannot_be_read_at_all_means_verdicts_only() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("switches")).unwrap();
    let file = SwitchesFile::in_dir(dir.path());
    assert!(matches!(file.read(), Err(SwitchesFault::Io { .. })));
    assert!(Watched::new(file).current().load().verdict_only);
}

#[test]
fn a_banner_is_one_checked_line_even_in_the_file() {
    assert!(Text::<MAX_BANNER>::new("ắ".repeat(MAX_BANNER)).is_ok());
    for bad in ["", " ", "hai\ndòng", "\u{202E}ngược", &"a".repeat(MAX_BANNER + 1)] {
        assert!(Text::<MAX_BANNER>::new(bad).is_err(), "{bad:?}");
        let json = serde_json::json!({"verdict_only": false, "banner": {"vi": bad, "en": "fine"}});
        assert!(serde_json::from_value::<Switches>(json).is_err(), "{bad:?}");
    }
}
