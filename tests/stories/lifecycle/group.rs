//! Ten owners and their property manager: two whom they elected speak at the table; the agreement has everybody's own consent; one
//! who does not want it leaves the group, and in the end goes to the court on his own word.

use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{
    AcceptDisputeRequest, AmendPartyRequest, DemandCourtRequest, DisputeBody, FileDisputeRequest,
    GetDisputeRequest, HowSaid, MediationConsent,
};
use contracts::lexicon::v1::{IdentityPaper, PaperKind, Party, PartyKind, PartyRole};
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{
    DraftAgreementRequest, GetMediationRequest, Mediation, MediationState, SignAgreementRequest, Signatory,
};
use supermarket::client::{Person, Thread, reason};
use tests::{Case, World, ask, filing};
use tonic::Status;

use super::{Seated, seat};

const GROUP: &str = "示例花园业主";

fn owner(n: usize) -> Party {
    let body = format!("44200019800307{:03}", n + 1);
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.bytes().zip(weights).map(|(b, w)| u32::from(b - b'0') * w).sum();
    let number = format!("{body}{}", char::from(b"10X98765432"[(sum % 11) as usize]));
    let elected = n < 2;
    Party {
        role: PartyRole::Claimant.into(),
        kind: PartyKind::Person.into(),
        name: format!("示业主{n}"),
        paper: Some(IdentityPaper { kind: PaperKind::ResidentId.into(), number }),
        phone: "13912345678".to_owned(),
        elected_for: if elected { GROUP.to_owned() } else { String::new() },
        member_of: if elected { String::new() } else { GROUP.to_owned() },
        ..Party::default()
    }
}

/// Ten owners at the table; only the two whom they elected, and the manager, have said yes to mediation.
async fn seated(world: &World, clerk: &Person, name: &str) -> Seated {
    let manager = Party {
        role: PartyRole::Respondent.into(),
        kind: PartyKind::Organization.into(),
        name: "示例物业服务有限公司".to_owned(),
        ..Party::default()
    };
    let parties = (0..10).map(owner).chain([manager]).collect();
    let usual = filing(name);
    let body = Some(DisputeBody { parties, ..usual.body.clone().unwrap() });
    let mut thread = Thread::default();
    let message = FileDisputeRequest { body, ..usual };
    let dispute = ask!(clerk, thread, IntakeServiceClient::file_dispute, message).unwrap();
    let mut case = Case { id: dispute.case_id.clone(), dispute, thread };
    let consent_time = Some(world.now());
    let speaks = case.dispute.parties.iter().filter(|party| party.member_of.is_empty());
    let mediation_consents =
        speaks.map(|party| MediationConsent { party_id: party.party_id.clone(), consent_time }).collect();
    let message = AcceptDisputeRequest {
        case_id: case.id.clone(),
        cause_code: "126".to_owned(),
        mediation_consents,
        ..AcceptDisputeRequest::default()
    };
    case.dispute = ask!(clerk, case.thread, IntakeServiceClient::accept_dispute, message).unwrap();
    seat(world, clerk, case).await
}

impl Seated {
    async fn put(&mut self, world: &World, by: Signatory, party: usize) -> Result<Mediation, Status> {
        let named = matches!(by, Signatory::Party | Signatory::Member);
        let message = SignAgreementRequest {
            case_id: self.case.id.clone(),
            fence: self.fence,
            signatory: by.into(),
            party_id: if named { self.case.dispute.parties[party].party_id.clone() } else { String::new() },
            sign_time: Some(world.now()),
        };
        ask!(self.mediator, self.case.thread, MediationServiceClient::sign_agreement, message)
    }

    async fn terms(&mut self) {
        let draft = DraftAgreementRequest {
            case_id: self.case.id.clone(),
            fence: self.fence,
            terms: "三十日内维修电梯，减收一个月物业费。".to_owned(),
            ..DraftAgreementRequest::default()
        };
        ask!(self.mediator, self.case.thread, MediationServiceClient::draft_agreement, draft).unwrap();
    }
}

/// The owner leaves the group: from now on he acts for himself.
async fn leave(clerk: &Person, table: &mut Seated, at: usize) {
    let read = GetDisputeRequest { case_id: table.case.id.clone() };
    let now = ask!(clerk, table.case.thread, IntakeServiceClient::get_dispute, read).unwrap();
    let mut party = now.parties[at].clone();
    party.member_of.clear();
    let message = AmendPartyRequest {
        case_id: table.case.id.clone(),
        party: Some(party),
        etag: now.version,
        ..AmendPartyRequest::default()
    };
    table.case.dispute = ask!(clerk, table.case.thread, IntakeServiceClient::amend_party, message).unwrap();
}

async fn run(table: &mut Seated) -> Mediation {
    let read = GetMediationRequest { case_id: table.case.id.clone() };
    ask!(table.mediator, table.case.thread, MediationServiceClient::get_mediation, read).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_speak_for_ten_and_settle_with_the_consent_of_each() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut table = seated(&world, &clerk, "owners").await;
    let open = run(&mut table).await;
    assert_eq!(open.state(), MediationState::InMediation, "who was elected has consented for the group");
    assert_eq!(open.consents.iter().filter(|one| one.represented && !one.required).count(), 8);
    table.terms().await;
    let early = table.put(&world, Signatory::Party, 0).await.unwrap_err();
    assert_eq!(reason(&early).as_deref(), Some("GROUP_CONSENT_MISSING"));
    for owner in 2..9 {
        table.put(&world, Signatory::Member, owner).await.unwrap();
    }
    let early = table.put(&world, Signatory::Party, 1).await.unwrap_err();
    assert_eq!(reason(&early).as_deref(), Some("GROUP_CONSENT_MISSING"), "one is still missing");

    // The tenth leaves the group. Those who stay may sign; he signs for himself, or not at all.
    leave(&clerk, &mut table, 9).await;
    world.settle().await;
    for (by, at) in [
        (Signatory::Party, 0),
        (Signatory::Party, 1),
        (Signatory::Party, 10),
        (Signatory::Mediator, 0),
        (Signatory::Seal, 0),
    ] {
        table.put(&world, by, at).await.unwrap();
    }
    assert_eq!(run(&mut table).await.state(), MediationState::AgreedUnsigned);
    let agreed = table.put(&world, Signatory::Party, 9).await.unwrap();
    assert_eq!(agreed.state(), MediationState::Agreed);
    let signatures = agreed.agreement.unwrap().signatures;
    assert_eq!(signatures.iter().filter(|one| one.signatory() == Signatory::Member).count(), 7);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_owner_alone_leads_the_case_to_the_court() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut table = seated(&world, &clerk, "owner-to-court").await;
    table.terms().await;
    table.put(&world, Signatory::Member, 2).await.unwrap();
    let message = DemandCourtRequest {
        case_id: table.case.id.clone(),
        party_id: table.case.dispute.parties[7].party_id.clone(),
        how_said: HowSaid::InWriting.into(),
    };
    ask!(clerk, table.case.thread, IntakeServiceClient::demand_court, message).unwrap();
    world.settle().await;
    let ended = run(&mut table).await;
    assert_eq!((ended.state(), ended.fail_ground.as_str()), (MediationState::Failed, "F02"));
    world.close().await;
}
