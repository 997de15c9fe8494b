//! `hocba key`: keys, grants and revocations of the ministry, a province or a school, and the keys of
//! a portal. Needs no data directory except for `key portal`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::certificates::read_certificates;
use super::files::{certificate_thumbprint, read_jwk, read_private_key, write_new};
use super::key_soft_copy::SoftCopyKey;
use super::key_token::TokenKey;
use super::{CliFault, Context, Outcome, arguments, files};
use crate::ledger::keys::KeyDir;
use crate::signing::grant::{Holder, KeyClaims, Role};
use crate::signing::jwk::Jwk;
use crate::signing::keyring::check_form;
use crate::signing::{Jws, Kid, ObjectType, PrivateKey, PublicKey};
use crate::transcript::groups::GroupSet;
use crate::transcript::level::Level;
use crate::transcript::province::{ProvinceId, ProvinceRef};
use crate::transcript::strict::Extensions;
use crate::transcript::text::Text;
use crate::transcript::time::Moment;

/// Keys, grants and revocations
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a private key and its public JWK
    Generate(Generate),
    /// Grant a key: the root to provinces and its successor, a province to its schools
    Grant(Grant),
    /// Revoke a key from its ledger position on; nothing before is touched
    Revoke(Revoke),
    /// Make the keys of a portal and pin the ministry's root in DATA/hocba.toml
    Portal(Portal),
    /// Make the key that signs the tokens of copies, or replace it
    Token(TokenKey),
    /// Make an authority and a signer of soft copies (bản mềm), for demonstrations
    SoftCopy(SoftCopyKey),
    /// Print the thumbprint (kid) of a private key or public JWK, or the x5t#S256 of a certificate
    Thumbprint(Thumbprint),
}

impl Command {
    pub(super) fn run(&self, context: &Context) -> Result<Outcome, CliFault> {
        match self {
            Self::Generate(command) => command.run(context),
            Self::Grant(command) => command.run(context),
            Self::Revoke(command) => command.run(context),
            Self::Portal(command) => command.run(context),
            Self::Token(command) => command.run(context),
            Self::SoftCopy(command) => command.run(context),
            Self::Thumbprint(command) => command.run(context),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum KeyType {
    /// Ed25519 (EdDSA), the default
    Ed25519,
    /// ECDSA P-256 (ES256), for software without Ed25519
    P256,
    /// RSA 2048 (RS256), for software and cards without the others
    Rsa,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  hocba key generate --out so-gddt-22.key\n\nWrites so-gddt-22.key (private, PKCS#8 PEM, \
                        mode 0600) and so-gddt-22.jwk (public)."
)]
pub(super) struct Generate {
    /// File of the private key; the public JWK gets the same name with .jwk
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Kind of key
    #[arg(long, value_enum, default_value = "ed25519")]
    r#type: KeyType,
}

impl Generate {
    fn run(&self, context: &Context) -> Result<Outcome, CliFault> {
        let key = generate(self.r#type)?;
        let public = key.public();
        let jwk_path = self.out.with_extension("jwk");
        if jwk_path == self.out || jwk_path.exists() {
            let what = format_args!("the public key would stand in {}, which is taken", jwk_path.display()).to_string();
            return Err(CliFault::new(what, "choose another name for --out"));
        }
        let pem = key.to_pem().map_err(|e| CliFault::new(e, "try again"))?;
        write_new(&self.out, pem.as_bytes(), true)?;
        write_new(&jwk_path, &public_json(&public), false)?;
        let (kid, jwk) = (public.kid(), jwk_path.display().to_string());
        let answer = json!({"kid": kid, "private_key": self.out, "public_jwk": jwk, "jwk": public.to_jwk()});
        let text = format!("private key  {}\npublic JWK   {jwk}\nthumbprint   {kid}", self.out.display());
        context.print(&answer, text)?;
        Ok(Outcome::Yes)
    }
}

fn generate(kind: KeyType) -> Result<PrivateKey, CliFault> {
    let failed = |e: &dyn std::fmt::Display| CliFault::new(format_args!("cannot make a key: {e}"), "try again");
    match kind {
        KeyType::Ed25519 => Ok(PrivateKey::ed25519_from_seed(&files::random()?)),
        // All but one in 2^32 scalars are keys.
        KeyType::P256 => loop {
            if let Some(key) = PrivateKey::p256_from_scalar(&files::random()?) {
                return Ok(key);
            }
        },
        KeyType::Rsa => PrivateKey::generate_rsa(&mut rand_core_06::OsRng).map_err(|e| failed(&e)),
    }
}

fn public_json(key: &PublicKey) -> Vec<u8> {
    let mut json = serde_json::to_vec(&key.to_jwk()).unwrap_or_default();
    json.push(b'\n');
    json
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RoleArgument {
    /// Successor of the ministry root
    Root,
    /// A province
    Province,
    /// Head of a school (thủ trưởng)
    Head,
    /// The school itself (cơ sở giáo dục)
    Institution,
    /// A teacher
    Teacher,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  The ministry grants a province, which inherits two merged ones:
    hocba key grant --key root.key --grantee so-24.jwk --role province --province 24:2025-07-01:\"Bắc Ninh\" \\
      --predecessor 24:2004-07-08 --predecessor 27:2004-07-08 --from 2025-07-01 --to 2030-06-30 --out so-24.grant
  A province grants the head of a school:
    hocba key grant --key so-24.key --grantee hieu-truong.jwk --role head --province 24:2025-07-01:\"Bắc Ninh\" \\
      --school 24000701 --school-name \"Trường THCS Trần Phú\" --level thcs --from 2025-09-01 --to 2028-08-31 \\
      --out hieu-truong.grant")]
pub(super) struct Grant {
    /// Private key of who grants
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Public JWK of who gets the grant
    #[arg(long, value_name = "FILE")]
    grantee: PathBuf,
    /// What the key may sign
    #[arg(long, value_enum)]
    role: RoleArgument,
    /// The province, or the school's: CODE:VINTAGE:NAME
    #[arg(long, value_name = "PROVINCE", value_parser = arguments::province)]
    province: Option<ProvinceRef>,
    /// A province merged into it: CODE:VINTAGE (repeat)
    #[arg(long, value_name = "PROVINCE", value_parser = arguments::province_id)]
    predecessor: Vec<ProvinceId>,
    /// School code (mã trường)
    #[arg(long, value_name = "CODE", value_parser = arguments::text::<20>)]
    school: Option<Text<20>>,
    /// School name
    #[arg(long, value_name = "NAME", value_parser = arguments::text::<150>)]
    school_name: Option<Text<150>>,
    /// Level the school teaches: 02–05 or tieu_hoc, thcs, thpt, gdtx (repeat)
    #[arg(long, value_name = "LEVEL", value_parser = arguments::level)]
    level: Vec<Level>,
    /// Certificate the key is bound to: a DER or PEM file, or its x5t#S256
    #[arg(long, value_name = "FILE|X5T")]
    certificate: Option<String>,
    /// First day or moment the key may sign
    #[arg(long, value_name = "TIME", value_parser = arguments::moment_from)]
    from: Moment,
    /// Last day or moment the key may sign
    #[arg(long, value_name = "TIME", value_parser = arguments::moment_to)]
    to: Moment,
    /// When the grant is made; now by default
    #[arg(long, value_name = "TIME", value_parser = arguments::moment_from)]
    issued_at: Option<Moment>,
    /// Certificate of who grants, where its own grant names one: a DER or PEM file, or its x5t#S256
    #[arg(long, value_name = "FILE|X5T")]
    signer_certificate: Option<String>,
    /// File of the grant
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Grant {
    fn run(&self, context: &Context) -> Result<Outcome, CliFault> {
        let by = read_private_key(&self.key)?;
        let (jwk, certificate) = self.grantee()?;
        let (holder, role) = (self.holder()?, self.role());
        let kid = PublicKey::from_jwk(&jwk).map_err(|e| CliFault::new(e, "check the file of --grantee"))?.kid();
        let claims = KeyClaims::Grant {
            version: 1,
            holder,
            role,
            jwk,
            certificate,
            valid_from: self.from,
            valid_to: self.to,
            issued_at: self.issued_at.unwrap_or_else(arguments::now),
            extensions: Extensions::default(),
        };
        // A mistake is named here and not weeks later in a receipt.
        check_form(&claims)
            .map_err(|e| CliFault::new(format_args!("the grant is not valid: {e}"), e.words().remedy))?;
        let entry = sign_entry(&claims, &by, self.signer_certificate.as_deref())?;
        write_entry(&self.out, &entry)?;
        let answer = json!({"kid": kid, "granted_by": by.public().kid(), "file": self.out});
        context.print(&answer, format!("granted  {kid}\nfile     {}", self.out.display()))?;
        Ok(Outcome::Yes)
    }

    /// The key and the certificate it is bound to: a certificate as grantee brings both.
    fn grantee(&self) -> Result<(Jwk, Option<Kid>), CliFault> {
        let is_certificate = |path: &Path| -> Result<bool, CliFault> {
            let bytes = files::read_bytes(path)?;
            Ok(bytes.first() == Some(&0x30) || bytes.windows(17).any(|w| w == b"BEGIN CERTIFICATE"))
        };
        let certified = match is_certificate(&self.grantee)? {
            true => Some(certified_key(&self.grantee)?),
            false => None,
        };
        let jwk = match &certified {
            Some((jwk, _)) => jwk.clone(),
            None => read_jwk(&self.grantee)?,
        };
        let bound = match &self.certificate {
            None => return Ok((jwk, certified.map(|(_, thumbprint)| thumbprint))),
            Some(text) => certificate_thumbprint(text)?,
        };
        // A certificate that is here can be compared; a bare thumbprint is taken at its word.
        let given = self.certificate.as_deref().map(Path::new).filter(|path| path.exists());
        let other = match given {
            Some(path) => certified_key(path)?.0 != jwk,
            None => certified.is_some_and(|(_, thumbprint)| thumbprint != bound),
        };
        match other {
            true => Err(CliFault::new("the certificate is for another key", "give the certificate of --grantee")),
            false => Ok((jwk, Some(bound))),
        }
    }

    const fn role(&self) -> Role {
        match self.role {
            RoleArgument::Root => Role::Root,
            RoleArgument::Province => Role::Province,
            RoleArgument::Head => Role::Head,
            RoleArgument::Institution => Role::Institution,
            RoleArgument::Teacher => Role::Teacher,
        }
    }

    fn holder(&self) -> Result<Holder, CliFault> {
        let need = |name: &str| CliFault::new(format_args!("this role needs {name}"), "see `hocba key grant --help`");
        let province = || self.province.clone().ok_or_else(|| need("--province"));
        match self.role {
            RoleArgument::Root => Ok(Holder::Ministry),
            RoleArgument::Province => {
                Ok(Holder::Province { province: province()?, predecessors: self.predecessor.clone() })
            }
            RoleArgument::Head | RoleArgument::Institution | RoleArgument::Teacher => Ok(Holder::School {
                province: province()?,
                school: self.school.clone().ok_or_else(|| need("--school"))?,
                name: self.school_name.clone().ok_or_else(|| need("--school-name"))?,
                levels: match self.level.is_empty() {
                    true => return Err(need("--level")),
                    false => self.level.clone(),
                },
            }),
        }
    }
}

/// The key of a certificate, and its thumbprint.
fn certified_key(path: &Path) -> Result<(Jwk, Kid), CliFault> {
    let certificates = read_certificates(path)?;
    let certificate = certificates.first().and_then(|one| Some((one.public_key()?.to_jwk(), one.thumbprint())));
    certificate.ok_or_else(|| {
        CliFault::new(
            format_args!("{}: the certificate's key is neither P-256 nor RSA", path.display()),
            "sheets are signed with P-256 or RSA keys of certificates",
        )
    })
}

fn sign_entry(claims: &KeyClaims, by: &PrivateKey, certificate: Option<&str>) -> Result<Jws, CliFault> {
    let certificate = certificate.map(certificate_thumbprint).transpose()?;
    let failed = |e: &dyn std::fmt::Display| CliFault::new(format_args!("cannot sign the entry: {e}"), "try again");
    let payload = serde_json::to_vec(claims).map_err(|e| failed(&e))?;
    Jws::sign(ObjectType::Key, payload, &[(by, certificate)], Vec::new()).map_err(|e| failed(&e))
}

fn write_entry(path: &Path, entry: &Jws) -> Result<(), CliFault> {
    let mut line = entry.to_json(GroupSet::NONE);
    line.push(b'\n');
    write_new(path, &line, false)
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  hocba key revoke --key so-24.key --kid 4Tq1pUXIRQ-ZyIJNTqGlBv4a8GxrrdJPr3PjHQfwKm4 --reason \"Khóa bị lộ\" \\
    --out hieu-truong.revocation

Put the file into the next package: the revocation counts from there on and never reaches back.")]
pub(super) struct Revoke {
    /// Private key of who revokes: the province for its schools, the root for every key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Thumbprint of the key
    #[arg(long, value_name = "KID", value_parser = kid)]
    kid: Kid,
    /// Why; kept in the file, not shown to the public
    #[arg(long, value_name = "TEXT", value_parser = arguments::text::<300>)]
    reason: Text<300>,
    /// When the revocation is made; now by default
    #[arg(long, value_name = "TIME", value_parser = arguments::moment_from)]
    issued_at: Option<Moment>,
    /// Certificate of who revokes, where its own grant names one: a DER or PEM file, or its x5t#S256
    #[arg(long, value_name = "FILE|X5T")]
    signer_certificate: Option<String>,
    /// File of the revocation
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

fn kid(text: &str) -> Result<Kid, String> {
    Kid::from_wire(text).ok_or_else(|| "expected a thumbprint of 43 characters; see `hocba key thumbprint`".into())
}

impl Revoke {
    fn run(&self, context: &Context) -> Result<Outcome, CliFault> {
        let by = read_private_key(&self.key)?;
        let claims = KeyClaims::Revoke {
            version: 1,
            kid: self.kid,
            reason: self.reason.clone(),
            issued_at: self.issued_at.unwrap_or_else(arguments::now),
            extensions: Extensions::default(),
        };
        write_entry(&self.out, &sign_entry(&claims, &by, self.signer_certificate.as_deref())?)?;
        let answer = json!({"kid": self.kid, "revoked_by": by.public().kid(), "file": self.out});
        context.print(&answer, format!("revoked  {}\nfile     {}", self.kid, self.out.display()))?;
        Ok(Outcome::Yes)
    }
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  hocba key portal --data /var/lib/hocba --root bo-gddt.jwk\n\nBack up DATA/keys at once: \
                        without storage.key the bodies of the ledger cannot be opened again."
)]
pub(super) struct Portal {
    /// Public JWK of the ministry's root (repeat for several)
    #[arg(long, value_name = "FILE", required = true)]
    root: Vec<PathBuf>,
}

impl Portal {
    fn run(&self, context: &Context) -> Result<Outcome, CliFault> {
        let data = context.data()?;
        let roots = self.root.iter().map(|path| read_jwk(path)).collect::<Result<Vec<_>, _>>()?;
        let keys = data.join(&context.config.keys.dir);
        make_portal(data, &keys, &roots)?;
        let answer = json!({"keys": keys, "config": data.join("hocba.toml"), "roots": roots});
        let text = format!(
            "keys     {}\nconfig   {}\nBack up the keys now, apart from the data.",
            keys.display(),
            data.join("hocba.toml").display()
        );
        context.print(&answer, text)?;
        Ok(Outcome::Yes)
    }
}

/// Makes a portal's keys and the `hocba.toml` that pins these roots. Refuses a directory that has either.
///
/// # Errors
/// When something is there already or cannot be written.
pub fn make_portal(data: &Path, keys: &Path, roots: &[Jwk]) -> Result<(), CliFault> {
    let config = data.join("hocba.toml");
    if let Some(taken) = [&config, &keys.join("storage.key"), &data.join("ledger")].into_iter().find(|p| p.exists()) {
        let what = format_args!("{} is there already", taken.display()).to_string();
        return Err(CliFault::new(what, "choose an empty data directory; new keys would not open an old ledger"));
    }
    let failed =
        |e: &dyn std::fmt::Display| CliFault::new(format_args!("cannot make the keys: {e}"), "check the directory");
    KeyDir::at(keys).create_missing().map_err(|e| failed(&e))?;
    let roots: Vec<toml::Value> =
        roots.iter().map(toml::Value::try_from).collect::<Result<_, _>>().map_err(|e| failed(&e))?;
    let trust = toml::Table::from_iter([("roots".to_owned(), toml::Value::Array(roots))]);
    let table = toml::Table::from_iter([("trust".to_owned(), toml::Value::Table(trust))]);
    let text = format!("# What differs from config/default.toml on this machine.\n\n{table}");
    write_new(&config, text.as_bytes(), false)
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  hocba key thumbprint so-24.jwk\n  hocba key thumbprint hieu-truong.pem")]
pub(super) struct Thumbprint {
    /// Private key (PEM), public JWK, or certificate (DER or PEM)
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Thumbprint {
    fn run(&self, context: &Context) -> Result<Outcome, CliFault> {
        let (name, kid) = self.read()?;
        context.print(&json!({ name: kid }), kid)?;
        Ok(Outcome::Yes)
    }

    fn read(&self) -> Result<(&'static str, Kid), CliFault> {
        let bytes = files::read_bytes(&self.file)?;
        if bytes.first() == Some(&b'{') {
            let key = PublicKey::from_jwk(&read_jwk(&self.file)?).map_err(|e| CliFault::new(e, "check the file"))?;
            return Ok(("kid", key.kid()));
        }
        if bytes.windows(11).any(|w| w == b"PRIVATE KEY") {
            return Ok(("kid", read_private_key(&self.file)?.public().kid()));
        }
        Ok(("x5t#S256", certificate_thumbprint(&self.file.display().to_string())?))
    }
}
