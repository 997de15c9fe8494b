//! The provider that offices' members may sign in at, as the configuration says.

use std::sync::Arc;

use super::CliFault;
use super::data_dir::DataDir;
use super::files;
use crate::config::CredentialFile;
use crate::openid::{Credential, Provider, Settings};
use crate::web::site::office::openid::RETURN;

/// Reads what we are known by. Asks nobody: a provider that is away keeps nothing from starting.
///
/// # Errors
/// A file that cannot be read or that everybody may read, and settings that cannot work.
pub(super) fn provider(data: &DataDir) -> Result<Option<Arc<Provider>>, CliFault> {
    let config = &data.config().offices.openid;
    let Some(credential) = config.credential().filter(|_| config.is_on()) else { return Ok(None) };
    let settings = Settings {
        issuer: config.issuer.clone(),
        name: config.name.clone(),
        client_id: config.client_id.clone(),
        credential: read(data, credential)?,
        acr: config.acr.clone(),
        max_age_s: config.max_age_s,
        redirect: format!("{}{RETURN}", data.config().portal.public_url),
    };
    let made = Provider::new(settings, data.journeys_key()?.as_bytes());
    let made = made.map_err(|fault| CliFault::new(format_args!("offices.openid: {fault}"), HELP))?;
    Ok(Some(Arc::new(made)))
}

const HELP: &str = "see docs/offices.md, \"Signing in at a provider\"";

fn read(data: &DataDir, file: CredentialFile<'_>) -> Result<Credential, CliFault> {
    let (CredentialFile::Key(name) | CredentialFile::Secret(name)) = file;
    let path = data.root().join(name);
    files::require_private(&path)?;
    let text = zeroize::Zeroizing::new(files::read_text(&path)?);
    let credential = match file {
        CredentialFile::Key(_) => Credential::from_pem(&text),
        CredentialFile::Secret(_) => Credential::from_secret(&text),
    };
    credential.map_err(|fault| CliFault::new(format_args!("{}: {fault}", path.display()), HELP))
}
