//! What mediation remembers, and how it changes.
//!
//! Two ways lead to a change and both end in the same write list: a holder's verb ([`Store::change`]) and another
//! service's news ([`Store::hear`]). Whoever writes shows the desk's version, its fence *and* its amendments to the database in the same
//! update, so a fence raised in between makes the late write lose its guard; it is then judged again, and refused.

mod open;
mod put;
mod row;
mod shape;
mod view;

use std::sync::Arc;

use access::{Call, Denial, Permit, Relation, Vault, VaultFault, relation};
use almanac::{Almanac, Law};
use chassis::Denied;
use contracts::topics;
use courier::planted::{self, Bug};
use courier::{CommitError, Desk, Fault, Heard, Reaction, Stamp, Trouble, WriteList};
use lexicon::{CaseId, Outcome};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::model::{Barred, CaseDesk, Event, Fence, Mediation, Refusal};
use crate::wire;
use crate::wire::ask::Seat;
use row::{agreement, desk_fence, entry, mediation, session};

pub use put::{Enclosure, Written};
pub use view::{Filing, Note, View, Words};

const TRIES: u32 = 3;

/// What a holder's verb answers: the run as it should be, and what is sealed away with it.
pub type Step<'a> = (Outcome<Mediation, Event>, Enclosure<'a>);

/// The runs of one installation.
#[derive(Clone)]
pub struct Store {
    desk: Desk,
    vault: Arc<Vault>,
    almanac: Almanac,
}

/// Who decides whose a case is, and who is in it.
const DECIDERS: [&str; 2] = [topics::ROUTING, topics::INTAKE];

/// Whose write it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// The holder's: it is written only as long as it would be known here that the claim has ended.
    Holders,
    /// A party's word.
    Partys,
    /// The studio's.
    Studios,
}

/// The same request came before.
struct Replay<'a> {
    request_key: &'a str,
    fingerprint: &'a str,
}

impl Store {
    /// A store over its desk.
    pub fn new(desk: Desk, vault: Arc<Vault>) -> Self {
        Store { desk, vault, almanac: Almanac::default() }
    }

    /// The editions that are in force.
    async fn law(&self) -> Result<Law, Fault> {
        self.almanac.law(&self.desk).await
    }

    /// A tick's work: looks whether another edition of the rule book is in force.
    pub fn look_for_editions(&self) -> almanac::Look {
        self.almanac.looking(&self.desk)
    }

    /// The desk.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// The vault.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// A verb of the holder, or of whoever sits beside under the holder's claim where the policy lets them. `act` may be called again when somebody else was faster.
    pub async fn change<'a>(
        &self,
        call: &Call,
        seat: Seat,
        act: impl Fn(Mediation, &Stamp) -> Result<Step<'a>, Denied>,
    ) -> Result<View, Denied> {
        self.write(call, seat, None, Whose::Holders, CaseDesk::admit, act).await
    }

    /// A party's word that the holder records: that it leaves, or wants the court. It waits for no news: whoever holds the case,
    /// the party has said it.
    pub async fn change_for_party<'a>(
        &self,
        call: &Call,
        seat: Seat,
        act: impl Fn(Mediation, &Stamp) -> Result<Step<'a>, Denied>,
    ) -> Result<View, Denied> {
        self.write(call, seat, None, Whose::Partys, CaseDesk::admit, act).await
    }

    /// A verb of whoever examines the run, who never mediated it: also while nobody has the case.
    pub async fn examine<'a>(
        &self,
        call: &Call,
        seat: Seat,
        act: impl Fn(Mediation, &Stamp) -> Result<Step<'a>, Denied>,
    ) -> Result<View, Denied> {
        let who = &call.caller.account;
        self.write(call, seat, None, Whose::Studios, |desk, shown| desk.admit_examiner(shown, who), act).await
    }

    /// A verb that makes a record under the caller's own request id. Repeating it answers with the run as it is now.
    pub async fn create<'a>(
        &self,
        call: &Call,
        seat: Seat,
        request_key: &str,
        fingerprint: &str,
        act: impl Fn(Mediation, &Stamp) -> Result<Step<'a>, Denied>,
    ) -> Result<View, Denied> {
        let replay = Some(Replay { request_key, fingerprint });
        self.write(call, seat, replay, Whose::Holders, CaseDesk::admit, act).await
    }

    async fn write<'a>(
        &self,
        call: &Call,
        seat: Seat,
        replay: Option<Replay<'_>>,
        whose: Whose,
        admit: impl Fn(&CaseDesk, Fence) -> Result<&Mediation, Barred>,
        act: impl Fn(Mediation, &Stamp) -> Result<Step<'a>, Denied>,
    ) -> Result<View, Denied> {
        let centre = call.caller.centre.as_str();
        let mut current = None;
        for _ in 0..TRIES {
            let near = relation::find(self.desk.reader(), seat.case.into()).await?;
            let known = self.load(centre, seat.case).await?;
            let standing = standing(call, near.as_ref(), known.as_ref(), seat.fence)?;
            let stamp = call.stamp(&self.desk);
            if let Some(replay) = &replay
                && self.is_replay(&stamp, seat.case, replay).await?
            {
                // The first time may have been a moment ago, after the case was read above.
                let desk = self.load(centre, seat.case).await?.ok_or(Denied::Missing("mediation"))?;
                return self.view(centre, &desk, standing.ok(), near.as_ref()).await;
            }
            let permit = Some(standing.map_err(Denied::refused)?);
            let desk = known.unwrap_or_else(|| CaseDesk::unheard(seat.case));
            let shown = if planted::is(Bug::FenceUnchecked) { desk.fence } else { seat.fence };
            let run = admit(&desk, shown).map_err(barred)?.clone();
            if let Some(lapsed) = desk.lapsed(stamp.now) {
                return Err(Denied::refused(lapsed));
            }
            let (run, events, enclosure) = match act(run, &stamp)? {
                (Outcome::AlreadySo(run), _) => {
                    self.desk.vouch(&stamp, seat.case.into()).await?;
                    return self.view(centre, &desk.with(run), permit, near.as_ref()).await;
                }
                (Outcome::Changed(run, events), enclosure) => (run, events, enclosure),
            };
            // News that comes while this waits moves what the write below shows.
            if whose == Whose::Holders && !self.desk.in_touch(&DECIDERS).await? {
                return Err(Denied::OutOfTouch);
            }
            let mut after = desk.clone().with(run);
            // A claim lives by its holder's own work.
            let helps = permit.is_some_and(|permit| permit.relation == Relation::CoHolder);
            if !helps {
                after.work(stamp.now);
            }
            let mut list = WriteList::new(&stamp, Some(seat.case.into()));
            put::put(&mut list, centre, Some(&desk), &after)?;
            put::enclose(&mut list, &self.vault, &stamp, &after, &enclosure)?;
            for event in &events {
                wire::post_by(&mut list, &after, event, helps);
            }
            match self.desk.commit(list).await {
                Ok(()) => return self.view(centre, &after, permit, near.as_ref()).await,
                Err(CommitError::Lost(_)) => current = Some(desk.version + 1),
                Err(error) => return Err(error.into()),
            }
        }
        Err(Denied::Stale { current })
    }

    /// News about a case; the answer belongs to the reaction.
    pub async fn hear<M>(
        &self,
        heard: &Heard<M>,
        act: impl FnOnce(CaseDesk) -> Outcome<CaseDesk, Event>,
    ) -> Result<Reaction, Trouble> {
        let case = CaseId::from(heard.case);
        let known = self.load(&heard.centre, case).await?;
        let mut before = known.clone().unwrap_or_else(|| CaseDesk::unheard(case));
        before.begun.law = self.law().await?;
        let Outcome::Changed(after, events) = act(before) else {
            return Ok(Reaction::Nothing);
        };
        let mut list = WriteList::new(&heard.stamp, Some(heard.case));
        put::put(&mut list, &heard.centre, known.as_ref(), &after)?;
        for event in &events {
            wire::post(&mut list, &after, event);
        }
        Ok(Reaction::Write(list))
    }

    /// What is known of the case. The three rows are read one after another; a write that fell between them has moved the
    /// version that the next write shows, so nothing is decided on a torn view.
    async fn load(&self, centre: &str, case: CaseId) -> Result<Option<CaseDesk>, Fault> {
        let db = self.desk.reader();
        let read = |error| Fault::new("read a case's table", error);
        let row = desk_fence::Entity::find_by_id(case.as_uuid()).one(db).await.map_err(read)?;
        let Some(row) = row.filter(|row| row.centre == centre) else { return Ok(None) };
        let run = mediation::Entity::find()
            .filter(mediation::Column::CaseId.eq(case.as_uuid()))
            .order_by_desc(mediation::Column::MediationId)
            .one(db)
            .await
            .map_err(read)?;
        let run = match run {
            None => None,
            Some(run) => {
                let terms = agreement::Entity::find()
                    .filter(agreement::Column::MediationId.eq(run.mediation_id))
                    .one(db)
                    .await
                    .map_err(read)?;
                Some(shape::run(&run, terms.as_ref().map(shape::agreement).transpose()?)?)
            }
        };
        shape::desk(&row, run, self.law().await?).map(Some)
    }

    /// Whether this request was carried out before; then that is written down before it is answered again (D3).
    async fn is_replay(&self, stamp: &Stamp, case: CaseId, replay: &Replay<'_>) -> Result<bool, Denied> {
        let look = |error| Fault::new("look for a request", error);
        let centre = stamp.by.centre.as_str();
        let known = session::Entity::find()
            .filter(session::Column::Centre.eq(centre))
            .filter(session::Column::RequestKey.eq(replay.request_key))
            .one(self.desk.reader())
            .await
            .map_err(look)?;
        let Some(known) = known else {
            let written = entry::Entity::find()
                .filter(entry::Column::Centre.eq(centre))
                .filter(entry::Column::RequestKey.eq(replay.request_key))
                .one(self.desk.reader())
                .await
                .map_err(look)?;
            let Some(written) = written else { return Ok(false) };
            if written.fingerprint.as_deref() != Some(replay.fingerprint) {
                return Err(Denied::KeyReused);
            }
            let mut list = WriteList::new(stamp, Some(case.into()));
            list.update_where::<entry::Entity>(
                vec![(entry::Column::ReplayedAt, stamp.now.into())],
                vec![(entry::Column::EntryId, written.entry_id.into())],
                Some("entry"),
            );
            self.desk.commit(list).await?;
            return Ok(true);
        };
        if known.fingerprint != replay.fingerprint {
            return Err(Denied::KeyReused);
        }
        let mut list = WriteList::new(stamp, Some(case.into()));
        list.update_where::<session::Entity>(
            vec![(session::Column::ReplayedAt, stamp.now.into())],
            vec![(session::Column::SessionId, known.session_id.into())],
            Some("session"),
        );
        self.desk.commit(list).await?;
        Ok(true)
    }
}

/// How the caller stands to the case. Somebody whose claim has ended no longer stands near it; as it was theirs, and as
/// long as the fence they show is an old one, they are told so rather than that there is no such case, and what they
/// wrote in time is still answered as written.
fn standing(
    call: &Call,
    near: Option<&relation::Model>,
    desk: Option<&CaseDesk>,
    shown: Fence,
) -> Result<Result<Permit, Refusal>, Denied> {
    call.decide(near).map(Ok).or_else(|denial| match desk {
        Some(desk)
            if denial == Denial::Missing
                && shown < desk.fence
                && desk.former.contains(&call.caller.account) =>
        {
            Ok(Err(desk.passed()))
        }
        _ => Err(denial.into()),
    })
}

fn barred(barred: Barred) -> Denied {
    match barred {
        Barred::Passed(refusal) | Barred::Refused(refusal) => Denied::refused(refusal),
        Barred::NotYetHeard => Denied::NotYetHeard,
        Barred::NoRun => Denied::Missing("mediation"),
    }
}

/// What a sealed value's failure is to the courier.
fn unsealed(fault: VaultFault) -> Fault {
    Fault::plain(
        "seal or open a text of mediation",
        match fault {
            VaultFault::DoesNotOpen => "it does not open in its place",
            VaultFault::UnknownKey(_) => "the key file lacks its key",
            VaultFault::NoRandomness => "no randomness",
        },
    )
}
