//! The front door: dockets, deadlines and why, what is overdue, what nobody watches, figures.

use std::sync::Arc;

use access::{Call, Role, Vault};
use chassis::seen;
use contracts::oversight::v1 as proto;
use contracts::oversight::v1::oversight_service_server::OversightService;
use contracts::oversight::v1::rulebook_service_server::RulebookService;
use contracts::oversight::v1::{
    ActivateEditionRequest, DeadlineExplanation, Docket, EditionActivation, EditionPreview,
    ExplainDeadlineRequest, GetDocketRequest, GetRulebookRequest, GetStatisticsRequest, ListDeadlinesRequest,
    ListDeadlinesResponse, ListOverdueRequest, ListOverdueResponse, ListUnwatchedRequest,
    ListUnwatchedResponse, PreviewEditionRequest, Rulebook, Statistics,
};
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::model::risk::{Hand, Risk};
use crate::store::Store;
use crate::store::risk::Words;
use crate::wire;

/// Both gRPC services.
#[derive(Clone)]
pub struct Front {
    /// What happened and what is due.
    pub store: Store,
    /// For page tokens.
    pub vault: Arc<Vault>,
}

type RiskAnswer = Result<Response<proto::CaseRisk>, Status>;

impl Front {
    fn words<'a>(&'a self, kind: &'static str, text: &'a str) -> Words<'a> {
        Words { kind, text, vault: &self.vault }
    }

    fn risk(&self, call: &Call, case: Uuid, risk: &Risk, version: u64) -> RiskAnswer {
        let desk = self.store.desk();
        let told = wire::risk::risk(&self.vault, call.caller.centre.as_str(), case, risk)?;
        Ok(seen::answer(told, desk.service(), desk.epoch(), case, version))
    }
}

#[tonic::async_trait]
impl OversightService for Front {
    async fn get_docket(&self, request: Request<GetDocketRequest>) -> Result<Response<Docket>, Status> {
        let call = Call::of(&request)?;
        let case = wire::docket_case(request.get_ref())?;
        let entries = self.store.docket(&call, case).await?;
        Ok(Response::new(wire::docket(case, entries)))
    }

    async fn list_deadlines(
        &self,
        request: Request<ListDeadlinesRequest>,
    ) -> Result<Response<ListDeadlinesResponse>, Status> {
        let call = Call::of(&request)?;
        let case = wire::deadlines_case(request.get_ref())?;
        let rows = self.store.deadlines(&call, case).await?;
        Ok(Response::new(ListDeadlinesResponse { deadlines: rows.iter().map(wire::deadline).collect() }))
    }

    async fn list_overdue(
        &self,
        request: Request<ListOverdueRequest>,
    ) -> Result<Response<ListOverdueResponse>, Status> {
        let call = Call::of(&request)?;
        let now = self.store.desk().clock().now();
        let page = wire::page(&call, &self.vault, now, request.get_ref())?;
        let rows = self.store.overdue(&call, page.after, page.most).await?;
        let next_page_token = wire::next_page(&call, &self.vault, now, &rows, page.most);
        let deadlines = rows.iter().map(wire::deadline).collect();
        Ok(Response::new(ListOverdueResponse { deadlines, next_page_token }))
    }

    async fn explain_deadline(
        &self,
        request: Request<ExplainDeadlineRequest>,
    ) -> Result<Response<DeadlineExplanation>, Status> {
        let call = Call::of(&request)?;
        let (case, id) = wire::one_deadline(request.get_ref())?;
        let (shown, editions) = self.store.deadline(&call, case, id).await?;
        Ok(Response::new(wire::explained::explanation(&shown, &editions)))
    }

    async fn list_unwatched(
        &self,
        request: Request<ListUnwatchedRequest>,
    ) -> Result<Response<ListUnwatchedResponse>, Status> {
        let call = Call::of(&request)?;
        call.decide(None).map_err(chassis::Denied::from)?;
        let most = wire::watched::most(request.get_ref())?;
        let found = self.store.unwatched(&call, most).await.map_err(chassis::Denied::from)?;
        Ok(Response::new(wire::watched::unwatched(found)))
    }

    async fn raise_emergency(&self, request: Request<proto::RaiseEmergencyRequest>) -> RiskAnswer {
        let call = Call::of(&request)?;
        let asked = wire::risk::danger(request.get_ref())?;
        let words = self.words("EMERGENCY", &asked.words);
        let act = |risk: Risk, hand: &Hand, id: &dyn Fn() -> Uuid| risk.raise(asked.what, hand, id);
        let (risk, version) = self.store.change_risk(&call, asked.case, Some(words), act).await?;
        self.risk(&call, asked.case, &risk, version)
    }

    async fn acknowledge_emergency(
        &self,
        request: Request<proto::AcknowledgeEmergencyRequest>,
    ) -> RiskAnswer {
        let call = Call::of(&request)?;
        let (case, id) = wire::risk::answered(request.get_ref())?;
        let supervisor = call.caller.is(Role::Supervisor);
        let act = |risk: Risk, hand: &Hand, _: &dyn Fn() -> Uuid| risk.acknowledge(id, hand, supervisor);
        let (risk, version) = self.store.change_risk(&call, case, None, act).await?;
        self.risk(&call, case, &risk, version)
    }

    async fn open_report_duty(&self, request: Request<proto::OpenReportDutyRequest>) -> RiskAnswer {
        let call = Call::of(&request)?;
        let asked = wire::risk::matter(request.get_ref())?;
        let words = self.words("REPORT", &asked.words);
        let act = |risk: Risk, hand: &Hand, id: &dyn Fn() -> Uuid| risk.open_duty(asked.what, hand, id);
        let (risk, version) = self.store.change_risk(&call, asked.case, Some(words), act).await?;
        self.risk(&call, asked.case, &risk, version)
    }

    async fn record_report(&self, request: Request<proto::RecordReportRequest>) -> RiskAnswer {
        let call = Call::of(&request)?;
        let now = self.store.desk().clock().now();
        let (case, to, at, receipt) = wire::risk::reported(request.get_ref(), now)?;
        let receipt = wire::risk::seal(&self.vault, call.caller.centre.as_str(), case, &receipt)?;
        let act =
            |risk: Risk, hand: &Hand, _: &dyn Fn() -> Uuid| risk.report(to, receipt.clone(), at, &hand.by);
        let (risk, version) = self.store.change_risk(&call, case, None, act).await?;
        self.risk(&call, case, &risk, version)
    }

    async fn drop_report_duty(&self, request: Request<proto::DropReportDutyRequest>) -> RiskAnswer {
        let call = Call::of(&request)?;
        let asked = wire::risk::dropped(request.get_ref())?;
        let words = self.words("DROPPED", &asked.words);
        let act = |risk: Risk, hand: &Hand, _: &dyn Fn() -> Uuid| risk.drop_duty(hand);
        let (risk, version) = self.store.change_risk(&call, asked.case, Some(words), act).await?;
        self.risk(&call, asked.case, &risk, version)
    }

    async fn get_case_risk(&self, request: Request<proto::GetCaseRiskRequest>) -> RiskAnswer {
        let call = Call::of(&request)?;
        let case = wire::case(&request.get_ref().case_id)?;
        let (risk, texts) = self.store.risk(&call, case, &self.vault).await?;
        let texts = texts.into_iter().map(wire::risk::text).collect();
        let told = wire::risk::risk(&self.vault, call.caller.centre.as_str(), case, &risk)?;
        Ok(Response::new(proto::CaseRisk { texts, ..told }))
    }

    async fn list_emergencies(
        &self,
        request: Request<proto::ListEmergenciesRequest>,
    ) -> Result<Response<proto::ListEmergenciesResponse>, Status> {
        let call = Call::of(&request)?;
        let all = self.store.emergencies(&call).await?;
        let centre = call.caller.centre.as_str();
        let told = all.iter().map(|(case, risk)| wire::risk::risk(&self.vault, centre, *case, risk));
        let risks = told.collect::<Result<_, chassis::Denied>>()?;
        Ok(Response::new(proto::ListEmergenciesResponse { risks }))
    }

    async fn get_statistics(
        &self,
        request: Request<GetStatisticsRequest>,
    ) -> Result<Response<Statistics>, Status> {
        let call = Call::of(&request)?;
        call.decide(None).map_err(chassis::Denied::from)?;
        let running = self.store.running(&call, false).await?;
        let overdue = self.store.running(&call, true).await?;
        let events = self.store.events(&call).await?;
        Ok(Response::new(wire::statistics(running, &overdue, events)))
    }
}

#[tonic::async_trait]
impl RulebookService for Front {
    async fn get_rulebook(&self, request: Request<GetRulebookRequest>) -> Result<Response<Rulebook>, Status> {
        let call = Call::of(&request)?;
        call.decide(None).map_err(chassis::Denied::from)?;
        let today = rulebook::calendar::civil_date(self.store.desk().clock().now());
        let day = wire::editions::day(request.get_ref())?.unwrap_or(today);
        let activated = self.store.shelf().await.map_err(chassis::Denied::from)?;
        let editions = self.store.editions().await.map_err(chassis::Denied::from)?;
        Ok(Response::new(wire::editions::rulebook(&editions, &activated, day)))
    }

    async fn preview_edition(
        &self,
        request: Request<PreviewEditionRequest>,
    ) -> Result<Response<EditionPreview>, Status> {
        let call = Call::of(&request)?;
        call.decide(None).map_err(chassis::Denied::from)?;
        let (edition, most) = wire::editions::asked(request.get_ref())?;
        let preview = self.store.preview(&call, edition, most).await?;
        Ok(Response::new(wire::editions::preview(preview)))
    }

    async fn activate_edition(
        &self,
        request: Request<ActivateEditionRequest>,
    ) -> Result<Response<EditionActivation>, Status> {
        let call = Call::of(&request)?;
        call.decide(None).map_err(chassis::Denied::from)?;
        let ActivateEditionRequest { edition, preview_digest } = request.get_ref();
        let edition = wire::editions::edition(edition.as_ref())?;
        let shelved = self.store.activate(&call, edition, preview_digest).await?;
        Ok(Response::new(wire::editions::activation(&shelved)))
    }
}
