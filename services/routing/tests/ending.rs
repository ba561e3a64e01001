//! How a referral ends, and what comes too early or too late.

mod town;

use contracts::intake::v1::{CourtDemanded, DisputeClosed, DisputeFiled, DisputeWithdrawn};
use contracts::mediation::v1::{AgreementSigned, MediationConcluded};
use contracts::routing::v1::{EndReason, ReferralEnded, ReferralState};
use contracts::transfer::v1::CommissionRecalled;
use prost::Message;
use tonic::Code;
use town::{FAMILY, Town, clerk, declared, mediator, reason, why};

#[tokio::test]
async fn each_end_has_its_reason_and_the_first_one_stays() {
    let town = Town::open().await;
    let me = mediator("mediator-13", FAMILY);
    let reasons = [
        EndReason::Agreed,
        EndReason::Failed,
        EndReason::CourtDemanded,
        EndReason::Withdrawn,
        EndReason::Closed,
        EndReason::Recalled,
    ];
    for expected in reasons {
        let case = town.pooled(FAMILY).await;
        let claimed = town.claim(case, &me).await.unwrap();
        town.confirm(case, &me, claimed.fence, declared()).await.unwrap();
        match expected {
            EndReason::Agreed => town.say(&town.mediation, case, 1, &AgreementSigned::default()).await,
            EndReason::Failed => town.say(&town.mediation, case, 1, &MediationConcluded::default()).await,
            EndReason::CourtDemanded => town.say(&town.intake, case, 3, &CourtDemanded::default()).await,
            EndReason::Withdrawn => town.say(&town.intake, case, 3, &DisputeWithdrawn::default()).await,
            EndReason::Recalled => town.say(&town.transfer, case, 1, &CommissionRecalled::default()).await,
            EndReason::Closed | EndReason::Unspecified => {
                town.say(&town.intake, case, 3, &DisputeClosed::default()).await;
            }
        }
        let ended = town.get(case, &clerk()).await.unwrap();
        assert_eq!(
            (ended.state(), ended.end_reason(), ended.holder.as_str()),
            (ReferralState::Ended, expected, "")
        );
        town.say(&town.intake, case, 9, &DisputeClosed::default()).await;
        assert_eq!(town.get(case, &clerk()).await.unwrap(), ended, "the first end stays");
        let said = town.said(case).await;
        let (kind, version, body) = said.last().unwrap();
        assert_eq!((kind.as_str(), *version as u64), ("ReferralEnded", ended.version));
        assert_eq!(ReferralEnded::decode(body.as_slice()).unwrap().reason(), expected);
        assert_eq!(reason(town.claim(case, &me).await), "NOT_IN_POOL");
        // The agreement is still to be performed: its mediator goes on seeing the case.
        assert_eq!(town.get(case, &me).await.unwrap().state(), ReferralState::Ended);
    }
    assert_eq!(town.quarantined().await, 0);
}

/// The court takes its commission back (T64): wherever the case waits for a mediator, nobody mediates it any more.
#[tokio::test]
async fn a_recalled_commission_leaves_every_pool() {
    let town = Town::open().await;
    let me = mediator("mediator-13", FAMILY);
    for step in 0..4 {
        let case = if step == 0 { town.accepted("P19").await } else { town.pooled(FAMILY).await };
        if step > 1 {
            let claimed = town.claim(case, &me).await.unwrap();
            if step > 2 {
                town.confirm(case, &me, claimed.fence, declared()).await.unwrap();
            }
        }
        town.say(&town.transfer, case, 3, &CommissionRecalled::default()).await;
        assert_eq!(town.state(case).await, ReferralState::Ended, "{step}");
        // To whom no studio has brought it, it is not there.
        let refused = if step == 0 { "NOT_FOUND" } else { "NOT_IN_POOL" };
        assert_eq!(reason(town.claim(case, &me).await), refused);
        assert_eq!(town.said_kinds(case).await.last().unwrap().0, "ReferralEnded");
    }
    // A commission that is no case yet has nothing to end.
    town.say(&town.transfer, town.clock.id(), 1, &CommissionRecalled::default()).await;
    assert_eq!(town.quarantined().await, 0);
}

/// Intake accepts a moment before it hears of the recall, and routing hears of the recall first: nobody is to mediate the case.
#[tokio::test]
async fn a_recall_that_overtakes_the_acceptance_ends_the_referral_as_it_opens() {
    let town = Town::open().await;
    let case = town.clock.id();
    let filed = DisputeFiled { first_receiver_org: town::HALL.to_owned(), ..Default::default() };
    town.say(&town.intake, case, 1, &filed).await;
    town.say(&town.transfer, case, 3, &CommissionRecalled::default()).await;
    // Nothing is there yet, for whomever.
    assert_eq!(why(town.get(case, &clerk()).await).0, Code::NotFound);
    town.say(&town.transfer, case, 4, &CommissionRecalled::default()).await;
    assert!(town.said(case).await.is_empty());
    town.say(&town.intake, case, 2, &town::accepted("P19")).await;
    let ended = town.get(case, &clerk()).await.unwrap();
    assert_eq!((ended.state(), ended.end_reason()), (ReferralState::Ended, EndReason::Recalled));
    assert_eq!(ended.first_receiver_org, town::HALL);
    // Whoever watches it hears that it opened, and that it is over.
    let told = [("ReferralOpened".to_owned(), 1), ("ReferralEnded".to_owned(), 2)];
    assert_eq!(town.said_kinds(case).await, told);
    assert_eq!(reason(town.claim(case, &mediator("mediator-13", FAMILY)).await), "NOT_FOUND");
    assert_eq!(town.quarantined().await, 0);
}

#[tokio::test]
async fn a_case_that_was_never_accepted_has_nothing_to_end() {
    let town = Town::open().await;
    let case = town.clock.id();
    town.say(&town.intake, case, 1, &CourtDemanded::default()).await;
    town.say(&town.intake, case, 2, &DisputeClosed::default()).await;
    assert_eq!(why(town.get(case, &clerk()).await).0, Code::NotFound);
    assert!(town.said(case).await.is_empty());
    assert_eq!(town.quarantined().await, 0);
}

#[tokio::test]
async fn an_event_that_comes_again_opens_nothing_twice() {
    let town = Town::open().await;
    let case = town.pooled(FAMILY).await;
    let before = town.get(case, &clerk()).await.unwrap();
    town.say(&town.intake, case, 3, &town::accepted("P19")).await;
    assert_eq!(town.get(case, &clerk()).await.unwrap(), before);
    assert_eq!(town.quarantined().await, 0);
}
