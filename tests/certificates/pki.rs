//! An authority with everything it publishes, made with the `openssl` command.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use hocba::signing::PublicKey;
use hocba::signing::certificates::{Answers, Certificate, ChainFault, Judge, Judgement, OcspAnswer, RevocationList};
use hocba::transcript::time::Moment;

/// Long before and long after any test runs.
pub(crate) const FROM: &str = "20240101000000Z";
pub(crate) const TO: &str = "20440101000000Z";

pub(crate) const CA: &str = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n\
                             subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n";
pub(crate) const SIGNER: &str = "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\n\
                                 extendedKeyUsage=emailProtection\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n";
pub(crate) const RESPONDER: &str = "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n\
                                    extendedKeyUsage=OCSPSigning\nnoCheck=ignored\nauthorityKeyIdentifier=keyid\n";
pub(crate) const TSA: &str = "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n\
                              extendedKeyUsage=critical,timeStamping\nauthorityKeyIdentifier=keyid\n";

pub(crate) fn openssl(dir: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("openssl").args(arguments).current_dir(dir).output().unwrap();
    assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// How a certificate is made.
#[derive(Clone)]
pub(crate) struct Spec<'a> {
    pub(crate) key: &'a str,
    pub(crate) digest: &'a str,
    pub(crate) extensions: &'a str,
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
    pub(crate) subject: Option<&'a str>,
}

pub(crate) const fn spec(extensions: &str) -> Spec<'_> {
    Spec { key: "P-256", digest: "sha256", extensions, from: FROM, to: TO, subject: None }
}

/// Authorities and what they issued, in a directory.
pub(crate) struct Pki(tempfile::TempDir, Mutex<()>);

impl Pki {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap(), Mutex::new(()))
    }

    /// Scratch files have fixed names, and tests share what nobody revokes.
    fn alone(&self) -> MutexGuard<'_, ()> {
        self.1.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn dir(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.dir().join(file)
    }

    pub(crate) fn openssl(&self, arguments: &[&str]) -> Vec<u8> {
        openssl(self.dir(), arguments)
    }

    fn key(&self, name: &str, kind: &str) {
        let out = format!("{name}.key");
        if self.path(&out).exists() {
            return;
        }
        let option = match kind.strip_prefix("rsa:") {
            Some(bits) => ["RSA".to_owned(), format!("rsa_keygen_bits:{bits}")],
            None => ["EC".to_owned(), format!("ec_paramgen_curve:{kind}")],
        };
        self.openssl(&["genpkey", "-algorithm", &option[0], "-pkeyopt", &option[1], "-out", &out]);
    }

    /// A certificate `name` by `issuer`; a root where both are one. Keys of a name are made once.
    pub(crate) fn issue(&self, issuer: &str, name: &str, spec: &Spec<'_>) -> Certificate {
        self.key(name, spec.key);
        self.authority(issuer);
        let default = format!("/C=VN/O=Thu nghiem/CN={name}");
        let subject = spec.subject.unwrap_or(&default);
        let (key, csr, pem) = (format!("{name}.key"), format!("{name}.csr"), format!("{name}.pem"));
        self.openssl(&["req", "-new", "-utf8", "-key", &key, "-subj", subject, "-out", &csr]);
        fs::write(self.path(&format!("{name}.ext")), spec.extensions).unwrap();
        let (config, extensions) = (format!("{issuer}.cnf"), format!("{name}.ext"));
        let by = format!("{issuer}.key");
        let mut arguments = vec!["ca", "-batch", "-notext", "-utf8", "-preserveDN", "-config", &config, "-in", &csr];
        arguments.extend(["-out", &pem, "-extfile", &extensions, "-md", spec.digest, "-keyfile", &by]);
        arguments.extend(["-startdate", spec.from, "-enddate", spec.to]);
        let cert = format!("{issuer}.pem");
        match issuer == name {
            true => arguments.push("-selfsign"),
            false => arguments.extend(["-cert", &cert]),
        }
        self.openssl(&arguments);
        self.certificate(name)
    }

    pub(crate) fn certificate(&self, name: &str) -> Certificate {
        Certificate::from_file(&fs::read(self.path(&format!("{name}.pem"))).unwrap()).unwrap().remove(0)
    }

    fn authority(&self, name: &str) {
        let config = self.path(&format!("{name}.cnf"));
        if config.exists() {
            return;
        }
        let dir = self.dir().display();
        let text = format!(
            "[ca]\ndefault_ca=one\n[one]\ndatabase={dir}/{name}.index\nnew_certs_dir={dir}\nrand_serial=yes\n\
             unique_subject=no\npolicy=any\ndefault_md=sha256\ndefault_crl_days=30\ncrl_extensions=list\n\
             [list]\nauthorityKeyIdentifier=keyid\n\
             [any]\ncountryName=optional\norganizationName=optional\ncommonName=optional\nuserId=optional\nemailAddress=optional\n"
        );
        fs::write(config, text).unwrap();
        fs::write(self.path(&format!("{name}.index")), "").unwrap();
    }

    /// Marks a certificate as revoked, at this time (`YYMMDDHHMMSSZ`) and for this reason.
    pub(crate) fn revoke(&self, issuer: &str, name: &str, at: &str, reason: &str) {
        let (config, key, cert, pem) =
            (format!("{issuer}.cnf"), format!("{issuer}.key"), format!("{issuer}.pem"), format!("{name}.pem"));
        let mut arguments = vec!["ca", "-config", &config, "-keyfile", &key, "-cert", &cert, "-revoke", &pem];
        match reason.split_once(',') {
            Some((_, compromised)) => arguments.extend(["-crl_compromise", compromised]),
            None => arguments.extend(["-crl_reason", reason]),
        }
        self.openssl(&arguments);
        // The command only knows now.
        let index = self.path(&format!("{issuer}.index"));
        let serial = self.openssl(&["x509", "-in", &pem, "-noout", "-serial"]);
        let serial = String::from_utf8(serial).unwrap().trim().strip_prefix("serial=").unwrap().to_owned();
        let lines: Vec<String> = fs::read_to_string(&index)
            .unwrap()
            .lines()
            .map(|line| {
                let mut members: Vec<String> = line.split('\t').map(str::to_owned).collect();
                if members[3] == serial {
                    let (_, why) = members[2].split_once(',').unwrap();
                    members[2] = format!("{at},{why}");
                }
                members.join("\t") + "\n"
            })
            .collect();
        fs::write(index, lines.concat()).unwrap();
    }

    /// A revocation list between these times, with further list extensions.
    pub(crate) fn list(&self, issuer: &str, from: &str, to: &str, extensions: &str) -> Vec<u8> {
        let (config, key, cert) = (format!("{issuer}.cnf"), format!("{issuer}.key"), format!("{issuer}.pem"));
        self.authority(issuer);
        let _alone = self.alone();
        let plain = fs::read_to_string(self.path(&config)).unwrap();
        let with = plain.replace("keyid\n[any]", &format!("keyid\n{extensions}\n[any]"));
        fs::write(self.path("list.cnf"), with).unwrap();
        let mut arguments = vec!["ca", "-config", "list.cnf", "-keyfile", &key, "-cert", &cert, "-gencrl"];
        arguments.extend(["-crl_lastupdate", from, "-crl_nextupdate", to, "-out", "list.pem"]);
        self.openssl(&arguments);
        self.openssl(&["crl", "-in", "list.pem", "-outform", "DER"])
    }

    /// A list that is good from now on.
    pub(crate) fn fresh_list(&self, issuer: &str) -> Vec<u8> {
        self.list(issuer, &now(), TO, "")
    }

    /// What a responder with this certificate would answer now about `name`.
    pub(crate) fn ocsp(&self, issuer: &str, name: &str, responder: &str) -> Vec<u8> {
        let _alone = self.alone();
        let (index, cert, subject) = (format!("{issuer}.index"), format!("{issuer}.pem"), format!("{name}.pem"));
        let (signer, key) = (format!("{responder}.pem"), format!("{responder}.key"));
        self.openssl(&["ocsp", "-issuer", &cert, "-cert", &subject, "-reqout", "ask.der"]);
        let mut arguments = vec!["ocsp", "-index", &index, "-CA", &cert, "-rsigner", &signer, "-rkey", &key];
        arguments.extend(["-reqin", "ask.der", "-respout", "answer.der", "-ndays", "1"]);
        self.openssl(&arguments);
        fs::read(self.path("answer.der")).unwrap()
    }
}

/// Now, as `openssl` writes it.
pub(crate) fn now() -> String {
    jiff::Timestamp::now().strftime("%Y%m%d%H%M%SZ").to_string()
}

pub(crate) fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

/// What was said about revocation.
#[derive(Default, Clone)]
pub(crate) struct Words {
    pub(crate) lists: Vec<Vec<u8>>,
    pub(crate) ocsp: Vec<Vec<u8>>,
}

/// Judges a certificate by its own key.
pub(crate) fn judge(
    certificate: &Certificate,
    roots: &[Certificate],
    authorities: &[Certificate],
    words: &Words,
) -> Result<Judgement, ChainFault> {
    judge_key(certificate, &certificate.public_key().unwrap(), roots, authorities, words)
}

pub(crate) fn judge_key(
    certificate: &Certificate,
    key: &PublicKey,
    roots: &[Certificate],
    authorities: &[Certificate],
    words: &Words,
) -> Result<Judgement, ChainFault> {
    let answers = answers(roots, authorities, words);
    Judge { roots, authorities, policies: &[], answers: &answers }.signing(certificate, key)
}

pub(crate) fn answers(roots: &[Certificate], authorities: &[Certificate], words: &Words) -> Answers {
    let lists = words.lists.iter().filter_map(|der| RevocationList::from_der(der).ok().map(Arc::new)).collect();
    let ocsp = words.ocsp.iter().filter_map(|der| OcspAnswer::from_der(der).ok().map(Arc::new)).collect();
    Answers::new(ocsp, lists, roots.iter().chain(authorities))
}

/// Whether a sheet signed and logged in the summer of 2025 counts.
pub(crate) fn is_official(judged: &Result<Judgement, ChainFault>) -> bool {
    judged.as_ref().is_ok_and(|j| j.covers(at("2025-06-30T08:00:00+07:00"), at("2025-07-02T08:00:00+07:00")))
}

/// A root, an authority below it, a signer below that, and a responder; made once.
pub(crate) struct Usual {
    pub(crate) pki: Pki,
    pub(crate) root: Certificate,
    pub(crate) authority: Certificate,
    pub(crate) signer: Certificate,
    pub(crate) rsa_signer: Certificate,
}

impl Usual {
    pub(crate) fn words(&self) -> Words {
        Words { lists: vec![self.pki.fresh_list("root"), self.pki.fresh_list("authority")], ocsp: Vec::new() }
    }

    pub(crate) fn judge(&self, certificate: &Certificate, words: &Words) -> Result<Judgement, ChainFault> {
        judge(certificate, std::slice::from_ref(&self.root), std::slice::from_ref(&self.authority), words)
    }
}

/// For tests that revoke nothing: those make their own.
pub(crate) fn usual() -> &'static Usual {
    static MADE: OnceLock<Usual> = OnceLock::new();
    MADE.get_or_init(make_usual)
}

pub(crate) fn make_usual() -> Usual {
    let pki = Pki::new();
    let root = pki.issue("root", "root", &Spec { key: "rsa:2048", ..spec(CA) });
    let authority = pki.issue("root", "authority", &Spec { key: "P-384", ..spec(CA) });
    let signer = pki.issue("authority", "signer", &spec(SIGNER));
    let rsa_signer = pki.issue("authority", "rsa-signer", &Spec { key: "rsa:2048", ..spec(SIGNER) });
    pki.issue("authority", "responder", &spec(RESPONDER));
    Usual { pki, root, authority, signer, rsa_signer }
}

/// Every certificate, list and answer of a set has another thumbprint.
pub(crate) fn distinct(certificates: &[&Certificate]) -> bool {
    certificates.iter().map(|c| c.thumbprint()).collect::<HashSet<_>>().len() == certificates.len()
}
