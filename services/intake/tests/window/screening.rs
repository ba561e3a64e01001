//! The screen at the window: what was seen is kept, told with its law, announced by what it obliges to, and refuses nothing.

use contracts::intake::v1 as proto;
use contracts::intake::v1::ScreenSign;
use contracts::intake::v1::intake_service_server::IntakeService;
use contracts::oversight::v1::{Danger, ReportMatter};

use crate::stage::{Stage, clerk, filing, person};

#[expect(clippy::unnecessary_wraps, reason = "the field is optional")]
fn seen(signs: &[ScreenSign]) -> Option<proto::Screening> {
    let signs = signs.iter().map(|sign| i32::from(*sign)).collect();
    Some(proto::Screening { signs, screen_time: None })
}

fn codes(dispute: &proto::Dispute) -> Vec<&str> {
    dispute.screen_findings.iter().map(|finding| finding.code.as_str()).collect()
}

#[tokio::test]
async fn what_was_seen_is_told_with_its_law_and_announced_by_what_it_obliges_to() {
    let stage = Stage::new().await;
    let screening = seen(&[ScreenSign::MinorHarmed, ScreenSign::LifeThreatened, ScreenSign::MinorHarmed]);
    let ask = proto::FileDisputeRequest { screening, ..filing("r-1") };
    let preview = proto::FileDisputeRequest { validate_only: true, ..ask.clone() };
    let preview = stage.door.file_dispute(clerk().ask("FileDispute", preview)).await.unwrap().into_inner();
    let filed = stage.door.file_dispute(clerk().ask("FileDispute", ask.clone())).await.unwrap().into_inner();
    assert_eq!(codes(&filed), ["PS01", "PS05", "PS23"], "the gravest first");
    assert_eq!(preview.screen_findings, filed.screen_findings);
    let [life, minor, advice] = filed.screen_findings.as_slice() else { panic!("three") };
    assert_eq!((life.consequence(), life.danger()), (proto::ScreenConsequence::Emergency, Danger::Violence));
    assert_eq!(
        (minor.consequence(), minor.matter()),
        (proto::ScreenConsequence::Report, ReportMatter::MinorHarmed)
    );
    assert_eq!(advice.consequence(), proto::ScreenConsequence::Advise);
    assert!(life.article.starts_with("L3 art. 25") && life.verified && !minor.verified);
    assert!(life.text.contains("应急") && life.text_en.contains("emergency"));
    let kept = filed.screening.clone().unwrap();
    let involved = [ScreenSign::MinorInvolved, ScreenSign::MinorHarmed, ScreenSign::LifeThreatened];
    assert_eq!(kept.signs, involved.map(i32::from), "each once, with what it implies");
    let said: proto::DisputeFiled = stage.last_said(&filed.case_id).await;
    let said = said.screening.unwrap();
    assert_eq!(said.dangers, [i32::from(Danger::Violence)]);
    assert_eq!(said.matters, [i32::from(ReportMatter::MinorHarmed)]);
    assert_eq!((said.account.as_str(), said.findings.len()), ("clerk-1", 3));

    let again = stage.door.file_dispute(clerk().ask("FileDispute", ask)).await.unwrap().into_inner();
    assert_eq!((again.case_id, again.screening), (filed.case_id.clone(), filed.screening.clone()));
    let get = proto::GetDisputeRequest { case_id: filed.case_id.clone() };
    let read = stage.door.get_dispute(clerk().ask("GetDispute", get)).await.unwrap().into_inner();
    assert_eq!((read.screening, read.screen_findings), (filed.screening, filed.screen_findings));
    let list = proto::ListDisputesRequest::default();
    let list = stage.door.list_disputes(clerk().ask("ListDisputes", list)).await.unwrap().into_inner();
    assert_eq!((&list.disputes[0].screening, list.disputes[0].screen_findings.len()), (&None, 0), "masked");
    let words = stage.count("SELECT count(*) FROM outbox WHERE CAST(body AS TEXT) LIKE '%欧阳%'").await;
    assert_eq!(words, 0);
}

#[tokio::test]
async fn nobody_is_refused_by_a_screen_and_acceptance_looks_again() {
    let stage = Stage::new().await;
    let screening = seen(&[ScreenSign::Crime]);
    let ask = proto::FileDisputeRequest { screening, ..filing("r-1") };
    let filed = stage.door.file_dispute(clerk().ask("FileDispute", ask)).await.unwrap().into_inner();
    assert_eq!(codes(&filed), ["PS09", "PS13"]);
    assert_eq!(filed.screen_findings[1].refuse_ground, "R06", "proposed, not decided");
    let accept = |screening| proto::AcceptDisputeRequest {
        case_id: filed.case_id.clone(),
        cause_code: "108.3".into(),
        screening,
        ..Default::default()
    };
    let ask = accept(seen(&[ScreenSign::Injury, ScreenSign::Violence]));
    let taken = stage.door.accept_dispute(clerk().ask("AcceptDispute", ask)).await.unwrap().into_inner();
    assert_eq!((taken.state(), codes(&taken)), (proto::DisputeState::Accepted, vec!["PS11", "PS19", "PS20"]));
    let said: proto::DisputeAccepted = stage.last_said(&filed.case_id).await;
    assert_eq!(said.screening.unwrap().matters, [i32::from(ReportMatter::PublicOrder)]);
    let again = accept(seen(&[ScreenSign::Weapon]));
    let again = stage.door.accept_dispute(clerk().ask("AcceptDispute", again)).await.unwrap().into_inner();
    assert_eq!(codes(&again), codes(&taken), "with a repeat nobody looks again");
    let demand = proto::DemandCourtRequest {
        case_id: filed.case_id.clone(),
        party_id: filed.parties[0].party_id.clone(),
        how_said: proto::HowSaid::AtWindow.into(),
    };
    let demanded = stage.door.demand_court(clerk().ask("DemandCourt", demand)).await.unwrap().into_inner();
    assert!(demanded.court_demanded);

    // Accepted without another look, the first one stands, and is not announced twice.
    let ask = proto::FileDisputeRequest { screening: seen(&[ScreenSign::Crowd]), ..filing("r-2") };
    let other = stage.door.file_dispute(clerk().ask("FileDispute", ask)).await.unwrap().into_inner();
    stage.clock.advance(chrono::Duration::minutes(5));
    let ask = proto::AcceptDisputeRequest { case_id: other.case_id.clone(), ..accept(None) };
    let taken = stage.door.accept_dispute(clerk().ask("AcceptDispute", ask)).await.unwrap().into_inner();
    assert_eq!(codes(&taken), ["PS04"]);
    let said: proto::DisputeAccepted = stage.last_said(&other.case_id).await;
    assert_eq!(said.screening, None);
}

#[tokio::test]
async fn what_the_police_sent_they_know_and_looking_without_a_find_is_looking() {
    let stage = Stage::new().await;
    let window = person("clerk-1", "window-1", access::Role::Clerk);
    let sent = proto::FileDisputeRequest {
        channel: proto::Channel::Police.into(),
        record: Some(proto::ChannelRecord { document_number: "移送7号".into(), ..Default::default() }),
        screening: seen(&[ScreenSign::Violence]),
        ..filing("r-1")
    };
    let sent = stage.door.file_dispute(window.ask("FileDispute", sent)).await.unwrap().into_inner();
    assert_eq!(codes(&sent), ["PS19", "PS24"], "nothing to report to who reported it");
    let nothing = proto::FileDisputeRequest { screening: seen(&[]), ..filing("r-2") };
    let nothing = stage.door.file_dispute(window.ask("FileDispute", nothing)).await.unwrap().into_inner();
    assert!(nothing.screening.is_some() && nothing.screen_findings.is_empty());
    let unasked = stage.filed("r-3").await;
    assert_eq!(unasked.screening, None);
    let said: proto::DisputeFiled = stage.last_said(&unasked.case_id).await;
    assert_eq!(said.screening, None);
}

/// The same matter under the same number, and now somebody has seen a weapon: it is not dropped unheard.
#[tokio::test]
async fn what_is_seen_later_is_no_repetition_of_what_was_filed() {
    let stage = Stage::new().await;
    let window = person("clerk-1", "window-1", access::Role::Clerk);
    let file = async |ask: proto::FileDisputeRequest| {
        stage.door.file_dispute(window.ask("FileDispute", ask)).await.map(tonic::Response::into_inner)
    };
    let numbered =
        |request: &str| proto::FileDisputeRequest { external_id: "app-1".into(), ..filing(request) };
    let first = file(numbered("r-1")).await.unwrap();
    assert_eq!(file(numbered("r-2")).await.unwrap().case_id, first.case_id, "nothing new is the same");
    let armed = proto::FileDisputeRequest { screening: seen(&[ScreenSign::Weapon]), ..numbered("r-3") };
    let refused = file(armed).await.unwrap_err();
    assert_eq!(crate::stage::bad_fields(&refused), ["external_id DUPLICATE_EXTERNAL_ID"]);
}
