//! The courts' door: inbox, packages, receipts and rulings, commissions.

use std::pin::Pin;

use access::{Call, Relation};
use chassis::{Denied, seen};
use contracts::transfer::v1 as contract;
use contracts::transfer::v1::court_service_server::CourtService;
use futures::{Stream, StreamExt as _};
use lexicon::{CaseId, CourtId};
use rulebook::calendar::civil_date;
use tonic::{Request, Response, Status};

use super::{Courts, changed, commissioned};
use crate::model::commission::Examined;
use crate::model::{Commission, Confirmation, Filing, No, Rule, Thread};
use crate::store::inbox::Inbox;
use crate::wire::commission::Documented;
use crate::{watch, wire};

#[tonic::async_trait]
impl CourtService for Courts {
    type WatchInboxStream = Pin<Box<dyn Stream<Item = Result<contract::InboxItem, Status>> + Send>>;

    async fn watch_inbox(
        &self,
        request: Request<contract::WatchInboxRequest>,
    ) -> Result<Response<Self::WatchInboxStream>, Status> {
        let call = Call::of(&request)?;
        call.decide(None).map_err(Denied::from)?;
        let court = call.caller.court.as_ref().ok_or(Denied::Forbidden("NO_COURT"))?;
        let inbox = Inbox { centre: call.caller.centre.to_string(), court: court.to_string() };
        let from = self.store.read_resume_token(&inbox, &request.get_ref().resume_token);
        let from = from.map_err(|_| Denied::field("resume_token", lexicon::Fault::MALFORMED))?;
        Ok(Response::new(Box::pin(watch::follow(self.store.clone(), inbox, from, self.closing.clone()))))
    }

    async fn get_package(
        &self,
        request: Request<contract::GetPackageRequest>,
    ) -> Result<Response<contract::Package>, Status> {
        let call = Call::of(&request)?;
        let case = wire::case(&request.get_ref().case_id).map_err(Denied::from)?;
        if request.get_ref().confirmation {
            let (read, _) = self.store.admit(&call, case).await?;
            let mine = |noun: &Confirmation| Some(&noun.package.venue.court) == call.caller.court.as_ref();
            let noun = read.thread.confirmation.filter(mine).ok_or(Denied::Missing("confirmation"))?;
            let package = self.store.application(call.caller.centre.as_str(), &noun).await;
            return Ok(Response::new(package.map_err(Denied::from)?));
        }
        let (filing, permit) = self.store.get(&call, case).await?;
        // Only the court it was submitted to, and nothing before it was.
        if permit.relation != Relation::Court || filing.state.court() != call.caller.court.as_ref() {
            return Err(Denied::Missing("filing").into());
        }
        let package = self.store.package(call.caller.centre.as_str(), &filing).await.map_err(Denied::from)?;
        Ok(Response::new(package))
    }

    async fn acknowledge_receipt(
        &self,
        request: Request<contract::AcknowledgeReceiptRequest>,
    ) -> Result<Response<contract::Filing>, Status> {
        let call = Call::of(&request)?;
        let (case, answer) = wire::acknowledge(request.get_ref(), &call.caller).map_err(Denied::from)?;
        let act = |filing: Filing, stamp: &courier::Stamp| filing.acknowledge(answer.clone(), stamp.now);
        let filing = self.store.change(&call, case, act).await?;
        Ok(changed(&self.store, &filing))
    }

    async fn accept_filing(
        &self,
        request: Request<contract::AcceptFilingRequest>,
    ) -> Result<Response<contract::Filing>, Status> {
        let call = Call::of(&request)?;
        let (case, answer, number) = wire::accept(request.get_ref(), &call.caller).map_err(Denied::from)?;
        let act =
            |filing: Filing, stamp: &courier::Stamp| filing.accept(answer.clone(), number.clone(), stamp.now);
        let filing = self.store.change(&call, case, act).await?;
        Ok(changed(&self.store, &filing))
    }

    async fn refuse_filing(
        &self,
        request: Request<contract::RefuseFilingRequest>,
    ) -> Result<Response<contract::Filing>, Status> {
        let call = Call::of(&request)?;
        let (case, answer, reason) = wire::refuse(request.get_ref(), &call.caller).map_err(Denied::from)?;
        let act =
            |filing: Filing, stamp: &courier::Stamp| filing.refuse(answer.clone(), reason.clone(), stamp.now);
        let filing = self.store.change(&call, case, act).await?;
        Ok(changed(&self.store, &filing))
    }

    async fn request_correction(
        &self,
        request: Request<contract::RequestCorrectionRequest>,
    ) -> Result<Response<contract::Filing>, Status> {
        let call = Call::of(&request)?;
        let (case, answer, items) =
            wire::court::correction(request.get_ref(), &call.caller).map_err(Denied::from)?;
        let act = |filing: Filing, stamp: &courier::Stamp| {
            filing.request_correction(answer.clone(), items.clone(), stamp.now)
        };
        let filing = self.store.change(&call, case, act).await?;
        Ok(changed(&self.store, &filing))
    }

    async fn report_outcome(
        &self,
        request: Request<contract::ReportOutcomeRequest>,
    ) -> Result<Response<contract::Filing>, Status> {
        let call = Call::of(&request)?;
        let (case, outcome, named) = wire::court::outcome(request.get_ref()).map_err(Denied::from)?;
        let act = |filing: Filing, _: &courier::Stamp| filing.report_outcome(outcome.clone());
        let filing = self.store.change_filed(&call, case, named, act).await?;
        Ok(changed(&self.store, &filing))
    }

    async fn accept_confirmation(
        &self,
        request: Request<contract::AcceptConfirmationRequest>,
    ) -> Result<Response<contract::Confirmation>, Status> {
        let call = Call::of(&request)?;
        let now = self.store.desk.clock().now();
        let (case, at) = wire::confirmation::accept(request.get_ref(), now).map_err(Denied::from)?;
        let court = call.caller.court.clone();
        let act = |thread: Thread, _: &courier::Stamp| {
            of_court(&thread, court.as_ref())?;
            thread.of_confirmation(|noun| noun.accept(at))
        };
        let thread = self.store.change_thread(&call, case, None, act).await?;
        self.confirmation(case, thread)
    }

    async fn rule_on_confirmation(
        &self,
        request: Request<contract::RuleOnConfirmationRequest>,
    ) -> Result<Response<contract::Confirmation>, Status> {
        let call = Call::of(&request)?;
        let (case, ruling) =
            wire::confirmation::ruling(request.get_ref(), &call.caller).map_err(Denied::from)?;
        let court = call.caller.court.clone();
        let act = |thread: Thread, stamp: &courier::Stamp| {
            of_court(&thread, court.as_ref())?;
            thread.rule_on_confirmation(ruling.clone(), stamp.now)
        };
        let thread = self.store.change_thread(&call, case, None, act).await?;
        self.confirmation(case, thread)
    }

    async fn commission_mediation(
        &self,
        request: Request<contract::CommissionMediationRequest>,
    ) -> Result<Response<contract::Commission>, Status> {
        let call = Call::of(&request)?;
        let taken = self.receive(&call, request.get_ref()).await?;
        Ok(commissioned(&self.store, &taken))
    }

    type BatchCommissionMediationStream =
        Pin<Box<dyn Stream<Item = Result<contract::BatchCommissionMediationResponse, Status>> + Send>>;

    async fn batch_commission_mediation(
        &self,
        request: Request<tonic::Streaming<contract::BatchCommissionMediationRequest>>,
    ) -> Result<Response<Self::BatchCommissionMediationStream>, Status> {
        let call = Call::of(&request)?;
        call.decide(None).map_err(Denied::from)?;
        let courts = self.clone();
        // Pulled: the next item is read when the court has room for the answer to the one before.
        let answers = request.into_inner().then(move |item| {
            let (courts, call) = (courts.clone(), call.clone());
            async move {
                let item = item?.item.unwrap_or_default();
                let request_id = item.request_id.clone();
                let mut answer =
                    contract::BatchCommissionMediationResponse { request_id, ..Default::default() };
                match courts.receive(&call, &item).await {
                    Ok(taken) => answer.commission = Some(wire::commission::commission(&taken)),
                    // What passes is tried again by the court; what does not is told with the item.
                    Err(denied @ (Denied::Refused(_) | Denied::Invalid(_) | Denied::KeyReused)) => {
                        let status = Status::from(denied);
                        let details = tonic_types::StatusExt::get_error_details(&status);
                        let reason = details.error_info().map(|info| info.reason.clone());
                        answer.refusal_reason = reason.unwrap_or_default();
                        status.message().clone_into(&mut answer.refusal_text);
                    }
                    Err(denied) => return Err(denied.into()),
                }
                Ok(answer)
            }
        });
        Ok(Response::new(Box::pin(answers)))
    }

    async fn recall_commission(
        &self,
        request: Request<contract::RecallCommissionRequest>,
    ) -> Result<Response<contract::Commission>, Status> {
        let call = Call::of(&request)?;
        let id = wire::commission::id(&request.get_ref().commission_id).map_err(Denied::from)?;
        let act = |thread: Thread, stamp: &courier::Stamp| thread.recall(stamp.now);
        let recalled = self.store.change_commission(&call, id, its(&call), act).await?;
        Ok(commissioned(&self.store, &recalled))
    }

    async fn answer_examination(
        &self,
        request: Request<contract::AnswerExaminationRequest>,
    ) -> Result<Response<contract::Commission>, Status> {
        let call = Call::of(&request)?;
        let (id, sham, reason) = wire::commission::examination(request.get_ref()).map_err(Denied::from)?;
        let of = wire::commission::suspicion(request.get_ref()).map_err(Denied::from)?;
        let act = |thread: Thread, stamp: &courier::Stamp| {
            let found = Examined { sham, reason: reason.clone(), at: stamp.now };
            thread.examine(found, of)
        };
        let examined = self.store.change_commission(&call, id, its(&call), act).await?;
        Ok(commissioned(&self.store, &examined))
    }

    async fn issue_court_document(
        &self,
        request: Request<contract::IssueCourtDocumentRequest>,
    ) -> Result<Response<contract::Commission>, Status> {
        let call = Call::of(&request)?;
        let (on, document) = wire::commission::document(request.get_ref()).map_err(Denied::from)?;
        match on {
            Documented::Commission(id) => {
                let act = |thread: Thread, stamp: &courier::Stamp| thread.document(&document, stamp.now);
                let issued = self.store.change_commission(&call, id, its(&call), act).await?;
                Ok(commissioned(&self.store, &issued))
            }
            Documented::Case(case) => {
                let court = call.caller.court.clone().ok_or(Denied::Forbidden("NO_COURT"))?;
                let act = |thread: Thread, stamp: &courier::Stamp| {
                    thread.document_of_case(&court, document.clone(), stamp.now)
                };
                let issued = self.store.change_of_court(&call, case, act).await?;
                Ok(self.documented(&issued))
            }
        }
    }
}

impl Courts {
    /// A case with the court's document.
    fn documented(&self, thread: &Thread) -> Response<contract::Commission> {
        let told = match &thread.commission {
            Some(noun) => wire::commission::commission(noun),
            None => wire::commission::of_case(thread),
        };
        let desk = &self.store.desk;
        seen::answer(told, desk.service(), desk.epoch(), thread.case.as_uuid(), thread.version)
    }

    /// The application as its court sees it after a change.
    fn confirmation(&self, case: CaseId, thread: Thread) -> Result<Response<contract::Confirmation>, Status> {
        let noun = thread.confirmation.ok_or(Denied::Missing("confirmation"))?;
        let desk = &self.store.desk;
        let told = wire::confirmation::confirmation(&noun, true);
        Ok(seen::answer(told, desk.service(), desk.epoch(), case.as_uuid(), noun.version))
    }

    /// Takes a commission: all parties must have consented, a case of ours must be filed at this court, and the track must
    /// be open on the day.
    async fn receive(
        &self,
        call: &Call,
        ask: &contract::CommissionMediationRequest,
    ) -> Result<Commission, Denied> {
        call.decide(None)?;
        let today = civil_date(self.store.desk.clock().now());
        let received = wire::commission::receive(ask, &call.caller, today)?;
        let before_filing = received.referral.is_some();
        if !received.consented {
            let rule = if before_filing { Rule::ApplicantConsentNeeded } else { Rule::ConsentOfAllNeeded };
            return Err(Denied::refused(rule.against("")));
        }
        if let Some(origin) = received.origin {
            let read = self.store.read(call.caller.centre.as_str(), origin).await?;
            let filing =
                read.thread.filing.filter(|filing| filing.state.court() == call.caller.court.as_ref());
            let state = filing.map_or("", |filing| filing.state.code());
            if !matches!(state, "FILED" | "OUTCOME") {
                return Err(Denied::refused(Rule::NotFiledYet.against(state)));
            }
        }
        // A court refers what it has received: its letter's day is the latest on which it had, and that day's law holds (P1).
        let day = received.referral.as_ref().map_or(today, |letter| letter.on);
        let (track, event) = if before_filing { ("WP", "SUIT_RECEIVED") } else { ("WT", "COMMISSIONED") };
        let law = self.store.law().await?;
        let court = call.caller.court.as_ref().map(CourtId::as_str);
        law.active().pin(track, event, day, court).map_err(Denied::refused)?;
        self.store.receive(call, &received).await
    }
}

/// Whether the application is the caller's court's.
fn of_court(thread: &Thread, court: Option<&CourtId>) -> Result<(), No> {
    match &thread.confirmation {
        Some(noun) if Some(&noun.package.venue.court) != court => Err(No::Missing("confirmation")),
        _ => Ok(()),
    }
}

/// Whether a commission is the caller's court's.
fn its(call: &Call) -> impl Fn(&Commission) -> bool {
    let court = call.caller.court.clone();
    move |commission| court.as_ref() == Some(&commission.court)
}
