//! The front door: each method reads its request, makes one call of the store, and answers.

use std::pin::Pin;
use std::sync::Arc;

use access::Call;
use chassis::{Denied, seen};
use contracts::intake::v1 as proto;
use contracts::intake::v1::batch_file_disputes_request::Part;
use contracts::intake::v1::intake_service_server::IntakeService;
use courier::Stamp;
use futures::{Stream, StreamExt};
use lexicon::{Fault, PartyId, Violations};
use rulebook::calendar::civil_date;
use tonic::{Request, Response, Status, Streaming};

use crate::model::{Demand, Dispute};
use crate::store::{Store, begin};
use crate::wire::answer::Sight;
use crate::wire::{
    advice, answer, batch, command, field, filing, legal_advice, link, party, status, training, twins,
};

/// Lines of a batch that are written at the same time; as many are in memory, however many come.
const AT_ONCE: usize = 8;

/// The door over its store.
#[derive(Clone)]
pub struct Door {
    store: Store,
}

type Answer<T> = Result<Response<T>, Status>;

impl Door {
    /// A door to `store`.
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// A changed dispute in clear, with what other services can have heard of it.
    fn changed(&self, dispute: &Dispute) -> Response<proto::Dispute> {
        self.shown(dispute, Sight::Clear)
    }

    /// The same, as far as the caller may see it.
    fn shown(&self, dispute: &Dispute, sight: Sight) -> Response<proto::Dispute> {
        let message = answer::dispute(dispute, sight, &self.store.code(dispute));
        let desk = self.store.desk();
        seen::answer(message, desk.service(), desk.epoch(), dispute.origin.case.into(), dispute.said)
    }

    /// A line of a batch, answered by itself.
    async fn line(
        &self,
        call: &Call,
        template: &proto::BatchTemplate,
        request: proto::BatchFileDisputesRequest,
    ) -> Result<proto::BatchFileDisputesResponse, Status> {
        let Some(Part::Line(line)) = request.part else {
            return Err(Denied::field("line", Fault::REQUIRED).into());
        };
        let line_id = line.line_id.clone();
        match self.file_line(call, template, line).await {
            Ok(dispute) => Ok(batch::taken(line_id, &dispute, &self.store.code(&dispute))),
            Err(denied) => batch::refused(line_id, denied),
        }
    }

    async fn file_line(
        &self,
        call: &Call,
        template: &proto::BatchTemplate,
        line: proto::BatchLine,
    ) -> Result<Dispute, Denied> {
        let ask = batch::filing(template, line)?;
        let asked = self.store.asked_to_file(call, &ask);
        match filing::filing(&ask, self.now()) {
            Ok(mut filing) => {
                filing.entry.batch.clone_from(&template.request_id);
                self.store.file(call, &asked, &filing).await
            }
            // What was right when it was sent the first time is not judged by today's date.
            Err(violations) => self.store.replayed(call, &asked).await?.ok_or(violations.into()),
        }
    }

    fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.store.desk().clock().now()
    }
}

/// Whether the request id has its form: only then may it be looked up.
fn well_named(request_id: &str) -> bool {
    let mut violations = Violations::new();
    field::request_id(&mut violations, request_id);
    violations.is_empty()
}

#[tonic::async_trait]
impl IntakeService for Door {
    async fn save_draft(&self, request: Request<proto::SaveDraftRequest>) -> Answer<proto::Dispute> {
        let call = Call::of(&request)?;
        let ask = request.into_inner();
        let asked = self.store.asked_to_save(&call, &ask);
        // A repeated request is answered first: what was right then is not judged by today's date.
        if well_named(&ask.request_id)
            && let Some(dispute) = self.store.replayed(&call, &asked).await?
        {
            return Ok(self.changed(&dispute));
        }
        let draft = filing::draft(&ask, self.now()).map_err(Denied::from)?;
        let dispute = self.store.save(&call, &asked, &draft).await?;
        Ok(self.changed(&dispute))
    }

    async fn file_dispute(&self, request: Request<proto::FileDisputeRequest>) -> Answer<proto::Dispute> {
        let call = Call::of(&request)?;
        let ask = request.into_inner();
        let asked = self.store.asked_to_file(&call, &ask);
        if ask.validate_only {
            let filing = filing::filing(&ask, self.now()).map_err(Denied::from)?;
            let dispute = self.store.preview(&call, &asked, &filing).await?;
            return Ok(Response::new(answer::dispute(&dispute, Sight::Clear, "")));
        }
        let filing = filing::filing(&ask, self.now());
        // A repeated request is answered first: what was right then is not judged by today's date. One that reads well and
        // makes a new dispute need not be looked for: the store meets it when it writes.
        let written_at_once = filing.as_ref().is_ok_and(|filing| filing.draft.is_none());
        if !written_at_once
            && well_named(&ask.request_id)
            && let Some(dispute) = self.store.replayed(&call, &asked).await?
        {
            return Ok(self.changed(&dispute));
        }
        let dispute = self.store.file(&call, &asked, &filing.map_err(Denied::from)?).await?;
        Ok(self.changed(&dispute))
    }

    type BatchFileDisputesStream =
        Pin<Box<dyn Stream<Item = Result<proto::BatchFileDisputesResponse, Status>> + Send>>;

    async fn batch_file_disputes(
        &self,
        request: Request<Streaming<proto::BatchFileDisputesRequest>>,
    ) -> Answer<Self::BatchFileDisputesStream> {
        let call = Call::of(&request)?;
        call.decide(None).map_err(Denied::from)?;
        let mut lines = request.into_inner();
        let template = match lines.message().await?.and_then(|first| first.part) {
            Some(Part::Template(template)) => Arc::new(batch::template(template).map_err(Denied::from)?),
            _ => return Err(Denied::field("template", Fault::REQUIRED).into()),
        };
        let door = self.clone();
        // Pulled: more lines are read when the caller has room for the answers to those before.
        let answers = lines.map(move |line| {
            let (door, call, template) = (door.clone(), call.clone(), template.clone());
            async move { door.line(&call, &template, line?).await }
        });
        Ok(Response::new(Box::pin(answers.buffered(AT_ONCE))))
    }

    async fn link_disputes(&self, request: Request<proto::LinkDisputesRequest>) -> Answer<proto::Dispute> {
        let call = Call::of(&request)?;
        let (case, other, kind) = link::link(&request.into_inner()).map_err(Denied::from)?;
        let (dispute, permit) = self.store.link(&call, case, other, kind).await?;
        Ok(self.shown(&dispute, if permit.clear { Sight::Clear } else { Sight::Masked }))
    }

    async fn list_links(
        &self,
        request: Request<proto::ListLinksRequest>,
    ) -> Answer<proto::ListLinksResponse> {
        let call = Call::of(&request)?;
        let case = command::case(&request.into_inner().case_id).map_err(Denied::from)?;
        Ok(Response::new(link::links(&self.store.links(&call, case).await?)))
    }

    async fn merge_drafts(&self, request: Request<proto::MergeDraftsRequest>) -> Answer<proto::Dispute> {
        let call = Call::of(&request)?;
        let (case, other) = link::merge(&request.into_inner()).map_err(Denied::from)?;
        Ok(self.changed(&self.store.merge(&call, case, other).await?))
    }

    async fn get_dispute(&self, request: Request<proto::GetDisputeRequest>) -> Answer<proto::Dispute> {
        let call = Call::of(&request)?;
        let case = command::case(&request.into_inner().case_id).map_err(Denied::from)?;
        let (dispute, permit) = self.store.get(&call, case).await?;
        let sight = if permit.clear { Sight::Clear } else { Sight::Masked };
        Ok(Response::new(answer::dispute(&dispute, sight, &self.store.code(&dispute))))
    }

    async fn list_disputes(
        &self,
        request: Request<proto::ListDisputesRequest>,
    ) -> Answer<proto::ListDisputesResponse> {
        let call = Call::of(&request)?;
        let page = command::page(&request.into_inner(), &call, self.store.vault(), self.now());
        let page = page.map_err(Denied::from)?;
        let listed = self.store.list(&call, &page).await?;
        let disputes =
            listed.disputes.iter().map(|dispute| answer::dispute(dispute, Sight::Masked, "")).collect();
        Ok(Response::new(proto::ListDisputesResponse { disputes, next_page_token: listed.next }))
    }

    async fn suggest_causes(
        &self,
        request: Request<proto::SuggestCausesRequest>,
    ) -> Answer<proto::Suggestion> {
        Call::of(&request)?;
        Ok(Response::new(
            advice::suggestion(self.store.model(), &request.into_inner()).map_err(Denied::from)?,
        ))
    }

    async fn find_similar_disputes(
        &self,
        request: Request<proto::FindSimilarDisputesRequest>,
    ) -> Answer<proto::FindSimilarDisputesResponse> {
        let call = Call::of(&request)?;
        let search = twins::search(&request.into_inner(), self.now()).map_err(Denied::from)?;
        let found = self.store.twins(&call, &search.sheet, search.but, search.most).await?;
        Ok(Response::new(twins::found(&found)))
    }

    async fn correct_suggestion(
        &self,
        request: Request<proto::CorrectSuggestionRequest>,
    ) -> Answer<proto::TrainingRow> {
        let call = Call::of(&request)?;
        let (case, said) = training::correction(&request.into_inner()).map_err(Denied::from)?;
        Ok(Response::new(training::row(&self.store.correct(&call, case, &said).await?)))
    }

    async fn record_legal_advice(
        &self,
        request: Request<proto::RecordLegalAdviceRequest>,
    ) -> Answer<proto::LegalAdvice> {
        let (call, ask) = (Call::of(&request)?, request.into_inner());
        let told = legal_advice::record(&ask, self.now()).map_err(Denied::from)?;
        Ok(Response::new(legal_advice::told(self.store.record_legal_advice(&call, &ask, &told).await?)))
    }

    async fn list_legal_advice(
        &self,
        request: Request<proto::ListLegalAdviceRequest>,
    ) -> Answer<proto::ListLegalAdviceResponse> {
        let call = Call::of(&request)?;
        let page = legal_advice::page(request.get_ref(), &call, self.store.vault(), self.now());
        let found = self.store.legal_advice(&call, &page.map_err(Denied::from)?).await?;
        let records = found.records.into_iter().map(legal_advice::told).collect();
        Ok(Response::new(proto::ListLegalAdviceResponse { records, next_page_token: found.next }))
    }

    async fn open_draft_from_advice(
        &self,
        request: Request<proto::OpenDraftFromAdviceRequest>,
    ) -> Answer<proto::Dispute> {
        let call = Call::of(&request)?;
        let advice = legal_advice::draft(request.get_ref()).map_err(Denied::from)?;
        Ok(self.changed(&self.store.draft_from_advice(&call, advice).await?))
    }

    async fn list_training_rows(
        &self,
        request: Request<proto::ListTrainingRowsRequest>,
    ) -> Answer<proto::ListTrainingRowsResponse> {
        let call = Call::of(&request)?;
        let page = training::page(&request.into_inner(), &call, self.store.vault(), self.now())
            .map_err(Denied::from)?;
        let taught = self.store.training_rows(&call, &page).await?;
        let rows = taught.rows.iter().map(training::row).collect();
        Ok(Response::new(proto::ListTrainingRowsResponse {
            rows,
            next_page_token: taught.next,
            left_out_count: taught.left_out,
        }))
    }

    async fn request_correction(
        &self,
        request: Request<proto::RequestCorrectionRequest>,
    ) -> Answer<proto::Dispute> {
        let call = Call::of(&request)?;
        let (case, missing) = command::missing(&request.into_inner()).map_err(Denied::from)?;
        let editions = self.store.editions().await.map_err(Denied::from)?;
        let act = |dispute: Dispute, stamp: &Stamp| {
            let term = begin(&editions, "S03", stamp.now)
                .ok_or_else(|| courier::Fault::plain("the clock S03", "no edition has it"))?;
            Ok(dispute.request_correction(missing.clone(), term, stamp.now)?)
        };
        Ok(self.changed(&self.store.change(&call, case, act).await?))
    }

    async fn correct_dispute(
        &self,
        request: Request<proto::CorrectDisputeRequest>,
    ) -> Answer<proto::Dispute> {
        let call = Call::of(&request)?;
        let (case, patch) = filing::correction(&request.into_inner(), self.now()).map_err(Denied::from)?;
        let new_id = |stamp: &Stamp| PartyId::from(stamp.id());
        let act = |dispute: Dispute, stamp: &Stamp| Ok(dispute.correct(&patch, stamp.now, || new_id(stamp))?);
        Ok(self.changed(&self.store.change(&call, case, act).await?))
    }

    async fn amend_party(&self, request: Request<proto::AmendPartyRequest>) -> Answer<proto::Dispute> {
        let call = Call::of(&request)?;
        let asked = command::amendment(&request.into_inner(), self.now()).map_err(Denied::from)?;
        let act = |dispute: Dispute, stamp: &Stamp| {
            let current = dispute.version;
            let fits = party::fits(&dispute, &asked.party, civil_date(stamp.now));
            let moved = dispute
                .amend(asked.party.clone(), &asked.warnings, stamp.now, || PartyId::from(stamp.id()))?;
            if asked.etag != current && moved.is_changed() {
                return Err(Denied::Stale { current: Some(current) });
            }
            fits?;
            Ok(moved)
        };
        Ok(self.changed(&self.store.change(&call, asked.case, act).await?))
    }

    async fn accept_dispute(&self, request: Request<proto::AcceptDisputeRequest>) -> Answer<proto::Dispute> {
        let call = Call::of(&request)?;
        let decision = command::acceptance(&request.into_inner(), self.now()).map_err(Denied::from)?;
        Ok(self.changed(&self.store.accept(&call, &decision).await?))
    }

    async fn refuse_dispute(&self, request: Request<proto::RefuseDisputeRequest>) -> Answer<proto::Dispute> {
        let call = Call::of(&request)?;
        let (case, ground, redirect) = command::refusal(&request.into_inner()).map_err(Denied::from)?;
        let act = |dispute: Dispute, stamp: &Stamp| Ok(dispute.refuse(ground, &redirect, stamp.now)?);
        Ok(self.changed(&self.store.change(&call, case, act).await?))
    }

    async fn record_advice(&self, request: Request<proto::RecordAdviceRequest>) -> Answer<proto::Dispute> {
        let call = Call::of(&request)?;
        let (case, advice) = command::advice(&request.into_inner()).map_err(Denied::from)?;
        let act = |dispute: Dispute, stamp: &Stamp| Ok(dispute.advise(&advice, stamp.now)?);
        Ok(self.changed(&self.store.change(&call, case, act).await?))
    }

    async fn withdraw_dispute(
        &self,
        request: Request<proto::WithdrawDisputeRequest>,
    ) -> Answer<proto::Dispute> {
        let call = Call::of(&request)?;
        let (case, by, joining) = command::withdrawal(&request.into_inner()).map_err(Denied::from)?;
        let act = |dispute: Dispute, stamp: &Stamp| Ok(dispute.withdraw(by, &joining, stamp.now)?);
        Ok(self.changed(&self.store.change(&call, case, act).await?))
    }

    async fn demand_court(&self, request: Request<proto::DemandCourtRequest>) -> Answer<proto::Dispute> {
        let call = Call::of(&request)?;
        let (case, party, how) = command::demand(&request.into_inner()).map_err(Denied::from)?;
        let demand = |stamp: &Stamp| Demand { party, how, at: stamp.now };
        let act = |dispute: Dispute, stamp: &Stamp| Ok(dispute.demand_court(demand(stamp))?);
        Ok(self.changed(&self.store.change(&call, case, act).await?))
    }

    async fn archive_dispute(
        &self,
        request: Request<proto::ArchiveDisputeRequest>,
    ) -> Answer<proto::Dispute> {
        let call = Call::of(&request)?;
        let (case, note) = command::archive(&request.into_inner()).map_err(Denied::from)?;
        let act = |dispute: Dispute, stamp: &Stamp| Ok(dispute.archive(&note, stamp.now)?);
        Ok(self.changed(&self.store.change(&call, case, act).await?))
    }

    async fn close_dispute(&self, request: Request<proto::CloseDisputeRequest>) -> Answer<proto::Dispute> {
        let call = Call::of(&request)?;
        let (case, satisfied) = command::closing(&request.into_inner()).map_err(Denied::from)?;
        let act = |dispute: Dispute, stamp: &Stamp| Ok(dispute.close(&satisfied, stamp.now)?);
        Ok(self.changed(&self.store.change(&call, case, act).await?))
    }

    async fn get_status_by_code(
        &self,
        request: Request<proto::GetStatusByCodeRequest>,
    ) -> Answer<proto::PartyStatus> {
        let call = Call::of(&request)?;
        let code = request.into_inner().code;
        if code.trim().is_empty() {
            return Err(Denied::field("code", Fault::REQUIRED).into());
        }
        let dispute = self.store.by_code(&call, &code).await?;
        Ok(Response::new(status::status(&dispute, &self.store.code(&dispute))))
    }

    async fn read_for_filing(
        &self,
        request: Request<proto::ReadForFilingRequest>,
    ) -> Answer<proto::ReadForFilingResponse> {
        let call = Call::of(&request)?;
        let case = command::case(&request.into_inner().case_id).map_err(Denied::from)?;
        let dispute = self.store.read_for_filing(&call, case).await?;
        Ok(Response::new(answer::for_filing(&dispute)))
    }
}
