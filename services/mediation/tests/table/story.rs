//! From the claim to each of the ends.
use access::Caller;
use contracts::intake::v1::{CourtDemanded, DisputeWithdrawn};
use contracts::lexicon::v1::Fence;
use contracts::mediation::v1 as proto;
use contracts::mediation::v1::mediation_service_server::MediationService;
use contracts::mediation::v1::{MediationState, Signatory};
use lexicon::CentreId;
use tonic::Code;

use crate::house::{self, House, fact, mediator, names, reason, request, violations};

#[tokio::test(flavor = "multi_thread")]
async fn from_the_claim_to_an_agreement_in_effect() {
    let house = House::build().await;
    let (case, me) = (house.case(), mediator("mediator-1"));
    house.claimed(case, "mediator-1", 1).await;
    assert_eq!(
        house.get(&me, case.id).await.unwrap_err().code(),
        Code::NotFound,
        "nothing opens before the confirmation"
    );
    house.confirmed(case, "mediator-1", 1, &[case.claimant]).await;
    let opened = house.get(&me, case.id).await.unwrap();
    assert_eq!(opened.state(), MediationState::ConsentPending);
    assert_eq!(
        (opened.version, opened.fence, opened.track.as_str()),
        (1, Some(Fence { epoch: 1, n: 1 }), "PM")
    );
    assert!(opened.start_time.is_none() && opened.consents[0].consent_time.is_some());
    assert_eq!(opened.consents.iter().map(|one| one.required).collect::<Vec<_>>(), [true, true, false]);

    let refused = house.session(&me, case, 1, "s-1", "too early").await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::FailedPrecondition, "SESSION_BEFORE_CONSENT")
    );
    assert_eq!(fact(&refused, "state"), "CONSENT_PENDING");

    house.clock.advance(chrono::Duration::hours(1));
    let begun = house.consent(&me, case, case.respondent).await.unwrap();
    assert_eq!((begun.state(), begun.start_time), (MediationState::InMediation, house.now()));
    assert_eq!(house.consent(&me, case, case.respondent).await.unwrap().version, begun.version, "already so");

    let sat = house.session(&me, case, 1, "s-1", "they spoke of the roof").await.unwrap();
    assert_eq!(sat.sessions[0].text, "they spoke of the roof");
    let first = house.draft(&me, case, 1, "the roof is mended").await.unwrap();
    let again = house.draft(&me, case, 1, "the roof is mended").await.unwrap();
    assert_eq!((first.version, first.agreement.as_ref()), (again.version, again.agreement.as_ref()));
    let second = house.draft(&me, case, 1, "the roof is mended by May").await.unwrap().agreement.unwrap();
    assert_eq!(second.agreement_id, first.agreement.unwrap().agreement_id);

    house.sign(&me, case, Signatory::Party, Some(case.claimant)).await.unwrap();
    let refused = house.draft(&me, case, 1, "other terms").await.unwrap_err();
    assert_eq!(reason(&refused), "ALREADY_SIGNED_BY_SOME");
    house.clock.advance(chrono::Duration::minutes(1));
    let latest = house.now();
    house.sign(&me, case, Signatory::Mediator, None).await.unwrap();
    house.sign(&me, case, Signatory::Seal, None).await.unwrap();
    let last = house.sign(&me, case, Signatory::Party, Some(case.respondent)).await.unwrap();
    let agreed = last.agreement.clone().unwrap();
    assert_eq!(
        (last.state(), agreed.effective_time, last.end_time),
        (MediationState::Agreed, latest, latest)
    );
    assert_eq!(
        (agreed.terms.as_str(), agreed.partial, agreed.amount_fen),
        ("the roof is mended by May", true, 120_000)
    );
    assert_eq!(agreed.signatures.len(), 4);
    assert_eq!(house.get(&me, case.id).await.unwrap(), last, "what was answered is what is stored");

    assert_eq!(
        names(&house.said(case).await),
        [
            (1, "MediationOpened"),
            (2, "ConsentRecorded"),
            (2, "MediationStarted"),
            (3, "SessionRecorded"),
            (4, "AgreementDrafted"),
            (5, "AgreementDrafted"),
            (6, "SignatureAdded"),
            (7, "SignatureAdded"),
            (8, "SignatureAdded"),
            (9, "SignatureAdded"),
            (9, "AgreementSigned"),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_consented_at_the_window_so_the_period_runs_at_once() {
    let house = House::build().await;
    let case = house.at_the_table().await;
    assert_eq!(names(&house.said(case).await), [(1, "MediationOpened"), (1, "MediationStarted")]);
    house.confirmed(case, "mediator-1", 1, &[case.claimant, case.respondent]).await;
    assert_eq!(house.said(case).await.len(), 2, "the same confirmation, said twice, opens one run");
    assert_eq!(house.number("SELECT count(*) FROM mediation").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_court_ends_the_run_and_keeps_the_next_from_opening() {
    let house = House::build().await;
    let (case, me) = (house.at_the_table().await, mediator("mediator-1"));
    let service = Caller::service("transfer", &CentreId::new(house::CENTRE).unwrap()).unwrap();
    house.session(&me, case, 1, "a", "in confidence").await.unwrap();
    house.clock.advance(chrono::Duration::hours(1));
    house.intake(case, &CourtDemanded::default()).await;
    let run = house.get(&me, case.id).await.unwrap();
    assert_eq!(
        (run.state(), run.fail_ground.as_str(), run.end_time),
        (MediationState::Failed, "F02", house.now())
    );
    assert_eq!(house.said(case).await.last().unwrap().1, "MediationConcluded");
    let facts = house.for_filing(&service, case).await.unwrap();
    assert!(facts.mediated && facts.open_time.is_some() && facts.end_time == house.now());
    assert_eq!((facts.session_count, facts.fail_ground.as_str(), facts.track.as_str()), (1, "F02", "PM"));
    let refused = house.session(&me, case, 1, "b", "after the end").await.unwrap_err();
    assert_eq!((reason(&refused).as_str(), fact(&refused, "state").as_str()), ("NOT_IN_MEDIATION", "FAILED"));

    // The topics overtake one another: the court first, the confirmation after it.
    let case = house.case();
    house.claimed(case, "mediator-1", 1).await;
    house.intake(case, &CourtDemanded::default()).await;
    house.confirmed(case, "mediator-1", 1, &[case.claimant, case.respondent]).await;
    assert_eq!(house.get(&me, case.id).await.unwrap_err().code(), Code::NotFound);
    assert_eq!(house.said(case).await, []);
    assert!(!house.for_filing(&service, case).await.unwrap().mediated);
    house.released(case, "mediator-1", 2).await;
    assert_eq!(names(&house.said(case).await), [(1, "FenceRaised")], "routing is answered all the same");

    let case = house.at_the_table().await;
    house.intake(case, &DisputeWithdrawn::default()).await;
    assert_eq!(house.get(&me, case.id).await.unwrap().state(), MediationState::Withdrawn);
    assert_eq!(house.said(case).await.last().unwrap(), &(2, "MediationWithdrawn".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_ends_on_a_ground_or_on_a_refusal() {
    let house = House::build().await;
    let (case, me) = (house.at_the_table().await, mediator("mediator-1"));
    let bad = house.conclude(&me, case, "F99", " ").await.unwrap_err();
    assert_eq!(violations(&bad), [("explanation".to_owned(), "REQUIRED".to_owned())]);
    for (ground, why) in [("", "REQUIRED"), ("R01", "UNKNOWN_CODE"), ("F13", "UNKNOWN_CODE")] {
        let bad = house.conclude(&me, case, ground, "").await.unwrap_err();
        assert_eq!(violations(&bad), [("ground".to_owned(), why.to_owned())]);
    }
    let ended = house.conclude(&me, case, "F99", "the well is dry").await.unwrap();
    assert_eq!((ended.state(), ended.fail_ground.as_str()), (MediationState::Failed, "F99"));
    assert_eq!(house.conclude(&me, case, "F99", "the well is dry").await.unwrap(), ended, "already so");
    assert_eq!(house.number("SELECT count(*) FROM mediation WHERE explanation IS NOT NULL").await, 1);

    let case = house.at_the_table().await;
    let ask = |party: String, unreachable| proto::RecordRefusalRequest {
        case_id: case.id.to_string(),
        fence: house::fence(1),
        party_id: party,
        unreachable,
    };
    let refuse = async |ask| house.front.record_refusal(request(&me, "RecordRefusal", ask)).await;
    let refused = refuse(ask(house.clock.id().to_string(), true)).await.unwrap_err();
    assert_eq!(reason(&refused), "UNKNOWN_PARTY");
    let ended = refuse(ask(case.respondent.to_string(), true)).await.unwrap().into_inner();
    assert_eq!((ended.state(), ended.fail_ground.as_str()), (MediationState::Failed, "F03"));
}
