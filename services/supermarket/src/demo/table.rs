//! The middle of a case: referral, the pool, the claim, and the table.

use contracts::intake::v1::Dispute;
use contracts::lexicon::v1::Fence;
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{
    ConcludeWithoutAgreementRequest, DraftAgreementRequest, GetMediationRequest, Mediation, MediationState,
    RecordConsentRequest, RecordRefusalRequest, RecordSessionRequest, SessionMode, SignAgreementRequest,
    Signatory,
};
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::routing::v1::{
    AcceptReferralRequest, ClaimCaseRequest, ConfirmClaimRequest, Disclosure, ProposeRoutesRequest,
    ReferCaseRequest, Referral, ReleaseClaimRequest, ReturnReferralRequest,
};
use tonic::Status;

use super::books::Told;
use super::story::Story;
use crate::ask;
use crate::client::{Pause, Person, reason};

/// From the route to the end of mediation; true when the parties agreed.
pub async fn play(story: &mut Story, dispute: &Dispute) -> Result<bool, Status> {
    let case_id = &dispute.case_id;
    let studio = refer(story, case_id).await?;
    let mediators = story.cast.mediators(&studio).await?;
    let mut mediator = story.dice.one_of(&mediators).clone();
    let mut referral = claim(story, &mediator, case_id).await?;
    if story.dice.below(20) == 0 {
        let release = ReleaseClaimRequest {
            case_id: case_id.clone(),
            fence: referral.fence,
            reason: "示范：改由他人调解".into(),
        };
        ask!(mediator, story.thread, RoutingServiceClient::release_claim, release)?;
        mediator = story.dice.one_of(&mediators).clone();
        referral = claim(story, &mediator, case_id).await?;
    }
    let disclosure = Some(Disclosure { declared: true, ..Disclosure::default() });
    let confirm = ConfirmClaimRequest { case_id: case_id.clone(), fence: referral.fence, disclosure };
    let held = ask!(mediator, story.thread, RoutingServiceClient::confirm_claim, confirm)?;
    story.books.told(case_id, Told::Claimed);
    let agreed = mediate(story, &mediator, case_id, held.fence).await?;
    story.books.told(case_id, if agreed { Told::Agreed } else { Told::Failed });
    Ok(agreed)
}

/// The first proposal, or, when that studio sends it back, the second. Answers with the studio that took it.
async fn refer(story: &mut Story, case_id: &str) -> Result<String, Status> {
    let clerk = story.cast.clerk.clone();
    let ask = ProposeRoutesRequest { case_id: case_id.to_owned(), circumstances: None };
    let proposals = ask!(clerk, story.thread, RoutingServiceClient::propose_routes, ask)?.proposals;
    let first = proposals.first().ok_or_else(|| Status::internal("no studio was proposed"))?;
    let mut studio = first.studio_org.clone();
    put_to(story, case_id, &studio, "").await?;
    if let Some(second) = proposals.get(1)
        && story.dice.below(15) == 0
    {
        let head = story.cast.head(&studio).await?;
        let back = ReturnReferralRequest {
            case_id: case_id.to_owned(),
            reason: "示范：不属于本工作室的专长".into(),
        };
        ask!(head, story.thread, RoutingServiceClient::return_referral, back)?;
        studio.clone_from(&second.studio_org);
        put_to(story, case_id, &studio, "示范：首选工作室已退回").await?;
    }
    let head = story.cast.head(&studio).await?;
    let accept = AcceptReferralRequest { case_id: case_id.to_owned() };
    ask!(head, story.thread, RoutingServiceClient::accept_referral, accept)?;
    Ok(studio)
}

async fn put_to(story: &mut Story, case_id: &str, studio: &str, reason: &str) -> Result<(), Status> {
    let clerk = story.cast.clerk.clone();
    let (case_id, studio_org, reason) = (case_id.to_owned(), studio.to_owned(), reason.to_owned());
    ask!(
        clerk,
        story.thread,
        RoutingServiceClient::refer_case,
        ReferCaseRequest { case_id, studio_org, reason, circumstances: None, due_date: String::new() }
    )?;
    Ok(())
}

/// Claims; a case whose former claim has just ended may need a moment to be back in the pool.
async fn claim(story: &mut Story, mediator: &Person, case_id: &str) -> Result<Referral, Status> {
    let mut pause = Pause::default();
    loop {
        let claim = ClaimCaseRequest { case_id: case_id.to_owned() };
        match ask!(mediator, story.thread, RoutingServiceClient::claim_case, claim) {
            Err(status) if reason(&status).as_deref() == Some("NOT_IN_POOL") && pause.again().await => {}
            answer => return answer,
        }
    }
}

async fn mediate(
    story: &mut Story,
    mediator: &Person,
    case_id: &str,
    fence: Option<Fence>,
) -> Result<bool, Status> {
    let ask = GetMediationRequest { case_id: case_id.to_owned() };
    let mut run = ask!(mediator, story.thread, MediationServiceClient::get_mediation, ask)?;
    let refuses = story.dice.below(10) == 0;
    for party in run.consents.clone().iter().filter(|c| c.required && c.consent_time.is_none()) {
        let (case_id, party_id) = (case_id.to_owned(), party.party_id.clone());
        if refuses {
            let refusal =
                RecordRefusalRequest { case_id, fence, party_id, unreachable: story.dice.below(2) == 0 };
            ask!(mediator, story.thread, MediationServiceClient::record_refusal, refusal)?;
            return Ok(false);
        }
        let consent = RecordConsentRequest { case_id, fence, party_id, consent_time: Some(story.cast.now()) };
        run = ask!(mediator, story.thread, MediationServiceClient::record_consent, consent)?;
    }
    for sitting in 0..=story.dice.below(2) {
        run = sit(story, mediator, &run, fence, sitting).await?;
    }
    if story.dice.below(10) < 3 {
        let ground = "F04".to_owned();
        let explanation = "示范：分歧较大".to_owned();
        let conclude =
            ConcludeWithoutAgreementRequest { case_id: case_id.to_owned(), fence, ground, explanation };
        ask!(mediator, story.thread, MediationServiceClient::conclude_without_agreement, conclude)?;
        return Ok(false);
    }
    sign(story, mediator, &run, fence).await
}

async fn sit(
    story: &mut Story,
    mediator: &Person,
    run: &Mediation,
    fence: Option<Fence>,
    sitting: u64,
) -> Result<Mediation, Status> {
    let session = RecordSessionRequest {
        request_id: format!("{}-{sitting}", story.name),
        case_id: run.case_id.clone(),
        fence,
        start_time: Some(story.cast.now()),
        mode: SessionMode::Onsite.into(),
        present_party_ids: run.consents.iter().map(|c| c.party_id.clone()).collect(),
        text: "示范笔录：双方陈述意见，调解员说明法律规定。".to_owned(),
        rights_told: true,
        identities_checked: true,
        sham_warned: true,
        address_confirmed_party_ids: vec![],
    };
    ask!(mediator, story.thread, MediationServiceClient::record_session, session)
}

async fn sign(
    story: &mut Story,
    mediator: &Person,
    run: &Mediation,
    fence: Option<Fence>,
) -> Result<bool, Status> {
    let case_id = run.case_id.clone();
    let terms = "示范协议：双方各让一步，自签字之日起三十日内履行。".to_owned();
    let draft = DraftAgreementRequest {
        case_id: case_id.clone(),
        fence,
        terms,
        partial: false,
        amount_fen: 100_000,
        schedule: vec![],
    };
    let mut run = ask!(mediator, story.thread, MediationServiceClient::draft_agreement, draft)?;
    let sign_time = Some(story.cast.now());
    let parties = run.consents.clone().into_iter().filter(|c| c.required);
    let hands = parties
        .map(|c| (Signatory::Party, c.party_id))
        .chain([(Signatory::Mediator, String::new()), (Signatory::Seal, String::new())]);
    for (signatory, party_id) in hands {
        let signatory = signatory.into();
        let signature =
            SignAgreementRequest { case_id: case_id.clone(), fence, signatory, party_id, sign_time };
        run = ask!(mediator, story.thread, MediationServiceClient::sign_agreement, signature)?;
    }
    if run.state() == MediationState::Agreed {
        Ok(true)
    } else {
        Err(Status::internal("all have signed and it is not agreed"))
    }
}
