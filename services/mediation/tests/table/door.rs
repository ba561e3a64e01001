//! Who sees what, what is refused at once, and what a thief of the file would find.
use access::{Caller, Role};
use contracts::mediation::v1 as proto;
use contracts::mediation::v1::MediationState;
use contracts::mediation::v1::mediation_service_server::MediationService;
use lexicon::CentreId;
use tonic::Code;

use crate::house::{self, House, caller, mediator, request, violations};

#[tokio::test(flavor = "multi_thread")]
async fn who_sees_what() {
    let house = House::build().await;
    let (case, me) = (house.at_the_table().await, mediator("mediator-1"));
    house.session(&me, case, 1, "a", "in confidence").await.unwrap();
    house.draft(&me, case, 1, "between us").await.unwrap();
    let near = [
        mediator("mediator-2"),
        caller("head-1", "studio-1", Role::StudioHead),
        caller("clerk-1", "hall-1", Role::Clerk),
        caller("supervisor-1", "centre", Role::Supervisor),
    ];
    for who in &near {
        let seen = house.get(who, case.id).await.unwrap();
        assert_eq!((seen.sessions.len(), seen.sessions[0].text.as_str()), (1, ""), "{}", who.account);
        assert_eq!(seen.agreement.unwrap().terms, "", "{}", who.account);
    }
    let abroad = CentreId::new("440100").unwrap();
    let far = [
        caller("mediator-9", "studio-9", Role::Mediator),
        caller("clerk-9", "hall-9", Role::Clerk),
        Caller { centre: abroad.clone(), ..me.clone() },
        Caller { centre: abroad, ..caller("supervisor-1", "centre", Role::Supervisor) },
    ];
    for who in &far {
        let foreign = house.get(who, case.id).await.unwrap_err();
        let unknown = house.get(who, house.clock.id()).await.unwrap_err();
        assert_eq!(
            (foreign.code(), foreign.message()),
            (Code::NotFound, unknown.message()),
            "{}",
            who.account
        );
        assert_eq!(foreign.details(), unknown.details(), "{}", who.account);
        assert!(
            house.list(who, proto::ListMediationsRequest::default()).await.unwrap().mediations.is_empty()
        );
    }
    for who in [&near[0], &far[0], &far[2]] {
        let late = house.session(who, case, 0, "x", "not mine").await.unwrap_err();
        assert_eq!(late.code(), Code::NotFound, "{}", who.account);
    }
    let clerk = house.session(&near[2], case, 1, "x", "not a mediator").await.unwrap_err();
    assert_eq!(clerk.code(), Code::PermissionDenied);
    assert_eq!(house.for_filing(&me, case).await.unwrap_err().code(), Code::PermissionDenied);
    assert_eq!(house.number("SELECT count(*) FROM session").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_go_on_by_key_and_a_token_serves_its_owner_only() {
    let house = House::build().await;
    let (me, clerk) = (mediator("mediator-1"), caller("clerk-1", "hall-1", Role::Clerk));
    let mut cases = vec![];
    for _ in 0..5 {
        cases.push(house.at_the_table().await.id.to_string());
    }
    let last = cases[4].parse().unwrap();
    let run = house.get(&me, last).await.unwrap();
    house.conclude(&me, house::Case { id: last, ..house.case() }, "F04", "").await.unwrap();
    let ask = |page_size, page_token: &str| proto::ListMediationsRequest {
        page_size,
        page_token: page_token.into(),
        ..Default::default()
    };
    let (mut found, mut token) = (vec![], String::new());
    for expected in [2, 2, 1] {
        let page = house.list(&clerk, ask(2, &token)).await.unwrap();
        assert_eq!(page.mediations.len(), expected);
        found.extend(page.mediations.into_iter().map(|one| one.case_id));
        token = page.next_page_token;
    }
    assert_eq!(token, "");
    found.reverse();
    assert_eq!(found, cases, "newest first, each once");

    let token = house.list(&clerk, ask(2, "")).await.unwrap().next_page_token;
    for (who, ask) in [
        (&me, ask(2, &token)),
        (&clerk, proto::ListMediationsRequest { open: true, ..ask(2, &token) }),
        (&clerk, ask(2, "forged")),
    ] {
        let bad = house.list(who, ask).await.unwrap_err();
        assert_eq!(violations(&bad), [("page_token".to_owned(), "MALFORMED".to_owned())]);
    }
    for size in [-1, 501] {
        let bad = house.list(&clerk, ask(size, "")).await.unwrap_err();
        assert_eq!(violations(&bad), [("page_size".to_owned(), "RANGE".to_owned())]);
    }
    let open = proto::ListMediationsRequest { open: true, ..Default::default() };
    assert_eq!(house.list(&clerk, open).await.unwrap().mediations.len(), 4);
    let failed = proto::ListMediationsRequest { state: MediationState::Failed.into(), ..Default::default() };
    let failed = house.list(&clerk, failed).await.unwrap().mediations;
    assert_eq!(failed.iter().map(|one| &one.mediation_id).collect::<Vec<_>>(), [&run.mediation_id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_said_lies_open_in_the_file() {
    let house = House::build().await;
    let (case, me) = (house.at_the_table().await, mediator("mediator-1"));
    let secrets = ["the neighbour drinks", "he pays by autumn", "they shouted"];
    house.session(&me, case, 1, "a", secrets[0]).await.unwrap();
    house.draft(&me, case, 1, secrets[1]).await.unwrap();
    house.conclude(&me, case, "F07", secrets[2]).await.unwrap();
    house.desk.close().await;
    let bytes = house.memory.bytes().await;
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("IN_MEDIATION") || holds("FAILED"), "the search finds what is there");
    for secret in secrets {
        assert!(!holds(secret), "{secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_field_is_told_at_once() {
    let house = House::build().await;
    let (case, me) = (house.at_the_table().await, mediator("mediator-1"));
    let record =
        async |ask| house.front.record_session(request(&me, "RecordSession", ask)).await.unwrap_err();
    let empty = violations(&record(proto::RecordSessionRequest::default()).await);
    let expected = [
        ("request_id", "REQUIRED"),
        ("case_id", "REQUIRED"),
        ("fence", "REQUIRED"),
        ("start_time", "REQUIRED"),
        ("mode", "ENUM_UNKNOWN"),
        ("present_party_ids", "REQUIRED"),
        ("text", "REQUIRED"),
    ];
    assert_eq!(empty, expected.map(|(field, reason)| (field.to_owned(), reason.to_owned())));
    let mut ask = house.sitting(case, 1, "a b", &"字".repeat(50_001));
    ask.case_id = "x".into();
    ask.start_time.as_mut().unwrap().seconds += 6;
    ask.mode = 77;
    ask.present_party_ids = vec![case.claimant.to_string(), "x".into()];
    let expected = [
        ("request_id", "MALFORMED"),
        ("case_id", "MALFORMED"),
        ("start_time", "RANGE"),
        ("mode", "ENUM_UNKNOWN"),
        ("present_party_ids[1]", "MALFORMED"),
        ("text", "TOO_LONG"),
    ];
    assert_eq!(
        violations(&record(ask).await),
        expected.map(|(field, reason)| (field.to_owned(), reason.to_owned()))
    );
    for (key, why) in
        [("a".repeat(65), "TOO_LONG"), ("字".repeat(22), "TOO_LONG"), ("a/b".into(), "MALFORMED")]
    {
        let told = violations(&record(house.sitting(case, 1, &key, "said")).await);
        assert_eq!(told, [("request_id".to_owned(), why.to_owned())]);
    }
    house.session(&me, case, 1, &format!("{}A-z_0.9", "a".repeat(57)), "said").await.unwrap();
    let mut ask = house.sitting(case, 1, "key", "said");
    ask.present_party_ids.push(house.clock.id().to_string());
    let expected = [("present_party_ids[1]".to_owned(), "UNKNOWN_PARTY".to_owned())];
    assert_eq!(violations(&record(ask).await), expected);

    house.draft(&me, case, 1, "terms").await.unwrap();
    let sign = async |signatory: i32, party: &str, shift| {
        let mut sign_time = house.now().unwrap();
        sign_time.seconds += shift;
        let ask = proto::SignAgreementRequest {
            case_id: case.id.to_string(),
            fence: house::fence(1),
            signatory,
            party_id: party.into(),
            sign_time: Some(sign_time),
        };
        house
            .front
            .sign_agreement(request(&me, "SignAgreement", ask))
            .await
            .map_err(|status| violations(&status))
    };
    let told = |field: &str, reason: &str| vec![(field.to_owned(), reason.to_owned())];
    assert_eq!(sign(0, "", 0).await.unwrap_err(), told("signatory", "ENUM_UNKNOWN"));
    assert_eq!(sign(1, "", 0).await.unwrap_err(), told("party_id", "REQUIRED"));
    assert_eq!(sign(2, "", 6).await.unwrap_err(), told("sign_time", "RANGE"));
    assert_eq!(sign(2, "", -6).await.unwrap_err(), told("sign_time", "ORDER"));
    // A client's clock may be a little off; what is kept lies between the terms and now.
    let fast = sign(2, "", 4).await.unwrap().into_inner();
    let slow = sign(3, "", -4).await.unwrap().into_inner();
    assert_eq!(fast.agreement.unwrap().signatures[0].sign_time, house.now());
    assert_eq!(slow.agreement.unwrap().signatures[1].sign_time, house.now());
}
