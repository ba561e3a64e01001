//! The facts of a filing, asked of the two services that have them, before anything is written.
//!
//! These are sideways calls (DESIGN 3): they carry a service's token, and each callee answers from the allow-list. What
//! the clerk's client has seen goes along, so that mediation answers only after it has heard of the demand for court.

use chassis::seen::SEEN;
use chassis::{Denied, Neighbour};
use contracts::intake::v1 as intake;
use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::mediation::v1 as mediation;
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use lexicon::CaseId;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::{Code, Request, Status};

/// What is asked of both.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    /// The case.
    pub(crate) case: CaseId,
    /// The trace of the call that asks.
    pub(crate) trace: Option<String>,
    /// What its client has seen.
    pub(crate) seen: Vec<MetadataValue<Ascii>>,
    /// The agreement is what the court is asked about.
    pub(crate) with_agreement: bool,
    /// Which: a later run may have ended otherwise. Empty where none is asked about.
    pub(crate) agreement: String,
}

impl Ask {
    fn request<M>(&self, message: M) -> Request<M> {
        let mut request = Request::new(message);
        for seen in &self.seen {
            request.metadata_mut().append(SEEN, seen.clone());
        }
        request
    }
}

/// Who is asked.
#[tonic::async_trait]
pub(crate) trait Neighbours: Send + Sync + 'static {
    async fn complaint(&self, ask: &Ask) -> Result<intake::ReadForFilingResponse, Status>;
    async fn run(&self, ask: &Ask) -> Result<mediation::ReadForFilingResponse, Status>;
}

/// The two services in this process.
pub(crate) struct NextDoor {
    pub(crate) intake: Neighbour,
    pub(crate) mediation: Neighbour,
}

#[tonic::async_trait]
impl Neighbours for NextDoor {
    async fn complaint(&self, ask: &Ask) -> Result<intake::ReadForFilingResponse, Status> {
        let request = ask.request(intake::ReadForFilingRequest { case_id: ask.case.to_string() });
        let way = self.intake.within(ask.trace.clone());
        IntakeServiceClient::new(way).read_for_filing(request).await.map(tonic::Response::into_inner)
    }

    async fn run(&self, ask: &Ask) -> Result<mediation::ReadForFilingResponse, Status> {
        let request = ask.request(mediation::ReadForFilingRequest {
            case_id: ask.case.to_string(),
            with_agreement: ask.with_agreement,
            agreement_id: ask.agreement.clone(),
        });
        let way = self.mediation.within(ask.trace.clone());
        MediationServiceClient::new(way).read_for_filing(request).await.map(tonic::Response::into_inner)
    }
}

/// Both answers. A case without a mediation is a case that was never mediated, not a failure.
pub(crate) async fn gather(
    neighbours: &dyn Neighbours,
    ask: &Ask,
) -> Result<(intake::ReadForFilingResponse, mediation::ReadForFilingResponse), Denied> {
    let (told, run) = futures::join!(neighbours.complaint(ask), neighbours.run(ask));
    let told = told.map_err(|status| denied("intake", &status))?;
    let run = match run {
        Err(status) if status.code() == Code::NotFound => mediation::ReadForFilingResponse::default(),
        run => run.map_err(|status| denied("mediation", &status))?,
    };
    Ok((told, run))
}

/// A neighbour's failure in our caller's terms: what passes may be tried again, what does not is our fault. Its words
/// stay behind; they were meant for us.
pub(crate) fn denied(whom: &str, status: &Status) -> Denied {
    match status.code() {
        Code::Unavailable | Code::Aborted | Code::Cancelled => Denied::NotYetHeard,
        Code::ResourceExhausted => Denied::Busy,
        Code::DeadlineExceeded => Denied::Late,
        Code::NotFound => Denied::Missing("dispute"),
        code => Denied::Fault(courier::Fault::plain(
            format!("read {whom} for a filing ({code:?})"),
            "it was refused",
        )),
    }
}
