use std::fs;
use std::os::unix::fs::PermissionsExt;

use hocba::ledger::keys::{KeyDir, KeyProvider, KeysFault, PortalKey, Purpose, SecretKey};

#[test]
fn each_purpose_has_its_own_key() {
    let secret = SecretKey::new([1; 32]);
    let purposes = [Purpose::Bodies, Purpose::Index, Purpose::Records, Purpose::Journal];
    for (i, a) in purposes.iter().enumerate() {
        assert!(secret.derive(*a) == secret.derive(*a));
        assert!(secret.derive(*a) != secret);
        for b in &purposes[i + 1..] {
            assert!(secret.derive(*a) != secret.derive(*b));
        }
    }
    // Frozen: another value here would leave every existing ledger unreadable.
    assert_eq!(
        data_encoding::HEXLOWER.encode(secret.derive(Purpose::Bodies).as_bytes()),
        "61942c694bb45e85f4366ca0cb58bebde0e5ed4a6aaf2dc121905fd663986dc5"
    );
    assert_eq!(format!("{secret:?}"), "SecretKey(..)");
}

#[test]
fn keys_are_made_once_and_private() {
    let dir = tempfile::tempdir().unwrap();
    let keys = KeyDir::at(dir.path().join("keys"));
    assert!(!keys.is_complete());
    assert!(matches!(keys.storage(), Err(KeysFault::Missing(_))));
    keys.create_missing().unwrap();
    assert!(keys.is_complete());
    let (log, storage) = (keys.portal_key(PortalKey::Log).unwrap().public(), keys.storage().unwrap());
    keys.create_missing().unwrap();
    assert!(keys.portal_key(PortalKey::Log).unwrap().public() == log && keys.storage().unwrap() == storage);
    assert!(keys.key(Purpose::Journal).unwrap() == storage.derive(Purpose::Journal));
    assert!(keys.portal_key(PortalKey::Freshness).unwrap().public() != log);
    for entry in fs::read_dir(dir.path().join("keys")).unwrap() {
        assert_eq!(entry.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn bad_key_files_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let keys = KeyDir::at(dir.path());
    keys.create_missing().unwrap();
    fs::write(dir.path().join("storage.key"), "abc\n").unwrap();
    fs::write(dir.path().join("portal.key"), "-----BEGIN PRIVATE KEY-----\n").unwrap();
    fs::set_permissions(dir.path().join("log.key"), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(keys.storage().unwrap_err().to_string().contains("storage.key does not hold 32 bytes"));
    assert!(matches!(keys.portal_key(PortalKey::Portal), Err(KeysFault::Contents { .. })));
    assert!(keys.portal_key(PortalKey::Log).unwrap_err().to_string().contains("chmod 600"));
}
