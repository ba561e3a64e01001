//! Disputes that may be the one that is being typed: found by keyed bands of words and keyed digests of people, compared, and
//! shown to whom they may be shown.
//!
//! The work is bounded however many cases there are: so many bands and people are looked up, of each the newest cases, by key;
//! the best met of them are read in three queries and compared. What is not the caller's to know is not shown, with one
//! exception: that there is such a case at all, where the words are nearly the same. A person's name alone tells nobody that
//! the person has a case.

use std::collections::HashMap;

use access::{Call, decide, relation};
use chassis::Denied;
use chrono::{DateTime, Utc};
use contracts::policy;
use courier::{Fault, WriteList};
use lexicon::{CaseId, PartyRole};
use likeness::{Known, LIKELY, Likeness, Person, SHOWN, Shingles, compare};
use rulebook::calendar::civil_date;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::row::{band, dispute, party};
use super::{Store, bands, reading, translate};
use crate::model::{Party, Sheet};

/// Of each band and each digest the newest cases.
const NEWEST: u64 = 32;
/// So many people of a draft are looked up.
const PEOPLE: usize = 20;
/// Somebody who is met counts as much as so many bands.
const A_PERSON: u64 = 4;
/// So many are read and compared.
const COMPARED: usize = 24;
/// From this share of the words on, somebody else's case is hinted at.
const HINTED: f64 = 0.5;
/// Whose sight decides what is shown.
const SIGHT: &str = "/supermarket.intake.v1.IntakeService/GetDispute";

/// A dispute like the draft, which the caller may see.
pub struct Twin {
    /// The case.
    pub case: CaseId,
    /// Its state.
    pub state: String,
    /// Its number, if it has one.
    pub case_number: Option<String>,
    /// When it was submitted, if it was.
    pub submitted_at: Option<DateTime<Utc>>,
    /// How like it is, and why.
    pub likeness: Likeness,
}

/// What was found.
pub struct Twins {
    /// Best first.
    pub known: Vec<Twin>,
    /// Whether nearly the same words are a case of somebody else's.
    pub elsewhere: bool,
}

impl Store {
    /// What is like the sheet, at most `most`; `but` is the sheet's own dispute. The look leaves an audit row.
    pub async fn twins(
        &self,
        call: &Call,
        sheet: &Sheet,
        but: Option<CaseId>,
        most: usize,
    ) -> Result<Twins, Denied> {
        call.decide(None)?;
        let stamp = call.stamp(&self.desk);
        let draft = self.known(sheet, stamp.now);
        let met = self.met(call.caller.centre.as_str(), &draft, but.map(|case| case.as_uuid())).await?;
        let compared = self.compared(&draft, &met).await?;
        let near = relation::Entity::find()
            .filter(relation::Column::CaseId.is_in(met.iter().copied()))
            .all(self.desk.reader())
            .await
            .map_err(reading)?;
        let near: HashMap<Uuid, relation::Model> = near.into_iter().map(|row| (row.case_id, row)).collect();
        let sight = policy::of(SIGHT).ok_or_else(|| Fault::plain("a policy", "GetDispute has none"))?;
        let mut found = Twins { known: vec![], elsewhere: false };
        for twin in compared {
            let seen = decide::decide(&call.caller, sight, near.get(&twin.case.as_uuid()));
            if seen.is_ok() {
                found.known.push(twin);
            } else if hinted(&twin) {
                found.elsewhere = true;
            }
        }
        found.known.truncate(most);
        self.desk.commit(WriteList::new(&stamp, None)).await?;
        Ok(found)
    }

    /// The cases that share most with the draft, best first.
    async fn met(&self, centre: &str, draft: &Known, but: Option<Uuid>) -> Result<Vec<Uuid>, Fault> {
        let words = self.bands(&draft.words);
        let waiting = self.waiting(centre, &words).await?;
        let bands =
            words.into_iter().map(|number| newest::<band::Entity>(centre, band::Column::Band, number));
        let people = draft.claimants.iter().take(PEOPLE / 2).chain(draft.respondents.iter().take(PEOPLE / 2));
        let people = people.flat_map(|person| {
            [
                (party::Column::NumberIndex, &person.paper),
                (party::Column::PhoneIndex, &person.phone),
                (party::Column::NameIndex, &person.name),
            ]
        });
        let people = people.filter(|(_, digest)| !digest.is_empty());
        let people = people.map(|(column, digest)| newest::<party::Entity>(centre, column, digest.clone()));
        let mut by_words = self.cases(bands.collect()).await?;
        bands::put_first(&mut by_words, waiting, NEWEST as usize);
        let by_people = self.cases(people.collect()).await?;
        let mut met: HashMap<Uuid, u64> = HashMap::new();
        for (ways, weight) in [(by_words, 1), (by_people, A_PERSON)] {
            for cases in ways.into_values() {
                // What many share says little: a bank with a template does not hide its debtor's first case.
                let each = weight * NEWEST / cases.len().max(1) as u64;
                for case in cases.into_iter().filter(|case| Some(*case) != but) {
                    *met.entry(case).or_default() += each;
                }
            }
        }
        let mut met: Vec<(Uuid, u64)> = met.into_iter().collect();
        met.sort_unstable_by_key(|(case, weight)| std::cmp::Reverse((*weight, *case)));
        Ok(met.into_iter().take(COMPARED).map(|(case, _)| case).collect())
    }

    /// The cases of each of these ways, by its number.
    async fn cases(&self, ways: Vec<SelectStatement>) -> Result<HashMap<i32, Vec<Uuid>>, Fault> {
        // A part of a union has no limit of its own on SQLite, a query inside it has.
        let mut ways = ways.into_iter().enumerate().map(|(at, way)| {
            let number = Expr::cust(at.to_string());
            Query::select().column("case_id").expr(number).from_subquery(way, "newest").take()
        });
        let Some(mut all) = ways.next() else { return Ok(HashMap::new()) };
        all.unions(ways.map(|way| (UnionType::All, way)));
        let rows = self.desk.reader().query_all(&all).await.map_err(reading)?;
        let mut cases: HashMap<i32, Vec<Uuid>> = HashMap::new();
        for row in rows {
            let case = row.try_get_by_index(0).map_err(reading)?;
            cases.entry(row.try_get_by_index(1).map_err(reading)?).or_default().push(case);
        }
        Ok(cases)
    }

    /// Those that are worth a look, best first.
    async fn compared(&self, draft: &Known, met: &[Uuid]) -> Result<Vec<Twin>, Fault> {
        let rows = dispute::Entity::find()
            .filter(dispute::Column::CaseId.is_in(met.iter().copied()))
            .all(self.desk.reader())
            .await
            .map_err(reading)?;
        let mut sides = self.sides(met).await?;
        let mut twins = vec![];
        for row in rows {
            let (claimants, respondents) = sides.remove(&row.case_id).unwrap_or_default();
            let told = translate::text(&self.vault, &row)?;
            let other = Known {
                claimants,
                respondents,
                words: Shingles::of(&told),
                amount: row.amount_fen,
                day: day(row.submitted_at.unwrap_or(row.updated_at)),
            };
            let likeness = compare(draft, &other);
            if likeness.score >= SHOWN {
                twins.push(Twin {
                    case: row.case_id.into(),
                    state: row.state,
                    case_number: row.case_number,
                    submitted_at: row.submitted_at,
                    likeness,
                });
            }
        }
        twins.sort_by(|a, b| {
            b.likeness.score.total_cmp(&a.likeness.score).then(b.case.as_uuid().cmp(&a.case.as_uuid()))
        });
        Ok(twins)
    }

    /// The people of these cases, by digests alone.
    async fn sides(&self, cases: &[Uuid]) -> Result<HashMap<Uuid, (Vec<Person>, Vec<Person>)>, Fault> {
        use party::Column;
        type Row = (Uuid, Option<String>, Option<String>, Option<String>, Option<String>);
        let rows: Vec<Row> = party::Entity::find()
            .select_only()
            .columns([
                Column::CaseId,
                Column::Role,
                Column::NumberIndex,
                Column::PhoneIndex,
                Column::NameIndex,
            ])
            .filter(Column::CaseId.is_in(cases.iter().copied()))
            .into_tuple()
            .all(self.desk.reader())
            .await
            .map_err(reading)?;
        let mut sides: HashMap<Uuid, (Vec<Person>, Vec<Person>)> = HashMap::new();
        for (case, role, paper, phone, name) in rows {
            let digest = |given: Option<String>| given.unwrap_or_default();
            let person = Person { paper: digest(paper), phone: digest(phone), name: digest(name) };
            let (claimants, respondents) = sides.entry(case).or_default();
            match role.as_deref() {
                Some(role) if role == PartyRole::Claimant.code() => claimants.push(person),
                Some(role) if role == PartyRole::Respondent.code() => respondents.push(person),
                _ => {}
            }
        }
        Ok(sides)
    }

    /// A sheet by digests.
    fn known(&self, sheet: &Sheet, at: DateTime<Utc>) -> Known {
        let side = |role| sheet.parties.iter().filter(move |party| party.role == Some(role));
        let people = |role| side(role).map(|party| self.person(party)).collect();
        Known {
            claimants: people(PartyRole::Claimant),
            respondents: people(PartyRole::Respondent),
            words: Shingles::of(&sheet.words.text),
            amount: sheet.amount.get(),
            day: day(at),
        }
    }

    fn person(&self, party: &Party) -> Person {
        let (paper, phone, name) = translate::digests(&self.vault, party);
        let digest = Option::unwrap_or_default;
        Person { paper: digest(paper), phone: digest(phone), name: digest(name) }
    }
}

/// Somebody else's case: only words that nobody tells twice by accident say that it is there, and never a draft's. A few guessed
/// words that stand in a long story are not the half of both: they tell nothing of a person whose number is known.
fn hinted(twin: &Twin) -> bool {
    twin.submitted_at.is_some() && twin.likeness.score >= LIKELY && twin.likeness.whole >= HINTED
}

/// The newest cases that have this value in the column.
fn newest<E: EntityTrait>(
    centre: &str,
    column: E::Column,
    value: impl Into<sea_orm::Value>,
) -> SelectStatement {
    Query::select()
        .column("case_id")
        .from(E::default().table_ref())
        .and_where(Expr::col("centre").eq(centre))
        .and_where(column.eq(value.into()))
        .order_by("case_id", Order::Desc)
        .limit(NEWEST)
        .take()
}

fn day(at: DateTime<Utc>) -> i64 {
    civil_date(at).signed_duration_since(chrono::NaiveDate::default()).num_days()
}
