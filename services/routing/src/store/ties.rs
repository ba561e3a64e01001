//! The graph of ties as it is kept and read, what cases themselves tell of it, and whom a new tie takes out of a case.
//!
//! A path has three ties at most, so two ends are enough: what touches the mediators, what touches the parties, and what is between
//! the two. A bank with a thousand agents is never walked through. The number of queries depends on none of it.

use std::collections::BTreeSet;

use access::relation::guest;
use courier::{Actor, CommitError, Fault, Stamp, WriteList};
use lexicon::{AccountId, CaseId, Outcome};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::row::referral;
use super::{Store, TRIES};
use crate::NAME;
use crate::model::conflict::{Bond, Graph, Node, Tie};
use crate::model::{Facts, Referral};

/// The tick's name.
pub const CHECKING: &str = "routing.ties";
/// Values of one query, at most.
const ASKED: usize = 400;
/// Ties that are looked at together.
const AT_ONCE: u64 = 64;
/// Cases of one look at what binds their holders.
const CASES: usize = 100;

mod telling;
pub(super) use telling::{advised, mediates, one_matter, told};

/// `tie`.
pub mod tie {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "tie")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub centre: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub one: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub other: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub bond: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub account: String,
        pub declared_by: String,
        pub declared_at: DateTimeUtc,
        pub case_id: Option<Uuid>,
        pub checked: bool,
        pub withdrawn_at: Option<DateTimeUtc>,
        pub withdrawn_by: Option<String>,
        pub withdrawn_why: Option<Vec<u8>>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use tie::Column;

/// Both ends and the bond, as in the row.
pub(super) type Edge = (String, String, String);

impl Store {
    /// What can bind one of these accounts to a party or to the matter of one of these cases.
    pub(super) async fn graph<'a>(
        &self,
        centre: &str,
        accounts: impl IntoIterator<Item = &'a AccountId>,
        cases: impl IntoIterator<Item = (CaseId, &'a Facts)>,
    ) -> Result<Graph, Fault> {
        let accounts: BTreeSet<String> =
            accounts.into_iter().map(|one| Node::Account(one.to_string()).text()).collect();
        if accounts.is_empty() {
            return Ok(Graph::default());
        }
        let (mut ends, mut matters, mut own) = (BTreeSet::new(), BTreeSet::new(), vec![]);
        for (case, facts) in cases {
            matters.insert(Node::Matter(case).text());
            for party in &facts.parties {
                ends.extend(party.nodes().map(|node| node.text()));
                own.extend(party.represented());
            }
        }
        let mut edges = self.touching(centre, &accounts).await?;
        let near = beyond(&edges, &accounts);
        let mut known = self.touching(centre, &matters).await?;
        if !near.is_empty() {
            let theirs = self.touching(centre, &ends).await?;
            let mut around = beyond(&theirs, &ends);
            around.extend(own.iter().map(|tie| tie.one.text()));
            edges.extend(theirs);
            edges.extend(self.between(centre, &near, &around).await?);
        }
        // One matter over two links at most, and then who has mediated it.
        for _ in 0..2 {
            let linked: BTreeSet<String> =
                beyond(&known, &matters).into_iter().filter(|node| node.starts_with("case:")).collect();
            if linked.is_empty() {
                break;
            }
            known.extend(self.touching(centre, &linked).await?);
            matters.extend(linked);
        }
        edges.extend(self.without_unfinished(known).await?);
        let unknown = || Fault::plain("read ties", "a tie that cannot be read");
        let read = |(one, other, bond): Edge| {
            Some(Tie { one: Node::read(&one)?, other: Node::read(&other)?, bond: Bond::named(&bond)? })
        };
        let kept = edges.into_iter().map(|edge| read(edge).ok_or_else(unknown));
        let kept: Vec<Tie> = kept.collect::<Result<_, Fault>>()?;
        Ok(Graph::of(kept.into_iter().chain(own)))
    }

    /// Every tie that holds with one of these at one of its ends.
    pub(super) async fn touching(
        &self,
        centre: &str,
        nodes: &BTreeSet<String>,
    ) -> Result<BTreeSet<Edge>, Fault> {
        let mut edges = BTreeSet::new();
        let nodes: Vec<&str> = nodes.iter().map(String::as_str).collect();
        for some in nodes.chunks(ASKED) {
            let some = || some.iter().copied();
            let either = Condition::any().add(Column::One.is_in(some())).add(Column::Other.is_in(some()));
            edges.extend(self.edges(centre, either).await?);
        }
        Ok(edges)
    }

    /// Every tie that holds between one of these and one of those.
    async fn between(
        &self,
        centre: &str,
        near: &BTreeSet<String>,
        around: &BTreeSet<String>,
    ) -> Result<BTreeSet<Edge>, Fault> {
        let mut edges = BTreeSet::new();
        let list = |nodes: &BTreeSet<String>| nodes.iter().cloned().collect::<Vec<String>>();
        let (near, around) = (list(near), list(around));
        for some in near.chunks(ASKED) {
            for others in around.chunks(ASKED) {
                let way = |one: &[String], other: &[String]| {
                    Condition::all()
                        .add(Column::One.is_in(one.iter().map(String::as_str)))
                        .add(Column::Other.is_in(other.iter().map(String::as_str)))
                };
                let either = Condition::any().add(way(some, others)).add(way(others, some));
                edges.extend(self.edges(centre, either).await?);
            }
        }
        Ok(edges)
    }

    async fn edges(&self, centre: &str, which: Condition) -> Result<Vec<Edge>, Fault> {
        tie::Entity::find()
            .select_only()
            .columns([Column::One, Column::Other, Column::Bond])
            .filter(Column::Centre.eq(centre))
            .filter(Column::WithdrawnAt.is_null())
            .filter(which)
            .into_tuple()
            .all(self.desk.reader())
            .await
            .map_err(|error| Fault::new("read ties", error))
    }

    /// A matter that is still mediated is no earlier one: whoever has it may have its duplicate too.
    async fn without_unfinished(&self, edges: BTreeSet<Edge>) -> Result<Vec<Edge>, Fault> {
        let mediated = |edge: &Edge| edge.1.starts_with("mediator:");
        let case = |edge: &Edge| match Node::read(&edge.0) {
            Some(Node::Matter(case)) => Some(case.as_uuid()),
            _ => None,
        };
        let cases: BTreeSet<Uuid> = edges.iter().filter(|edge| mediated(edge)).filter_map(case).collect();
        let mut over = BTreeSet::new();
        let cases: Vec<Uuid> = cases.into_iter().collect();
        for some in cases.chunks(ASKED) {
            let ended: Vec<Uuid> = referral::Entity::find()
                .select_only()
                .column(referral::Column::CaseId)
                .filter(referral::Column::CaseId.is_in(some.iter().copied()))
                .filter(referral::Column::State.eq("ENDED"))
                .into_tuple()
                .all(self.desk.reader())
                .await
                .map_err(|error| Fault::new("read which matters are over", error))?;
            over.extend(ended);
        }
        let keep = |edge: &Edge| !mediated(edge) || case(edge).is_some_and(|case| over.contains(&case));
        Ok(edges.into_iter().filter(keep).collect())
    }

    /// A tick's work: looks whom new ties bind of those who hold a case.
    pub fn checking_ties(&self) -> almanac::Look {
        let store = self.clone();
        Box::new(move || {
            let store = store.clone();
            Box::pin(async move {
                // The next run comes anyhow; the desk has told its own faults.
                _ = store.check_ties().await;
            })
        })
    }

    /// Looks at every tie that nobody has looked at: whoever holds a case with a party to whom it binds them has stepped aside.
    pub async fn check_ties(&self) -> Result<(), Fault> {
        loop {
            let rows = tie::Entity::find()
                .filter(Column::Checked.eq(false))
                .order_by_asc(Column::Centre)
                .order_by_asc(Column::One)
                .order_by_asc(Column::Other)
                .limit(AT_ONCE)
                .all(self.desk.reader())
                .await
                .map_err(|error| Fault::new("read ties that nobody has looked at", error))?;
            for of_one in rows.chunk_by(|one, next| one.centre == next.centre) {
                let centre = of_one[0].centre.as_str();
                let stamp = self.desk.stamp(Actor::service(NAME, centre), CHECKING, None);
                for some in self.bound(centre, of_one).await?.chunks(CASES) {
                    self.take_out(&stamp, some).await?;
                }
                let mut list = WriteList::new(&stamp, None);
                for row in of_one {
                    // One that is declared anew meanwhile is looked at again.
                    list.update_where::<tie::Entity>(
                        vec![(Column::Checked, true.into())],
                        vec![
                            (Column::Centre, row.centre.clone().into()),
                            (Column::One, row.one.clone().into()),
                            (Column::Other, row.other.clone().into()),
                            (Column::Bond, row.bond.clone().into()),
                            (Column::Account, row.account.clone().into()),
                            (Column::DeclaredAt, row.declared_at.into()),
                        ],
                        None,
                    );
                }
                self.desk
                    .commit(list)
                    .await
                    .map_err(|error| Fault::new("note that ties are checked", error))?;
            }
            if (rows.len() as u64) < AT_ONCE {
                return Ok(());
            }
        }
    }

    /// The cases of all whom these ties can bind to somebody: a path through a new tie has its mediator within two ties of it.
    async fn bound(&self, centre: &str, rows: &[tie::Model]) -> Result<Vec<Referral>, Fault> {
        let ends: BTreeSet<String> =
            rows.iter().flat_map(|row| [row.one.clone(), row.other.clone()]).collect();
        let near: BTreeSet<String> = beyond(&self.touching(centre, &ends).await?, &ends);
        let mut found: BTreeSet<String> = ends.iter().chain(&near).cloned().collect();
        let near: Vec<&str> = near.iter().map(String::as_str).collect();
        for some in near.chunks(ASKED) {
            let some = || some.iter().copied();
            let own =
                Condition::all().add(Column::Other.is_in(some())).add(Column::One.starts_with("account:"));
            let had =
                Condition::all().add(Column::One.is_in(some())).add(Column::Other.starts_with("mediator:"));
            let edges = self.edges(centre, Condition::any().add(own).add(had)).await?;
            found.extend(edges.into_iter().flat_map(|(one, other, _)| [one, other]));
        }
        let holders: Vec<String> = found
            .iter()
            .filter_map(|node| match Node::read(node) {
                Some(Node::Account(account)) => Some(account),
                _ => None,
            })
            .collect();
        let editions = self.almanac.editions(&self.desk).await?;
        let mut held = vec![];
        for some in holders.chunks(ASKED) {
            let query = referral::Entity::find()
                .filter(referral::Column::Centre.eq(centre))
                .filter(Condition::any().add(holding(some)).add(beside(centre, some)));
            for row in self.rows(query).await? {
                held.push(crate::routes::recounted(Referral::try_from(row)?, &editions));
            }
        }
        Ok(held)
    }

    /// Takes from the tables of these whom ties bind to a party.
    async fn take_out(&self, stamp: &Stamp, held: &[Referral]) -> Result<(), Fault> {
        let table = held.iter().flat_map(Referral::at_table);
        let cases = held.iter().map(|noun| (noun.case, &noun.facts));
        let graph = self.graph(&stamp.by.centre, table, cases).await?;
        for noun in held {
            self.end_if_bound(stamp, noun.clone(), &graph).await?;
        }
        Ok(())
    }

    async fn end_if_bound(&self, stamp: &Stamp, noun: Referral, graph: &Graph) -> Result<(), Fault> {
        let (case, mut noun) = (noun.case, Some(noun));
        for _ in 0..TRIES {
            let Some(known) = noun.take() else { return Ok(()) };
            let (guests, facts) = (known.guests(), known.facts.clone());
            // Whom all parties keep although the relation is disclosed only somebody new moves (L4 art. 15).
            let kept = known.is_kept();
            let left = if kept {
                Ok(known.guests_leave(graph, &facts, stamp.now))
            } else {
                known.bound_leave(graph, &facts, self.desk.epoch(), stamp.now)
            };
            let Ok(Outcome::Changed(after, events)) = left else { return Ok(()) };
            let (after, events) = after.entailed(&guests, events);
            match self.desk.commit(self.step(stamp, &after, &events)?).await {
                Ok(()) => {
                    self.news.notify_waiters();
                    return Ok(());
                }
                Err(CommitError::Lost(_)) => noun = self.load(case).await?,
                Err(error) => return Err(Fault::new("end the claim of who is bound", error)),
            }
        }
        Err(Fault::plain("end the claim of who is bound", "others were faster each time"))
    }
}

/// What one of these holds.
fn holding(accounts: &[String]) -> Condition {
    Condition::all()
        .add(referral::Column::Holder.is_in(accounts.iter().map(String::as_str)))
        .add(referral::Column::State.is_in(["ASSIGNED", "CONFIRMED"]))
}

/// Where one of these sits beside the holder.
fn beside(centre: &str, accounts: &[String]) -> Condition {
    let of_guests = Query::select()
        .column(guest::Column::CaseId)
        .from(guest::Entity)
        .and_where(guest::Column::Guest.is_in(guest::names(&[], accounts)))
        .and_where(guest::Column::Centre.eq(centre))
        .take();
    Condition::all()
        .add(referral::Column::CaseId.in_subquery(of_guests))
        .add(referral::Column::State.ne("ENDED"))
}

/// The ends of these that are none of those.
pub(super) fn beyond(edges: &BTreeSet<Edge>, nodes: &BTreeSet<String>) -> BTreeSet<String> {
    let ends = edges.iter().flat_map(|(one, other, _)| [one, other]);
    ends.filter(|node| !nodes.contains(*node)).cloned().collect()
}
