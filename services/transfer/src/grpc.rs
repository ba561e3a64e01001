//! The two front doors: the transfer desk's and the courts'.

use std::pin::Pin;
use std::sync::Arc;

use access::{Call, Relation};
use chassis::Denied;
use chassis::seen::{self, SEEN};
use contracts::transfer::v1 as contract;
use contracts::transfer::v1::court_service_server::CourtService;
use contracts::transfer::v1::transfer_service_server::TransferService;
use futures::Stream;
use tonic::{Request, Response, Status};

use crate::gather::{Ask, Neighbours, gather};
use crate::model::Filing;
use crate::packing;
use crate::store::Store;
use crate::store::inbox::Inbox;
use crate::{watch, wire};

/// The desk that packs and submits.
pub(crate) struct Front {
    pub(crate) store: Store,
    pub(crate) neighbours: Arc<dyn Neighbours>,
}

/// The courts' door.
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
        let (filing, _) = self.store.get(&call, case).await?;
        filing.may_pack().map_err(Denied::refused)?;
        let amendments = filing.amendments;
        let facts = Ask { case, trace: call.trace.clone(), seen };
        let (told, run) = gather(&*self.neighbours, &facts).await?;
        let clock = self.store.desk.clock();
        let packed = packing::pack(&told, &run, &ask.court_org, || clock.id()).map_err(Denied::refused)?;
        let pack = |filing: Filing, _: &courier::Stamp| filing.pack(packed.package.clone(), amendments);
        let filing = self.store.change(&call, case, Some(&packed), pack).await?;
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
        let filing = self.store.change(&call, case, None, submit).await?;
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
}

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
        let filing = self.store.change(&call, case, None, act).await?;
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
        let filing = self.store.change(&call, case, None, act).await?;
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
        let filing = self.store.change(&call, case, None, act).await?;
        Ok(changed(&self.store, &filing))
    }
}
