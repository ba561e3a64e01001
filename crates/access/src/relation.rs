//! `case_relation`: who stands near a case, one row a case, in every service's database; `case_court` beside it, since a case
//! may be at several courts.
//!
//! The facts belong to other services, so the row is fed by their events, each of which sets only the columns
//! it tells of. The service that owns a fact does not wait for its own event: it writes the column in the same
//! list, by the functions below.

use courier::{Envelope, Fault, Stamp, WriteList};
use prost::{Message, Name};
use sea_orm::entity::prelude::*;
use uuid::Uuid;

use contracts::intake::v1::{DisputeFiled, DraftSaved};
use contracts::lexicon::v1::Fence;
use contracts::routing::v1::{
    CaseClaimed, CasePooled, CaseReferred, ClaimConfirmed, ClaimEnded, GuestsChanged, ReferralReturned,
    SuccessorNamed,
};
use contracts::transfer::v1::{CommissionReceived, ConfirmationApplied, FilingSubmitted};

pub mod guest;
mod near;

pub use near::Near;

/// One case's row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "case_relation")]
pub struct Model {
    /// The case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub case_id: Uuid,
    /// The governance centre.
    pub centre: String,
    /// The organisation that took the case in.
    pub first_receiver_org: Option<String>,
    /// The studio it was referred to.
    pub studio_org: Option<String>,
    /// The account that holds the claim. It is one account: who helps it is among the guests.
    pub holder: Option<String>,
    /// The fence of the latest claim: epoch.
    pub fence_epoch: Option<i32>,
    /// The fence of the latest claim: number.
    pub fence_n: Option<i64>,
    /// The court that has received a filing or an application last. [`near_court`] has all of them.
    pub court: Option<String>,
    /// The accounts that have stepped aside in this case, one after the other, divided by spaces. [`exclusion`] holds the
    /// same for lists.
    pub excluded: Option<String>,
    /// The organisations invited to the case and the co-mediators, each with its prefix, divided by spaces. [`guest`] holds
    /// the same for lists.
    pub guests: Option<String>,
    /// Every court that has received something of it: [`find`] reads them where `court` says that there is one.
    #[sea_orm(ignore)]
    pub courts: Vec<String>,
}

/// `case_court`: every court that has received a filing or an application of a case. A later one does not take the place of an
/// earlier one: a suit at one court and a confirmation at another are both under way.
pub mod near_court {
    use sea_orm::entity::prelude::*;

    /// One court near one case.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "case_court")]
    pub struct Model {
        /// The case.
        #[sea_orm(primary_key, auto_increment = false)]
        pub case_id: Uuid,
        /// The court.
        #[sea_orm(primary_key, auto_increment = false)]
        pub court: String,
        /// The governance centre.
        pub centre: String,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// `case_exclusion`: who may not see which case, searched by account.
pub mod exclusion {
    use sea_orm::entity::prelude::*;

    /// One account kept from one case.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "case_exclusion")]
    pub struct Model {
        /// The account.
        #[sea_orm(primary_key, auto_increment = false)]
        pub account: String,
        /// The case.
        #[sea_orm(primary_key, auto_increment = false)]
        pub case_id: Uuid,
        /// The governance centre.
        pub centre: String,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// No relations of its own: it is joined by the case.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether the account holds the case.
    pub fn is_held_by(&self, account: &str) -> bool {
        self.holder.as_deref() == Some(account)
    }

    /// Whether the organisation is invited to the case.
    pub fn invites(&self, org: &str) -> bool {
        self.guests().any(|name| name.strip_prefix(guest::ORG) == Some(org))
    }

    /// Whether the account helps the holder.
    pub fn is_helped_by(&self, account: &str) -> bool {
        self.guests().any(|name| name.strip_prefix(guest::ACCOUNT) == Some(account))
    }

    fn guests(&self) -> impl Iterator<Item = &str> {
        self.guests.as_deref().unwrap_or_default().split(' ')
    }

    /// Whether the court has received something of the case.
    pub fn is_at(&self, court: &str) -> bool {
        self.court.as_deref() == Some(court) || self.courts.iter().any(|known| known == court)
    }

    /// Whether the account has stepped aside in the case: it is kept from it in every relation.
    pub fn excludes(&self, account: &str) -> bool {
        self.excluded.as_deref().unwrap_or_default().split(' ').any(|name| name == account)
    }
}

/// The row of a case. `None` is a case this service has not heard of.
pub async fn find(db: &impl ConnectionTrait, case: Uuid) -> Result<Option<Model>, Fault> {
    let row = Entity::find_by_id(case).one(db).await.map_err(|e| Fault::new("read case_relation", e))?;
    let Some(mut row) = row else { return Ok(None) };
    // Most cases are at no court, and ask no second question.
    if row.court.is_some() {
        let courts = near_court::Entity::find().filter(near_court::Column::CaseId.eq(case)).all(db).await;
        let courts = courts.map_err(|e| Fault::new("read case_court", e))?;
        row.courts = courts.into_iter().map(|near| near.court).collect();
    }
    Ok(Some(row))
}

/// The organisation that took the case in.
pub fn first_receiver(list: &mut WriteList, centre: &str, case: Uuid, org: &str) {
    Near::to(centre, case).first_receiver(org).write(list);
}

/// The studio the case was referred to, or none after it was returned.
pub fn studio(list: &mut WriteList, centre: &str, case: Uuid, org: Option<&str>) {
    Near::to(centre, case).studio(org).write(list);
}

/// The holder of the claim, or none after it ended, with the fence that goes with that.
pub fn holder(list: &mut WriteList, centre: &str, case: Uuid, account: Option<&str>, fence: (u32, u64)) {
    Near::to(centre, case).holder(account, fence).write(list);
}

/// A court has received a filing or an application; those that had received something before stay near the case.
pub fn court(list: &mut WriteList, centre: &str, case: Uuid, court: &str) {
    // One row is written once.
    Near::to(centre, case).court(court).write(list);
}

/// A court's commission, which is no case yet: the window that takes it in and the studio stand near it.
pub fn commissioned(list: &mut WriteList, centre: &str, commission: Uuid, reception: &str, studio: &str) {
    Near::to(centre, commission).first_receiver(reception).studio(Some(studio)).write(list);
}

type Feed = fn(&Envelope, &mut WriteList) -> Result<(), Fault>;

const FEEDS: [(&str, Feed); 13] = [
    ("supermarket.intake.v1.DraftSaved", |e, list| {
        told(e, list, |list, event: DraftSaved| receives(list, e, &event.first_receiver_org))
    }),
    ("supermarket.intake.v1.DisputeFiled", |e, list| {
        told(e, list, |list, event: DisputeFiled| receives(list, e, &event.first_receiver_org))
    }),
    ("supermarket.routing.v1.CaseReferred", |e, list| {
        told(e, list, |list, event: CaseReferred| near(e).studio(Some(&event.studio_org)).write(list))
    }),
    ("supermarket.routing.v1.ReferralReturned", |e, list| {
        told(e, list, |list, _: ReferralReturned| near(e).studio(None).write(list))
    }),
    ("supermarket.routing.v1.CasePooled", |e, list| {
        told(e, list, |list, event: CasePooled| near(e).studio(Some(&event.studio_org)).write(list))
    }),
    ("supermarket.routing.v1.CaseClaimed", |e, list| {
        told(e, list, |list, event: CaseClaimed| holds(list, e, Some(&event.holder), event.fence))
    }),
    ("supermarket.routing.v1.ClaimConfirmed", |e, list| {
        told(e, list, |list, event: ClaimConfirmed| holds(list, e, Some(&event.holder), event.fence))
    }),
    ("supermarket.routing.v1.ClaimEnded", |e, list| {
        told(e, list, |list, event: ClaimEnded| {
            let fence = event.fence.unwrap_or_default();
            near(e).claim_ended((fence.epoch, fence.n), &event.recused_accounts).write(list);
        })
    }),
    ("supermarket.routing.v1.GuestsChanged", |e, list| {
        told(e, list, |list, event: GuestsChanged| {
            let present = guest::names(&event.orgs, &event.co_mediators);
            let left = guest::names(&event.left_orgs, &event.left_co_mediators);
            near(e).guests(present, left).write(list);
        })
    }),
    ("supermarket.routing.v1.SuccessorNamed", |e, list| {
        told(e, list, |list, event: SuccessorNamed| holds(list, e, Some(&event.holder), event.fence))
    }),
    ("supermarket.transfer.v1.FilingSubmitted", |e, list| {
        told(e, list, |list, event: FilingSubmitted| court(list, &e.centre, e.case, &event.court_org))
    }),
    ("supermarket.transfer.v1.ConfirmationApplied", |e, list| {
        told(e, list, |list, event: ConfirmationApplied| court(list, &e.centre, e.case, &event.court_org))
    }),
    ("supermarket.transfer.v1.CommissionReceived", |e, list| {
        told(e, list, |list, event: CommissionReceived| {
            // One of before says nothing of its window: then the studio's own takes it in.
            let window =
                Some(&event.reception_org).filter(|org| !org.is_empty()).unwrap_or(&event.studio_org);
            commissioned(list, &e.centre, e.case, window, &event.studio_org);
        })
    }),
];

/// The kinds of event that [`feed`] understands.
pub const KINDS: [&str; FEEDS.len()] = {
    let mut kinds = [""; FEEDS.len()];
    let mut at = 0;
    while at < FEEDS.len() {
        kinds[at] = FEEDS[at].0;
        at += 1;
    }
    kinds
};

/// Adds what an event tells of a case's relations to the list that applies it. For
/// `courier::Reactions::before`; other kinds add nothing.
pub fn feed(envelope: &Envelope, _: &Stamp, list: &mut WriteList) -> Result<(), Fault> {
    match FEEDS.iter().find(|(kind, _)| *kind == envelope.kind) {
        Some((_, steps)) => steps(envelope, list),
        None => Ok(()),
    }
}

fn told<M: Message + Name + Default>(
    envelope: &Envelope,
    list: &mut WriteList,
    write: impl FnOnce(&mut WriteList, M),
) -> Result<(), Fault> {
    if M::full_name() != envelope.kind {
        return Err(Fault::plain(
            "read an event for case_relation",
            "its kind is listed with another's message",
        ));
    }
    let event = M::decode(envelope.body.clone()).map_err(|e| Fault::new(format!("read a {}", M::NAME), e))?;
    write(list, event);
    Ok(())
}

fn receives(list: &mut WriteList, envelope: &Envelope, org: &str) {
    first_receiver(list, &envelope.centre, envelope.case, org);
}

fn holds(list: &mut WriteList, envelope: &Envelope, account: Option<&str>, fence: Option<Fence>) {
    let fence = fence.unwrap_or_default();
    near(envelope).holder(account, (fence.epoch, fence.n)).write(list);
}

fn near(envelope: &Envelope) -> Near {
    Near::to(&envelope.centre, envelope.case)
}
