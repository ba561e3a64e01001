//! Calls of those who stand near the case no more, because of what they did themselves or because their claim lapsed.
//!
//! A release, a decline and a return each take away the relation by which they were allowed. When the answer is lost the caller calls
//! again and must not hear that there is no such case. What they did is in `remark`, under their account; to everybody
//! else the case stays missing. Remarks are read before the referral, so that it is never older than they are.

use access::Call;
use chassis::Denied;
use courier::Fault;
use lexicon::CaseId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::Store;
use super::row::remark;
use crate::model::{Fence, Referral};

/// The remark of a holder who gave the claim up.
pub(super) const RELEASE: &str = "RELEASE";
/// The remark of a holder who declined.
pub(super) const DECLINE: &str = "DECLINE";
/// The remark of a studio that sent the case back.
pub(super) const RETURN: &str = "RETURN";
/// The remark of a claim that nobody confirmed in time.
pub(super) const LAPSE: &str = "LAPSE";
/// The remark of a claim that ended because its holder stepped aside.
pub(super) const RECUSED: &str = "RECUSED";

/// The remark of a claim that ended because another unit leads since.
pub(super) const REASSIGNED: &str = "REASSIGNED";

impl Store {
    /// The caller ended this very claim before, by a release or a decline: already so. Any older claim of a former holder: its
    /// fence has passed.
    pub(super) async fn given_up_already(
        &self,
        call: &Call,
        case: CaseId,
        shown: Fence,
        how: &str,
    ) -> Result<Referral, Denied> {
        let ended = self.claims_ended(call, case).await?;
        if !ended.iter().any(|row| row.kind == how && fence(row) == Some(shown)) {
            return self.passed_for(&ended, case, shown).await;
        }
        self.desk.vouch(&call.stamp(&self.desk), case.into()).await?;
        self.load(case).await?.ok_or(Denied::Missing("referral"))
    }

    /// A former holder shows an older fence. It is never an answer, only the right refusal.
    pub(super) async fn fence_passed(
        &self,
        call: &Call,
        case: CaseId,
        shown: Fence,
    ) -> Result<Referral, Denied> {
        let ended = self.claims_ended(call, case).await?;
        self.passed_for(&ended, case, shown).await
    }

    /// The latest return was the caller's, of the organisation they act for now, and no studio has accepted since.
    pub(super) async fn returned_already(&self, call: &Call, case: CaseId) -> Result<Referral, Denied> {
        let returned = remark::Entity::find()
            .filter(remark::Column::CaseId.eq(case.as_uuid()))
            .filter(remark::Column::Centre.eq(call.caller.centre.as_str()))
            .filter(remark::Column::Kind.eq(RETURN))
            .order_by_desc(remark::Column::Version)
            .one(self.desk.reader())
            .await
            .map_err(|error| Fault::new("read the latest return", error))?;
        let own = returned.is_some_and(|row| {
            row.account == call.caller.account.as_str() && row.org == call.caller.org.as_str()
        });
        if !own {
            return self.handed_back_already(call, case).await;
        }
        self.desk.vouch(&call.stamp(&self.desk), case.into()).await?;
        let noun = self.load(case).await?;
        noun.filter(Referral::is_unaccepted).ok_or(Denied::Missing("referral"))
    }

    /// How the caller's claims of the case ended.
    async fn claims_ended(&self, call: &Call, case: CaseId) -> Result<Vec<remark::Model>, Fault> {
        let ended = remark::Entity::find()
            .filter(remark::Column::CaseId.eq(case.as_uuid()))
            .filter(remark::Column::Centre.eq(call.caller.centre.as_str()))
            .filter(remark::Column::Account.eq(call.caller.account.as_str()))
            .filter(remark::Column::Kind.is_in([RELEASE, DECLINE, LAPSE, RECUSED, REASSIGNED]))
            .all(self.desk.reader())
            .await;
        ended.map_err(|error| Fault::new("read how claims ended", error))
    }

    async fn passed_for(
        &self,
        ended: &[remark::Model],
        case: CaseId,
        shown: Fence,
    ) -> Result<Referral, Denied> {
        let noun = if ended.is_empty() { None } else { self.load(case).await? };
        let passed = noun.and_then(|noun| noun.passed(shown));
        Err(passed.map_or(Denied::Missing("referral"), Denied::refused))
    }
}

/// The fence of the claim that ended.
fn fence(row: &remark::Model) -> Option<Fence> {
    row.fence_epoch.zip(row.fence_n).map(|(epoch, n)| Fence { epoch: epoch as u32, n: n as u64 })
}
