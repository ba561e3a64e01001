//! The front door: each method reads its request whole, makes one call of the store, and answers with the run.
use access::Call;
use chassis::{Denied, seen};
use contracts::mediation::v1::mediation_service_server::MediationService;
use contracts::mediation::v1::{
    AmendScheduleRequest, ConcludeWithoutAgreementRequest, ConfirmShamRequest, ConfirmUndisputedFactsRequest,
    DraftAgreementRequest, ExtendPeriodRequest, FinishAppraisalRequest, GetMediationRequest,
    ListMediationsRequest, ListMediationsResponse, Mediation, ReadForFilingRequest, ReadForFilingResponse,
    RecordConsentRequest, RecordNoteRequest, RecordOralAgreementRequest, RecordPerformanceRequest,
    RecordRefusalRequest, RecordSessionRequest, RecordStartEventRequest, RecordUndisputedFactsRequest,
    ReportBreachRequest, RequestTransferRequest, ResumeMediationRequest, ScheduleSessionRequest,
    SignAgreementRequest, StartAppraisalRequest, SuspendMediationRequest, UrgePerformanceRequest,
    WithdrawMediationRequest,
};
use courier::Stamp;
use lexicon::Outcome;
use prost::Message;
use tonic::{Request, Response, Status};

use crate::model::course::Will;
use crate::model::{Event, Mediation as Run, Refusal, Session, Terms};
use crate::store::{Enclosure, Step, Store, View, Written};
use crate::wire;
use crate::wire::ask::{performance, table};
use crate::wire::{ask, fit};

type Answer = Result<Response<Mediation>, Status>;

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
        let act = |run: Run, stamp: &Stamp| bare(run.consent(asked.party, asked.at, stamp.id().into()));
        Ok(self.answer(&self.store.change(&call, asked.seat, act).await?))
    }

    async fn record_refusal(
        &self,
        request: Request<RecordRefusalRequest>,
    ) -> Result<Response<Mediation>, Status> {
        let call = Call::of(&request)?;
        let asked = ask::refuse(request.get_ref()).map_err(Denied::from)?;
        let act = |run: Run, stamp: &Stamp| bare(run.refuse(asked.party, asked.unreachable, stamp.now));
        Ok(self.answer(&self.store.change_for_party(&call, asked.seat, act).await?))
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
            let told = asked.told.clone();
            let session =
                Session { id: stamp.id().into(), start: asked.start, mode: asked.mode, present, told };
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
            let outcome = run
                .draft(terms, asked.schedule.clone(), stamp.id().into(), stamp.now)
                .map_err(Denied::refused)?;
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
        let (case, about) = ask::filing(request.get_ref()).map_err(Denied::from)?;
        let with_agreement = request.get_ref().with_agreement;
        let filing = self.store.read_for_filing(&call, case, with_agreement, about).await?;
        Ok(Response::new(wire::filing(filing)))
    }

    async fn schedule_session(&self, request: Request<ScheduleSessionRequest>) -> Answer {
        let call = Call::of(&request)?;
        let asked = table::plan(request.get_ref(), self.now()).map_err(Denied::from)?;
        let act = |run: Run, _: &Stamp| bare(run.plan(asked.planned, &asked.agreeing));
        Ok(self.answer(&self.store.change(&call, asked.seat, act).await?))
    }

    async fn record_note(&self, request: Request<RecordNoteRequest>) -> Answer {
        let call = Call::of(&request)?;
        let asked = table::note(request.get_ref()).map_err(Denied::from)?;
        let body = RecordNoteRequest { request_id: String::new(), ..request.into_inner() };
        self.written(&call, &asked, &body, "NOTE", Run::note).await
    }

    async fn record_undisputed_facts(&self, request: Request<RecordUndisputedFactsRequest>) -> Answer {
        let call = Call::of(&request)?;
        let asked = table::facts(request.get_ref()).map_err(Denied::from)?;
        let digest = self.store.vault().fingerprint(asked.words.as_bytes());
        let act = |run: Run, _: &Stamp| {
            let outcome = run.put_down(&digest).map_err(Denied::refused)?;
            Ok((outcome, entry("FACTS", &asked.words)))
        };
        Ok(self.answer(&self.store.change(&call, asked.seat, act).await?))
    }

    async fn confirm_undisputed_facts(&self, request: Request<ConfirmUndisputedFactsRequest>) -> Answer {
        let call = Call::of(&request)?;
        let asked = table::confirm(request.get_ref()).map_err(Denied::from)?;
        let act = |run: Run, _: &Stamp| bare(run.confirm(asked.party, &asked.digest));
        Ok(self.answer(&self.store.change(&call, asked.seat, act).await?))
    }

    async fn extend_period(&self, request: Request<ExtendPeriodRequest>) -> Answer {
        let call = Call::of(&request)?;
        let asked = table::extend(request.get_ref(), self.now()).map_err(Denied::from)?;
        let act = |run: Run, _: &Stamp| {
            let will = match asked.approved {
                Some(at) => Will::Approval(run.studio.clone(), at),
                None => Will::Consents(asked.consents.clone()),
            };
            bare(run.extend(asked.length, will))
        };
        Ok(self.answer(&self.store.change(&call, asked.seat, act).await?))
    }

    async fn start_appraisal(&self, request: Request<StartAppraisalRequest>) -> Answer {
        let call = Call::of(&request)?;
        let asked = table::appraise(request.get_ref(), self.now()).map_err(Denied::from)?;
        let act = |run: Run, _: &Stamp| bare(run.appraise(asked.at, &asked.agreeing, asked.court_leave));
        Ok(self.answer(&self.store.change(&call, asked.seat, act).await?))
    }

    async fn finish_appraisal(&self, request: Request<FinishAppraisalRequest>) -> Answer {
        let call = Call::of(&request)?;
        let asked = table::finish(request.get_ref(), self.now()).map_err(Denied::from)?;
        let act = |run: Run, _: &Stamp| bare(run.finish_appraisal(asked.what));
        Ok(self.answer(&self.store.change(&call, asked.seat, act).await?))
    }

    async fn record_start_event(&self, request: Request<RecordStartEventRequest>) -> Answer {
        let call = Call::of(&request)?;
        let asked = table::start_event(request.get_ref(), self.now()).map_err(Denied::from)?;
        let act = |run: Run, _: &Stamp| bare(run.happened(asked.event, asked.at));
        Ok(self.answer(&self.store.change(&call, asked.seat, act).await?))
    }

    async fn suspend_mediation(&self, request: Request<SuspendMediationRequest>) -> Answer {
        let call = Call::of(&request)?;
        let asked = table::suspend(request.get_ref()).map_err(Denied::from)?;
        let act = |run: Run, stamp: &Stamp| {
            let outcome = run.suspend(stamp.now).map_err(Denied::refused)?;
            Ok((outcome, entry("REASON", &asked.words)))
        };
        Ok(self.answer(&self.store.change(&call, asked.seat, act).await?))
    }

    async fn resume_mediation(&self, request: Request<ResumeMediationRequest>) -> Answer {
        let call = Call::of(&request)?;
        let seat = table::resume(request.get_ref()).map_err(Denied::from)?;
        let act = |run: Run, _: &Stamp| bare(run.resume(&call.caller.account));
        Ok(self.answer(&self.store.examine(&call, seat, act).await?))
    }

    async fn confirm_sham(&self, request: Request<ConfirmShamRequest>) -> Answer {
        let call = Call::of(&request)?;
        let asked = table::sham(request.get_ref()).map_err(Denied::from)?;
        let act = |run: Run, stamp: &Stamp| {
            let found = run.confirm_sham(&call.caller.account, stamp.now).map_err(Denied::refused)?;
            Ok((found, Enclosure::Explanation(&asked.words)))
        };
        Ok(self.answer(&self.store.examine(&call, asked.seat, act).await?))
    }

    async fn record_oral_agreement(&self, request: Request<RecordOralAgreementRequest>) -> Answer {
        let call = Call::of(&request)?;
        let asked = table::oral(request.get_ref(), self.now()).map_err(Denied::from)?;
        let digest = self.store.vault().fingerprint(asked.words.as_bytes());
        let act = |run: Run, stamp: &Stamp| {
            let terms = Terms { digest: digest.clone(), partial: asked.partial, amount: asked.amount };
            let agreed = run.agree_orally(terms, asked.schedule.clone(), stamp.id().into(), asked.at);
            Ok((agreed.map_err(Denied::refused)?, Enclosure::Terms(&asked.words)))
        };
        Ok(self.answer(&self.store.change(&call, asked.seat, act).await?))
    }

    async fn withdraw_mediation(&self, request: Request<WithdrawMediationRequest>) -> Answer {
        let call = Call::of(&request)?;
        let asked = table::take_back(request.get_ref()).map_err(Denied::from)?;
        let (who, joining) = &asked.what;
        let act = |run: Run, stamp: &Stamp| bare(run.take_back(*who, joining, stamp.now));
        Ok(self.answer(&self.store.change_for_party(&call, asked.seat, act).await?))
    }

    async fn request_transfer(&self, request: Request<RequestTransferRequest>) -> Answer {
        let call = Call::of(&request)?;
        let asked = table::transfer(request.get_ref()).map_err(Denied::from)?;
        let act = |run: Run, stamp: &Stamp| bare(run.request_transfer(asked.what, stamp.now));
        Ok(self.answer(&self.store.change_for_party(&call, asked.seat, act).await?))
    }

    async fn record_performance(&self, request: Request<RecordPerformanceRequest>) -> Answer {
        let call = Call::of(&request)?;
        let asked = performance::perform(request.get_ref(), self.now()).map_err(Denied::from)?;
        let body = RecordPerformanceRequest { request_id: String::new(), ..request.into_inner() };
        let performance::Perform { seat, request_id, amount, whole, at, words } = asked;
        let kept = table::Words { seat, request_id, words };
        self.written(&call, &kept, &body, "EVIDENCE", |run| run.perform(amount, whole, at)).await
    }

    async fn report_breach(&self, request: Request<ReportBreachRequest>) -> Answer {
        let call = Call::of(&request)?;
        let asked = performance::breach(request.get_ref(), self.now()).map_err(Denied::from)?;
        let act = |run: Run, _: &Stamp| bare(run.breach(asked.what));
        Ok(self.answer(&self.store.change(&call, asked.seat, act).await?))
    }

    async fn urge_performance(&self, request: Request<UrgePerformanceRequest>) -> Answer {
        let call = Call::of(&request)?;
        let asked = performance::urge(request.get_ref()).map_err(Denied::from)?;
        let body = UrgePerformanceRequest { request_id: String::new(), ..request.into_inner() };
        self.written(&call, &asked, &body, "URGING", Run::urge).await
    }

    async fn amend_schedule(&self, request: Request<AmendScheduleRequest>) -> Answer {
        let call = Call::of(&request)?;
        let asked = performance::reschedule(request.get_ref(), self.now()).map_err(Denied::from)?;
        let act = |run: Run, _: &Stamp| bare(run.reschedule(asked.schedule.clone(), &asked.agreeing));
        Ok(self.answer(&self.store.change(&call, asked.seat, act).await?))
    }
}

impl Front {
    /// A change whose words are kept once under the caller's request id.
    async fn written(
        &self,
        call: &Call,
        asked: &table::Words,
        body: &impl Message,
        kind: &'static str,
        act: impl Fn(Run) -> crate::model::mediation::Answer,
    ) -> Answer {
        let key = format!("{}|{}|{}", call.caller.org, call.policy.path, asked.request_id);
        let fingerprint = self.store.vault().fingerprint(&body.encode_to_vec());
        let act = |run: Run, _: &Stamp| {
            let outcome = act(run).map_err(Denied::refused)?;
            let request = Some((key.as_str(), fingerprint.as_str()));
            Ok((outcome, Enclosure::Entry(Written { kind, words: &asked.words, request })))
        };
        Ok(self.answer(&self.store.create(call, asked.seat, &key, &fingerprint, act).await?))
    }

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

fn entry<'a>(kind: &'static str, words: &'a str) -> Enclosure<'a> {
    Enclosure::Entry(Written { kind, words, request: None })
}
