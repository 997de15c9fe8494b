//! The node as the HTTP edge sees it.

use std::io;
use std::net::IpAddr;

use super::node::Node;
use crate::limits::ClientPrefix;
use crate::portal::answer::VerdictAnswer;
use crate::transcript::{Moment, TranscriptCode};
use crate::web::backend::{
    Backend, CopyMade, DiscloseRefusal, Disclosed, DisclosedSheet, Fetched, Fetching, Health, JudgedReceipt,
    KeepRefusal, Kept, LogFile, SecondFactor, ShareRefusal, Void,
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
        });
        Ok(Disclosed { verdict: opened.answer, sheets: sheets.collect(), evidence, opening: opened.opening })
    }

    fn share(
        &self,
        code: &TranscriptCode,
        ticket: &str,
        leaves: &[u64],
        client: IpAddr,
        now: Moment,
    ) -> Result<CopyMade, ShareRefusal> {
        self.portal.share(code, ticket, leaves, ClientPrefix::of(client), now)
    }

    fn void(&self, code: &TranscriptCode, which: &Void, client: IpAddr, now: Moment) -> Result<(), ShareRefusal> {
        let client = ClientPrefix::of(client);
        match which {
            Void::OfToken(token) => self.portal.void_by_token(code, token, client, now),
            Void::One { ticket, copy } => self.portal.void_by_ticket(code, ticket, Some(*copy), client, now),
            Void::All { ticket } => self.portal.void_by_ticket(code, ticket, None, client, now),
        }
    }

    fn keep(&self, code: &TranscriptCode, ticket: Option<&str>, now: Moment) -> Result<Kept, KeepRefusal> {
        self.portal.keep(code, ticket, now)
    }

    fn judge_receipt(&self, json: &[u8], now: Moment) -> JudgedReceipt {
        let (receipt, now) = self.portal.judge_receipt(json, now);
        JudgedReceipt { receipt, now }
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
