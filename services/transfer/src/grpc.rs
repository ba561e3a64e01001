//! The two front doors: the transfer desk's and the courts'.

mod courts;

use std::sync::Arc;

use access::{Call, Relation};
use chassis::Denied;
use chassis::seen::{self, SEEN};
use chrono::{DateTime, Utc};
use contracts::transfer::v1 as contract;
use contracts::transfer::v1::transfer_service_server::TransferService;
use lexicon::OrgId;
use rulebook::calendar::civil_date;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::{Request, Response, Status};

use crate::gather::{self, Ask, Neighbours, gather};
use crate::model::{Commission, Confirmation, Filing, Thread, confirmation, venue};
use crate::packing::{self, Order, Packed};
use crate::papers::Purpose;
use crate::store::Store;
use crate::wire;

/// The desk that packs and submits.
pub(crate) struct Front {
    pub(crate) store: Store,
    pub(crate) neighbours: Arc<dyn Neighbours>,
}

/// The courts' door.
#[derive(Clone)]
pub(crate) struct Courts {
    pub(crate) store: Store,
    pub closing: tokio_util::sync::CancellationToken,
}

/// The answer of a changing call, with the version it made.
fn changed(store: &Store, filing: &Filing) -> Response<contract::Filing> {
    let desk = &store.desk;
    seen::answer(
        wire::filing(filing, true),
        desk.service(),
        desk.epoch(),
        filing.case.as_uuid(),
        filing.version,
    )
}

#[tonic::async_trait]
impl TransferService for Front {
    async fn prepare_filing(
        &self,
        request: Request<contract::PrepareFilingRequest>,
    ) -> Result<Response<contract::Filing>, Status> {
        let call = Call::of(&request)?;
        let seen = request.metadata().get_all(SEEN).iter().cloned().collect();
        let ask = request.into_inner();
        let case = wire::case(&ask.case_id).map_err(Denied::from)?;
        let kind = wire::kind_of(ask.kind).map_err(|fault| Denied::field("kind", fault))?;
        let (read, _) = self.store.admit(&call, case).await?;
        let kind = read.thread.may_file(kind).map_err(Denied::from)?;
        let amendments = read.thread.filing.as_ref().map_or(0, |filing| filing.amendments);
        let purpose = Purpose::Filing(kind);
        let packed = self.packed(&call, &read.thread, purpose, &ask.court_org, seen).await?;
        let pack = |thread: Thread, stamp: &courier::Stamp| {
            thread.pack(Some(kind), packed.package.clone(), amendments, || stamp.id())
        };
        let thread = self.store.change_thread(&call, case, Some(&packed), pack).await?;
        let filing = thread.filing.ok_or(Denied::Missing("filing"))?;
        Ok(changed(&self.store, &filing))
    }

    async fn check_jurisdiction(
        &self,
        request: Request<contract::CheckJurisdictionRequest>,
    ) -> Result<Response<contract::JurisdictionOpinion>, Status> {
        let call = Call::of(&request)?;
        let seen = request.metadata().get_all(SEEN).iter().cloned().collect();
        let ask = wire::jurisdiction::ask(request.get_ref()).map_err(Denied::from)?;
        let (read, _) = self.store.admit(&call, ask.case).await?;
        let facts = Ask {
            case: ask.case,
            trace: call.trace.clone(),
            seen,
            with_agreement: false,
            agreement: String::new(),
        };
        let told =
            self.neighbours.complaint(&facts).await.map_err(|status| gather::denied("intake", &status))?;
        let order = Order::of(&read.thread, ask.purpose, "", civil_date(self.now()));
        let mut asked = packing::asked(&told, &order);
        asked.places = ask.places.iter().map(|(point, code)| (*point, code.as_str())).collect();
        asked.facts.extend(&ask.facts);
        asked.agreed.clone_from(&ask.agreed);
        asked.invited_by = ask.invited_by.or(asked.invited_by);
        let opinion = venue::opinion(&asked).map_err(Denied::refused)?;
        Ok(Response::new(wire::jurisdiction::opinion(&opinion)))
    }

    async fn answer_correction(
        &self,
        request: Request<contract::AnswerCorrectionRequest>,
    ) -> Result<Response<contract::Filing>, Status> {
        let call = Call::of(&request)?;
        let (case, words) = wire::court::corrected(request.get_ref()).map_err(Denied::from)?;
        let act = |filing: Filing, stamp: &courier::Stamp| filing.answer_correction(&words, stamp.now);
        let filing = self.store.change(&call, case, act).await?;
        Ok(changed(&self.store, &filing))
    }

    async fn withdraw_filing(
        &self,
        request: Request<contract::WithdrawFilingRequest>,
    ) -> Result<Response<contract::Filing>, Status> {
        let call = Call::of(&request)?;
        let (case, party) = wire::take_back(request.get_ref()).map_err(Denied::from)?;
        let act = |thread: Thread, _: &courier::Stamp| thread.take_back(party);
        let thread = self.store.change_thread(&call, case, None, act).await?;
        let filing = thread.filing.ok_or(Denied::Missing("filing"))?;
        Ok(changed(&self.store, &filing))
    }

    async fn submit_filing(
        &self,
        request: Request<contract::SubmitFilingRequest>,
    ) -> Result<Response<contract::Filing>, Status> {
        let call = Call::of(&request)?;
        let ask = request.into_inner();
        let case = wire::case(&ask.case_id).map_err(Denied::from)?;
        let submit = |filing: Filing, stamp: &courier::Stamp| filing.submit(&ask.package_sha256, stamp.now);
        let filing = self.store.change(&call, case, submit).await?;
        Ok(changed(&self.store, &filing))
    }

    async fn get_filing(
        &self,
        request: Request<contract::GetFilingRequest>,
    ) -> Result<Response<contract::Filing>, Status> {
        let call = Call::of(&request)?;
        let case = wire::case(&request.get_ref().case_id).map_err(Denied::from)?;
        let (filing, permit) = self.store.get(&call, case).await?;
        Ok(Response::new(wire::filing(&filing, permit.clear)))
    }

    async fn list_filings(
        &self,
        request: Request<contract::ListFilingsRequest>,
    ) -> Result<Response<contract::ListFilingsResponse>, Status> {
        let call = Call::of(&request)?;
        call.decide(None).map_err(Denied::from)?;
        let ask = wire::list(request.into_inner()).map_err(Denied::from)?;
        let (filings, next_page_token) = self.store.list(&call, &ask).await?;
        let filings = filings.iter().map(|filing| wire::filing(filing, false)).collect();
        Ok(Response::new(contract::ListFilingsResponse { filings, next_page_token }))
    }

    async fn apply_for_confirmation(
        &self,
        request: Request<contract::ApplyForConfirmationRequest>,
    ) -> Result<Response<contract::Confirmation>, Status> {
        let call = Call::of(&request)?;
        let seen = request.metadata().get_all(SEEN).iter().cloned().collect();
        let (case, parties, chosen) = wire::confirmation::apply(request.get_ref()).map_err(Denied::from)?;
        let (read, _) = self.store.admit(&call, case).await?;
        if let Some(known) = read.thread.applied() {
            // An acknowledgement like any other: not given on what only this process knows.
            let stamp = call.stamp(&self.store.desk);
            self.store.desk.vouch(&stamp, case.as_uuid()).await.map_err(Denied::from)?;
            return Ok(self.confirmed(known));
        }
        confirmation::may_apply(&read.thread.facts, &parties, self.now()).map_err(Denied::from)?;
        let packed = self.packed(&call, &read.thread, Purpose::Confirmation, &chosen, seen).await?;
        let holder = Self::studio_of(&read.thread)?;
        let act = |thread: Thread, stamp: &courier::Stamp| {
            thread.apply(&parties, packed.package.clone(), holder.clone(), stamp.id(), stamp.now)
        };
        let thread = self.store.change_thread(&call, case, Some(&packed), act).await?;
        let confirmation = thread.confirmation.ok_or(Denied::Missing("confirmation"))?;
        Ok(self.confirmed(&confirmation))
    }

    async fn withdraw_confirmation(
        &self,
        request: Request<contract::WithdrawConfirmationRequest>,
    ) -> Result<Response<contract::Confirmation>, Status> {
        let call = Call::of(&request)?;
        let (case, party) = wire::confirmation::withdraw(request.get_ref()).map_err(Denied::from)?;
        let act = |thread: Thread, stamp: &courier::Stamp| thread.withdraw_confirmation(party, stamp.now);
        let thread = self.store.change_thread(&call, case, None, act).await?;
        let confirmation = thread.confirmation.ok_or(Denied::Missing("confirmation"))?;
        Ok(self.confirmed(&confirmation))
    }

    async fn get_confirmation(
        &self,
        request: Request<contract::GetConfirmationRequest>,
    ) -> Result<Response<contract::Confirmation>, Status> {
        let call = Call::of(&request)?;
        let case = wire::case(&request.get_ref().case_id).map_err(Denied::from)?;
        let (read, permit) = self.store.admit(&call, case).await?;
        let noun = read.thread.confirmation.ok_or(Denied::Missing("confirmation"))?;
        let foreign = permit.relation == Relation::Court
            && call.caller.court.as_ref() != Some(&noun.package.venue.court);
        if foreign {
            return Err(Denied::Missing("confirmation").into());
        }
        Ok(Response::new(wire::confirmation::confirmation(&noun, permit.clear)))
    }

    async fn prepare_handoff(
        &self,
        request: Request<contract::PrepareHandoffRequest>,
    ) -> Result<Response<contract::Handoff>, Status> {
        let call = Call::of(&request)?;
        let (case, receiver) = wire::handoff::prepare(request.get_ref()).map_err(Denied::from)?;
        let act = |thread: Thread, stamp: &courier::Stamp| {
            thread.prepare_handoff(&receiver, stamp.now, || stamp.id())
        };
        self.handed(&self.store.change_thread(&call, case, None, act).await?)
    }

    async fn record_handoff(
        &self,
        request: Request<contract::RecordHandoffRequest>,
    ) -> Result<Response<contract::Handoff>, Status> {
        let call = Call::of(&request)?;
        let (case, at, evidence) =
            wire::handoff::record(request.get_ref(), self.now()).map_err(Denied::from)?;
        let act = |thread: Thread, _: &courier::Stamp| thread.of_handoff(|one| one.hand(at, &evidence));
        self.handed(&self.store.change_thread(&call, case, None, act).await?)
    }

    async fn record_handoff_answer(
        &self,
        request: Request<contract::RecordHandoffAnswerRequest>,
    ) -> Result<Response<contract::Handoff>, Status> {
        let call = Call::of(&request)?;
        let (case, said, at, words) =
            wire::handoff::answer(request.get_ref(), self.now()).map_err(Denied::from)?;
        let act = |thread: Thread, _: &courier::Stamp| thread.of_handoff(|one| one.answer(said, at, &words));
        self.handed(&self.store.change_thread(&call, case, None, act).await?)
    }

    async fn get_handoff(
        &self,
        request: Request<contract::GetHandoffRequest>,
    ) -> Result<Response<contract::Handoff>, Status> {
        let call = Call::of(&request)?;
        let case = wire::case(&request.get_ref().case_id).map_err(Denied::from)?;
        let (read, permit) = self.store.admit(&call, case).await?;
        let handoff = read.thread.handoff.ok_or(Denied::Missing("handoff"))?;
        Ok(Response::new(wire::handoff::handoff(&handoff, permit.clear)))
    }

    async fn list_commissions(
        &self,
        request: Request<contract::ListCommissionsRequest>,
    ) -> Result<Response<contract::ListCommissionsResponse>, Status> {
        let call = Call::of(&request)?;
        let page = wire::commission::page(request.into_inner()).map_err(Denied::from)?;
        let (commissions, next_page_token) = self.store.list_commissions(&call, &page).await?;
        let commissions = commissions.iter().map(wire::commission::commission).collect();
        Ok(Response::new(contract::ListCommissionsResponse { commissions, next_page_token }))
    }

    async fn sign_for_commissions(
        &self,
        request: Request<contract::SignForCommissionsRequest>,
    ) -> Result<Response<contract::SignForCommissionsResponse>, Status> {
        let call = Call::of(&request)?;
        let ids = wire::commission::ids(request.get_ref()).map_err(Denied::from)?;
        let mut commissions = vec![];
        for id in ids {
            let act = |thread: Thread, stamp: &courier::Stamp| thread.commission(|one| one.sign(stamp.now));
            let signed = self.store.change_commission(&call, id, ours(&call), act).await?;
            commissions.push(wire::commission::commission(&signed));
        }
        Ok(Response::new(contract::SignForCommissionsResponse { commissions }))
    }

    async fn decline_commission(
        &self,
        request: Request<contract::DeclineCommissionRequest>,
    ) -> Result<Response<contract::Commission>, Status> {
        let call = Call::of(&request)?;
        let (id, reason) = wire::commission::decline(request.get_ref()).map_err(Denied::from)?;
        let act =
            |thread: Thread, stamp: &courier::Stamp| thread.commission(|one| one.decline(&reason, stamp.now));
        let declined = self.store.change_commission(&call, id, ours(&call), act).await?;
        Ok(commissioned(&self.store, &declined))
    }

    async fn submit_commission_report(
        &self,
        request: Request<contract::SubmitCommissionReportRequest>,
    ) -> Result<Response<contract::Commission>, Status> {
        let call = Call::of(&request)?;
        let id = wire::commission::id(&request.get_ref().commission_id).map_err(Denied::from)?;
        let act = |thread: Thread, stamp: &courier::Stamp| thread.report(false, stamp.now);
        let reported = self.store.change_commission(&call, id, ours(&call), act).await?;
        Ok(commissioned(&self.store, &reported))
    }
}

impl Front {
    fn now(&self) -> DateTime<Utc> {
        self.store.desk.clock().now()
    }

    /// A package of what the neighbours tell.
    async fn packed(
        &self,
        call: &Call,
        thread: &Thread,
        purpose: Purpose,
        chosen: &str,
        seen: Vec<MetadataValue<Ascii>>,
    ) -> Result<Packed, Denied> {
        let with_agreement = purpose.needs_agreement();
        let settled = thread.facts.settled.as_ref().filter(|_| with_agreement);
        let agreement = settled.map(|settled| settled.agreement.to_string()).unwrap_or_default();
        let facts = Ask { case: thread.case, trace: call.trace.clone(), seen, with_agreement, agreement };
        let (told, run) = gather(&*self.neighbours, &facts).await?;
        let clock = self.store.desk.clock();
        let order = Order::of(thread, purpose, chosen, civil_date(clock.now()));
        packing::pack(&told, &run, &order, || clock.id()).map_err(Denied::from)
    }

    fn studio_of(thread: &Thread) -> Result<OrgId, Denied> {
        thread.facts.studio.clone().or_else(|| thread.desk()).ok_or(Denied::Missing("case"))
    }

    fn confirmed(&self, noun: &Confirmation) -> Response<contract::Confirmation> {
        let desk = &self.store.desk;
        let told = wire::confirmation::confirmation(noun, true);
        seen::answer(told, desk.service(), desk.epoch(), noun.case.as_uuid(), noun.version)
    }

    fn handed(&self, thread: &Thread) -> Result<Response<contract::Handoff>, Status> {
        let noun = thread.handoff.as_ref().ok_or(Denied::Missing("handoff"))?;
        let desk = &self.store.desk;
        let told = wire::handoff::handoff(noun, true);
        Ok(seen::answer(told, desk.service(), desk.epoch(), noun.case.as_uuid(), noun.version))
    }
}

/// Whether a commission is addressed to the caller's organisation, or taken in by it.
fn ours(call: &Call) -> impl Fn(&Commission) -> bool {
    let org = call.caller.org.clone();
    move |commission| commission.studio == org || commission.content.reception == org
}

fn commissioned(store: &Store, noun: &Commission) -> Response<contract::Commission> {
    let desk = &store.desk;
    let told = wire::commission::commission(noun);
    seen::answer(told, desk.service(), desk.epoch(), noun.thread.as_uuid(), noun.version)
}
