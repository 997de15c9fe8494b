//! Chains to a root, by what `openssl` issues.

use std::fs;

use hocba::signing::certificates::{Certificate, ChainFault, DerFault};

use super::pki::{CA, FROM, Pki, SIGNER, Spec, TO, Words, distinct, is_official, judge, judge_key, spec, usual};

#[test]
fn a_signer_below_a_root_counts_once_everybody_was_asked() {
    let usual = usual();
    let words = usual.words();
    assert!(distinct(&[&usual.root, &usual.authority, &usual.signer, &usual.rsa_signer]));
    for signer in [&usual.signer, &usual.rsa_signer] {
        let judged = usual.judge(signer, &words).unwrap();
        assert_eq!(judged.chain, [signer, &usual.authority, &usual.root].map(Certificate::thumbprint));
        assert!(!judged.old_algorithm && judged.revoked_since.is_none() && judged.answers.len() == 2);
        assert!(is_official(&Ok(judged)));
    }
    // Nobody asked, or only about one of the two: not yet.
    for missing in [0, 1, 2] {
        let lists = words.lists.iter().enumerate().filter(|(i, _)| missing == 2 || *i == missing);
        let lists = if missing == 2 { Vec::new() } else { lists.map(|(_, list)| list.clone()).collect() };
        let judged = usual.judge(&usual.signer, &Words { lists, ocsp: Vec::new() }).unwrap();
        assert_eq!(judged.until, None, "{missing}");
        assert!(!is_official(&Ok(judged)));
    }
}

#[test]
fn a_file_may_hold_der_or_several_pem_blocks() {
    let usual = usual();
    let both = [usual.pki.path("signer.pem"), usual.pki.path("authority.pem")].map(|p| fs::read(p).unwrap()).concat();
    let read = Certificate::from_file(&both).unwrap();
    assert_eq!(
        read.iter().map(Certificate::thumbprint).collect::<Vec<_>>(),
        [usual.signer.thumbprint(), usual.authority.thumbprint()]
    );
    assert_eq!(Certificate::from_file(usual.signer.der()).unwrap()[0].thumbprint(), usual.signer.thumbprint());
    assert_eq!(Certificate::from_file(b"nothing").err(), Some(DerFault::Form("certificate")));
    assert_eq!(Certificate::from_der(&vec![0x30; 1 << 20]).err(), Some(DerFault::TooLong("certificate")));
}

#[test]
fn the_key_must_be_the_one_that_was_granted() {
    let usual = usual();
    let (roots, authorities) = ([usual.root.clone()], [usual.authority.clone()]);
    let other = usual.rsa_signer.public_key().unwrap();
    let judged = judge_key(&usual.signer, &other, &roots, &authorities, &usual.words());
    assert_eq!(judged.err(), Some(ChainFault::OtherKey));
}

#[test]
fn only_a_configured_root_counts() {
    let usual = usual();
    let words = usual.words();
    let strange = Pki::new();
    let same_name = strange.issue("root", "root", &Spec { key: "rsa:2048", ..spec(CA) });
    for roots in [vec![], vec![same_name.clone()]] {
        let judged = judge(&usual.signer, &roots, &[usual.authority.clone(), usual.root.clone()], &words);
        assert_eq!(judged.err(), Some(ChainFault::NoRoot));
    }
    // A stranger of the same name beside the right one changes nothing.
    let judged = judge(&usual.signer, &[same_name, usual.root.clone()], std::slice::from_ref(&usual.authority), &words);
    assert!(is_official(&judged));
    // Without the authority between them, or with a root that only pretends to be one.
    assert_eq!(judge(&usual.signer, std::slice::from_ref(&usual.root), &[], &words).err(), Some(ChainFault::NoRoot));
    let judged = judge(&usual.root, std::slice::from_ref(&usual.root), &[], &words);
    assert_eq!(judged.err(), Some(ChainFault::Usage));
}

/// Everything a certificate or authority may be that must not count, one table.
#[test]
fn what_is_for_another_use_or_beyond_its_authority_is_refused() {
    let pki = Pki::new();
    let root = pki.issue("root", "root", &spec(CA));
    let plain = "basicConstraints=CA:FALSE\n";
    let usage = |more: &str| format!("{plain}keyUsage=critical,digitalSignature\n{more}\n");
    let leaves: [(&str, String, ChainFault); 9] = [
        ("no-usage", plain.to_owned(), ChainFault::Usage),
        ("encipherment", format!("{plain}keyUsage=critical,keyEncipherment"), ChainFault::Usage),
        ("tls-server", usage("extendedKeyUsage=serverAuth"), ChainFault::Usage),
        ("responder", usage("extendedKeyUsage=OCSPSigning"), ChainFault::Usage),
        ("stamps", usage("extendedKeyUsage=critical,timeStamping"), ChainFault::Usage),
        ("code", usage("extendedKeyUsage=codeSigning"), ChainFault::Usage),
        ("authority", CA.to_owned(), ChainFault::Usage),
        ("critical", usage("1.2.3.4.5=critical,ASN1:NULL"), ChainFault::NotUnderstood),
        ("policies", usage("policyConstraints=critical,requireExplicitPolicy:0"), ChainFault::NotUnderstood),
    ];
    for (name, extensions, fault) in &leaves {
        let leaf = pki.issue("root", name, &spec(extensions));
        assert_eq!(judge(&leaf, std::slice::from_ref(&root), &[], &Words::default()).err(), Some(*fault), "{name}");
    }
    for (name, more) in
        [("any", "extendedKeyUsage=anyExtendedKeyUsage"), ("client", "extendedKeyUsage=clientAuth"), ("none", "")]
    {
        let leaf = pki.issue("root", name, &spec(&usage(more)));
        let words = Words { lists: vec![pki.fresh_list("root")], ocsp: Vec::new() };
        assert!(is_official(&judge(&leaf, std::slice::from_ref(&root), &[], &words)), "{name}");
    }
}

#[test]
fn authorities_may_do_only_what_they_were_given() {
    let pki = Pki::new();
    let root = pki.issue("root", "root", &spec(CA));
    let ca = |more: &str| CA.replace("CA:TRUE", &format!("CA:TRUE{more}"));
    let with = |more: &str| format!("{CA}{more}\n");
    let directory = "nameConstraints=critical,permitted;dirName:there\n[there]\nC=VN\nO=Thu nghiem\n";
    let cases: [(&str, String, Option<ChainFault>); 9] = [
        ("not-a-ca", SIGNER.to_owned(), Some(ChainFault::NotAnAuthority)),
        ("may-not-issue", CA.replace("keyCertSign,", ""), Some(ChainFault::NotAnAuthority)),
        ("critical-ca", with("1.2.3.4.5=critical,ASN1:NULL"), Some(ChainFault::NotUnderstood)),
        ("no-deeper", ca(",pathlen:0"), None),
        ("these-names", with(directory), None),
        ("other-names", with(&directory.replace("Thu nghiem", "Khac")), Some(ChainFault::NameConstraints)),
        ("not-these", with(&directory.replace("permitted", "excluded")), Some(ChainFault::NameConstraints)),
        ("these-hosts", with("nameConstraints=critical,permitted;DNS:edu.vn"), None),
        ("other-hosts", with("nameConstraints=critical,permitted;DNS:example.com"), Some(ChainFault::NameConstraints)),
    ];
    for (name, extensions, fault) in &cases {
        let authority = pki.issue("root", name, &spec(extensions));
        let leaf_extensions = format!("{SIGNER}subjectAltName=DNS:truong.edu.vn\n");
        let leaf = pki.issue(name, &format!("{name}-leaf"), &spec(&leaf_extensions));
        let judged = judge(&leaf, std::slice::from_ref(&root), &[authority], &Words::default());
        assert_eq!(judged.err(), *fault, "{name}");
    }
    // One authority more than the one above allows.
    let no_deeper = pki.certificate("no-deeper");
    let deeper = pki.issue("no-deeper", "deeper", &spec(CA));
    let leaf = pki.issue("deeper", "deep-leaf", &spec(SIGNER));
    let judged = judge(&leaf, &[root], &[no_deeper, deeper], &Words::default());
    assert_eq!(judged.err(), Some(ChainFault::PathLength));
}

#[test]
fn mail_addresses_are_held_to_their_domain() {
    let pki = Pki::new();
    let root = pki.issue("root", "root", &spec(CA));
    let constraint = format!("{CA}nameConstraints=critical,permitted;email:.edu.vn,excluded;email:xau@moet.edu.vn\n");
    let authority = pki.issue("root", "authority", &spec(&constraint));
    for (name, mail, holds) in [
        ("a", "an@moet.edu.vn", true),
        ("b", "an@edu.vn", false),
        ("c", "an@moet.edu.vn.example.com", false),
        ("d", "an@xedu.vn", false),
        ("e", "xau@moet.edu.vn", false),
    ] {
        let leaf = pki.issue("authority", name, &spec(&format!("{SIGNER}subjectAltName=email:{mail}\n")));
        let judged = judge(&leaf, std::slice::from_ref(&root), std::slice::from_ref(&authority), &Words::default());
        assert_eq!(judged.is_ok(), holds, "{mail}");
    }
}

#[test]
fn a_policy_is_asked_for_where_one_is_configured() {
    let pki = Pki::new();
    let root = pki.issue("root", "root", &spec(CA));
    let answers = super::pki::answers(&[], &[], &Words::default());
    let official = [der::asn1::ObjectIdentifier::new_unwrap("2.16.704.1.1.1.1.1")];
    let roots = [root];
    let judge =
        hocba::signing::certificates::Judge { roots: &roots, authorities: &[], policies: &official, answers: &answers };
    for (name, policies, fault) in [
        ("official", "certificatePolicies=2.16.704.1.1.1.1.1\n", None),
        ("public", "certificatePolicies=2.16.704.1.1.1.2.1\n", Some(ChainFault::Policy)),
        ("without", "", Some(ChainFault::Policy)),
    ] {
        let leaf = pki.issue("root", name, &spec(&format!("{SIGNER}{policies}")));
        assert_eq!(judge.signing(&leaf, &leaf.public_key().unwrap()).err(), fault, "{name}");
    }
}

#[test]
fn the_validity_of_the_whole_chain_bounds_the_period() {
    let pki = Pki::new();
    let root = pki.issue("root", "root", &spec(CA));
    for (name, from, to, official) in [
        ("in-force", FROM, TO, true),
        ("expired", FROM, "20250601000000Z", false),
        ("expired-before-it-was-logged", FROM, "20250701000000Z", false),
        ("not-yet", "20250701000000Z", TO, false),
    ] {
        for of_the_authority in [false, true] {
            let wide = spec(CA);
            let narrow = |extensions| Spec { from, to, ..spec(extensions) };
            let (above, below) = match of_the_authority {
                true => (narrow(CA), spec(SIGNER)),
                false => (wide, narrow(SIGNER)),
            };
            let (ca, leaf) = (format!("{name}-ca-{of_the_authority}"), format!("{name}-{of_the_authority}"));
            let authority = pki.issue("root", &ca, &above);
            let signer = pki.issue(&ca, &leaf, &below);
            // Authorities were asked while the certificate was valid, or now.
            let asked = if to == TO { super::pki::now() } else { to.to_owned() };
            let lists = vec![pki.list("root", &asked, TO, ""), pki.list(&ca, &asked, TO, "")];
            let judged = judge(&signer, std::slice::from_ref(&root), &[authority], &Words { lists, ocsp: Vec::new() });
            assert!(judged.is_ok(), "{leaf}: {judged:?}");
            assert_eq!(is_official(&judged), official, "{leaf}");
        }
    }
    // Never valid at one time.
    let early = pki.issue("root", "early", &Spec { to: "20240601000000Z", ..spec(CA) });
    let late = pki.issue("early", "late", &Spec { from: "20250101000000Z", ..spec(SIGNER) });
    assert_eq!(judge(&late, &[root], &[early], &Words::default()).err(), Some(ChainFault::Validity));
}

#[test]
fn algorithms_of_the_past_count_with_a_note() {
    for (name, root_spec, leaf_digest) in
        [("sha1", spec(CA), "sha1"), ("rsa-1024", Spec { key: "rsa:1024", ..spec(CA) }, "sha256")]
    {
        let pki = Pki::new();
        let root = pki.issue("root", "root", &root_spec);
        let leaf = pki.issue("root", "leaf", &Spec { digest: leaf_digest, key: "rsa:2048", ..spec(SIGNER) });
        let words = Words { lists: vec![pki.fresh_list("root")], ocsp: Vec::new() };
        let judged = judge(&leaf, &[root], &[], &words);
        assert!(is_official(&judged), "{name}: {judged:?}");
        assert!(judged.unwrap().old_algorithm, "{name}");
    }
}

#[test]
fn numbers_of_persons_are_seen_in_names() {
    let pki = Pki::new();
    pki.issue("root", "root", &spec(CA));
    for (name, subject, extensions, holds, of_institution) in [
        ("a", "/C=VN/O=Truong THCS Thu Nghiem/CN=Nguyen Van An", "", false, false),
        ("e", "/C=VN/CN=Truong THCS Thu Nghiem/UID=MST:0100109106-001", "", true, false),
        ("f", "/C=VN/CN=Truong THCS Thu Nghiem/UID=CCCD:003099000001", "", true, true),
        ("b", "/C=VN/CN=Nguyen Van An/UID=CCCD:003099000001", "", true, true),
        ("c", "/C=VN/CN=Nguyen Van An 003099000001", "", true, true),
        ("d", "/C=VN/CN=Nguyen Van An", "subjectAltName=email:003099000001@moet.edu.vn\n", true, true),
    ] {
        let leaf = pki.issue("root", name, &Spec { subject: Some(subject), ..spec(&format!("{SIGNER}{extensions}")) });
        assert_eq!((leaf.holds_a_number(false), leaf.holds_a_number(true)), (holds, of_institution), "{name}");
    }
}
