//! Who looks after an agreement when its mediator has gone. The referral is over with the agreement; what was agreed is performed
//! for months, and the studio must supervise it (L3 art. 31): its head names another of its mediators.

use chrono::{DateTime, Utc};
use lexicon::AccountId;
use lexicon::Outcome;

use super::referral::{Answer, Referral};
use super::refusal::Rule;
use super::state::{EndReason, Event, Room, State};

impl Referral {
    /// ENDED → ENDED: the agreement has another mediator, under a higher fence. Who has it already: already so. How many cases they
    /// hold is not asked: an agreement is no claim.
    pub fn hand_agreement(
        mut self,
        former: Option<AccountId>,
        successor: AccountId,
        (room, reason): (&Room, &str),
        epoch: u32,
        at: DateTime<Utc>,
    ) -> Answer {
        let State::Ended(Some(to), EndReason::Agreed) = &self.state else {
            return self.refuse(Rule::NoAgreement);
        };
        if former.as_ref() == Some(&successor) {
            return Ok(Outcome::AlreadySo(self));
        }
        if self.aside.accounts.contains(&successor) {
            return self.refuse(Rule::Recused);
        }
        if room.listed_in.as_ref() != Some(&to.studio) {
            return self.refuse(Rule::NotOfThisStudio);
        }
        self.fence = self.fence.raised(epoch);
        let state = self.state.clone();
        let reason = reason.to_owned();
        Ok(self.changed(state, at, Event::Succeeded { former, successor, reason }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::roster::Standing;
    use crate::model::{Destination, Facts};
    use lexicon::{CaseId, OrgId, Refusal as _};
    use uuid::Uuid;

    fn account(name: &str) -> AccountId {
        AccountId::new(name).unwrap()
    }

    fn ended(reason: EndReason) -> Referral {
        let case = CaseId::from(Uuid::from_u128(1));
        let receiver = OrgId::new("hall-442000").unwrap();
        let noun = Referral::open(case, receiver, Facts::default(), 0, 1, DateTime::UNIX_EPOCH);
        let to = Destination { studio: OrgId::new("studio-1").unwrap(), rule: "r".into() };
        Referral { state: State::Ended(Some(to), reason), ..noun }
    }

    fn hand(noun: Referral, to: &str, studio: Option<&str>) -> Answer {
        let listed_in = studio.map(|name| OrgId::new(name).unwrap());
        let room = Room { held: 99, capacity: 1, listed_in, standing: Standing::Ready };
        let former = Some(account("mediator-1"));
        noun.hand_agreement(former, account(to), (&room, "离职"), 1, DateTime::UNIX_EPOCH)
    }

    #[test]
    fn an_agreement_goes_to_another_of_the_studio_under_a_higher_fence() {
        let before = ended(EndReason::Agreed);
        let fence = before.fence;
        let Ok(Outcome::Changed(now, events)) = hand(before.clone(), "mediator-2", Some("studio-1")) else {
            panic!("refused");
        };
        assert!(now.fence > fence && now.version == before.version + 1 && now.state == before.state);
        let (former, successor) = (Some(account("mediator-1")), account("mediator-2"));
        assert_eq!(events, [Event::Succeeded { former, successor, reason: "离职".into() }]);
        assert!(!hand(before.clone(), "mediator-1", Some("studio-1")).unwrap().is_changed());
        for studio in [None, Some("studio-2")] {
            assert_eq!(
                hand(before.clone(), "mediator-2", studio).unwrap_err().reason(),
                "NOT_OF_THIS_STUDIO"
            );
        }
        let mut aside = before;
        aside.aside.accounts.push(account("mediator-2"));
        assert_eq!(hand(aside, "mediator-2", Some("studio-1")).unwrap_err().reason(), "RECUSED");
    }

    #[test]
    fn where_there_is_no_agreement_nobody_is_named() {
        for reason in [EndReason::Failed, EndReason::CourtDemanded, EndReason::Withdrawn, EndReason::Closed] {
            let refused = hand(ended(reason), "mediator-2", Some("studio-1")).unwrap_err();
            assert_eq!(refused.reason(), "NO_AGREEMENT", "{reason:?}");
        }
        let open = Referral { state: State::Routed(None), ..ended(EndReason::Agreed) };
        assert_eq!(hand(open, "mediator-2", Some("studio-1")).unwrap_err().reason(), "NO_AGREEMENT");
    }
}
