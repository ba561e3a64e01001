//! The front door's `DirectoryService`.

use access::Call;
use chassis::Denied;
use contracts::routing::v1 as proto;
use contracts::routing::v1::directory_service_server::DirectoryService;
use lexicon::OrgId;
use tonic::{Request, Response};

use super::{Answer, Door};
use crate::model::Mediator;
use crate::wire;

#[tonic::async_trait]
impl DirectoryService for Door {
    async fn list_organizations(
        &self,
        request: Request<proto::ListOrganizationsRequest>,
    ) -> Answer<proto::ListOrganizationsResponse> {
        let organizations = self.organizations(&Call::of(&request)?, None).await?;
        Ok(Response::new(proto::ListOrganizationsResponse { organizations }))
    }

    async fn list_studios(
        &self,
        request: Request<proto::ListStudiosRequest>,
    ) -> Answer<proto::ListStudiosResponse> {
        let studios = self.organizations(&Call::of(&request)?, Some("STUDIO")).await?;
        Ok(Response::new(proto::ListStudiosResponse { studios }))
    }

    async fn list_workstations(
        &self,
        request: Request<proto::ListWorkstationsRequest>,
    ) -> Answer<proto::ListWorkstationsResponse> {
        let day = wire::directory::open_date(request.get_ref()).map_err(Denied::from)?;
        let call = Call::of(&request)?;
        call.decide(None).map_err(Denied::from)?;
        let found = self.store.directory().organizations(call.caller.centre.as_str(), Some("WORKSTATION"));
        let found = found.await.map_err(Denied::from)?;
        let open = found.into_iter().filter(|one| day.is_none_or(|day| one.is_open_on(day)));
        let workstations = open.map(wire::directory::organization).collect();
        Ok(Response::new(proto::ListWorkstationsResponse { workstations }))
    }

    async fn list_mediators(
        &self,
        request: Request<proto::ListMediatorsRequest>,
    ) -> Answer<proto::ListMediatorsResponse> {
        let call = Call::of(&request)?;
        let studio = wire::mediators(request.get_ref()).map_err(Denied::from)?;
        call.decide(None).map_err(Denied::from)?;
        let directory = self.store.directory();
        let found = directory
            .named_mediators(call.caller.centre.as_str(), studio.as_ref())
            .await
            .map_err(Denied::from)?;
        let mediators = found.into_iter().map(|(row, held)| wire::directory::mediator(row, held));
        Ok(Response::new(proto::ListMediatorsResponse { mediators: mediators.collect() }))
    }

    async fn list_liaison_officers(
        &self,
        request: Request<proto::ListLiaisonOfficersRequest>,
    ) -> Answer<proto::ListLiaisonOfficersResponse> {
        let call = Call::of(&request)?;
        let org = wire::directory::officers(request.get_ref()).map_err(Denied::from)?;
        call.decide(None).map_err(Denied::from)?;
        let centre = call.caller.centre.as_str();
        let found = self.store.directory().officers(centre, org.as_ref().map(OrgId::as_str)).await;
        let officers = found.map_err(Denied::from)?.into_iter().map(wire::directory::officer).collect();
        Ok(Response::new(proto::ListLiaisonOfficersResponse { officers }))
    }

    async fn list_duty_lawyers(
        &self,
        request: Request<proto::ListDutyLawyersRequest>,
    ) -> Answer<proto::ListDutyLawyersResponse> {
        let call = Call::of(&request)?;
        let today = rulebook::calendar::civil_date(self.store.desk().clock().now());
        let days = wire::directory::lawyers(request.get_ref(), today).map_err(Denied::from)?;
        call.decide(None).map_err(Denied::from)?;
        let found = self.store.directory().duty_lawyers(call.caller.centre.as_str(), Some(days)).await;
        let lawyers = found.map_err(Denied::from)?.into_iter().map(wire::directory::lawyer).collect();
        Ok(Response::new(proto::ListDutyLawyersResponse { lawyers }))
    }

    async fn export_directory(
        &self,
        request: Request<proto::ExportDirectoryRequest>,
    ) -> Answer<proto::ExportDirectoryResponse> {
        let entries = self.store.directory().export(&Call::of(&request)?).await?;
        Ok(Response::new(proto::ExportDirectoryResponse { files: wire::sheets::written(&entries) }))
    }

    async fn import_directory(
        &self,
        request: Request<proto::ImportDirectoryRequest>,
    ) -> Answer<proto::ImportDirectoryResponse> {
        let call = Call::of(&request)?;
        call.decide(None).map_err(Denied::from)?;
        let ask = request.get_ref();
        let mut reading = wire::sheets::read(&ask.files).map_err(Denied::from)?;
        // With the least fault nothing is written; what else is wrong is told all the same.
        let only_checking = ask.validate_only || !reading.faults.is_empty();
        let directory = self.store.directory();
        let done = directory.import(&call, &reading.entries, &reading.mentions, only_checking).await?;
        let changes = match done {
            Ok(tallies) => wire::directory::imported(&tallies, &reading.files),
            Err(misfits) => {
                reading.faults.extend(&misfits);
                vec![]
            }
        };
        let valid = reading.faults.is_empty();
        let (faults, fault_count) = reading.faults.told();
        let changes = if valid { changes } else { vec![] };
        Ok(Response::new(proto::ImportDirectoryResponse { valid, changes, faults, fault_count }))
    }

    async fn register_mediator(
        &self,
        request: Request<proto::RegisterMediatorRequest>,
    ) -> Answer<proto::Mediator> {
        let call = Call::of(&request)?;
        let one = wire::directory::register(request.get_ref()).map_err(Denied::from)?;
        let written = self.store.directory().register(&call, &one).await?;
        Ok(Response::new(self.with_held(&call, written).await?))
    }

    async fn set_duty(&self, request: Request<proto::SetDutyRequest>) -> Answer<proto::Mediator> {
        let call = Call::of(&request)?;
        let account = wire::directory::account(&request.get_ref().account_id).map_err(Denied::from)?;
        let written = self.store.directory().set_duty(&call, &account, request.get_ref().on_duty).await?;
        Ok(Response::new(self.with_held(&call, written).await?))
    }
}

impl Door {
    /// A mediator's line, with how many cases they hold.
    async fn with_held(&self, call: &Call, one: Mediator) -> Result<proto::Mediator, Denied> {
        let room = self.store.directory().room(call.caller.centre.as_str(), &one.account_id).await?;
        Ok(wire::directory::mediator(one, room.held))
    }

    async fn organizations(
        &self,
        call: &Call,
        kind: Option<&str>,
    ) -> Result<Vec<proto::Organization>, Denied> {
        call.decide(None)?;
        let found = self.store.directory().organizations(call.caller.centre.as_str(), kind).await?;
        Ok(found.into_iter().map(wire::directory::organization).collect())
    }
}
