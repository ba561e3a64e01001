//! The front door: dockets, deadlines and why, what is overdue, what nobody watches, figures.

use std::sync::Arc;

use access::{Call, Vault};
use contracts::oversight::v1::oversight_service_server::OversightService;
use contracts::oversight::v1::{
    DeadlineExplanation, Docket, ExplainDeadlineRequest, GetDocketRequest, GetStatisticsRequest,
    ListDeadlinesRequest, ListDeadlinesResponse, ListOverdueRequest, ListOverdueResponse,
    ListUnwatchedRequest, ListUnwatchedResponse, Statistics,
};
use tonic::{Request, Response, Status};

use crate::store::Store;
use crate::wire;

/// The gRPC service.
pub struct Front {
    /// What happened and what is due.
    pub store: Store,
    /// For page tokens.
    pub vault: Arc<Vault>,
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
