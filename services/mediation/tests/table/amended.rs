//! Parties that intake adds or moves to another side while the table is set.
use contracts::lexicon::v1::PartyRole;
use contracts::mediation::v1::{MediationState, Signatory};
use mediation::model::Fence;
use mediation::store::Enclosure;
use mediation::wire::ask::Seat;
use tokio::runtime::Handle;

use crate::house::{House, mediator, names, reason, request};

#[tokio::test(flavor = "multi_thread")]
async fn a_respondent_who_joins_at_the_table_must_consent_and_sign() {
    let house = House::build().await;
    let (case, me, joined) = (house.at_the_table().await, mediator("mediator-1"), house.clock.id());
    let before = house.get(&me, case.id).await.unwrap();
    let said = house.said(case).await;
    house.amended(case, joined, PartyRole::Respondent).await;
    let after = house.get(&me, case.id).await.unwrap();
    let seat = after.consents.last().unwrap();
    assert_eq!((seat.party_id.clone(), seat.required, seat.consent_time), (joined.to_string(), true, None));
    assert_eq!((after.version, after.state()), (before.version, MediationState::InMediation));
    assert_eq!(house.said(case).await, said, "no version is raised that nobody says");

    let early = house.draft(&me, case, 1, "terms").await.unwrap_err();
    assert_eq!(reason(&early), "CONSENT_MISSING");
    house.clock.advance(chrono::Duration::hours(1));
    let consented = house.consent(&me, case, joined).await.unwrap();
    assert_eq!((consented.state(), consented.start_time), (MediationState::InMediation, before.start_time));
    assert_eq!(consented.consents.last().unwrap().consent_time, house.now());
    assert_eq!(house.said(case).await.last().unwrap(), &(2, "ConsentRecorded".to_owned()));
    let third = house.consent(&me, case, case.third).await.unwrap_err();
    assert_eq!(reason(&third), "NOT_CONSENT_PENDING", "whose consent is not needed is not asked any more");

    house.draft(&me, case, 1, "terms").await.unwrap();
    let late = house.clock.id();
    house.amended(case, late, PartyRole::Claimant).await;
    for party in [case.claimant, case.respondent, joined] {
        house.sign(&me, case, Signatory::Party, Some(party)).await.unwrap();
    }
    house.sign(&me, case, Signatory::Mediator, None).await.unwrap();
    let sealed = house.sign(&me, case, Signatory::Seal, None).await.unwrap();
    assert_eq!(sealed.state(), MediationState::AgreedUnsigned, "one is still to sign");
    let agreed = house.sign(&me, case, Signatory::Party, Some(late)).await.unwrap();
    assert_eq!(agreed.state(), MediationState::Agreed);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_no_longer_needed_holds_nothing_up() {
    let house = House::build().await;
    let (case, me) = (house.case(), mediator("mediator-1"));
    house.claimed(case, "mediator-1", 1).await;
    house.confirmed(case, "mediator-1", 1, &[case.claimant]).await;
    house.clock.advance(chrono::Duration::hours(1));
    house.amended(case, case.third, PartyRole::ThirdParty).await;
    assert_eq!(house.get(&me, case.id).await.unwrap().state(), MediationState::ConsentPending);
    house.amended(case, case.respondent, PartyRole::ThirdParty).await;
    let begun = house.get(&me, case.id).await.unwrap();
    assert_eq!((begun.state(), begun.start_time), (MediationState::InMediation, house.now()));
    assert_eq!(names(&house.said(case).await), [(1, "MediationOpened"), (2, "MediationStarted")]);

    house.amended(case, case.respondent, PartyRole::Respondent).await;
    let early = house.draft(&me, case, 1, "terms").await.unwrap_err();
    assert_eq!(reason(&early), "CONSENT_MISSING");
    house.consent(&me, case, case.respondent).await.unwrap();
    house.draft(&me, case, 1, "terms").await.unwrap();
    house.sign(&me, case, Signatory::Party, Some(case.claimant)).await.unwrap();
    house.sign(&me, case, Signatory::Mediator, None).await.unwrap();
    house.sign(&me, case, Signatory::Seal, None).await.unwrap();
    house.amended(case, case.respondent, PartyRole::ThirdParty).await;
    let agreed = house.get(&me, case.id).await.unwrap();
    assert_eq!(agreed.state(), MediationState::Agreed, "nobody's signature is missing");
    assert_eq!(
        house.said(case).await.last().unwrap(),
        &(agreed.version as i64, "AgreementSigned".to_owned())
    );
    house.amended(case, house.clock.id(), PartyRole::Respondent).await;
    assert_eq!(house.get(&me, case.id).await.unwrap(), agreed, "an end stays as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amendment_that_overtakes_the_confirmation_is_at_the_table_when_it_opens() {
    let house = House::build().await;
    let (case, me, joined) = (house.case(), mediator("mediator-1"), house.clock.id());
    house.claimed(case, "mediator-1", 1).await;
    house.amended(case, joined, PartyRole::Respondent).await;
    house.confirmed(case, "mediator-1", 1, &[case.claimant, case.respondent]).await;
    let run = house.get(&me, case.id).await.unwrap();
    assert_eq!((run.state(), run.consents.len()), (MediationState::ConsentPending, 4));
    assert_eq!(house.consent(&me, case, joined).await.unwrap().state(), MediationState::InMediation);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_was_judged_before_an_amendment_is_judged_again() {
    let house = House::build().await;
    let (case, me, joined) = (house.at_the_table().await, mediator("mediator-1"), house.clock.id());
    let call = access::Call::of(&request(&me, "RecordSession", ())).unwrap();
    let seat = Seat { case: case.id.into(), fence: Fence { epoch: 1, n: 1 } };
    let judged = std::sync::atomic::AtomicU32::new(0);
    let written = house.front.store.change(&call, seat, |run, stamp| {
        if judged.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 {
            let news = house.amended(case, joined, PartyRole::Claimant);
            tokio::task::block_in_place(|| Handle::current().block_on(news));
        }
        Ok((run.conclude("F04", stamp.now).map_err(chassis::Denied::refused)?, Enclosure::None))
    });
    let view = written.await.ok().unwrap();
    assert_eq!((view.run.parties.len(), judged.load(std::sync::atomic::Ordering::SeqCst)), (4, 2));
    assert_eq!(house.get(&me, case.id).await.unwrap().consents.len(), 4, "the party was not written over");
}
