//! The node as the HTTP edge sees it.

use std::io;
use std::net::IpAddr;

use super::node::Node;
use crate::limits::ClientPrefix;
use crate::portal::answer::VerdictAnswer;
use crate::transcript::{Moment, TranscriptCode};
use crate::web::backend::{
    Backend, DiscloseRefusal, Disclosed, DisclosedSheet, Fetched, Fetching, Health, LogFile, SecondFactor,
};

impl Backend for Node {
    fn verdict(&self, code: &TranscriptCode, now: Moment, use_it: &mut dyn FnMut(&VerdictAnswer<'_>)) {
        self.portal.verdict(code, now, use_it);
    }

    fn fetch(&self, code: &TranscriptCode) -> Option<Fetching<'_>> {
        self.portal.fetch(*code).map(|fetching| Box::pin(fetching) as Fetching<'_>)
    }

    fn verdict_from(&self, fetched: &Fetched, now: Moment, use_it: &mut dyn FnMut(&VerdictAnswer<'_>)) {
        self.portal.verdict_from(fetched, now, use_it);
    }

    fn disclose(
        &self,
        code: &TranscriptCode,
        factor: &SecondFactor,
        client: IpAddr,
        now: Moment,
    ) -> Result<Disclosed, DiscloseRefusal> {
        let opened = self.portal.disclose(code, factor, ClientPrefix::of(client), now)?;
        let evidence: Vec<_> = opened.sheets.iter().filter_map(|s| s.evidence.as_ref()).collect();
        let evidence = serde_json::to_value(&evidence).map_err(|_| DiscloseRefusal::Unchecked)?;
        let sheets = opened.sheets.into_iter().map(|s| DisclosedSheet {
            claims: s.claims,
            contents: s.contents,
            verdict: s.verdict,
            leaf_index: s.leaf_index,
        });
        Ok(Disclosed { verdict: opened.answer, sheets: sheets.collect(), evidence, ticket: opened.ticket })
    }

    fn health(&self, now: Moment) -> Health {
        self.portal.health(now)
    }

    fn log(&self, file: LogFile) -> io::Result<Option<Vec<u8>>> {
        let ledger = self.portal.ledger();
        let read = match file {
            LogFile::Checkpoint => Ok(ledger.checkpoint().bytes().to_vec()),
            LogFile::Vkey => Ok(format!("{}\n", ledger.verifier().log_vkey()).into_bytes()),
            LogFile::FreshnessVkey => Ok(format!("{}\n", ledger.verifier().freshness_vkey()).into_bytes()),
            LogFile::Tile(path) => ledger.public_tile(path),
        };
        match read {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }
}
