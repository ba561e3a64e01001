//! What a period counts from is recorded at the table.
use contracts::intake::v1::{DisputeAccepted, PartyDigest};
use contracts::lexicon::v1::PartyRole;
use contracts::mediation::v1 as proto;
use contracts::mediation::v1::mediation_service_server::MediationService;
use contracts::routing::v1::{CaseFacts, ClaimConfirmed};
use prost_types::Timestamp;
use uuid::Uuid;

use crate::house::{Case, House, fence, mediator, names, reason, request, violations};

impl House {
    async fn start_event(
        &self,
        case: Case,
        event: &str,
        at: Option<Timestamp>,
    ) -> Result<proto::Mediation, tonic::Status> {
        let ask = proto::RecordStartEventRequest {
            case_id: case.id.to_string(),
            fence: fence(1),
            event: event.into(),
            event_time: at,
        };
        let asked = request(&mediator("mediator-1"), "RecordStartEvent", ask);
        self.front.record_start_event(asked).await.map(tonic::Response::into_inner)
    }

    async fn of_traffic(&self) -> Case {
        let case = self.case();
        self.intake(case, &DisputeAccepted::default()).await;
        self.claimed(case, "mediator-1", 1).await;
        let digest = |id: Uuid, role: PartyRole| PartyDigest {
            party_id: id.to_string(),
            role: role.into(),
            ..PartyDigest::default()
        };
        let facts = CaseFacts {
            track: "TR".into(),
            parties: vec![
                digest(case.claimant, PartyRole::Claimant),
                digest(case.respondent, PartyRole::Respondent),
            ],
            consented_party_ids: vec![case.claimant.to_string(), case.respondent.to_string()],
            ..CaseFacts::default()
        };
        let (studio_org, holder) = ("studio-1".into(), "mediator-1".into());
        let event = ClaimConfirmed { studio_org, holder, fence: fence(1), facts: Some(facts) };
        self.routing(case, &event).await;
        case
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_counts_anew_from_what_is_recorded() {
    let house = House::build().await;
    let case = house.of_traffic().await;
    let me = mediator("mediator-1");
    let before = house.get(&me, case.id).await.unwrap().period.unwrap();
    assert_eq!((before.clock.as_str(), before.start_event.as_str()), ("K19", "ACCEPTED"));
    house.clock.advance(chrono::Duration::days(3));
    let seen = house.start_event(case, "TREATMENT_ENDED", house.now()).await.unwrap();
    let period = seen.period.unwrap();
    assert_eq!((period.start_event.as_str(), period.start_time), ("TREATMENT_ENDED", house.now()));
    assert_eq!(period.generation, before.generation + 1);
    assert_eq!(seen.start_events.len(), 1);
    // It is kept: a second look, and a second telling, find the same.
    let again = house.start_event(case, "TREATMENT_ENDED", house.now()).await.unwrap();
    assert_eq!((again.version, again.start_events), (seen.version, seen.start_events));
    let said = house.said(case).await;
    let told = names(&said).iter().filter(|(_, name)| *name == "StartEventRecorded").count();
    assert_eq!(told, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_period_counts_from_is_refused() {
    let house = House::build().await;
    let case = house.at_the_table().await;
    let refused = house.start_event(case, "TREATMENT_ENDED", house.now()).await.unwrap_err();
    assert_eq!(reason(&refused), "NO_START_EVENT");
    let bad = violations(&house.start_event(case, "NO_SUCH_EVENT", None).await.unwrap_err());
    let told = [("event", "UNKNOWN_CODE"), ("event_time", "REQUIRED")];
    assert_eq!(bad, told.map(|(field, reason)| (field.to_owned(), reason.to_owned())));
    let traffic = house.of_traffic().await;
    // What other services tell is not recorded at the table.
    let refused = house.start_event(traffic, "ACCEPTED", house.now()).await.unwrap_err();
    assert_eq!(reason(&refused), "NO_START_EVENT");
}
