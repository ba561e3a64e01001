//! The roster: who is on it, who is on duty, and that new work is given to nobody else, while what is held stays held.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod town;

use access::{Caller, Role};
use chrono::Duration;
use contracts::mediation::v1::FenceRaised;
use contracts::routing::v1 as proto;
use proto::{MediatorKind, RosterKind};
use sea_orm::{ConnectionTrait, Statement};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use town::{COURT, FAMILY, HALL, Town, as_caller, caller, clerk, declared, head, mediator, reason, why};
use uuid::Uuid;

fn line() -> proto::Mediator {
    proto::Mediator {
        account_id: "mediator-90".to_owned(),
        name: "调解员新".to_owned(),
        studio_org: FAMILY.to_owned(),
        capacity: 5,
        kind: MediatorKind::InvitedIndividual.into(),
        strengths: vec!["14".to_owned(), "P2".to_owned()],
        languages: vec![proto::Language::Cantonese.into()],
        territory: vec!["442000118".to_owned()],
        on_duty: true,
        valid_from: "2026-01-01".to_owned(),
        valid_to: "2026-03-31".to_owned(),
        inviting_court: "court-2071".to_owned(),
        roster: RosterKind::CourtInvited.into(),
        ..proto::Mediator::default()
    }
}

fn supervisor() -> Caller {
    caller("supervisor-1", HALL, Role::Supervisor)
}

async fn register(town: &Town, by: &Caller, one: proto::Mediator) -> Result<proto::Mediator, Status> {
    let ask = proto::RegisterMediatorRequest { mediator: Some(one) };
    Ok(town.directory().register_mediator(as_caller(by, "RegisterMediator", ask)).await?.into_inner())
}

async fn duty(town: &Town, by: &Caller, account: &str, on_duty: bool) -> Result<proto::Mediator, Status> {
    let ask = proto::SetDutyRequest { account_id: account.to_owned(), on_duty };
    Ok(town.directory().set_duty(as_caller(by, "SetDuty", ask)).await?.into_inner())
}

async fn take(town: &Town, by: &Caller, request_id: &str) -> Result<proto::TakeNextCaseResponse, Status> {
    let ask = proto::TakeNextCaseRequest { request_id: request_id.to_owned() };
    Ok(town.client().take_next_case(as_caller(by, "TakeNextCase", ask)).await?.into_inner())
}

async fn appoint(town: &Town, case: Uuid, whom: &str) -> proto::AppointmentResult {
    let one = proto::Appointment { case_id: case.to_string(), mediator: whom.to_owned() };
    let ask = proto::AppointMediatorRequest { appointments: vec![one] };
    let answer = town.client().appoint_mediator(as_caller(&head(FAMILY), "AppointMediator", ask)).await;
    answer.unwrap().into_inner().results.remove(0)
}

async fn choose(town: &Town, case: Uuid, whom: &str) -> Result<proto::Referral, Status> {
    let ask = proto::ChooseMediatorRequest {
        case_id: case.to_string(),
        mediator: whom.to_owned(),
        ..Default::default()
    };
    let asked = as_caller(&clerk(), "ChooseMediator", ask);
    Ok(town.client().choose_mediator(asked).await?.into_inner())
}

/// A pooled case with a cause and, where one is told, a language.
async fn pooled(town: &Town, of: &str, language: Option<proto::Language>) -> Uuid {
    let case = town.accepted(of).await;
    let circumstances = language.map(|language| proto::Circumstances {
        language: language.into(),
        ..proto::Circumstances::default()
    });
    let ask = proto::ReferCaseRequest {
        case_id: case.to_string(),
        studio_org: FAMILY.to_owned(),
        reason: "closer to the parties".to_owned(),
        circumstances,
        due_date: String::new(),
    };
    town.client().refer_case(as_caller(&clerk(), "ReferCase", ask)).await.unwrap();
    town.accept(case, FAMILY).await.unwrap();
    case
}

#[tokio::test]
async fn a_line_is_written_whole_and_every_bad_field_is_told_at_once() {
    let town = Town::open().await;
    assert_eq!(register(&town, &head(FAMILY), line()).await.unwrap(), line());
    assert_eq!(register(&town, &supervisor(), line()).await.unwrap(), line(), "the same again");
    let ask = proto::ListMediatorsRequest { studio_org: FAMILY.to_owned() };
    let list = town.directory().list_mediators(as_caller(&head(FAMILY), "ListMediators", ask)).await.unwrap();
    assert!(list.into_inner().mediators.contains(&line()));
    let reader = town.desk.reader();
    let sql = "SELECT name, version FROM mediator WHERE account_id = 'mediator-90'";
    let row = reader.query_one_raw(Statement::from_string(reader.get_database_backend(), sql)).await;
    let row = row.unwrap().unwrap();
    let kept: (String, i64) = (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
    assert_eq!(kept, (String::new(), 1), "the name is sealed, and the same again wrote nothing");

    let bad = proto::Mediator {
        account_id: String::new(),
        capacity: 0,
        strengths: vec!["no cause".to_owned()],
        territory: vec!["000".to_owned()],
        valid_to: "2025-01-01".to_owned(),
        inviting_court: String::new(),
        kind: 99,
        ..line()
    };
    let refused = register(&town, &head(FAMILY), bad).await.unwrap_err();
    let wrong = refused.get_details_bad_request().unwrap().field_violations;
    let mut fields: Vec<&str> = wrong.iter().map(|one| one.field.as_str()).collect();
    fields.sort_unstable();
    let told = ["account_id", "capacity", "inviting_court", "kind", "strengths", "territory", "valid_to"];
    assert_eq!(fields, told.map(|field| format!("mediator.{field}")));
    let nowhere = proto::Mediator { studio_org: "studio-x".to_owned(), ..line() };
    let refused = register(&town, &supervisor(), nowhere.clone()).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert_eq!(register(&town, &head(FAMILY), nowhere).await.unwrap_err().code(), Code::PermissionDenied);
}

#[tokio::test]
async fn only_the_own_head_and_the_centre_write_a_line() {
    let town = Town::open().await;
    register(&town, &head(FAMILY), line()).await.unwrap();
    let to_court = proto::Mediator { studio_org: COURT.to_owned(), ..line() };
    for (by, one) in [
        (head(COURT), line()),
        (head(COURT), to_court.clone()),
        (head(FAMILY), to_court.clone()),
        (clerk(), line()),
        (mediator("mediator-90", FAMILY), line()),
        (caller("operator-1", HALL, Role::Operator), line()),
    ] {
        assert_eq!(register(&town, &by, one).await.unwrap_err().code(), Code::PermissionDenied, "{by:?}");
    }
    assert_eq!(register(&town, &supervisor(), to_court).await.unwrap().studio_org, COURT, "the centre moves");
    assert_eq!(register(&town, &head(COURT), line()).await.unwrap_err().code(), Code::PermissionDenied);

    for by in [head(FAMILY), mediator("mediator-13", FAMILY), clerk()] {
        assert_eq!(duty(&town, &by, "mediator-90", false).await.unwrap_err().code(), Code::PermissionDenied);
    }
    assert_eq!(duty(&town, &supervisor(), "nobody", false).await.unwrap_err().code(), Code::NotFound);
    let nobody = mediator("nobody", FAMILY);
    assert_eq!(duty(&town, &nobody, "nobody", true).await.unwrap_err().code(), Code::PermissionDenied);
    for by in [mediator("mediator-90", COURT), head(COURT), supervisor()] {
        assert!(!duty(&town, &by, "mediator-90", false).await.unwrap().on_duty);
        assert!(duty(&town, &by, "mediator-90", true).await.unwrap().on_duty);
    }
    // A line that is written anew leaves duty as it is.
    duty(&town, &supervisor(), "mediator-90", false).await.unwrap();
    let renewed = proto::Mediator { studio_org: COURT.to_owned(), capacity: 6, ..line() };
    let renewed = register(&town, &head(COURT), renewed).await.unwrap();
    assert_eq!((renewed.on_duty, renewed.capacity), (false, 6));
}

#[tokio::test]
async fn who_is_off_the_roster_is_given_nothing_and_keeps_what_they_hold() {
    let town = Town::open().await;
    register(&town, &supervisor(), line()).await.unwrap();
    let me = mediator("mediator-90", FAMILY);
    let held = town.pooled(FAMILY).await;
    let claim = town.claim(held, &me).await.unwrap();
    let free = town.pooled(FAMILY).await;

    let stranger = mediator("stranger", FAMILY);
    let (_, told, facts) = why(town.claim(free, &stranger).await);
    assert_eq!((told.as_str(), facts["standing"].as_str()), ("NOT_ON_ROSTER", "UNLISTED"));
    assert_eq!(facts["article"], "L4 art. 5; L5 art. 5");

    let suspended = proto::Mediator { suspended: true, ..line() };
    let expired = proto::Mediator { valid_to: "2026-03-01".to_owned(), ..line() };
    let early = proto::Mediator { valid_from: "2026-03-03".to_owned(), ..line() };
    for (one, standing) in [(suspended, "SUSPENDED"), (expired, "EXPIRED"), (early, "NOT_YET")] {
        register(&town, &supervisor(), one).await.unwrap();
        let (code, told, facts) = why(town.claim(free, &me).await);
        assert_eq!((code, told.as_str()), (Code::FailedPrecondition, "NOT_ON_ROSTER"));
        assert_eq!((facts["standing"].as_str(), facts["roster"].as_str()), (standing, "COURT_INVITED"));
        assert_eq!(facts["article"], "L4 art. 5-8; L5 art. 5");
        assert_eq!(reason(take(&town, &me, standing).await), "NOT_ON_ROSTER");
        assert_eq!(appoint(&town, free, "mediator-90").await.reason, "NOT_ON_ROSTER");
        assert_eq!(town.get(held, &me).await.unwrap().holder, "mediator-90", "what is held stays held");
    }
    let confirmed = town.confirm(held, &me, claim.fence, declared()).await.unwrap();
    assert_eq!(confirmed.holder, "mediator-90", "and goes on");
    // The day comes, by itself.
    town.clock.advance(Duration::days(1));
    assert_eq!(town.claim(free, &me).await.unwrap().holder, "mediator-90");
}

#[tokio::test]
async fn who_is_off_duty_is_offered_nothing_and_the_parties_may_still_want_them() {
    let town = Town::open().await;
    let me = mediator("mediator-13", FAMILY);
    let (case, other) = (town.pooled(FAMILY).await, town.pooled(FAMILY).await);
    duty(&town, &me, "mediator-13", false).await.unwrap();
    assert_eq!(reason(town.claim(case, &me).await), "OFF_DUTY");
    assert_eq!(reason(take(&town, &me, "t").await), "OFF_DUTY");
    assert_eq!(appoint(&town, case, "mediator-13").await.reason, "OFF_DUTY");
    assert_eq!(appoint(&town, case, "").await.mediator, "mediator-14", "the next by load and name");
    // Whose parties have no sides cannot choose together, and that is the only thing in the way.
    assert_eq!(reason(choose(&town, other, "mediator-13").await), "CHOICE_NOT_JOINT");
    duty(&town, &me, "mediator-13", true).await.unwrap();
    town.claim(other, &me).await.unwrap();

    // A studio whose mediators are all off duty is off duty, and its capacity is nothing.
    let duty_of = async || {
        let case = town.accepted("P2").await;
        let ask = proto::ProposeRoutesRequest { case_id: case.to_string(), circumstances: None };
        let asked = as_caller(&clerk(), "ProposeRoutes", ask);
        let told = town.client().propose_routes(asked).await.unwrap().into_inner();
        told.proposals.first().map(|first| first.studio_org.clone()).unwrap_or_default()
    };
    assert_eq!(duty_of().await, FAMILY);
    for n in [13, 14, 15] {
        duty(&town, &head(FAMILY), &format!("mediator-{n}"), false).await.unwrap();
    }
    assert_ne!(duty_of().await, FAMILY, "nobody is there today");
    duty(&town, &head(FAMILY), "mediator-15", true).await.unwrap();
    assert_eq!(duty_of().await, FAMILY);
}

#[tokio::test]
async fn who_was_to_follow_and_is_suspended_meanwhile_does_not_follow() {
    let town = Town::open().await;
    let (case, me) = (town.pooled(FAMILY).await, mediator("mediator-13", FAMILY));
    let claim = town.claim(case, &me).await.unwrap();
    let ask = proto::RequestRecusalRequest {
        case_id: case.to_string(),
        ground: proto::RecusalGround::Interest.into(),
        reason: "interest".to_owned(),
        ..proto::RequestRecusalRequest::default()
    };
    town.client().request_recusal(as_caller(&me, "RequestRecusal", ask)).await.unwrap();
    let ask = proto::DecideRecusalRequest {
        case_id: case.to_string(),
        fence: claim.fence,
        decision: proto::RecusalDecision::Granted.into(),
        successor: "mediator-14".to_owned(),
        reason: "granted".to_owned(),
        ..proto::DecideRecusalRequest::default()
    };
    let decided = town.client().decide_recusal(as_caller(&head(FAMILY), "DecideRecusal", ask)).await.unwrap();
    let fence = decided.into_inner().fence;
    let list = proto::ListMediatorsRequest { studio_org: FAMILY.to_owned() };
    let list = town.directory().list_mediators(as_caller(&head(FAMILY), "ListMediators", list)).await;
    let follower = list.unwrap().into_inner().mediators.remove(1);
    assert_eq!(follower.account_id, "mediator-14");
    register(&town, &supervisor(), proto::Mediator { suspended: true, ..follower }).await.unwrap();
    town.say(&town.mediation, case, 1, &FenceRaised { fence }).await;
    let after = town.get(case, &head(FAMILY)).await.unwrap();
    assert_eq!((after.state(), after.holder.as_str()), (proto::ReferralState::Pool, FAMILY));
}

#[tokio::test]
async fn strengths_languages_and_towns_decide_and_the_oldest_is_not_starved() {
    let town = Town::open().await;
    register(&town, &supervisor(), proto::Mediator { strengths: vec!["14".to_owned()], ..line() })
        .await
        .unwrap();
    let me = mediator("mediator-90", FAMILY);
    let plain = pooled(&town, "P2", None).await;
    let spoken = pooled(&town, "P2", Some(proto::Language::Cantonese)).await;
    let foreign = pooled(&town, "P2", Some(proto::Language::Hakka)).await;
    let strong = pooled(&town, "14", None).await;
    let mut got = vec![];
    for n in 0..3 {
        let taken = take(&town, &me, &format!("n-{n}")).await.unwrap();
        let why_this = taken.why.unwrap();
        let fits: Vec<proto::Fit> = why_this.fits().collect();
        got.push((taken.referral.unwrap().case_id, why_this.ground(), fits, why_this.text_en));
    }
    let told: Vec<_> =
        got.iter().map(|(case, ground, fits, _)| (case.as_str(), *ground, fits.as_slice())).collect();
    let (best, oldest) = (proto::TakeGround::BestFit, proto::TakeGround::Oldest);
    let ids = [strong, spoken, plain].map(|case| case.to_string());
    assert_eq!(
        told,
        [
            (ids[0].as_str(), best, &[proto::Fit::Strength][..]),
            (ids[1].as_str(), best, &[proto::Fit::Language][..]),
            (ids[2].as_str(), oldest, &[][..]),
        ]
    );
    assert!(got[0].3.contains("strength") && got[1].3.contains("language"), "{got:?}");

    // Half of its time has passed: the one that fits nobody goes before the one that fits.
    town.clock.advance(Duration::hours(36));
    let young = pooled(&town, "14", None).await;
    let taken = take(&town, &me, "n-3").await.unwrap();
    assert_eq!(taken.referral.unwrap().case_id, foreign.to_string());
    assert_eq!(taken.why.unwrap().ground(), proto::TakeGround::LongestWaiting);
    assert_eq!(take(&town, &me, "n-4").await.unwrap().referral.unwrap().case_id, young.to_string());
}
