//! Whoever examines a suspended run comes to it also while no mediator has it, and never one who mediated it.
use access::{Caller, Role};
use contracts::mediation::v1 as proto;
use contracts::mediation::v1::MediationState;
use contracts::mediation::v1::mediation_service_server::MediationService;

use crate::house::{Case, House, caller, fence, mediator, reason, request, violations};

impl House {
    async fn suspend(&self, who: &Caller, case: Case) {
        let ask = proto::SuspendMediationRequest {
            case_id: case.id.to_string(),
            fence: fence(1),
            reason: "疑似虚构债务".into(),
        };
        self.front.suspend_mediation(request(who, "SuspendMediation", ask)).await.unwrap();
    }

    async fn resume(&self, who: &Caller, case: Case, n: u64) -> Result<proto::Mediation, tonic::Status> {
        let ask = proto::ResumeMediationRequest { case_id: case.id.to_string(), fence: fence(n) };
        self.front
            .resume_mediation(request(who, "ResumeMediation", ask))
            .await
            .map(tonic::Response::into_inner)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_head_examines_while_nobody_has_the_case() {
    let house = House::build().await;
    let (case, me) = (house.at_the_table().await, mediator("mediator-1"));
    house.suspend(&me, case).await;
    house.released(case, "mediator-1", 2).await;
    let head = caller("head-1", "studio-1", Role::StudioHead);
    let seen = house.resume(&head, case, 2).await.unwrap();
    assert_eq!((seen.state(), seen.mediator.as_str()), (MediationState::InMediation, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_examines_what_they_mediated_before() {
    let house = House::build().await;
    // A head who mediates, suspends, steps aside, and is followed by another.
    let case = house.case();
    house.claimed(case, "head-1", 1).await;
    house.confirmed(case, "head-1", 1, &[case.claimant, case.respondent]).await;
    let own = Caller { roles: vec![Role::Mediator, Role::StudioHead], ..mediator("head-1") };
    house.suspend(&own, case).await;
    house.released(case, "head-1", 2).await;
    house.claimed(case, "mediator-2", 3).await;
    house.confirmed(case, "mediator-2", 3, &[case.claimant, case.respondent]).await;
    let refused = house.resume(&own, case, 3).await.unwrap_err();
    assert_eq!(reason(&refused), "EXAMINES_OWN_MEDIATION");
    let another = caller("head-2", "studio-1", Role::StudioHead);
    assert_eq!(house.resume(&another, case, 3).await.unwrap().state(), MediationState::InMediation);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sits_before_the_parties_were_told() {
    let house = House::build().await;
    let (case, me) = (house.at_the_table().await, mediator("mediator-1"));
    let told = house.sitting(case, 1, "s-1", "said");
    let sit = async |ask: proto::RecordSessionRequest| {
        house.front.record_session(request(&me, "RecordSession", ask)).await.map(tonic::Response::into_inner)
    };
    for missing in [
        proto::RecordSessionRequest { rights_told: false, ..told.clone() },
        proto::RecordSessionRequest { identities_checked: false, ..told.clone() },
        proto::RecordSessionRequest { sham_warned: false, ..told.clone() },
    ] {
        let refused = sit(missing).await.unwrap_err();
        assert_eq!(reason(&refused), "PARTIES_NOT_TOLD");
    }
    let nobody = proto::RecordSessionRequest { present_party_ids: vec![], ..told.clone() };
    let refused = sit(nobody).await.unwrap_err();
    assert_eq!(violations(&refused), [("present_party_ids".to_owned(), "REQUIRED".to_owned())]);
    let seen = sit(told.clone()).await.unwrap();
    assert!(
        seen.sessions[0].rights_told && seen.sessions[0].identities_checked && seen.sessions[0].sham_warned
    );
    // They are told once; a later sitting need not repeat it.
    let later = proto::RecordSessionRequest {
        request_id: "s-2".into(),
        rights_told: false,
        identities_checked: false,
        sham_warned: false,
        ..told
    };
    assert_eq!(sit(later).await.unwrap().sessions.len(), 2);
}
