//! The courts' commissions: received under a request id, found by their own id, and filed as cases by a tick.

use access::{Call, Role, relation};
use chassis::Denied;
use contracts::intake::v1::DisputeBody;
use courier::{Actor, CommitError, Fault, Stamp, WriteList};
use lexicon::{CaseId, Outcome};
use prost::Message as _;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::row::commission;
use super::{Store, TRIES};
use crate::model::commission::{Commission, Event, State};
use crate::model::thread::Moved;
use crate::model::{News, Thread};
use crate::wire;
use crate::wire::commission::{CommissionPage, Received};

/// A commission that has been signed for and is not a case yet.
pub(crate) struct Signed {
    /// The commission.
    pub(crate) commission: Commission,
    /// Its centre.
    pub(crate) centre: String,
    /// The suit.
    pub(crate) body: DisputeBody,
}

impl Store {
    /// Takes a commission under its request id; the same again is the same commission.
    pub(crate) async fn receive(&self, call: &Call, asked: &Received) -> Result<Commission, Denied> {
        let centre = call.caller.centre.as_str();
        let key = format!("{}|{}|{}", call.caller.org, call.policy.path, asked.request_id);
        let fingerprint = self.vault().fingerprint(&asked.whole);
        for _ in 0..TRIES {
            let stamp = call.stamp(&self.desk);
            let known = commission::Entity::find()
                .filter(commission::Column::Centre.eq(centre))
                .filter(commission::Column::RequestKey.eq(key.as_str()))
                .one(self.desk.reader())
                .await
                .map_err(Fault::from)?;
            if let Some(row) = known {
                if row.fingerprint != fingerprint {
                    return Err(Denied::KeyReused);
                }
                let mut list = WriteList::new(&stamp, Some(row.thread_id));
                list.update_where::<commission::Entity>(
                    vec![(commission::Column::ReplayedAt, stamp.now.into())],
                    vec![(commission::Column::CommissionId, row.commission_id.into())],
                    None,
                );
                self.desk.commit(list).await?;
                return Ok(self.read_commission(&row)?);
            }
            let id = stamp.id();
            let noun = asked.commission(id, stamp.now);
            let thread = Thread { version: 1, commission: Some(noun.clone()), ..Thread::unheard(id.into()) };
            let mut list = WriteList::new(&stamp, Some(id));
            self.put_row(&mut list, centre, None, &thread)?;
            let row = commission::ActiveModel {
                commission_id: Set(id),
                centre: Set(centre.to_owned()),
                thread_id: Set(id),
                version: Set(1),
                state: Set(noun.content.state.code().to_owned()),
                court: Set(noun.court.to_string()),
                studio_org: Set(noun.studio.to_string()),
                content: Set(self.seal_content(centre, "commission", id, &noun.content)?),
                body: Set(self.seal(centre, "commission", id, "body", &asked.body.encode_to_vec())?),
                request_key: Set(key.clone()),
                fingerprint: Set(fingerprint.clone()),
                replayed_at: Set(None),
            };
            list.insert(row, "request_key");
            // Its clocks run on its own thread: those who must act on them see it.
            let (window, studio) = (noun.content.reception.as_str(), noun.studio.as_str());
            relation::commissioned(&mut list, centre, id, window, studio);
            wire::news::post(&mut list, &thread, News::Commission(Event::Received));
            match self.desk.commit(list).await {
                Ok(()) => return Ok(noun),
                Err(CommitError::Lost(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Denied::Stale { current: None })
    }

    /// A verb of a commission by its id. `may` says whether the caller has to do with it; to others it is not there.
    pub(crate) async fn change_commission(
        &self,
        call: &Call,
        id: Uuid,
        may: impl Fn(&Commission) -> bool,
        act: impl Fn(Thread, &Stamp) -> Moved,
    ) -> Result<Commission, Denied> {
        call.decide(None)?;
        let centre = call.caller.centre.as_str();
        for _ in 0..TRIES {
            let thread = self.thread_of(centre, id).await?.ok_or(Denied::Missing("commission"))?;
            let before = self.read(centre, thread).await?;
            let there = before.thread.commission.clone().filter(|found| found.id == id);
            if there.is_none() && self.thread_of(centre, id).await? != Some(thread) {
                // Joined to a case between the two looks.
                continue;
            }
            let found = there.filter(|found| may(found)).ok_or(Denied::Missing("commission"))?;
            let stamp = call.stamp(&self.desk);
            let (after, news) = match Thread::settled(act(before.thread.clone(), &stamp)?) {
                Outcome::AlreadySo(_) => {
                    self.desk.vouch(&stamp, thread.as_uuid()).await?;
                    return Ok(found);
                }
                Outcome::Changed(after, news) => (after, news),
            };
            let list = self.change_list(&stamp, &before, &after, &news, None)?;
            match self.desk.commit(list).await {
                Ok(()) => return after.commission.ok_or(Denied::Missing("commission")),
                Err(CommitError::Lost(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Denied::Stale { current: None })
    }

    async fn thread_of(&self, centre: &str, id: Uuid) -> Result<Option<CaseId>, Fault> {
        let row = commission::Entity::find_by_id(id).one(self.desk.reader()).await?;
        Ok(row.filter(|row| row.centre == centre).map(|row| row.thread_id.into()))
    }

    /// A page of those addressed to the caller's organisation, or sent by the caller's court, newest first, and where it goes on.
    pub(crate) async fn list_commissions(
        &self,
        call: &Call,
        page: &CommissionPage,
    ) -> Result<(Vec<Commission>, String), Denied> {
        call.decide(None)?;
        let (caller, now) = (&*call.caller, self.desk.clock().now());
        let purpose = format!("{}?state={}", call.policy.path, page.state.unwrap_or_default());
        let mut query =
            commission::Entity::find().filter(commission::Column::Centre.eq(caller.centre.as_str()));
        // A court sees what it sent, a studio what was sent to it.
        query = match caller.court.as_ref().filter(|_| caller.is(Role::Court)) {
            Some(court) => query.filter(commission::Column::Court.eq(court.as_str())),
            None => query.filter(commission::Column::StudioOrg.eq(caller.org.as_str())),
        };
        if let Some(state) = page.state {
            query = query.filter(commission::Column::State.eq(state));
        }
        if !page.token.is_empty() {
            let malformed = || Denied::field("page_token", lexicon::Fault::MALFORMED);
            let place =
                self.vault().read_page_token(caller, &purpose, now, &page.token).map_err(|_| malformed())?;
            let last = Uuid::from_slice(&place).map_err(|_| malformed())?;
            query = query.filter(commission::Column::CommissionId.lt(last));
        }
        let query = query.order_by_desc(commission::Column::CommissionId).limit(page.size + 1);
        let mut rows = query.all(self.desk.reader()).await.map_err(Fault::from)?;
        let more = rows.len() as u64 > page.size;
        rows.truncate(page.size as usize);
        let token = match rows.last().filter(|_| more) {
            Some(last) => self.vault().page_token(caller, &purpose, now, last.commission_id.as_bytes()),
            None => String::new(),
        };
        let all = rows.iter().map(|row| self.read_commission(row)).collect::<Result<_, _>>()?;
        Ok((all, token))
    }

    /// Signed commissions that are no cases yet, oldest first, from after this one on.
    pub(crate) async fn signed(&self, most: u64, after: Option<Uuid>) -> Result<Vec<Signed>, Fault> {
        let mut query = commission::Entity::find();
        if let Some(after) = after {
            query = query.filter(commission::Column::CommissionId.gt(after));
        }
        let rows = query
            .filter(commission::Column::State.eq("SIGNED"))
            .filter(Expr::col(commission::Column::ThreadId).eq(Expr::col(commission::Column::CommissionId)))
            .order_by_asc(commission::Column::CommissionId)
            .limit(most)
            .all(self.desk.reader())
            .await?;
        let mut all = vec![];
        for row in &rows {
            let body = self.unseal(&row.centre, "commission", row.commission_id, "body", &row.body)?;
            let body = DisputeBody::decode(body.as_slice());
            let body = body.map_err(|_| Fault::inconsistent("commission", "body", row.commission_id))?;
            let commission = self.read_commission(row)?;
            all.push(Signed { commission, centre: row.centre.clone(), body });
        }
        Ok(all)
    }

    /// The commission is this case from now on. Both threads are told, in one write. `judged` is called between reading and
    /// writing.
    pub(crate) async fn link(
        &self,
        signed: &Signed,
        case: CaseId,
        judged: impl Fn() + Send + Sync,
    ) -> Result<(), Fault> {
        for _ in 0..TRIES {
            let Some(list) = self.joined(signed, case).await? else { return Ok(()) };
            judged();
            match self.desk.commit(list).await {
                Ok(()) => return Ok(()),
                // The court took it back, or the case was heard of meanwhile. Nobody looks for it again unless it is still signed,
                // so it is looked at now.
                Err(CommitError::Lost(_) | CommitError::Busy) => {}
                Err(CommitError::Fault(fault)) => return Err(fault),
            }
        }
        Err(Fault::plain("link a commission", "its guard was lost each time"))
    }

    /// What links them; nothing where that is done.
    async fn joined(&self, signed: &Signed, case: CaseId) -> Result<Option<WriteList>, Fault> {
        let centre = signed.centre.as_str();
        let method = "transfer tick: file commissions";
        let stamp = self.desk.stamp(Actor::service("transfer", centre), method, None);
        let own = self.read(centre, signed.commission.id.into()).await?;
        let of_case = self.read(centre, case).await?;
        let Some(commission) = own.thread.commission.clone().filter(|one| one.thread == own.thread.case)
        else {
            return Ok(None);
        };
        let mut before = own.thread.clone();
        before.version += 1;
        let mut linked = of_case.thread.clone();
        linked.version += 1;
        let gone = matches!(commission.content.state, State::Recalled { .. } | State::Declined { .. });
        linked.commission = Some(Commission { thread: case, version: linked.version, ..commission });
        let mut list = WriteList::new(&stamp, Some(case.as_uuid()));
        self.put_row(&mut list, centre, own.revision(), &before)?;
        wire::news::filed(&mut list, &before, case);
        wire::news::post(&mut list, &linked, News::Commission(Event::Linked));
        // It ended between the filing and this link: the case hears of it as any other would.
        if gone {
            wire::news::post(&mut list, &linked, News::Commission(Event::Recalled));
        }
        let (after, news) = match Thread::settled(linked.joined(stamp.now)) {
            Outcome::Changed(after, news) => (after, news),
            Outcome::AlreadySo(after) => (after, vec![]),
        };
        self.put_thread(&mut list, centre, &of_case, &after, &news, None)?;
        Ok(Some(list))
    }

    /// The window refuses it for good: kept, so that the studio may give it back to the court.
    pub(crate) async fn refuse(&self, signed: &Signed) -> Result<(), Fault> {
        if signed.commission.content.refused {
            return Ok(());
        }
        let centre = signed.centre.as_str();
        let method = "transfer tick: file commissions";
        let stamp = self.desk.stamp(Actor::service("transfer", centre), method, None);
        let before = self.read(centre, signed.commission.id.into()).await?;
        let Ok(Outcome::Changed(after, news)) = before.thread.clone().commission(Commission::refused) else {
            return Ok(());
        };
        let list = self.change_list(&stamp, &before, &after, &news, None)?;
        match self.desk.commit(list).await {
            // Somebody else moved it: the next round looks again.
            Ok(()) | Err(CommitError::Lost(_) | CommitError::Busy) => Ok(()),
            Err(CommitError::Fault(fault)) => Err(fault),
        }
    }
}
