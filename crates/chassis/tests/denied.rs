//! The table of bad ends: code, reason, details; and that no detail is too large to arrive.
use access::{Denial, TokenFault};
use chassis::Denied;
use courier::{CommitError, Fault};
use lexicon::{Refusal, Violations};
use tonic::{Code, Status};
use tonic_types::StatusExt;

#[derive(Debug)]
struct AlreadyClaimed;

impl Refusal for AlreadyClaimed {
    fn reason(&self) -> &'static str {
        "ALREADY_CLAIMED"
    }
    fn english(&self) -> String {
        "Somebody else has this case.".into()
    }
    fn chinese(&self) -> String {
        "该案件已由他人认领。".into()
    }
    fn facts(&self) -> Vec<(&'static str, String)> {
        vec![("state", "ASSIGNED".into()), ("holder", "li".into())]
    }
}

#[test]
fn every_end_has_its_code_and_reason() {
    let fault = || Fault::plain("planted", "on purpose");
    let table: Vec<(Denied, Code, &str, bool)> = vec![
        (Denied::field("a", lexicon::Fault::REQUIRED), Code::InvalidArgument, "INVALID_REQUEST", false),
        (Denial::Missing.into(), Code::NotFound, "NOT_FOUND", false),
        (Denied::Missing("dispute"), Code::NotFound, "NOT_FOUND", false),
        (Denial::Forbidden.into(), Code::PermissionDenied, "ROLE_NOT_ALLOWED", false),
        (Denied::Forbidden("X"), Code::PermissionDenied, "X", false),
        (Denied::refused(AlreadyClaimed), Code::FailedPrecondition, "ALREADY_CLAIMED", false),
        (Denied::Stale { current: Some(4) }, Code::Aborted, "VERSION_MISMATCH", true),
        (CommitError::Lost("VERSION").into(), Code::Aborted, "VERSION_MISMATCH", true),
        (Denied::KeyReused, Code::FailedPrecondition, "IDEMPOTENCY_KEY_REUSED", false),
        (CommitError::Busy.into(), Code::ResourceExhausted, "BUSY", true),
        (Denied::NotYetHeard, Code::Unavailable, "NOT_YET_HEARD", true),
        (Denied::Stopping, Code::Unavailable, "STOPPING", true),
        (Denied::Unreachable("intake"), Code::Unavailable, "SERVICE_UNREACHABLE", true),
        (Denied::Unserved, Code::Unimplemented, "METHOD_NOT_SERVED", false),
        (Denied::Unauthenticated("BAD_CREDENTIALS"), Code::Unauthenticated, "BAD_CREDENTIALS", false),
        (TokenFault::Expired.into(), Code::Unauthenticated, "TOKEN_EXPIRED", false),
        (Denied::Late, Code::DeadlineExceeded, "DEADLINE_EXCEEDED", false),
        (CommitError::Fault(fault()).into(), Code::Internal, "INTERNAL", false),
    ];
    for (denied, code, reason, again) in table {
        let name = format!("{denied:?}");
        let status = Status::from(denied);
        assert_eq!(status.code(), code, "{name}");
        let info = status.get_details_error_info().unwrap();
        assert_eq!((info.reason.as_str(), info.domain.as_str()), (reason, "supermarket"), "{name}");
        assert_eq!(status.get_details_retry_info().is_some(), again, "{name}");
        let chinese = status.get_details_localized_message().unwrap();
        assert_eq!(chinese.locale, "zh-CN");
        assert!(
            !chinese.message.is_ascii() && status.message().is_ascii() && !status.message().is_empty(),
            "{name}"
        );
    }
}

#[test]
fn facts_arrive_and_ours_do_not() {
    let refused = Status::from(Denied::refused(AlreadyClaimed));
    let facts = refused.get_details_error_info().unwrap().metadata;
    assert_eq!((facts["state"].as_str(), facts["holder"].as_str()), ("ASSIGNED", "li"));
    let rule = &refused.get_details_precondition_failure().unwrap().violations[0];
    assert_eq!((rule.r#type.as_str(), rule.subject.as_str()), ("ALREADY_CLAIMED", "ASSIGNED"));
    let stale = Status::from(Denied::Stale { current: Some(4) });
    assert_eq!(stale.get_details_error_info().unwrap().metadata["current_version"], "4");
    let failed = Status::from(Denied::Fault(Fault::plain("planted", "on purpose")));
    assert!(!format!("{failed:?} {:?}", failed.get_error_details()).contains("planted"));
}

#[test]
fn not_found_is_the_same_for_every_noun() {
    let one = Status::from(Denied::Missing("dispute"));
    let other = Status::from(Denied::from(Denial::Missing));
    assert_eq!((one.message(), one.details()), (other.message(), other.details()));
}

#[test]
fn all_bad_fields_at_once_with_both_languages() {
    let mut violations = Violations::new();
    violations.push("requested_time", lexicon::Fault::RANGE);
    violations.at("parties[1]").push("id_number", lexicon::Fault::ID_CHECKSUM);
    let status = Status::from(Denied::from(violations));
    let told = status.get_details_bad_request().unwrap().field_violations;
    assert_eq!(told.len(), 2);
    assert_eq!((told[1].field.as_str(), told[1].reason.as_str()), ("parties[1].id_number", "ID_CHECKSUM"));
    assert_eq!(told[1].description, lexicon::Fault::ID_CHECKSUM.english);
    assert_eq!(told[1].localized_message.as_ref().unwrap().message, lexicon::Fault::ID_CHECKSUM.chinese);
}

#[test]
fn a_thousand_bad_fields_still_fit_into_a_header() {
    let mut violations = Violations::new();
    for at in 0..1000 {
        violations.at(format!("parties[{at}]")).push("id_number", lexicon::Fault::ID_CHECKSUM);
    }
    let status = Status::from(Denied::from(violations));
    assert!(status.details().len() < 6000, "{}", status.details().len());
    let told = status.get_details_bad_request().unwrap().field_violations.len();
    let facts = status.get_details_error_info().unwrap().metadata;
    assert!(told > 10);
    assert_eq!(facts["violations"], "1000");
    assert_eq!(facts["violations_left_out"], (1000 - told).to_string());
}
