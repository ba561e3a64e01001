//! The front door: `RoutingService`, `RuleService` and, in [`directory`], `DirectoryService`.

mod directory;
mod watch;

use access::Call;
use chassis::{Denied, seen};
use contracts::routing::v1 as proto;
use contracts::routing::v1::routing_service_server::RoutingService;
use contracts::routing::v1::rule_service_server::RuleService;
use futures::StreamExt;
use futures::stream::BoxStream;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use crate::model::Referral;
use crate::store::{Store, begun_with};
use crate::wire;

/// All doors stand before one store.
#[derive(Clone)]
pub struct Door {
    /// What is behind it.
    pub store: Store,
    /// Cancelled when the process stops: open watches end.
    pub closing: CancellationToken,
}

type PoolStream = BoxStream<'static, Result<proto::PoolChange, Status>>;
type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl RoutingService for Door {
    type WatchPoolStream = PoolStream;

    async fn propose_routes(
        &self,
        request: Request<proto::ProposeRoutesRequest>,
    ) -> Answer<proto::ProposeRoutesResponse> {
        let call = Call::of(&request)?;
        let (case, told) = wire::rules::propose(request.get_ref()).map_err(Denied::from)?;
        let route = self.store.route(&call, case, &told).await?;
        Ok(Response::new(wire::rules::proposed(&route)))
    }

    async fn refer_case(&self, request: Request<proto::ReferCaseRequest>) -> Answer<proto::Referral> {
        let call = Call::of(&request)?;
        let (case, studio, reason, told, until) = wire::refer(request.get_ref()).map_err(Denied::from)?;
        Ok(self.made(&self.store.refer(&call, case, studio, reason, &told, until).await?))
    }

    async fn escalate_case(&self, request: Request<proto::EscalateCaseRequest>) -> Answer<proto::Referral> {
        let call = Call::of(&request)?;
        let (case, wanted) = wire::joint::escalate(request.get_ref()).map_err(Denied::from)?;
        Ok(self.made(&self.store.hand_over(&call, case, wanted).await?))
    }

    async fn delegate_case(&self, request: Request<proto::DelegateCaseRequest>) -> Answer<proto::Referral> {
        let call = Call::of(&request)?;
        let (case, wanted) = wire::joint::delegate(request.get_ref()).map_err(Denied::from)?;
        Ok(self.made(&self.store.hand_over(&call, case, wanted).await?))
    }

    async fn open_consultation(
        &self,
        request: Request<proto::OpenConsultationRequest>,
    ) -> Answer<proto::Referral> {
        let call = Call::of(&request)?;
        let (case, wanted) = wire::joint::consult(request.get_ref()).map_err(Denied::from)?;
        Ok(self.made(&self.store.consult(&call, case, wanted).await?))
    }

    async fn decide_consultation(
        &self,
        request: Request<proto::DecideConsultationRequest>,
    ) -> Answer<proto::Referral> {
        let call = Call::of(&request)?;
        let (case, wanted) = wire::joint::decide(request.get_ref()).map_err(Denied::from)?;
        Ok(self.made(&self.store.decide_consultation(&call, case, wanted).await?))
    }

    async fn request_assistance(
        &self,
        request: Request<proto::RequestAssistanceRequest>,
    ) -> Answer<proto::Referral> {
        let call = Call::of(&request)?;
        let (case, wanted) = wire::joint::assist(request.get_ref()).map_err(Denied::from)?;
        Ok(self.made(&self.store.ask_assistance(&call, case, wanted).await?))
    }

    async fn answer_assistance(
        &self,
        request: Request<proto::AnswerAssistanceRequest>,
    ) -> Answer<proto::Referral> {
        let call = Call::of(&request)?;
        let (case, wanted) = wire::joint::answer(request.get_ref()).map_err(Denied::from)?;
        Ok(self.made(&self.store.answer_assistance(&call, case, wanted).await?))
    }

    async fn end_assistance(&self, request: Request<proto::EndAssistanceRequest>) -> Answer<proto::Referral> {
        let call = Call::of(&request)?;
        let (case, wanted) = wire::joint::leave(request.get_ref()).map_err(Denied::from)?;
        Ok(self.made(&self.store.end_assistance(&call, case, wanted).await?))
    }

    async fn list_joint_acts(
        &self,
        request: Request<proto::ListJointActsRequest>,
    ) -> Answer<proto::ListJointActsResponse> {
        let call = Call::of(&request)?;
        let case = wire::case(&request.get_ref().case_id).map_err(Denied::from)?;
        let acts = self.store.joint_acts(&call, case).await?;
        Ok(Response::new(proto::ListJointActsResponse { acts: acts.iter().map(wire::joint::act).collect() }))
    }

    async fn accept_referral(
        &self,
        request: Request<proto::AcceptReferralRequest>,
    ) -> Answer<proto::Referral> {
        let call = Call::of(&request)?;
        let case = wire::case(&request.get_ref().case_id).map_err(Denied::from)?;
        Ok(self.made(&self.store.accept(&call, case).await?))
    }

    async fn return_referral(
        &self,
        request: Request<proto::ReturnReferralRequest>,
    ) -> Answer<proto::Referral> {
        let call = Call::of(&request)?;
        let (case, reason) = wire::send_back(request.get_ref()).map_err(Denied::from)?;
        Ok(self.made(&self.store.send_back(&call, case, reason).await?))
    }

    async fn list_pool(&self, request: Request<proto::ListPoolRequest>) -> Answer<proto::ListPoolResponse> {
        let call = Call::of(&request)?;
        let size = wire::pool(request.get_ref()).map_err(Denied::from)?;
        let page = self.store.pool(&call, size, &request.get_ref().page_token).await?;
        let referrals = page.referrals.iter().map(wire::referral).collect();
        Ok(Response::new(proto::ListPoolResponse { referrals, next_page_token: page.next }))
    }

    async fn watch_pool(&self, request: Request<proto::WatchPoolRequest>) -> Answer<PoolStream> {
        let call = Call::of(&request)?;
        let token = &request.get_ref().resume_token;
        let watch = self.store.watch(&call, token, self.closing.clone()).await?;
        Ok(Response::new(watch.map(|told| told.map_err(watch::end)).boxed()))
    }

    async fn claim_case(&self, request: Request<proto::ClaimCaseRequest>) -> Answer<proto::Referral> {
        let call = Call::of(&request)?;
        let case = wire::case(&request.get_ref().case_id).map_err(Denied::from)?;
        Ok(self.made(&self.store.claim(&call, case).await?))
    }

    async fn take_next_case(
        &self,
        request: Request<proto::TakeNextCaseRequest>,
    ) -> Answer<proto::TakeNextCaseResponse> {
        let call = Call::of(&request)?;
        let request_id = wire::assignment::take(request.get_ref()).map_err(Denied::from)?;
        let (noun, why) = self.store.take(&call, request_id).await?;
        let (referral, desk) = (Some(wire::referral(&noun)), self.store.desk());
        let told = proto::TakeNextCaseResponse { referral, why: Some(why) };
        Ok(seen::answer(told, desk.service(), desk.epoch(), noun.case.into(), noun.version))
    }

    async fn offer_choice(&self, request: Request<proto::OfferChoiceRequest>) -> Answer<proto::Referral> {
        let call = Call::of(&request)?;
        let case = wire::case(&request.get_ref().case_id).map_err(Denied::from)?;
        Ok(self.made(&self.store.offer_choice(&call, case).await?))
    }

    async fn choose_mediator(
        &self,
        request: Request<proto::ChooseMediatorRequest>,
    ) -> Answer<proto::Referral> {
        let call = Call::of(&request)?;
        let (case, chosen) = wire::assignment::choose(request.get_ref()).map_err(Denied::from)?;
        Ok(self.made(&self.store.choose(&call, case, chosen).await?))
    }

    async fn appoint_mediator(
        &self,
        request: Request<proto::AppointMediatorRequest>,
    ) -> Answer<proto::AppointMediatorResponse> {
        let call = Call::of(&request)?;
        let asks = wire::assignment::appoint(request.get_ref()).map_err(Denied::from)?;
        let became = self.store.appoint(&call, &asks).await?;
        let results =
            asks.iter().zip(&became).map(|(ask, became)| wire::assignment::result(ask.case, became));
        Ok(Response::new(proto::AppointMediatorResponse { results: results.collect() }))
    }

    async fn name_successor(&self, request: Request<proto::NameSuccessorRequest>) -> Answer<proto::Referral> {
        let call = Call::of(&request)?;
        let (case, successor, reason) = wire::successor(request.get_ref()).map_err(Denied::from)?;
        Ok(self.made(&self.store.hand_agreement(&call, case, &successor, &reason).await?))
    }

    async fn confirm_claim(&self, request: Request<proto::ConfirmClaimRequest>) -> Answer<proto::Referral> {
        let call = Call::of(&request)?;
        let (case, fence, disclosure) = wire::confirm(request.get_ref()).map_err(Denied::from)?;
        Ok(self.made(&self.store.confirm(&call, case, fence, disclosure).await?))
    }

    async fn release_claim(&self, request: Request<proto::ReleaseClaimRequest>) -> Answer<proto::Referral> {
        let call = Call::of(&request)?;
        let (case, fence, reason) = wire::release(request.get_ref()).map_err(Denied::from)?;
        Ok(self.made(&self.store.release(&call, case, fence, reason).await?))
    }

    async fn decline_case(&self, request: Request<proto::DeclineCaseRequest>) -> Answer<proto::Referral> {
        let call = Call::of(&request)?;
        let (case, fence, reason) = wire::decline(request.get_ref()).map_err(Denied::from)?;
        Ok(self.made(&self.store.decline(&call, case, fence, reason).await?))
    }

    async fn request_recusal(
        &self,
        request: Request<proto::RequestRecusalRequest>,
    ) -> Answer<proto::Referral> {
        let call = Call::of(&request)?;
        let (case, ground, party, reason) = wire::recusal::asked(request.get_ref()).map_err(Denied::from)?;
        Ok(self.made(&self.store.ask_recusal(&call, case, ground, party, reason).await?))
    }

    async fn decide_recusal(&self, request: Request<proto::DecideRecusalRequest>) -> Answer<proto::Referral> {
        let call = Call::of(&request)?;
        let (case, asked) = wire::recusal::decided(request.get_ref()).map_err(Denied::from)?;
        Ok(self.made(&self.store.decide_recusal(&call, case, &asked).await?))
    }

    async fn declare_tie(&self, request: Request<proto::DeclareTieRequest>) -> Answer<proto::Tie> {
        let call = Call::of(&request)?;
        let today = rulebook::calendar::civil_date(self.store.desk().clock().now());
        let ask = wire::conflict::declare(request.get_ref(), today).map_err(Denied::from)?;
        Ok(Response::new(wire::conflict::tie(self.store.declare_tie(&call, &ask).await?)))
    }

    async fn withdraw_tie(&self, request: Request<proto::WithdrawTieRequest>) -> Answer<proto::Tie> {
        let call = Call::of(&request)?;
        let today = rulebook::calendar::civil_date(self.store.desk().clock().now());
        let ask = wire::conflict::withdraw(request.get_ref(), today).map_err(Denied::from)?;
        Ok(Response::new(wire::conflict::tie(self.store.withdraw_tie(&call, &ask).await?)))
    }

    async fn list_ties(&self, request: Request<proto::ListTiesRequest>) -> Answer<proto::ListTiesResponse> {
        let call = Call::of(&request)?;
        let mediator = wire::conflict::ties(request.get_ref()).map_err(Denied::from)?;
        let ties = self.store.ties(&call, &mediator).await?.into_iter().map(wire::conflict::tie).collect();
        Ok(Response::new(proto::ListTiesResponse { ties }))
    }

    async fn find_conflict(
        &self,
        request: Request<proto::FindConflictRequest>,
    ) -> Answer<proto::FindConflictResponse> {
        let call = Call::of(&request)?;
        let (case, mediator) = wire::conflict::find(request.get_ref()).map_err(Denied::from)?;
        let found = self.store.find_conflict(&call, case, &mediator).await?;
        Ok(Response::new(wire::conflict::found(found)))
    }

    async fn get_referral(&self, request: Request<proto::GetReferralRequest>) -> Answer<proto::Referral> {
        let call = Call::of(&request)?;
        let case = wire::case(&request.get_ref().case_id).map_err(Denied::from)?;
        Ok(Response::new(wire::referral(&self.store.get(&call, case).await?)))
    }

    async fn list_referrals(
        &self,
        request: Request<proto::ListReferralsRequest>,
    ) -> Answer<proto::ListReferralsResponse> {
        let call = Call::of(&request)?;
        let ask = wire::list(request.get_ref()).map_err(Denied::from)?;
        let page = self.store.list(&call, &ask, &request.get_ref().page_token).await?;
        let referrals = page.referrals.iter().map(wire::referral).collect();
        Ok(Response::new(proto::ListReferralsResponse { referrals, next_page_token: page.next }))
    }
}

#[tonic::async_trait]
impl RuleService for Door {
    async fn get_rule_set(&self, request: Request<proto::GetRuleSetRequest>) -> Answer<proto::RuleSet> {
        let call = Call::of(&request)?;
        let by = self.store.rules_in_force(&call).await?;
        let tally = self.store.tally(&call, &by).await?;
        let mut activations = vec![begun_with(ruleset::shipped())];
        let centre = call.caller.centre.as_str();
        activations.extend(self.store.activations(centre).await.map_err(Denied::from)?);
        Ok(Response::new(wire::rules::rule_set(&by, &tally, &activations)))
    }

    async fn simulate_rule_set(
        &self,
        request: Request<proto::SimulateRuleSetRequest>,
    ) -> Answer<proto::RuleSetSimulation> {
        let call = Call::of(&request)?;
        let ask = request.get_ref();
        let (last, most) = wire::rules::simulate(ask).map_err(Denied::from)?;
        let told = self.store.simulate(&call, &ask.text, last, most).await?;
        Ok(Response::new(wire::rules::simulation(told)))
    }

    async fn activate_rule_set(
        &self,
        request: Request<proto::ActivateRuleSetRequest>,
    ) -> Answer<proto::RuleSetActivation> {
        let call = Call::of(&request)?;
        let ask = request.get_ref();
        wire::rules::activate(ask).map_err(Denied::from)?;
        let put = self.store.activate_rules(&call, &ask.text, &ask.preview_digest).await?;
        Ok(Response::new(wire::rules::activation(&put)))
    }

    async fn list_decisions(
        &self,
        request: Request<proto::ListDecisionsRequest>,
    ) -> Answer<proto::ListDecisionsResponse> {
        let call = Call::of(&request)?;
        let case = wire::case(&request.get_ref().case_id).map_err(Denied::from)?;
        let (decided, hall) = self.store.decisions(&call, case).await?;
        let decisions = decided.iter().map(|one| wire::rules::decision(one, &hall)).collect();
        Ok(Response::new(proto::ListDecisionsResponse { decisions }))
    }
}

impl Door {
    /// The answer of a changing call: the referral, and what the caller has seen by it.
    fn made(&self, noun: &Referral) -> Response<proto::Referral> {
        let desk = self.store.desk();
        seen::answer(wire::referral(noun), desk.service(), desk.epoch(), noun.case.into(), noun.version)
    }
}
