//! A case gets its mediator otherwise than by a claim: the parties choose within their time or somebody is appointed after it; a
//! mediator takes the next one. Whoever hangs up in the middle leaves the whole effect or none (P15). A lease outlasts a weekend.

use contracts::intake::v1::GetDisputeRequest;
use contracts::lexicon::v1::{PaperKind, Party, PartyRole};
use contracts::oversight::v1::oversight_service_client::OversightServiceClient;
use contracts::oversight::v1::{DeadlineState, ListDeadlinesRequest};
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::routing::v1::{
    AppointMediatorRequest, Appointment, AppointmentOutcome, ChooseMediatorRequest, ClaimCaseRequest,
    GetReferralRequest, OfferChoiceRequest, Referral, ReferralState, TakeGround, TakeNextCaseRequest,
};
use prost::Message;
use supermarket::client::{Person, Thread, reason};
use tests::{Case, World, ask, filing, party, pool};
use tonic_types::StatusExt as _;

use crate::whoever_hangs_up::{call, polled, succeed};

const STUDIO: &str = "studio-family";

/// Reads the referral until it is as wanted, for ten seconds.
async fn until(person: &Person, case: &mut Case, wanted: fn(&Referral) -> bool) -> Referral {
    for _ in 0..100 {
        let message = GetReferralRequest { case_id: case.id.clone() };
        let referral = ask!(person, case.thread, RoutingServiceClient::get_referral, message).unwrap();
        if wanted(&referral) {
            return referral;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the referral does not come to it");
}

/// The clock of this code: who must act, and how it stands.
async fn clock(person: &Person, case: &mut Case, code: &str) -> Option<(String, DeadlineState)> {
    let message = ListDeadlinesRequest { case_id: case.id.clone() };
    let all = ask!(person, case.thread, OversightServiceClient::list_deadlines, message).unwrap().deadlines;
    all.iter().find(|one| one.clock == code).map(|one| (one.holder.clone(), one.state()))
}

fn both(case: &Case) -> Vec<String> {
    [PartyRole::Claimant, PartyRole::Respondent].map(|role| party(&case.dispute, role)).to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_parties_have_two_working_days_and_then_somebody_is_appointed() {
    let world = World::open().await;
    let (clerk, head) = (world.person("clerk-1").await, world.head(STUDIO).await);
    let mediators = world.mediators(STUDIO).await;
    let name = |n: usize| mediators[n].account.account.clone();
    let (mut chosen, mut silent) =
        (pool(&world, &clerk, "chosen", STUDIO).await, pool(&world, &clerk, "silent", STUDIO).await);
    for case in [&mut chosen, &mut silent] {
        let message = OfferChoiceRequest { case_id: case.id.clone() };
        let offered = ask!(clerk, case.thread, RoutingServiceClient::offer_choice, message).unwrap();
        assert!(offered.choice_due_time.is_some());
        world.settle().await;
        assert_eq!(clock(&clerk, case, "K01").await, Some((STUDIO.to_owned(), DeadlineState::Running)));
        assert_eq!(clock(&clerk, case, "S05").await.unwrap().1, DeadlineState::Running, "beside it");
        let message = ClaimCaseRequest { case_id: case.id.clone() };
        let early = ask!(mediators[0], case.thread, RoutingServiceClient::claim_case, message).unwrap_err();
        assert_eq!(reason(&early).as_deref(), Some("CHOICE_OPEN"));
    }
    let agreeing_party_ids = both(&chosen);
    let message = ChooseMediatorRequest {
        case_id: chosen.id.clone(),
        mediator: name(1),
        agreeing_party_ids,
        relation_known: false,
    };
    let given = ask!(clerk, chosen.thread, RoutingServiceClient::choose_mediator, message).unwrap();
    assert_eq!((given.state(), given.holder), (ReferralState::Assigned, name(1)));
    world.settle().await;
    assert_ne!(clock(&clerk, &mut chosen, "K01").await.map(|(_, state)| state), Some(DeadlineState::Running));
    assert_eq!(clock(&clerk, &mut chosen, "K03").await, Some((name(1), DeadlineState::Running)));

    // Monday, Tuesday, Wednesday: their time is over on Thursday.
    world.clock.advance(chrono::TimeDelta::hours(63) - chrono::TimeDelta::seconds(1));
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    let message = GetReferralRequest { case_id: silent.id.clone() };
    let still = ask!(clerk, silent.thread, RoutingServiceClient::get_referral, message).unwrap();
    assert!(still.choice_due_time.is_some(), "never early");
    world.clock.advance(chrono::TimeDelta::seconds(2));
    let over = until(&clerk, &mut silent, |referral| referral.choice_due_time.is_none()).await;
    assert_eq!(over.state(), ReferralState::Pool);
    let appointments = [&chosen, &silent]
        .map(|case| Appointment { case_id: case.id.clone(), mediator: String::new() })
        .to_vec();
    let message = AppointMediatorRequest { appointments };
    let answer = ask!(head, silent.thread, RoutingServiceClient::appoint_mediator, message).unwrap();
    let told: Vec<AppointmentOutcome> =
        answer.results.iter().map(contracts::routing::v1::AppointmentResult::outcome).collect();
    assert_eq!(told, [AppointmentOutcome::AlreadySo, AppointmentOutcome::Appointed]);
    assert_eq!(answer.results[1].mediator, name(0), "the one who has the least");
    world.close().await;
}

/// Claimed on a Friday, unconfirmed: it is held through the weekend and until the end of Wednesday, and on Thursday no more.
#[tokio::test(flavor = "multi_thread")]
async fn a_lease_outlasts_a_weekend_and_not_three_working_days() {
    let world = World::open_at("2026-03-06T08:00:00Z").await;
    let clerk = world.person("clerk-1").await;
    let mut case = pool(&world, &clerk, "weekend", STUDIO).await;
    let mediator = world.mediators(STUDIO).await.remove(0);
    let message = ClaimCaseRequest { case_id: case.id.clone() };
    let claimed = ask!(mediator, case.thread, RoutingServiceClient::claim_case, message).unwrap();
    world.settle().await;
    for end in ["2026-03-08T15:59:59Z", "2026-03-11T15:59:59Z"] {
        world.clock.advance(end.parse::<chrono::DateTime<chrono::Utc>>().unwrap() - world.clock.now());
        tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
        let held = until(&clerk, &mut case, |_| true).await;
        assert_eq!((held.state(), held.fence), (ReferralState::Assigned, claimed.fence), "{end}");
    }
    world.clock.advance(chrono::TimeDelta::seconds(2));
    let over = until(&clerk, &mut case, |referral| referral.state() == ReferralState::Pool).await;
    assert!(over.fence.unwrap().n > claimed.fence.unwrap().n);
    world.close().await;
}

/// Drops a command after `n` polls, sends it again to its end, and lets its news settle. True when it was dropped.
async fn step(world: &World, who: &Person, method: &str, message: &impl Message, n: usize) -> bool {
    let path = format!("/supermarket.routing.v1.RoutingService/{method}");
    let answered = polled(world, call(who, &path, message), n).await;
    succeed(world, call(who, &path, message)).await;
    world.settle().await;
    !answered
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_hangs_up_while_somebody_is_given_a_case_gives_it_once() {
    let world = World::open().await;
    let (clerk, head) = (world.person("clerk-1").await, world.head(STUDIO).await);
    let mediators = world.mediators(STUDIO).await;
    let mut dropped = 0;
    for n in 1..=8 {
        let mut cases = vec![];
        for kind in ["chosen", "appointed", "also", "next"] {
            cases.push(pool(&world, &clerk, &format!("{kind}-{n}"), STUDIO).await);
        }
        world.settle().await;
        let case_id = cases[0].id.clone();
        let offer = OfferChoiceRequest { case_id: case_id.clone() };
        dropped += usize::from(step(&world, &clerk, "OfferChoice", &offer, n).await);
        let (mediator, agreeing_party_ids) = (mediators[0].account.account.clone(), both(&cases[0]));
        let choose = ChooseMediatorRequest { case_id, mediator, agreeing_party_ids, relation_known: false };
        dropped += usize::from(step(&world, &head, "ChooseMediator", &choose, n).await);
        let appointments = cases[1..3]
            .iter()
            .map(|case| Appointment { case_id: case.id.clone(), mediator: String::new() })
            .collect();
        let appoint = AppointMediatorRequest { appointments };
        dropped += usize::from(step(&world, &head, "AppointMediator", &appoint, n).await);
        let take = TakeNextCaseRequest { request_id: format!("next-{n}") };
        dropped += usize::from(step(&world, &mediators[2], "TakeNextCase", &take, n).await);
        let again = ask!(mediators[2], cases[3].thread, RoutingServiceClient::take_next_case, take).unwrap();
        let taken = again.referral.unwrap();
        assert_eq!((&taken.case_id, again.why.unwrap().ground()), (&cases[3].id, TakeGround::Oldest));
        for case in &mut cases {
            let referral = until(&clerk, case, |_| true).await;
            assert_eq!(
                (referral.state(), referral.fence.unwrap().n),
                (ReferralState::Assigned, 1),
                "given once"
            );
        }
    }
    assert!(dropped > 8, "only {dropped} drops");
    world.close().await;
}

/// The mediator's brother-in-law is the debtor's employer. That is found when the debtor is there from the beginning, and when he comes
/// later: the mediator sees the case no more, and somebody else has it. Numbers go in by two doors and meet as digests.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_bound_to_a_party_has_no_case_of_theirs() {
    use contracts::intake::v1::AmendPartyRequest;
    use contracts::intake::v1::intake_service_client::IntakeServiceClient;
    use contracts::routing::v1::{DeclareTieRequest, FindConflictRequest, TieBond, TiePaper};

    let world = World::open().await;
    let (clerk, head) = (world.person("clerk-1").await, world.head(STUDIO).await);
    let mediators = world.mediators(STUDIO).await;
    let me = mediators[0].account.account.clone();
    let bound = filing("bound").body.unwrap().parties[1].clone();
    let debtor = bound.paper.clone().unwrap();
    let paper = |kind: i32, number: String| Some(TiePaper { kind, number, ..TiePaper::default() });
    let brother = paper(PaperKind::Passport.into(), "E20260302".to_owned());
    let tie =
        |bond: TieBond, with, of| DeclareTieRequest { mediator: me.clone(), bond: bond.into(), with, of };
    let mut thread = Thread::default();
    let relative = tie(TieBond::Relative, brother.clone(), None);
    ask!(mediators[0], thread, RoutingServiceClient::declare_tie, relative).unwrap();
    let employer = tie(TieBond::Employer, paper(debtor.kind, debtor.number.clone()), brother);
    ask!(head, thread, RoutingServiceClient::declare_tie, employer).unwrap();

    let mut case = pool(&world, &clerk, "bound", STUDIO).await;
    let message = ClaimCaseRequest { case_id: case.id.clone() };
    let refused = ask!(mediators[0], case.thread, RoutingServiceClient::claim_case, message).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("CONFLICT_OF_INTEREST"));
    assert_eq!(refused.get_details_error_info().unwrap().metadata["path"], "RELATIVE,EMPLOYER");
    let message = FindConflictRequest { case_id: case.id.clone(), mediator: me.clone() };
    let found = ask!(head, case.thread, RoutingServiceClient::find_conflict, message).unwrap();
    assert_eq!(found.party_id, party(&case.dispute, PartyRole::Respondent));

    let mut case = pool(&world, &clerk, "unbound", STUDIO).await;
    let claim = tests::hold(&mediators[0], &mut case).await;
    world.settle().await;
    let read = GetDisputeRequest { case_id: case.id.clone() };
    let now = ask!(clerk, case.thread, IntakeServiceClient::get_dispute, read).unwrap();
    let comes = now.parties.iter().find(|one| one.role() == PartyRole::Respondent).unwrap();
    let amend = AmendPartyRequest {
        case_id: case.id.clone(),
        party: Some(Party { paper: Some(debtor), ..comes.clone() }),
        etag: now.version,
        ..Default::default()
    };
    ask!(clerk, case.thread, IntakeServiceClient::amend_party, amend).unwrap();
    world.settle().await;
    let out = until(&clerk, &mut case, |referral| referral.state() == ReferralState::Pool).await;
    assert_eq!(out.holder, STUDIO);
    assert!(out.fence.unwrap().n > claim.fence.unwrap().n);
    let message = GetReferralRequest { case_id: case.id.clone() };
    let gone = ask!(mediators[0], case.thread, RoutingServiceClient::get_referral, message).unwrap_err();
    assert_eq!(gone.code(), tonic::Code::NotFound);
    tests::hold(&mediators[1], &mut case).await;
    world.close().await;
}
