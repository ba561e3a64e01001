//! What intake hears, and what others can have heard of it.

use std::sync::Arc;
use std::time::Duration;

use contracts::intake::v1 as proto;
use contracts::intake::v1::intake_service_server::IntakeService;
use contracts::lexicon::v1 as words;
use contracts::{mediation::v1 as mediation, routing::v1 as routing, transfer::v1 as transfer};
use courier::transport::inside::Inside;
use courier::{Actor, Desk, Post, Reactions, Transport, WriteList};
use intake::model::Course;
use proto::DisputeState;
use tokio_util::sync::CancellationToken;

use crate::stage::{Stage, claimant, clerk, reason, resident};

#[tokio::test]
async fn the_course_follows_and_never_goes_back_and_is_not_waited_for() {
    let stage = Stage::new().await;
    let dispute = stage.accepted("r-1").await;
    let close = || {
        clerk().ask(
            "CloseDispute",
            proto::CloseDisputeRequest { case_id: dispute.case_id.clone(), ..Default::default() },
        )
    };
    for (topic, course, closes) in [
        ("routing", Course::Pool, false),
        ("mediation", Course::InMediation, false),
        ("mediation", Course::Failed, true),
        ("routing", Course::Claimed, true),
    ] {
        stage.hear(topic, &dispute.case_id, course).await;
        if !closes {
            assert_eq!(reason(&stage.door.close_dispute(close()).await.unwrap_err()), "STILL_OPEN");
        }
    }
    let get = clerk().ask("GetDispute", proto::GetDisputeRequest { case_id: dispute.case_id.clone() });
    let seen = stage.door.get_dispute(get).await.unwrap().into_inner();
    assert_eq!(
        (seen.course(), seen.version),
        (proto::Course::Failed, 5),
        "the late claim counts for nothing"
    );
    let demand = proto::DemandCourtRequest {
        case_id: dispute.case_id.clone(),
        party_id: dispute.parties[0].party_id.clone(),
        how_said: proto::HowSaid::ByPhone.into(),
    };
    let demanded = stage.door.demand_court(clerk().ask("DemandCourt", demand.clone())).await.unwrap();
    assert_eq!(reason(&stage.door.close_dispute(close()).await.unwrap_err()), "STILL_OPEN");
    for course in [Course::Transfer, Course::SubmittedToCourt, Course::CourtReview] {
        stage.hear("transfer", &dispute.case_id, course).await;
    }
    let withdraw = proto::WithdrawDisputeRequest {
        case_id: dispute.case_id.clone(),
        party_id: dispute.parties[0].party_id.clone(),
        ..Default::default()
    };
    let refused = stage.door.withdraw_dispute(clerk().ask("WithdrawDispute", withdraw)).await.unwrap_err();
    assert_eq!(reason(&refused), "COURT_HAS_IT");
    // Demanding again changes nothing; the answer names the version that was said, which others can have heard.
    let again = stage.door.demand_court(clerk().ask("DemandCourt", demand.clone())).await.unwrap();
    assert_eq!(again.metadata().get("supermarket-seen"), demanded.metadata().get("supermarket-seen"));
    assert_eq!(again.get_ref().version, 9);
    stage.demand_answered(&dispute.case_id).await;
    stage.hear("transfer", &dispute.case_id, Course::NotFiled).await;
    // The court has refused: now it is a new demand, announced again, and its filing is waited for.
    let anew =
        stage.door.demand_court(clerk().ask("DemandCourt", demand.clone())).await.unwrap().into_inner();
    assert_eq!((anew.course(), anew.version), (proto::Course::Transfer, 12));
    assert_eq!(reason(&stage.door.close_dispute(close()).await.unwrap_err()), "STILL_OPEN");
    let same = stage.door.demand_court(clerk().ask("DemandCourt", demand)).await.unwrap().into_inner();
    assert_eq!(same, anew);
    for course in [Course::SubmittedToCourt, Course::CourtReview] {
        stage.hear("transfer", &dispute.case_id, course).await;
    }
    stage.demand_answered(&dispute.case_id).await;
    stage.hear("transfer", &dispute.case_id, Course::NotFiled).await;
    let closed = stage.door.close_dispute(close()).await.unwrap().into_inner();
    assert_eq!(closed.state(), DisputeState::Closed);
    assert_eq!(stage.door.close_dispute(close()).await.unwrap().into_inner(), closed);
    stage.hear("transfer", &dispute.case_id, Course::Filed).await;
    assert_eq!(
        stage.said(&dispute.case_id).await,
        ["DisputeFiled", "DisputeAccepted", "CourtDemanded", "CourtDemanded", "DisputeClosed"]
    );
}

/// What the court gave back is not the court's: the claimant takes it back here.
#[tokio::test]
async fn after_the_courts_refusal_the_claimant_withdraws_here() {
    let stage = Stage::new().await;
    let dispute = stage.accepted("r-1").await;
    let party_id = dispute.parties[0].party_id.clone();
    let demand = proto::DemandCourtRequest {
        case_id: dispute.case_id.clone(),
        party_id: party_id.clone(),
        how_said: proto::HowSaid::AtWindow.into(),
    };
    stage.door.demand_court(clerk().ask("DemandCourt", demand)).await.unwrap();
    stage.hear("transfer", &dispute.case_id, Course::CourtReview).await;
    let withdraw = || {
        let message = proto::WithdrawDisputeRequest {
            case_id: dispute.case_id.clone(),
            party_id: party_id.clone(),
            ..Default::default()
        };
        stage.door.withdraw_dispute(clerk().ask("WithdrawDispute", message))
    };
    assert_eq!(reason(&withdraw().await.unwrap_err()), "COURT_HAS_IT");
    stage.hear("transfer", &dispute.case_id, Course::NotFiled).await;
    assert_eq!(withdraw().await.unwrap().into_inner().state(), DisputeState::Withdrawn);
    assert_eq!(stage.said(&dispute.case_id).await.last().unwrap(), "DisputeWithdrawn");
}

/// A party that is added, or stands on another side now, is announced whole: others know parties only by this.
#[tokio::test]
async fn an_amended_party_is_announced_whole() {
    let stage = Stage::new().await;
    let dispute = stage.accepted("r-1").await;
    let mut version = dispute.version;
    let mut amend = async |party: words::Party| {
        let message = proto::AmendPartyRequest {
            case_id: dispute.case_id.clone(),
            party: Some(party),
            etag: version,
            ..Default::default()
        };
        let amended = stage.door.amend_party(clerk().ask("AmendParty", message)).await.unwrap().into_inner();
        version = amended.version;
        let said: proto::PartyAmended = stage.last_said(&dispute.case_id).await;
        (amended.parties.last().unwrap().party_id.clone(), said.party.unwrap())
    };
    let third = words::Party {
        role: words::PartyRole::ThirdParty.into(),
        paper: Some(words::IdentityPaper {
            kind: words::PaperKind::ResidentId.into(),
            number: resident("002"),
        }),
        ..claimant()
    };
    let (id, told) = amend(third.clone()).await;
    assert_eq!(
        (&told.party_id, told.role(), told.kind()),
        (&id, words::PartyRole::ThirdParty, words::PartyKind::Person)
    );
    assert!(!told.digest.is_empty() && !told.digest.contains("4420"));
    let other_side = words::Party { party_id: id, role: words::PartyRole::Respondent.into(), ..third };
    let (_, now) = amend(other_side).await;
    assert_eq!(now, proto::PartyDigest { role: words::PartyRole::Respondent.into(), ..told });
}

/// A neighbour's post office, which says what it is told to say.
pub struct Neighbour {
    desk: Desk,
    pub post: Post,
}

pub const TABLE: courier::post::Consumers =
    &[("routing", &["intake"]), ("mediation", &["intake"]), ("transfer", &["intake"])];

impl Neighbour {
    pub async fn new(stage: &Stage, name: &'static str, road: &Arc<dyn Transport>) -> Self {
        let url = stage.memory.prepared(name).await;
        let desk = Desk::open(name, &url, stage.clock.clone()).await.unwrap();
        let token = CancellationToken::new();
        let post = Post::start(&desk, Reactions::of(name), road.clone(), TABLE, token).await.unwrap();
        Self { desk, post }
    }

    pub async fn say<M: prost::Message + prost::Name>(&self, case: &str, version: u64, event: &M) {
        let case = case.parse().unwrap();
        let by = Actor::service(self.desk.service(), "442000");
        let mut list = WriteList::new(&self.desk.stamp(by, "test", None), Some(case));
        list.post(case, version, event);
        self.desk.commit(list).await.unwrap();
    }
}

/// Every event that intake hears, over the real road, and the course that it gives.
#[tokio::test]
async fn each_event_moves_the_course() {
    let stage = Stage::new().await;
    let dispute = stage.accepted("r-1").await;
    let case = dispute.case_id.as_str();
    let road: Arc<dyn Transport> = Arc::new(Inside::new());
    let reactions = intake::reactions::reactions(&stage.store);
    let own =
        Post::start(&stage.desk, reactions, road.clone(), TABLE, CancellationToken::new()).await.unwrap();
    let [routed, met, filed] = [
        Neighbour::new(&stage, "routing", &road).await,
        Neighbour::new(&stage, "mediation", &road).await,
        Neighbour::new(&stage, "transfer", &road).await,
    ];
    let posts = [&own, &routed.post, &met.post, &filed.post];
    let mut version = 0;
    macro_rules! hears {
        ($($who:ident: $event:expr => $course:ident;)+) => {$(
            version += 1;
            $who.say(case, version, &$event).await;
            Post::settle(&posts, Duration::from_mins(1)).await.unwrap();
            let seen = get(&stage, case).await;
            assert_eq!(seen.course(), proto::Course::$course, "after {}", stringify!($event));
        )+};
    }
    let studio_org = || "studio-1".to_owned();
    let fence = |n| Some(contracts::lexicon::v1::Fence { epoch: 1, n });
    let mut claims = 0;
    let mut claimed = || {
        claims += 1;
        routing::CaseClaimed {
            studio_org: studio_org(),
            holder: "m-1".into(),
            fence: fence(claims),
            ..Default::default()
        }
    };
    hears! {
        routed: routing::ReferralOpened::default() => Unspecified;
        routed: routing::CaseReferred { studio_org: studio_org(), rule_id: "r".into() } => Routed;
        routed: routing::CasePooled { studio_org: studio_org() } => Pool;
        routed: claimed() => Claimed;
        routed: routing::ReferralReturned { studio_org: studio_org(), ..Default::default() } => Routed;
        routed: routing::CaseReferred { studio_org: studio_org(), rule_id: "r".into() } => Routed;
        routed: routing::CasePooled { studio_org: studio_org() } => Pool;
        routed: claimed() => Claimed;
        routed: routing::ClaimConfirmed { holder: "m-1".into(), ..Default::default() } => InMediation;
        routed: routing::ClaimEnded { former_holder: "m-1".into(), ..Default::default() } => Pool;
        // The opening of the run that this claim made, overtaken by its end: nobody is in mediation.
        met: mediation::MediationOpened::default() => Pool;
        met: mediation::MediationStarted::default() => Pool;
        routed: routing::CasePooled { studio_org: studio_org() } => Pool;
        routed: claimed() => Claimed;
        routed: routing::ClaimConfirmed { holder: "m-1".into(), ..Default::default() } => InMediation;
        met: mediation::MediationConcluded::default() => Failed;
        routed: routing::CasePooled { studio_org: studio_org() } => Failed;
        met: mediation::AgreementSigned::default() => Agreed;
        filed: transfer::FilingOpened::default() => Transfer;
        met: mediation::MediationConcluded::default() => Transfer;
        filed: transfer::FilingSubmitted { court_org: "court-2071".into(), ..Default::default() } => SubmittedToCourt;
        filed: transfer::FilingReceived::default() => CourtReview;
        filed: transfer::FilingRefused::default() => NotFiled;
        filed: transfer::FilingAccepted::default() => Filed;
    }
    // The relations have been fed by the same events.
    let fed = "SELECT count(*) FROM case_relation WHERE studio_org = 'studio-1' AND holder = 'm-1' AND court = 'court-2071'";
    assert_eq!(stage.count(fed).await, 1);
    assert_eq!(stage.said(case).await, ["DisputeFiled", "DisputeAccepted"], "a course is nobody's news");
    for post in posts {
        post.stop().await;
    }
}

/// News of a case that is not here waits; it is neither lost nor does it stop another case.
#[tokio::test]
async fn news_of_an_unknown_case_waits_alone() {
    let stage = Stage::new().await;
    let dispute = stage.accepted("r-1").await;
    let road: Arc<dyn Transport> = Arc::new(Inside::new());
    let reactions = intake::reactions::reactions(&stage.store);
    let own =
        Post::start(&stage.desk, reactions, road.clone(), TABLE, CancellationToken::new()).await.unwrap();
    let routed = Neighbour::new(&stage, "routing", &road).await;
    let pooled = routing::CasePooled { studio_org: "studio-1".into() };
    routed.say(&stage.clock.id().to_string(), 1, &pooled).await;
    routed.say(&dispute.case_id, 1, &pooled).await;
    let mut patience = 500;
    while get(&stage, &dispute.case_id).await.course() != proto::Course::Pool {
        patience -= 1;
        assert!(patience > 0, "the known case's news never came");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(stage.count("SELECT count(*) FROM inbox WHERE state = 0").await, 1);
    own.stop().await;
    routed.post.stop().await;
}

pub async fn get(stage: &Stage, case: &str) -> proto::Dispute {
    let ask = clerk().ask("GetDispute", proto::GetDisputeRequest { case_id: case.into() });
    stage.door.get_dispute(ask).await.unwrap().into_inner()
}
