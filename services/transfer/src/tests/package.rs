//! What is in a package, and what can never be.

use std::fmt::Write as _;

use prost::Message as _;

use super::*;
use crate::model::{DocumentKind, Kind};
use crate::packing::{Order, pack};
use crate::papers::Purpose;

#[test]
fn the_allow_list_is_the_contract_s() {
    let ours: Vec<&str> =
        DocumentKind::ALL.iter().map(|kind| crate::wire::kind(*kind).as_str_name()).collect();
    let contract: Vec<&str> = (1..)
        .map_while(|n| contract::DocumentKind::try_from(n).ok())
        .map(|kind| kind.as_str_name())
        .collect();
    assert_eq!(ours, contract);
    assert_eq!(ours.len(), 8);
    for (kind, name) in DocumentKind::ALL.iter().zip(&ours) {
        assert_eq!(format!("DOCUMENT_KIND_{}", kind.code()), *name);
        assert_eq!(kind.code().parse(), Ok(*kind));
    }
}

#[test]
fn mediation_s_answer_has_room_for_dry_facts_only() {
    // Whoever adds a field to this answer must decide here whether a court may get it.
    let set = prost_types::FileDescriptorSet::decode(contracts::DESCRIPTOR).unwrap();
    let file = set.file.iter().find(|file| file.name().ends_with("mediation/v1/mediation.proto")).unwrap();
    let answer = file.message_type.iter().find(|message| message.name() == "ReadForFilingResponse").unwrap();
    let fields: Vec<&str> = answer.field.iter().map(prost_types::FieldDescriptorProto::name).collect();
    assert_eq!(
        fields,
        [
            "mediated",
            "track",
            "session_count",
            "open_time",
            "end_time",
            "fail_ground",
            "studio_org",
            // Confirmed by every side (7.11), so no concession (DESIGN 6.4).
            "undisputed_facts",
            // Only where the court is asked about the agreement itself (7.12, 7.13).
            "agreement_terms",
            "agreement_time",
        ]
    );
}

#[test]
fn an_agreement_goes_to_a_court_only_where_the_court_is_asked_about_it() {
    let run = mediation::ReadForFilingResponse {
        undisputed_facts: "借条真实。".to_owned(),
        agreement_terms: "三十日内返还二万元。".to_owned(),
        ..run()
    };
    let kinds = |purpose| {
        let order = Order { purpose, ..order("") };
        let packed = pack(&complaint(), &run, &order, || Uuid::from_u128(1)).unwrap();
        let has = |kind| packed.package.documents.iter().any(|entry| entry.kind == kind);
        (has(DocumentKind::SignedAgreement), has(DocumentKind::UndisputedFacts))
    };
    assert_eq!(kinds(Purpose::Filing(Kind::Complaint)), (false, true));
    for kind in [Kind::SuitOnAgreement, Kind::PaymentOrder, Kind::Enforcement] {
        assert_eq!(kinds(Purpose::Filing(kind)), (true, true), "{kind:?}");
    }
    assert_eq!(kinds(Purpose::Confirmation), (true, false));
}

/// A suit on an agreement without the agreement is none.
#[test]
fn what_is_about_an_agreement_is_not_packed_without_its_terms() {
    for purpose in Kind::ALL.iter().map(|kind| Purpose::Filing(*kind)).chain([Purpose::Confirmation]) {
        let packed = pack(&complaint(), &run(), &Order { purpose, ..order("") }, || Uuid::from_u128(1));
        if purpose.needs_agreement() {
            let no = crate::model::Rule::TermsMissing.against("TRANSFER_READY");
            assert_eq!(packed.map(drop), Err(no.into()), "{purpose:?}");
        } else {
            assert!(packed.is_ok(), "{purpose:?}");
        }
    }
}

/// Of what came with a dispute a court gets the paper's number and day, which it can ask for; of how a party came, nothing.
#[test]
fn the_paper_that_came_with_it_is_named_to_the_court() {
    let set = prost_types::FileDescriptorSet::decode(contracts::DESCRIPTOR).unwrap();
    let file = set.file.iter().find(|file| file.name().ends_with("intake/v1/intake.proto")).unwrap();
    let answer = file.message_type.iter().find(|message| message.name() == "ReadForFilingResponse").unwrap();
    let fields: Vec<&str> = answer.field.iter().map(prost_types::FieldDescriptorProto::name).collect();
    assert_eq!(fields[10..], ["document_number", "document_date"], "whoever adds a field decides here");
    let told = intake::ReadForFilingResponse {
        document_number: "事故认定2026-8".to_owned(),
        document_date: "2026-02-27".to_owned(),
        ..complaint()
    };
    let text = texts(&told, &run());
    assert!(text.contains("来文编号：事故认定2026-8\n收文日期：2026-02-27\n"), "{text}");
    assert!(!texts(&complaint(), &run()).contains("来文编号"));
}

/// A draft of which a party demands the court may not say enough for a complaint yet; for anything else it need not.
#[test]
fn a_complaint_names_both_sides_and_tells_the_facts() {
    let packs = |told: &intake::ReadForFilingResponse| pack(told, &run(), &order(""), || Uuid::from_u128(1));
    let whole = complaint();
    assert!(packs(&whole).is_ok());
    let refused = |told: &intake::ReadForFilingResponse| match packs(told).unwrap_err() {
        crate::model::No::Against(against) => against.rule,
        other => panic!("{other:?}"),
    };
    let lacking = |lack: fn(&mut intake::ReadForFilingResponse)| {
        let mut told = whole.clone();
        lack(&mut told);
        refused(&told)
    };
    let incomplete = crate::model::Rule::ComplaintIncomplete;
    assert_eq!(lacking(|told| told.text.clear()), incomplete);
    assert_eq!(lacking(|told| told.parties.truncate(1)), incomplete);
    assert_eq!(lacking(|told| told.parties[0].name.clear()), incomplete);
    assert_eq!(lacking(|told| told.parties.clear()), incomplete);
}

fn texts(told: &intake::ReadForFilingResponse, run: &mediation::ReadForFilingResponse) -> String {
    let packed = pack(told, run, &order(""), || Uuid::from_u128(1)).unwrap();
    let kinds = packed.package.documents.iter().map(|entry| entry.kind.code());
    let mut text = String::new();
    for (kind, content) in kinds.zip(&packed.contents) {
        let _ = writeln!(text, "== {kind}\n{content}");
    }
    text
}

#[test]
fn a_whole_package_in_words() {
    let mut told = complaint();
    told.parties.push(words::Party {
        role: words::PartyRole::ThirdParty.into(),
        kind: words::PartyKind::Organization.into(),
        name: "中山某某有限公司".to_owned(),
        paper: Some(words::IdentityPaper {
            kind: words::PaperKind::Uscc.into(),
            number: "91350100M000100Y43".to_owned(),
        }),
        address: "中山市东区".to_owned(),
        representatives: vec![words::Representative {
            name: "王律师".to_owned(),
            phone: "13900139000".to_owned(),
            scope: words::RepresentationScope::Special.into(),
            proxy_given: true,
            paper: None,
        }],
        guardian: Some(words::Guardian {
            name: "赵法定".to_owned(),
            phone: String::new(),
            relation: "法定代表人".to_owned(),
        }),
        ..Default::default()
    });
    insta::assert_snapshot!(texts(&told, &run()));
}

#[test]
fn what_nobody_recorded_is_left_out() {
    let mut told = complaint();
    for party in &mut told.parties {
        party.service_address.clear();
        party.paper = None;
        party.phone.clear();
    }
    told.amount_in_controversy_fen = 0;
    told.requested_time = None;
    let text = texts(&told, &mediation::ReadForFilingResponse::default());
    assert!(
        !text.contains("SERVICE_ADDRESS") && !text.contains("争议金额") && !text.contains("提出请求时间")
    );
    assert!(!texts(&told, &run()).contains("studio-1"), "an internal id says nothing to a court");
    assert!(text.contains("未进入调解程序"));
    assert!(!text.contains("：\n\n\n") && !text.contains("，，"));
}

#[test]
fn the_same_facts_give_the_same_digest_and_any_other_another() {
    let sha256 = |told: &intake::ReadForFilingResponse| {
        pack(told, &run(), &order(""), || Uuid::from_u128(1)).unwrap().package
    };
    let (once, twice) = (sha256(&complaint()), sha256(&complaint()));
    assert_eq!(once.sha256, twice.sha256);
    let mut told = complaint();
    told.claims.push('。');
    assert_ne!(sha256(&told).sha256, once.sha256);
}
