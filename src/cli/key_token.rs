//! `hocba key token`: the key that signs the tokens in QR codes of copies.

use clap::Args;
use serde_json::json;

use super::data_dir::DataDir;
use super::{CliFault, Context, Outcome};
use crate::soft_copy::token::short_kid;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  hocba key token --data /srv/hocba\n  hocba key token --data /srv/hocba --renew\n\nReplicas share the key: copy DATA/keys to each of them, then restart. Copies that were made before keep working: the public halves of former keys stay in DATA/keys/token-retired.json and in /.well-known/jwks.json."
)]
pub(super) struct TokenKey {
    /// Replace the key that is there
    #[arg(long)]
    renew: bool,
}

impl TokenKey {
    pub(super) fn run(&self, context: &Context) -> Result<Outcome, CliFault> {
        let data = DataDir::at(context.data()?, &context.config);
        data.require_keys()?;
        let key = match data.token_key()? {
            Some(there) if !self.renew => there,
            _ => data.renew_token_key()?,
        };
        let public = key.present.public();
        let short = data_encoding::HEXLOWER.encode(&short_kid(&public));
        let answer = json!({ "kid": public.kid(), "token_kid": short, "retired": key.retired.len() });
        let text = format!("kid      {}\nin QRs   {short}\nretired  {}", public.kid(), key.retired.len());
        context.print(&answer, text)?;
        Ok(Outcome::Yes)
    }
}
