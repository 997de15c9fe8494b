//! Whom an office means: by name and birth date or by identification number, within its grant.
//!
//! The index only says where to look. Each hit is read again and proved like everything that is answered, its sheet is
//! compared with what was asked and with the grant, and what does not stand up is not shown. Two lines of the journal
//! frame it: who is looked for and why, before the index is asked; whose transcripts are shown, before they are.

use super::answer::{SheetVerdict, Verdict};
use super::disclose::DiscloseRefusal;
use super::office_desk::named;
use super::office_open::within_grant;
use super::{OfficeParts, Portal};
use crate::follow::Reflected;
use crate::journal::{JournalFault, Receipt, SearchedBy, Searching};
use crate::limits::{ClientPrefix, Refusal};
use crate::offices::{self, ActingMember};
use crate::search::{Found, Granted, Hit, PersonalTag, Query, QueryFault, Scope, SearchEntry, SearchReader};
use crate::signing::keyed::KeyedHash;
use crate::transcript::contents::{BirthDate, PersonalId};
use crate::transcript::text::Text;
use crate::transcript::time::Moment;
use crate::transcript::{Group, GroupSet, Level, SchoolYear, TranscriptCode};

/// The groups that a hit shows something of, where they are granted.
const SHOWN: GroupSet = GroupSet::of(&[Group::Name, Group::Staff]);

/// Who is looked for, as typed.
#[derive(Clone)]
pub enum Sought {
    /// By the whole name and the birth date.
    Named {
        /// Full name (họ và tên), marked or not.
        name: String,
        /// Birth date, as exact as it is known.
        birth: BirthDate,
    },
    /// By identification number (số định danh cá nhân).
    Numbered(PersonalId),
}

/// What an office asks. Whatever narrows it may be left out.
#[derive(Clone)]
pub struct SearchForm {
    /// Who.
    pub who: Sought,
    /// Words of a school's name, or its code.
    pub school: Option<String>,
    /// A province's name, of today or of before.
    pub province: Option<String>,
    /// A school year.
    pub year: Option<SchoolYear>,
    /// A level of schooling.
    pub level: Option<Level>,
}

/// Never prints who is looked for.
impl std::fmt::Debug for SearchForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SearchForm(…)")
    }
}

/// A transcript that was found, read again and proved.
#[derive(Clone, PartialEq, Eq)]
pub struct OfficeHit {
    /// Its lookup code, for [`Portal::office_open`].
    pub code: TranscriptCode,
    /// The public verdict on the whole.
    pub verdict: Verdict,
    /// Level of schooling.
    pub level: Level,
    /// The sheets within the grant, each with its verdict; oldest first.
    pub years: Vec<(SchoolYear, SheetVerdict)>,
    /// The learner, of the sheet that was found; None where the grant does not open the name.
    pub learner: Option<FoundLearner>,
    /// The school of that sheet; None where the grant does not open it.
    pub school: Option<FoundSchool>,
}

/// Never prints whom it is about.
impl std::fmt::Debug for OfficeHit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OfficeHit({:?})", self.verdict)
    }
}

/// The learner of a hit.
#[derive(Clone, PartialEq, Eq)]
pub struct FoundLearner {
    /// Full name.
    pub full_name: Text<150>,
    /// Birth date.
    pub birth: BirthDate,
}

/// Where the learner of a hit was.
#[derive(Clone, PartialEq, Eq)]
pub struct FoundSchool {
    /// School name.
    pub name: Text<150>,
    /// Class.
    pub class: Text<10>,
    /// School year of both.
    pub year: SchoolYear,
}

/// What a search comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeFound {
    /// Best first, at most [`crate::search::MAX_HITS`].
    pub hits: Vec<OfficeHit>,
    /// There is more within the grant: narrowing it would show it.
    pub more: bool,
    /// So many others could not be checked now, and are not shown.
    pub unchecked: usize,
    /// Entries of the ledger that the index reflects.
    pub index_size: u64,
    /// Entries that answers reflect; where the index is behind, somebody may not be found yet.
    pub ledger_size: u64,
}

/// Why there is no answer. None of it says anything about anybody.
#[derive(Debug, thiserror::Error)]
pub enum SearchRefusal {
    /// This process does not answer offices.
    #[error("this process does not answer offices")]
    NotHere,
    /// Nobody with this role searches.
    #[error("the role does not search")]
    NotAllowed,
    /// What was typed looks for nobody.
    #[error(transparent)]
    Query(#[from] QueryFault),
    /// Too many in too short a time.
    #[error(transparent)]
    TooMany(#[from] Refusal),
    /// The index is being made.
    #[error("search is being prepared: {reflected} of {size} entries")]
    Preparing {
        /// Entries of the ledger that it has.
        reflected: u64,
        /// Entries that it will have.
        size: u64,
    },
    /// The index cannot be read.
    #[error("search is out of order")]
    OutOfOrder,
    /// The journal takes no line, so nobody is looked for, or nothing is shown.
    #[error("the search could not be recorded")]
    NotRecorded,
}

impl Portal {
    /// Looks for somebody within the grant of an office. Blocking: reads bodies and waits for two fsyncs of the journal.
    ///
    /// # Errors
    /// [`SearchRefusal`].
    pub fn office_search(
        &self,
        who: &ActingMember,
        form: &SearchForm,
        client: ClientPrefix,
        now: Moment,
    ) -> Result<OfficeFound, SearchRefusal> {
        let offices = self.parts.offices.as_ref().ok_or(SearchRefusal::NotHere)?;
        let scope = within(who.search_scope().ok_or(SearchRefusal::NotAllowed)?);
        let query = query(form, offices)?;
        offices.searches.check(who.account().clone())?;
        let index = self.index(offices)?;
        let line = self.record_search(who, &query, client, now)?;
        let found = index.search(&query, &scope).map_err(|fault| {
            tracing::error!(%fault, "the search index cannot be read");
            SearchRefusal::OutOfOrder
        })?;
        let looked = self.look_at_all(&Asked { who, query, scope, numbers: &offices.numbers }, &found, now);
        self.record_found(who, &line, &looked, now)?;
        Ok(looked)
    }

    /// The index, once it holds all that it should.
    pub(super) fn index(&self, offices: &OfficeParts) -> Result<SearchReader, SearchRefusal> {
        let index = offices.index.load();
        match (&index.reader, index.is_whole, &index.fault) {
            (Some(reader), true, _) => Ok(reader.clone()),
            (_, _, Some(_)) => Err(SearchRefusal::OutOfOrder),
            _ => {
                let size = self.parts.published.load().position.size;
                Err(SearchRefusal::Preparing { reflected: index.reflected().min(size), size })
            }
        }
    }

    fn look_at_all(&self, asked: &Asked<'_>, found: &Found, now: Moment) -> OfficeFound {
        let state = self.parts.published.load_full();
        let (mut hits, mut unchecked) = (Vec::new(), 0);
        for hit in &found.hits {
            match self.look_at(&state, asked, hit, now) {
                Ok(Some(shown)) => hits.push(shown),
                Ok(None) => {}
                Err(_) => unchecked += 1,
            }
        }
        let (index_size, ledger_size) = (found.as_of.size, state.position.size);
        OfficeFound { hits, more: found.more, unchecked, index_size, ledger_size }
    }

    /// A hit, read again and proved. None for what is not, or not any more, what was asked for.
    fn look_at(
        &self,
        state: &Reflected,
        asked: &Asked<'_>,
        hit: &Hit,
        now: Moment,
    ) -> Result<Option<OfficeHit>, DiscloseRefusal> {
        let mut buffers = (Vec::new(), Vec::new());
        let (found, answer) = match self.proved(state, &hit.code, &mut buffers, now) {
            Err(DiscloseRefusal::Unknown) => return Ok(None),
            proved => proved?,
        };
        let opened = match self.open_sheets(&found, &answer, |leaf| leaf == hit.leaf) {
            Err(DiscloseRefusal::NothingLeft) => return Ok(None),
            opened => opened?.into_iter().next().ok_or(DiscloseRefusal::Unchecked)?,
        };
        let entry = SearchEntry::of(&opened.whole, hit.leaf, asked.numbers).ok_or(DiscloseRefusal::Unchecked)?;
        let Some(permit) = asked.who.may_open(opened.whole.claims()).filter(|_| asked.is_met_by(&entry)) else {
            tracing::warn!("the search index named a sheet that is another one");
            return Ok(None);
        };
        let within = within_grant(asked.who, &found, &answer)?;
        let years = answer.sheets.iter().filter(|sheet| within.contains(&sheet.leaf_index));
        let (claims, contents) = (opened.whole.claims(), opened.whole.contents());
        let name = contents.name.as_ref().filter(|_| permit.groups().contains(Group::Name));
        let staff = contents.staff.as_ref().filter(|_| permit.groups().contains(Group::Staff));
        Ok(Some(OfficeHit {
            code: hit.code,
            verdict: answer.verdict,
            level: claims.level,
            years: years.map(|sheet| (sheet.school_year, sheet.verdict)).collect(),
            learner: name.map(|name| FoundLearner { full_name: name.full_name.clone(), birth: name.birth }),
            school: staff.map(|staff| FoundSchool {
                name: staff.school_name.clone(),
                class: staff.class.clone(),
                year: claims.school_year,
            }),
        }))
    }

    fn record_search(
        &self,
        who: &ActingMember,
        query: &Query,
        client: ClientPrefix,
        now: Moment,
    ) -> Result<Receipt, SearchRefusal> {
        let client = client.to_hex();
        let search = Searching {
            account: named(who.account()).ok_or(SearchRefusal::NotRecorded)?,
            purpose: who.office().purpose().line().clone(),
            by: if query.is_by_number() { SearchedBy::Number } else { SearchedBy::Name },
            subject: &query.subject(),
            client: Some(&client),
        };
        self.parts.journal.append_search(now, &search).map_err(not_recorded)
    }

    fn record_found(
        &self,
        who: &ActingMember,
        line: &Receipt,
        found: &OfficeFound,
        now: Moment,
    ) -> Result<(), SearchRefusal> {
        let account = named(who.account()).ok_or(SearchRefusal::NotRecorded)?;
        let codes: Vec<TranscriptCode> = found.hits.iter().map(|hit| hit.code).collect();
        let groups = who.groups().within(SHOWN);
        let written = self.parts.journal.append_found(now, account, line, &codes, groups, found.unchecked);
        written.map(drop).map_err(not_recorded)
    }
}

fn not_recorded(fault: JournalFault) -> SearchRefusal {
    tracing::error!(%fault, "the journal took no line; nothing is shown");
    SearchRefusal::NotRecorded
}

/// A search under way.
struct Asked<'a> {
    who: &'a ActingMember,
    query: Query,
    scope: Scope,
    numbers: &'a KeyedHash,
}

impl Asked<'_> {
    fn is_met_by(&self, entry: &SearchEntry<'_>) -> bool {
        self.query.finds(entry, &self.scope)
    }
}

fn query(form: &SearchForm, offices: &OfficeParts) -> Result<Query, QueryFault> {
    let mut query = match &form.who {
        Sought::Named { name, birth } => Query::named(name, *birth)?,
        Sought::Numbered(number) => Query::identified(PersonalTag::of(&offices.numbers, number)),
    };
    if let Some(school) = typed(&form.school) {
        query = query.in_school(school)?;
    }
    if let Some(province) = typed(&form.province) {
        query = query.in_province(province)?;
    }
    if let Some(year) = form.year {
        query = query.in_year(year);
    }
    if let Some(level) = form.level {
        query = query.at_level(level);
    }
    Ok(query)
}

/// A field that was left blank narrows nothing.
fn typed(field: &Option<String>) -> Option<&str> {
    field.as_deref().filter(|text| !text.trim().is_empty())
}

/// The rows of a grant as the index knows them.
fn within(grant: &offices::Scope) -> Scope {
    let provinces = match grant.provinces().named() {
        None => Granted::All,
        Some(named) => Granted::Only(named.clone()),
    };
    let years = grant.years();
    let years = (years.first().first()..=years.last().first()).filter_map(SchoolYear::starting);
    Scope::new(&provinces, Granted::only(grant.levels().iter().copied()), Granted::only(years))
}
