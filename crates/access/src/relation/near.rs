//! What one step tells of who stands near a case. The row of a case is written once a step, whatever the step tells.

use courier::WriteList;
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{ActiveModel, exclusion, guest, near_court};

/// What a step tells; nothing is written until [`Near::write`].
#[derive(Debug)]
pub struct Near {
    centre: String,
    case: Uuid,
    row: Option<ActiveModel>,
    aside: Vec<String>,
    came: Vec<String>,
    left: Vec<String>,
    court: Option<String>,
}

impl Near {
    /// Nothing yet, of this case.
    pub fn to(centre: &str, case: Uuid) -> Self {
        Self {
            centre: centre.to_owned(),
            case,
            row: None,
            aside: vec![],
            came: vec![],
            left: vec![],
            court: None,
        }
    }

    /// The organisation that took the case in.
    #[must_use]
    pub fn first_receiver(self, org: &str) -> Self {
        self.told(|row| row.first_receiver_org = Set(Some(org.into())))
    }

    /// The studio the case was referred to, or none after it was returned.
    #[must_use]
    pub fn studio(self, org: Option<&str>) -> Self {
        self.told(|row| row.studio_org = Set(org.map(Into::into)))
    }

    /// The holder of the claim, or none after it ended, with the fence that goes with that.
    #[must_use]
    pub fn holder(self, account: Option<&str>, fence: (u32, u64)) -> Self {
        self.told(|row| {
            row.holder = Set(account.map(Into::into));
            row.fence_epoch = Set(Some(fence.0 as i32));
            row.fence_n = Set(Some(fence.1 as i64));
        })
    }

    /// A claim ended, and these accounts (all that ever did in this case) have stepped aside. Nobody is let in again.
    #[must_use]
    pub fn claim_ended(self, fence: (u32, u64), aside: &[String]) -> Self {
        let mut near = self.holder(None, fence);
        near.aside.extend_from_slice(aside);
        if aside.is_empty() { near } else { near.told(|row| row.excluded = Set(Some(aside.join(" ")))) }
    }

    /// A court has received a filing or an application; those that had received something before stay near the case.
    #[must_use]
    pub fn court(self, court: &str) -> Self {
        Self { court: Some(court.to_owned()), ..self.told(|row| row.court = Set(Some(court.into()))) }
    }

    /// All guests of the case, by [`guest::names`], and those who are no longer.
    #[must_use]
    pub fn guests(self, present: Vec<String>, left: Vec<String>) -> Self {
        let all = (!present.is_empty()).then(|| present.join(" "));
        let near = self.told(|row| row.guests = Set(all));
        let left = left.into_iter().filter(|guest| !present.contains(guest)).collect();
        Self { left, came: present, ..near }
    }

    /// Adds what was told to the list. Who came and who left are different guests, so that no row is written twice.
    pub fn write(self, list: &mut WriteList) {
        let Self { centre, case, row, aside, came, left, court } = self;
        let Some(row) = row else { return };
        list.upsert(row);
        for account in aside {
            let centre = Set(centre.clone());
            list.insert_new(exclusion::ActiveModel { account: Set(account), case_id: Set(case), centre });
        }
        for guest in came {
            let centre = Set(centre.clone());
            list.insert_new(guest::ActiveModel { guest: Set(guest), case_id: Set(case), centre });
        }
        if let Some(court) = court {
            let centre = Set(centre.clone());
            list.insert_new(near_court::ActiveModel { case_id: Set(case), court: Set(court), centre });
        }
        for name in left {
            use guest::Column::{CaseId, Guest};
            list.delete_where::<guest::Entity>(vec![(Guest, name.into()), (CaseId, case.into())]);
        }
    }

    fn told(mut self, write: impl FnOnce(&mut ActiveModel)) -> Self {
        let (centre, case) = (&self.centre, self.case);
        let new = || ActiveModel { case_id: Set(case), centre: Set(centre.clone()), ..Default::default() };
        write(self.row.get_or_insert_with(new));
        self
    }
}
