//! The node as the HTTP edge sees it.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use super::node::Node;
use crate::apps::{AppId, Mandate};
use crate::limits::ClientPrefix;
use crate::offices::{ActingMember, OfficeId};
use crate::portal::answer::VerdictAnswer;
use crate::portal::disclose::Disclosed as Opened;
use crate::portal::ledger_view::{Leaves, LedgerState};
use crate::portal::office_search::{OfficeFound, SearchForm, SearchRefusal};
use crate::portal::oversight::{APP, Looks};
use crate::portal::public_evidence::{NoEvidence, PublicEvidence};
use crate::portal::soft_copy::issue::IssueRefusal;
use crate::register::Register;
use crate::reports::{FileRefusal, Filed, NewReport, Nonce, Report, TicketCode};
use crate::transcript::province::ProvinceRef;
use crate::transcript::{Moment, SchoolYear, TranscriptCode};
use crate::web::backend::{
    Backend, Consented, ConsentedChanges, ConsentedReading, ConsentedRefusal, CopyMade, DiscloseRefusal, Disclosed,
    DisclosedSheet, Fetched, Fetching, Health, JudgedCopy, JudgedReceipt, KeepRefusal, Kept, LogFile, OfficeReading,
    OpenRefusal, Opening, PickUp, PublicLedger, ReportDesk, ReportForm, ReportRefusal, ReportsAway, SecondFactor,
    ShareRefusal, SoftCopies, SoftCopyRefusal, Void,
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
        let looks = self.looks(code, &opened, now);
        Ok(Disclosed { looks, ..shown(opened)? })
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

/// What was opened, as pages and answers show it.
fn shown(opened: Opened) -> Result<Disclosed, DiscloseRefusal> {
    let evidence: Vec<_> = opened.sheets.iter().filter_map(|s| s.evidence.as_ref()).collect();
    let evidence = serde_json::to_value(&evidence).map_err(|_| DiscloseRefusal::Unchecked)?;
    let sheets = opened.sheets.into_iter().map(|s| DisclosedSheet {
        claims: s.claims,
        contents: s.contents,
        verdict: s.verdict,
        leaf_index: s.leaf_index,
    });
    Ok(Disclosed { verdict: opened.answer, sheets: sheets.collect(), evidence, opening: opened.opening, looks: None })
}

impl OfficeReading for Node {
    fn search(
        &self,
        who: &ActingMember,
        form: &SearchForm,
        client: IpAddr,
        now: Moment,
    ) -> Result<OfficeFound, SearchRefusal> {
        self.portal.office_search(who, form, ClientPrefix::of(client), now)
    }

    fn open(
        &self,
        who: &ActingMember,
        code: &TranscriptCode,
        client: IpAddr,
        now: Moment,
    ) -> Result<Disclosed, OpenRefusal> {
        Ok(shown(self.portal.office_open(who, code, ClientPrefix::of(client), now)?)?)
    }
}

impl ConsentedReading for Node {
    fn transcripts(
        &self,
        mandate: &Mandate,
        only: Option<&TranscriptCode>,
        client: IpAddr,
        now: Moment,
    ) -> Result<Consented, ConsentedRefusal> {
        let opened = self.portal.consented_transcripts(mandate, only, ClientPrefix::of(client), now)?;
        let transcripts = opened.transcripts.into_iter().map(shown).collect::<Result<_, _>>();
        let transcripts = transcripts.map_err(|_| ConsentedRefusal::Unchecked)?;
        let (groups, unchecked, searched) = (opened.groups, opened.unchecked, opened.searched);
        Ok(Consented { transcripts, groups, unchecked, searched })
    }

    fn changes(
        &self,
        mandate: &Mandate,
        since: u64,
        client: IpAddr,
        now: Moment,
    ) -> Result<ConsentedChanges, ConsentedRefusal> {
        self.portal.consented_changes(mandate, since, ClientPrefix::of(client), now)
    }
}

impl SoftCopies for Node {
    fn issues(&self) -> bool {
        self.shop.signer.is_some()
    }

    fn issue(
        &self,
        code: &TranscriptCode,
        factor: &SecondFactor,
        extract: Option<SchoolYear>,
        client: IpAddr,
        now: Moment,
    ) -> Result<PickUp, SoftCopyRefusal> {
        if !self.issues() {
            return Err(SoftCopyRefusal::Unavailable);
        }
        let order = self.portal.order_soft_copy(code, factor, extract, ClientPrefix::of(client), now);
        let order = order.map_err(|refusal| match refusal {
            IssueRefusal::NotOpened(refusal) => SoftCopyRefusal::NotOpened(refusal),
            IssueRefusal::NoSuchYear | IssueRefusal::SheetAlone => SoftCopyRefusal::NoSuchYear,
            IssueRefusal::NotRecorded => SoftCopyRefusal::Unavailable,
        })?;
        let pdf = self.shop.print(&order).map_err(|fault| {
            tracing::error!(%fault, "a soft copy could not be printed");
            SoftCopyRefusal::Unavailable
        })?;
        self.shelf.put(pdf, now).map_err(|fault| {
            tracing::warn!(%fault, "a soft copy was not kept");
            SoftCopyRefusal::Unavailable
        })
    }

    fn pick_up(&self, ticket: &str, now: Moment) -> Option<Arc<[u8]>> {
        self.shelf.get(ticket, now)
    }

    fn judge(&self, file: &[u8], now: Moment) -> JudgedCopy {
        self.portal.judge_soft_copy(file, &self.shop, now)
    }
}

impl PublicLedger for Node {
    fn public_evidence(&self, code: &TranscriptCode, now: Moment) -> Result<PublicEvidence, NoEvidence> {
        self.portal.public_evidence(code, now)
    }

    fn ledger(&self) -> LedgerState {
        self.portal.ledger_state()
    }

    fn leaves(&self, from: u64, count: u64) -> io::Result<Leaves> {
        self.portal.leaves(from, count).map_err(|fault| {
            tracing::error!(%fault, "entries of the ledger could not be read");
            io::Error::other(fault)
        })
    }

    fn register(&self) -> Arc<Register> {
        self.register.load_full()
    }
}

impl ReportDesk for Node {
    fn file(
        &self,
        code: &TranscriptCode,
        form: ReportForm,
        nonce: &Nonce,
        client: IpAddr,
        now: Moment,
    ) -> Result<(Filed, String), ReportRefusal> {
        let issuer = self.portal.issuer(code, form.school_year).map_err(|_| ReportRefusal::Unavailable)?;
        let province = self.province_now(issuer.province);
        let ReportForm { about, school_year, text, contact } = form;
        let name = province.name.as_str().to_owned();
        let new = NewReport { code: *code, school_year, province, school: issuer.school, about, text, contact };
        match self.desk.file(new, nonce, ClientPrefix::of(client), now) {
            Ok(filed) => Ok((filed, name)),
            Err(FileRefusal::Transcript) => Err(ReportRefusal::TooMany),
            Err(FileRefusal::Full) => Err(ReportRefusal::Full),
            Err(FileRefusal::NotRecorded) => Err(ReportRefusal::Unavailable),
            Err(FileRefusal::Fault(fault)) => {
                tracing::error!(%fault, "a report of an error could not be kept");
                Err(ReportRefusal::Unavailable)
            }
        }
    }

    fn by_ticket(&self, ticket: &TicketCode) -> Result<Option<Report>, ReportsAway> {
        self.desk.by_ticket(ticket).map_err(|fault| {
            tracing::error!(%fault, "a report of an error could not be read");
            ReportsAway
        })
    }
}

impl Node {
    /// Which offices looked at it, for whoever opened the whole booklet by birth date: a copy's token is handed on, and a
    /// sheet's own id does not say whose it is.
    fn looks(&self, code: &TranscriptCode, opened: &Opened, now: Moment) -> Option<Looks> {
        let is_whole = opened.sheets.iter().all(|sheet| sheet.evidence.is_some());
        let is_holder = is_whole && matches!(opened.opening, Opening::BirthDate { .. });
        let oversight = self.oversight.as_ref().filter(|_| is_holder)?;
        let mut looks = oversight.looks(code, now);
        for office in looks.looks.iter_mut().filter_map(|look| look.office.as_mut()) {
            if let Some(name) = self.name_of(office) {
                *office = name;
            }
        }
        Some(looks)
    }

    /// The full name of an office or an app by its short name.
    fn name_of(&self, short: &str) -> Option<String> {
        if let Some(app) = short.strip_prefix(APP) {
            return Some(self.apps.as_ref().ok()?.apps().get(&AppId::parse(app)?)?.name().to_string());
        }
        Some(self.offices.as_ref().ok()?.offices().get(&OfficeId::parse(short)?)?.name().to_string())
    }

    /// The province that answers today for what this one issued: after a merger the heir's department does.
    fn province_now(&self, then: ProvinceRef) -> ProvinceRef {
        let register = self.register.load();
        let directory = register.directory();
        let heir = directory.heir(then.id());
        match directory.province(heir) {
            Some(province) => ProvinceRef { code: heir.code, vintage: heir.vintage, name: province.name.clone() },
            None => then,
        }
    }
}
