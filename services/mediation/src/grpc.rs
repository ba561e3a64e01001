//! The front door: each method reads its request whole, makes one call of the store, and answers with the run.
use access::Call;
use chassis::{Denied, seen};
use contracts::mediation::v1::mediation_service_server::MediationService;
use contracts::mediation::v1::{
    ConcludeWithoutAgreementRequest, DraftAgreementRequest, GetMediationRequest, ListMediationsRequest,
    ListMediationsResponse, Mediation, ReadForFilingRequest, ReadForFilingResponse, RecordConsentRequest,
    RecordRefusalRequest, RecordSessionRequest, SignAgreementRequest,
};
use courier::Stamp;
use lexicon::Outcome;
use prost::Message;
use tonic::{Request, Response, Status};

use crate::model::{Event, Mediation as Run, Refusal, Session, Terms};
use crate::store::{Enclosure, Step, Store, View};
use crate::wire;
use crate::wire::{ask, fit};

/// The gRPC service.
pub struct Front {
    /// The runs.
    pub store: Store,
}

#[tonic::async_trait]
impl MediationService for Front {
    async fn get_mediation(
        &self,
        request: Request<GetMediationRequest>,
    ) -> Result<Response<Mediation>, Status> {
        let call = Call::of(&request)?;
        let case = ask::case(&request.get_ref().case_id).map_err(Denied::from)?;
        let view = self.store.get(&call, case).await?;
        Ok(Response::new(wire::mediation(&view)))
    }

    async fn list_mediations(
        &self,
        request: Request<ListMediationsRequest>,
    ) -> Result<Response<ListMediationsResponse>, Status> {
        let call = Call::of(&request)?;
        let (now, vault) = (self.store.desk().clock().now(), self.store.vault());
        let page = ask::page(&call, vault, now, request.get_ref()).map_err(Denied::from)?;
        let (views, next) = self.store.list(&call, &page).await?;
        let token = |id: uuid::Uuid| vault.page_token(&call.caller, &page.purpose, now, id.as_bytes());
        Ok(Response::new(ListMediationsResponse {
            mediations: views.iter().map(wire::mediation).collect(),
            next_page_token: next.map(token).unwrap_or_default(),
        }))
    }

    async fn record_consent(
        &self,
        request: Request<RecordConsentRequest>,
    ) -> Result<Response<Mediation>, Status> {
        let call = Call::of(&request)?;
        let asked = ask::consent(request.get_ref(), self.now()).map_err(Denied::from)?;
        let act = |run: Run, _: &Stamp| bare(run.consent(asked.party, asked.at));
        Ok(self.answer(&self.store.change(&call, asked.seat, act).await?))
    }

    async fn record_refusal(
        &self,
        request: Request<RecordRefusalRequest>,
    ) -> Result<Response<Mediation>, Status> {
        let call = Call::of(&request)?;
        let asked = ask::refuse(request.get_ref()).map_err(Denied::from)?;
        let act = |run: Run, stamp: &Stamp| bare(run.refuse(asked.party, asked.unreachable, stamp.now));
        Ok(self.answer(&self.store.change(&call, asked.seat, act).await?))
    }

    async fn record_session(
        &self,
        request: Request<RecordSessionRequest>,
    ) -> Result<Response<Mediation>, Status> {
        let call = Call::of(&request)?;
        let asked = ask::sitting(request.get_ref(), self.now()).map_err(Denied::from)?;
        let key = format!("{}|{}|{}", call.caller.org, call.policy.path, asked.request_id);
        let body = RecordSessionRequest { request_id: String::new(), ..request.into_inner() };
        let fingerprint = self.store.vault().fingerprint(&body.encode_to_vec());
        let act = |run: Run, stamp: &Stamp| {
            fit::present(&run, &asked.present)?;
            let mut present = asked.present.clone();
            present.sort_unstable();
            present.dedup();
            let session = Session { id: stamp.id().into(), start: asked.start, mode: asked.mode, present };
            let outcome = run.sit(&session).map_err(Denied::refused)?;
            let (words, request_key, fingerprint) =
                (asked.words.as_str(), key.as_str(), fingerprint.as_str());
            Ok((outcome, Enclosure::Session { session, words, request_key, fingerprint }))
        };
        Ok(self.answer(&self.store.create(&call, asked.seat, &key, &fingerprint, act).await?))
    }

    async fn draft_agreement(
        &self,
        request: Request<DraftAgreementRequest>,
    ) -> Result<Response<Mediation>, Status> {
        let call = Call::of(&request)?;
        let asked = ask::draft(request.get_ref()).map_err(Denied::from)?;
        let digest = self.store.vault().fingerprint(asked.words.as_bytes());
        let act = |run: Run, stamp: &Stamp| {
            let terms = Terms { digest: digest.clone(), partial: asked.partial, amount: asked.amount };
            let outcome = run.draft(terms, stamp.id().into(), stamp.now).map_err(Denied::refused)?;
            Ok((outcome, Enclosure::Terms(&asked.words)))
        };
        Ok(self.answer(&self.store.change(&call, asked.seat, act).await?))
    }

    async fn sign_agreement(
        &self,
        request: Request<SignAgreementRequest>,
    ) -> Result<Response<Mediation>, Status> {
        let call = Call::of(&request)?;
        let asked = ask::sign(request.get_ref(), self.now()).map_err(Denied::from)?;
        let act = |run: Run, _: &Stamp| {
            fit::sign_time(&run, asked.by, asked.at)?;
            bare(run.sign(asked.by, asked.at))
        };
        Ok(self.answer(&self.store.change(&call, asked.seat, act).await?))
    }

    async fn conclude_without_agreement(
        &self,
        request: Request<ConcludeWithoutAgreementRequest>,
    ) -> Result<Response<Mediation>, Status> {
        let call = Call::of(&request)?;
        let asked = ask::conclude(request.get_ref()).map_err(Denied::from)?;
        let act = |run: Run, stamp: &Stamp| {
            let outcome = run.conclude(asked.ground, stamp.now).map_err(Denied::refused)?;
            Ok((outcome, asked.words.as_deref().map_or(Enclosure::None, Enclosure::Explanation)))
        };
        Ok(self.answer(&self.store.change(&call, asked.seat, act).await?))
    }

    async fn read_for_filing(
        &self,
        request: Request<ReadForFilingRequest>,
    ) -> Result<Response<ReadForFilingResponse>, Status> {
        let call = Call::of(&request)?;
        let case = ask::case(&request.get_ref().case_id).map_err(Denied::from)?;
        let filing = self.store.read_for_filing(&call, case).await?;
        Ok(Response::new(wire::filing(filing)))
    }
}

impl Front {
    fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.store.desk().clock().now()
    }

    fn answer(&self, view: &View) -> Response<Mediation> {
        let desk = self.store.desk();
        let (case, version) = (view.run.case.into(), view.run.version);
        seen::answer(wire::mediation(view), desk.service(), desk.epoch(), case, version)
    }
}

/// A change with nothing to seal.
fn bare<'a>(answer: Result<Outcome<Run, Event>, Refusal>) -> Result<Step<'a>, Denied> {
    answer.map(|outcome| (outcome, Enclosure::None)).map_err(Denied::refused)
}
