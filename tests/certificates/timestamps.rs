//! RFC 3161 timestamps by `openssl ts`.

use std::fs;

use data_encoding::HEXLOWER;
use hocba::signing::certificates::{DerFault, Judge, Judgement, Timestamp, timestamp_request};
use hocba::signing::{Kid, certificates::ChainFault};

use super::pki::{CA, Pki, SIGNER, Spec, TSA, Words, answers, spec, usual};

/// Makes a stamp over a digest with this certificate.
pub(super) fn stamp(pki: &Pki, digest: &[u8; 32], authority: &str) -> Vec<u8> {
    let request = timestamp_request(digest, &Kid([9; 32])).unwrap();
    fs::write(pki.path("ask.tsq"), request).unwrap();
    stamp_query(pki, authority, "sha256")
}

fn stamp_query(pki: &Pki, authority: &str, digest: &str) -> Vec<u8> {
    let dir = pki.dir().display();
    let config = format!(
        "[tsa]\ndefault_tsa=one\n[one]\nserial={dir}/tsa.serial\nsigner_digest={digest}\ndefault_policy=2.16.704.1.1.1.2\n\
         digests=sha1,sha256,sha384\naccuracy=secs:1\n"
    );
    fs::write(pki.path("tsa.cnf"), config).unwrap();
    let (signer, key) = (format!("{authority}.pem"), format!("{authority}.key"));
    let mut arguments = vec!["ts", "-reply", "-config", "tsa.cnf", "-queryfile", "ask.tsq", "-signer", &signer];
    arguments.extend(["-inkey", &key, "-out", "said.tsr"]);
    pki.openssl(&arguments);
    fs::read(pki.path("said.tsr")).unwrap()
}

fn judge(timestamp: &Timestamp, pki: &Pki) -> Result<Judgement, ChainFault> {
    let root = pki.certificate("root");
    let words = Words { lists: vec![pki.list("root", &super::pki::now(), super::pki::TO, "")], ocsp: Vec::new() };
    let roots = [root];
    let answers = answers(&roots, &[], &words);
    Judge { roots: &roots, authorities: &[], policies: &[], answers: &answers }.timestamp(timestamp)
}

#[test]
fn a_stamp_proves_a_time_for_its_own_bytes_only() {
    let pki = Pki::new();
    pki.issue("root", "root", &spec(CA));
    pki.issue("root", "tsa", &spec(TSA));
    let digest = [5; 32];
    let read = Timestamp::from_der(&stamp(&pki, &digest, "tsa")).unwrap();
    assert_eq!(read.imprint(), &digest);
    assert_eq!((read.repeats(&[1, 9, 9, 9, 9, 9, 9, 9, 9]), read.repeats(&[2])), (Some(true), Some(false)));
    // The token alone is the same stamp.
    let bare = Timestamp::from_der(read.der()).unwrap();
    assert_eq!((bare.digest(), bare.at()), (read.digest(), read.at()));
    let judged = judge(&read, &pki).unwrap();
    assert!(judged.from < read.at() && !judged.old_algorithm);
}

#[test]
fn only_an_authority_for_stamps_below_a_root_counts() {
    let pki = Pki::new();
    pki.issue("root", "root", &spec(CA));
    let stranger = Pki::new();
    stranger.issue("root", "root", &spec(CA));
    stranger.issue("root", "tsa", &spec(TSA));
    let read = Timestamp::from_der(&stamp(&stranger, &[5; 32], "tsa")).unwrap();
    assert_eq!(judge(&read, &pki).err(), Some(ChainFault::NoRoot));
    // `openssl` itself refuses to stamp with a certificate for something else; so does whoever reads.
    let usages = "extendedKeyUsage=critical,timeStamping,emailProtection";
    pki.issue("root", "mixed", &spec(&TSA.replace("extendedKeyUsage=critical,timeStamping", usages)));
    pki.issue("root", "signer", &spec(SIGNER));
    let usual = usual();
    let roots = [usual.root.clone()];
    let none = answers(&roots, &[], &Words::default());
    let as_stamper = Judge { roots: &roots, authorities: &[], policies: &[], answers: &none };
    let purpose = hocba::signing::certificates::Purpose::Timestamping;
    for name in ["mixed", "signer"] {
        assert_eq!(as_stamper.judge(&pki.certificate(name), purpose).err(), Some(ChainFault::Usage), "{name}");
    }
}

#[test]
fn stamps_of_the_past_count_with_a_note_and_other_imprints_do_not() {
    let pki = Pki::new();
    pki.issue("root", "root", &spec(CA));
    pki.issue("root", "tsa", &Spec { key: "rsa:2048", ..spec(TSA) });
    let request = timestamp_request(&[5; 32], &Kid([9; 32])).unwrap();
    fs::write(pki.path("ask.tsq"), request).unwrap();
    let old = Timestamp::from_der(&stamp_query(&pki, "tsa", "sha1")).unwrap();
    assert!(judge(&old, &pki).unwrap().old_algorithm);
    for (digest, length) in [("sha1", 20), ("sha384", 48)] {
        let imprint = HEXLOWER.encode(&vec![5; length]);
        let asked = ["ts", "-query", "-digest", &imprint, &format!("-{digest}"), "-cert", "-out", "ask.tsq"];
        pki.openssl(&asked);
        let read = Timestamp::from_der(&stamp_query(&pki, "tsa", "sha256"));
        assert_eq!(read.err(), Some(DerFault::NotUnderstood("timestamp")), "{digest}");
    }
    // Without the certificate nobody can say whose it is.
    let imprint = HEXLOWER.encode(&[5; 32]);
    pki.openssl(&["ts", "-query", "-digest", &imprint, "-sha256", "-out", "ask.tsq"]);
    let read = Timestamp::from_der(&stamp_query(&pki, "tsa", "sha256"));
    assert_eq!(read.err(), Some(DerFault::Signature("timestamp")));
}
