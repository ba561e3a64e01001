//! Repeated, late and simultaneous writes: each is kept once or refused.
use std::sync::atomic::{AtomicU32, Ordering};

use access::{Caller, Role};
use chassis::Denied;
use contracts::mediation::v1 as proto;
use contracts::mediation::v1::MediationState;
use contracts::mediation::v1::mediation_service_server::MediationService;
use mediation::model::Fence;
use mediation::store::Enclosure;
use mediation::wire::ask::Seat;
use tokio::runtime::Handle;
use tonic::Code;

use crate::house::{House, caller, fact, mediator, names, reason, request};

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_session_is_recorded_once_and_its_key_serves_no_other() {
    let house = House::build().await;
    let (case, me) = (house.at_the_table().await, mediator("mediator-1"));
    let ask = house.sitting(case, 1, "key-1", "said once");
    let record = async |ask: &proto::RecordSessionRequest, who: &Caller| {
        house.front.record_session(request(who, "RecordSession", ask.clone())).await
    };
    let first = record(&ask, &me).await.unwrap().into_inner();
    house.clock.advance(chrono::Duration::minutes(3));
    let second = record(&ask, &me).await.unwrap().into_inner();
    assert_eq!(first, second);
    assert_eq!(house.number("SELECT count(*) FROM session").await, 1);
    assert_eq!(house.number("SELECT count(*) FROM session WHERE replayed_at IS NOT NULL").await, 1);
    assert_eq!(house.said(case).await.iter().filter(|(_, name)| name == "SessionRecorded").count(), 1);

    let other = proto::RecordSessionRequest { text: "said otherwise".into(), ..ask.clone() };
    let refused = record(&other, &me).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::FailedPrecondition, "IDEMPOTENCY_KEY_REUSED")
    );

    // Also after the end the same request has the same answer.
    house.conclude(&me, case, "F04", "").await.unwrap();
    let late = record(&ask, &me).await.unwrap().into_inner();
    assert_eq!((late.state(), late.sessions.len()), (MediationState::Failed, 1));
    // Both at once: one records, one is its replay.
    let case = house.at_the_table().await;
    let ask = house.sitting(case, 1, "key-2", "said by two hands");
    let (one, two) = tokio::join!(record(&ask, &me), record(&ask, &me));
    assert_eq!(one.unwrap().into_inner(), two.unwrap().into_inner());
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_at_the_same_moment_are_all_kept() {
    let house = House::build().await;
    let (case, me) = (house.case(), mediator("mediator-1"));
    house.claimed(case, "mediator-1", 1).await;
    house.confirmed(case, "mediator-1", 1, &[]).await;
    let (one, two, three) = tokio::join!(
        house.consent(&me, case, case.claimant),
        house.consent(&me, case, case.respondent),
        house.consent(&me, case, case.third)
    );
    let done = [&one, &two, &three].iter().filter(|answer| answer.is_ok()).count();
    let run = house.get(&me, case.id).await.unwrap();
    let kept = run.consents.iter().filter(|one| one.consent_time.is_some()).count();
    assert!(done >= 2, "a lost version is judged again");
    assert_eq!((kept, run.version), (done, 1 + done as u64));
    assert_eq!(
        run.state() == MediationState::InMediation,
        run.consents[..2].iter().all(|c| c.consent_time.is_some())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_ended_writes_nothing_and_the_run_goes_on_under_the_next() {
    let house = House::build().await;
    let case = house.case();
    let (first, second) = (mediator("mediator-1"), mediator("mediator-2"));
    house.claimed(case, "mediator-1", 1).await;
    house.released(case, "mediator-1", 2).await;
    assert_eq!(names(&house.said(case).await), [(1, "FenceRaised")], "also where no run was ever opened");
    house.claimed(case, "mediator-1", 3).await;
    house.confirmed(case, "mediator-1", 3, &[case.claimant, case.respondent]).await;
    let begun = house.session(&first, case, 3, "a", "in confidence").await.unwrap();
    house.released(case, "mediator-1", 4).await;

    house.clock.advance(chrono::Duration::minutes(3));
    let ask = proto::RecordSessionRequest {
        start_time: begun.sessions[0].start_time,
        ..house.sitting(case, 3, "a", "in confidence")
    };
    let again = house.front.record_session(request(&first, "RecordSession", ask.clone())).await;
    let again = again.unwrap().into_inner();
    assert_eq!(again.sessions[0].session_id, begun.sessions[0].session_id, "it was written in time");
    assert_eq!(
        (again.sessions.len(), again.sessions[0].text.as_str()),
        (1, ""),
        "but is no longer theirs to read"
    );
    let other = proto::RecordSessionRequest { text: "otherwise".into(), ..ask.clone() };
    let taken = house.front.record_session(request(&first, "RecordSession", other)).await.unwrap_err();
    assert_eq!(reason(&taken), "IDEMPOTENCY_KEY_REUSED");
    let stranger = house.front.record_session(request(&second, "RecordSession", ask)).await.unwrap_err();
    assert_eq!(stranger.code(), Code::NotFound);

    let refused = house.session(&first, case, 3, "b", "late").await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::FailedPrecondition, "FENCE_PASSED"));
    assert_eq!((fact(&refused, "fence_n").as_str(), fact(&refused, "state").as_str()), ("4", "IN_MEDIATION"));
    assert_eq!(
        house.get(&first, case.id).await.unwrap().sessions[0].text,
        "",
        "of the studio, but no longer the holder"
    );
    let guess = house.session(&first, case, 4, "b", "late").await.unwrap_err();
    assert_eq!(guess.code(), Code::NotFound, "whoever guesses the fence has never held it");

    house.claimed(case, "mediator-2", 5).await;
    let unconfirmed = house.get(&second, case.id).await.unwrap();
    assert_eq!((unconfirmed.mediator.as_str(), unconfirmed.sessions[0].text.as_str()), ("", ""));
    let early = house.session(&second, case, 5, "c", "early").await.unwrap_err();
    assert_eq!((early.code(), reason(&early).as_str()), (Code::Unavailable, "NOT_YET_HEARD"));
    house.clock.advance(chrono::Duration::hours(30));
    house.confirmed(case, "mediator-2", 5, &[]).await;
    let goes_on = house.get(&second, case.id).await.unwrap();
    assert_eq!(goes_on.mediation_id, begun.mediation_id);
    assert_eq!(
        (goes_on.start_time, goes_on.mediator.as_str()),
        (begun.start_time, "mediator-2"),
        "no new period"
    );
    assert_eq!(goes_on.sessions[0].text, "in confidence");
    let ahead = house.session(&second, case, 6, "d", "ahead").await.unwrap_err();
    assert_eq!(reason(&ahead), "NOT_YET_HEARD");
    house.session(&second, case, 5, "e", "in time").await.unwrap();
    let old = house.session(&second, case, 4, "f", "with an old fence").await.unwrap_err();
    assert_eq!(reason(&old), "FENCE_PASSED");

    let said = house.said(case).await;
    assert!(said.windows(2).all(|pair| pair[0].0 <= pair[1].0), "versions of a case only rise: {said:?}");
    let run = house.get(&second, case.id).await.unwrap();
    assert_eq!((said.last().unwrap().0 as u64, run.sessions.len()), (run.version, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_in_the_middle_of_writes_lets_none_through_behind_it() {
    let house = House::build().await;
    let (case, me) = (house.at_the_table().await, mediator("mediator-1"));
    let mut kept = 0;
    let refused = loop {
        if kept == 12 {
            house.release_at_once(case, "mediator-1", 2).await;
        }
        match house.session(&me, case, 1, &format!("k-{kept}"), "said").await {
            Ok(_) => kept += 1,
            Err(status) => break status,
        }
        assert!(kept < 10_000, "the fence never arrived");
    };
    assert_eq!(reason(&refused), "FENCE_PASSED");
    house.settle().await;
    let said = house.said(case).await;
    let raised = said.iter().position(|(_, name)| name == "FenceRaised").unwrap();
    assert_eq!(raised, said.len() - 1, "nothing is said behind the raised fence");
    assert_eq!(said.iter().filter(|(_, name)| name == "SessionRecorded").count(), kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_was_judged_before_the_fence_rose_loses_its_guard_and_is_judged_again() {
    let house = House::build().await;
    let (case, me) = (house.at_the_table().await, mediator("mediator-1"));
    let call = access::Call::of(&request(&me, "ConcludeWithoutAgreement", ())).unwrap();
    let seat = Seat { case: case.id.into(), fence: Fence { epoch: 1, n: 1 } };
    let judged = AtomicU32::new(0);
    let written = house
        .front
        .store
        .change(&call, seat, |run, stamp| {
            judged.fetch_add(1, Ordering::SeqCst);
            // The claim ends after the judgement and before the write.
            tokio::task::block_in_place(|| Handle::current().block_on(house.released(case, "mediator-1", 2)));
            Ok((run.conclude("F04", stamp.now).map_err(Denied::refused)?, Enclosure::None))
        })
        .await;
    let refused = tonic::Status::from(written.err().unwrap());
    assert_eq!((reason(&refused).as_str(), judged.load(Ordering::SeqCst)), ("FENCE_PASSED", 1));
    let run = house.get(&caller("supervisor-1", "centre", Role::Supervisor), case.id).await.unwrap();
    assert_eq!(
        (run.state(), run.mediator.as_str()),
        (MediationState::InMediation, ""),
        "nothing of it was written"
    );
    assert_eq!(house.said(case).await.last().unwrap().1, "FenceRaised");

    // Another change by the same hand in between is no reason to refuse: the verb is judged again, on what is now.
    let case = house.at_the_table().await;
    let seat = Seat { case: case.id.into(), ..seat };
    let judged = AtomicU32::new(0);
    let written = house.front.store.change(&call, seat, |run, stamp| {
        if judged.fetch_add(1, Ordering::SeqCst) == 0 {
            let other = house.session(&me, case, 1, "between", "said");
            tokio::task::block_in_place(|| Handle::current().block_on(other)).unwrap();
        }
        Ok((run.conclude("F04", stamp.now).map_err(Denied::refused)?, Enclosure::None))
    });
    let view = written.await.ok().unwrap();
    assert_eq!((view.run.version, view.sessions.len(), judged.load(Ordering::SeqCst)), (3, 1, 2));
}

/// What takes the case away leaves no trace in the version where no run is open; a write judged before it must not wipe it out.
#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_was_judged_before_the_court_was_demanded_keeps_the_demand() {
    let house = House::build().await;
    let (case, me) = (house.at_the_table().await, mediator("mediator-1"));
    house.draft(&me, case, 1, "terms").await.unwrap();
    for party in [case.claimant, case.respondent] {
        house.sign(&me, case, proto::Signatory::Party, Some(party)).await.unwrap();
    }
    house.sign(&me, case, proto::Signatory::Mediator, None).await.unwrap();
    house.sign(&me, case, proto::Signatory::Seal, None).await.unwrap();
    let call = access::Call::of(&request(&me, "ReportBreach", ())).unwrap();
    let seat = Seat { case: case.id.into(), fence: Fence { epoch: 1, n: 1 } };
    let judged = AtomicU32::new(0);
    let written = house.front.store.change(&call, seat, |run, stamp| {
        if judged.fetch_add(1, Ordering::SeqCst) == 0 {
            let demanded = contracts::intake::v1::CourtDemanded::default();
            tokio::task::block_in_place(|| Handle::current().block_on(house.intake(case, &demanded)));
        }
        Ok((run.breach(stamp.now).map_err(Denied::refused)?, Enclosure::None))
    });
    let view = written.await.ok().unwrap();
    assert_eq!((view.run.state.name(), judged.load(Ordering::SeqCst)), ("BREACHED", 2));
    assert_eq!(house.number("SELECT count(*) FROM desk_fence WHERE ended = 'COURT_DEMANDED'").await, 1);
}
