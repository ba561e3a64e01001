//! What becomes of a case beyond intake, told by three services, and what may be done with it then.

use std::sync::Arc;
use std::time::Duration;

use contracts::intake::v1 as proto;
use contracts::intake::v1::intake_service_server::IntakeService;
use contracts::{mediation::v1 as mediation, transfer::v1 as transfer};
use courier::transport::inside::Inside;
use courier::{Post, Transport};
use proto::DisputeState;
use tokio_util::sync::CancellationToken;

use crate::news::{Neighbour, TABLE, get};
use crate::stage::{Stage, clerk, reason};

/// The house of a case that intake hears of over the real road.
struct Town {
    stage: Stage,
    dispute: proto::Dispute,
    own: Post,
    met: Neighbour,
    filed: Neighbour,
    version: std::cell::Cell<u64>,
}

impl Town {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let dispute = stage.accepted("r-1").await;
        let road: Arc<dyn Transport> = Arc::new(Inside::new());
        let reactions = intake::reactions::reactions(&stage.store);
        let own =
            Post::start(&stage.desk, reactions, road.clone(), TABLE, CancellationToken::new()).await.unwrap();
        let met = Neighbour::new(&stage, "mediation", &road).await;
        let filed = Neighbour::new(&stage, "transfer", &road).await;
        Self { stage, dispute, own, met, filed, version: std::cell::Cell::new(0) }
    }

    async fn hears<M: prost::Message + prost::Name>(&self, who: &Neighbour, event: &M) -> proto::Course {
        self.version.set(self.version.get() + 1);
        who.say(&self.dispute.case_id, self.version.get(), event).await;
        let posts = [&self.own, &self.met.post, &self.filed.post];
        Post::settle(&posts, Duration::from_mins(1)).await.unwrap();
        get(&self.stage, &self.dispute.case_id).await.course()
    }

    async fn close(&self) -> Result<proto::Dispute, String> {
        let message =
            proto::CloseDisputeRequest { case_id: self.dispute.case_id.clone(), ..Default::default() };
        let closed = self.stage.door.close_dispute(clerk().ask("CloseDispute", message)).await;
        closed.map(tonic::Response::into_inner).map_err(|status| reason(&status))
    }

    async fn demand(&self, party: usize) -> proto::Dispute {
        let message = proto::DemandCourtRequest {
            case_id: self.dispute.case_id.clone(),
            party_id: self.dispute.parties[party].party_id.clone(),
            how_said: proto::HowSaid::AtWindow.into(),
        };
        let asked = self.stage.door.demand_court(clerk().ask("DemandCourt", message)).await;
        asked.unwrap().into_inner()
    }

    async fn demands(&self) -> usize {
        let said = self.stage.said(&self.dispute.case_id).await;
        said.iter().filter(|kind| *kind == "CourtDemanded").count()
    }

    async fn stop(self) {
        for post in [&self.own, &self.met.post, &self.filed.post] {
            post.stop().await;
        }
    }
}

/// Who takes a filing back has not lost the court: the next word opens another, and the other side's as well.
#[tokio::test]
async fn after_a_filing_was_taken_back_either_party_demands_the_court_anew() {
    for party in [0, 1] {
        let town = Town::new().await;
        let met = &town.met;
        town.hears(met, &mediation::MediationConcluded { ground: "F04".into(), ..Default::default() }).await;
        town.demand(0).await;
        town.hears(&town.filed, &transfer::FilingOpened::default()).await;
        town.demand(party).await;
        // The same party's word is being met; another's is theirs, and is told of.
        assert_eq!(town.demands().await, 1 + party);
        assert_eq!(town.close().await.unwrap_err(), "STILL_OPEN");
        town.hears(&town.filed, &transfer::FilingWithdrawn::default()).await;
        town.demand(party).await;
        assert_eq!(town.demands().await, 2 + party, "nothing meets it any more");
        assert_eq!(town.close().await.unwrap_err(), "STILL_OPEN");
        // Taken back once more, and nobody wants anything: the case can be closed.
        town.hears(&town.filed, &transfer::FilingOpened::default()).await;
        town.hears(&town.filed, &transfer::FilingWithdrawn::default()).await;
        assert_eq!(town.close().await.unwrap().state(), DisputeState::Closed);
        town.stop().await;
    }
}

/// An agreement that is still to be performed ends nothing, whatever the court says of it meanwhile.
#[tokio::test]
async fn a_case_whose_agreement_is_not_performed_is_not_closed() {
    let town = Town::new().await;
    town.hears(&town.met, &mediation::AgreementSigned::default()).await;
    assert_eq!(town.close().await.unwrap_err(), "STILL_OPEN", "agreed is not performed");
    town.hears(&town.met, &mediation::PerformanceBegan::default()).await;
    assert_eq!(town.close().await.unwrap_err(), "STILL_OPEN", "instalments are due");
    town.hears(&town.filed, &transfer::ConfirmationApplied::default()).await;
    town.hears(&town.filed, &transfer::ConfirmationDenied::default()).await;
    assert_eq!(town.close().await.unwrap_err(), "STILL_OPEN", "a dismissal ends no agreement");
    town.hears(&town.met, &mediation::AgreementBreached::default()).await;
    assert_eq!(town.close().await.unwrap_err(), "STILL_OPEN", "in default");
    town.hears(&town.met, &mediation::AgreementPerformed::default()).await;
    assert_eq!(town.close().await.unwrap().state(), DisputeState::Closed);
    town.stop().await;
}

/// Mediation tells what became of the agreement and transfer what a court said of it; neither waits for the other.
#[tokio::test]
async fn two_tellers_of_one_agreement_do_not_hide_each_other_s_news() {
    // A default, and then the ruling that had been asked for before.
    let town = Town::new().await;
    town.hears(&town.met, &mediation::AgreementSigned::default()).await;
    town.hears(&town.filed, &transfer::ConfirmationApplied::default()).await;
    town.hears(&town.met, &mediation::PerformanceBegan::default()).await;
    town.hears(&town.met, &mediation::AgreementBreached::default()).await;
    let course = town.hears(&town.filed, &transfer::ConfirmationGranted::default()).await;
    assert_eq!((course, town.close().await.unwrap_err().as_str()), (proto::Course::Breached, "STILL_OPEN"));
    town.stop().await;
    // The application is heard before the agreement that it is about.
    let town = Town::new().await;
    town.hears(&town.filed, &transfer::ConfirmationApplied::default()).await;
    let course = town.hears(&town.met, &mediation::AgreementSigned::default()).await;
    assert_eq!(
        (course, town.close().await.unwrap_err().as_str()),
        (proto::Course::ConfirmApplied, "STILL_OPEN")
    );
    let course = town.hears(&town.filed, &transfer::ConfirmationGranted::default()).await;
    assert_eq!(course, proto::Course::Confirmed);
    assert_eq!(town.close().await.unwrap().state(), DisputeState::Closed, "a court's ruling stands");
    town.stop().await;
}
