//! What was filed before shuts no court: a second default, the settled part after the rest, another court after a refusal.

use super::*;
use crate::model::{Answer, Filing};
use lexicon::AccountId;

/// A filing of a kind that has come to an end, or is at a court.
pub(super) fn earlier(kind: Kind, end: &str) -> Filing {
    let case = Uuid::from_u128(8).into();
    let opened =
        Filing::open(Uuid::from_u128(70).into(), case, org("hall"), String::new(), kind, None).unwrap();
    let changed = |moved: Result<Outcome<Filing, crate::model::Event>, No>| moved.unwrap().into_noun();
    let answer = || Answer {
        package_sha256: package().sha256,
        court_time: at(1),
        by: AccountId::new("court-1").unwrap(),
    };
    let packed = changed(opened.pack(package(), 0));
    if end == "WITHDRAWN" {
        return changed(packed.withdraw());
    }
    let sent = changed(packed.submit(&package().sha256, at(1)));
    let review = changed(sent.acknowledge(answer(), at(1)));
    if end == "NOT_FILED" {
        return changed(review.refuse(answer(), "x".to_owned(), at(1)));
    }
    let filed = changed(review.accept(answer(), "（2026）粤2071民初1号".to_owned(), at(1)));
    if end == "FILED" { filed } else { changed(filed.report_outcome(document("1"))) }
}

/// From a state out of which a demand leads to a court: whatever was filed before and found its end, it leads there again; and
/// where it does not, the court has just this.
pub(super) fn leads_out(name: &str, before: &Thread) {
    let partials = if before.facts.settled.is_some() { &[false, true][..] } else { &[false][..] };
    for partial in partials {
        let mut before = before.clone();
        if let Some(settled) = &mut before.facts.settled {
            settled.partial = *partial;
        }
        for kind in [Kind::Complaint, Kind::SuitOnAgreement, Kind::Enforcement] {
            for end in ["WITHDRAWN", "NOT_FILED", "FILED", "OUTCOME"] {
                let name = format!("{name}, partial {partial}, after {} {end}", kind.code());
                let last = earlier(kind, end);
                let thread = Thread { filing: Some(last.clone()), ..before.clone() };
                let after = thread.demand(&org("hall"), || Uuid::from_u128(77), at(3)).into_noun();
                let filing = after.filing.clone().expect(&name);
                if filing.id == last.id {
                    // Nothing else is left to ask a court for.
                    assert_eq!(filing.kind, what_is_left(&before.facts, kind, end), "{name}");
                    assert!(end == "FILED" || (end == "OUTCOME" && kind == Kind::Complaint), "{name}");
                    continue;
                }
                assert_eq!(filing.state.code(), "TRANSFER_READY", "{name}");
                assert_eq!(filing.kind, what_is_left(&before.facts, kind, end), "{name}");
                assert!(after.pack(None, package(), 0, || Uuid::from_u128(1)).is_ok(), "{name}");
            }
        }
    }
}

/// What a party can still ask a court for.
fn what_is_left(facts: &Facts, filed: Kind, end: &str) -> Kind {
    let rest_is_there = filed == Kind::Complaint && matches!(end, "FILED" | "OUTCOME");
    match &facts.settled {
        Some(_) if facts.confirmed || facts.documented => Kind::Enforcement,
        Some(settled) if !settled.partial || rest_is_there || facts.stage == Stage::Breached => {
            Kind::SuitOnAgreement
        }
        _ => Kind::Complaint,
    }
}

/// Of a commercial case the parties had agreed on arbitration, which declined: the clerk prepares the suit (T57).
#[test]
fn a_commercial_case_that_arbitration_has_declined_is_filed_by_the_clerk() {
    let failed = thread("CM", Stage::Failed);
    let handed = failed.prepare_handoff("x", at(3), || Uuid::from_u128(79)).unwrap().into_noun();
    let handed = handed.of_handoff(|one| one.hand(at(4), "y")).unwrap().into_noun();
    assert_eq!(handed.may_file(None), Err(No::Missing("filing")), "arbitration decides first");
    let declined = handed.of_handoff(|one| one.answer(Said::Declined, at(5), "z")).unwrap().into_noun();
    assert_eq!(declined.may_file(None), Ok(Kind::Complaint));
    let packed = declined.pack(None, package(), 0, || Uuid::from_u128(80)).unwrap().into_noun();
    assert_eq!(packed.filing.unwrap().state.code(), "TRANSFER_READY");
}

/// A case that was taken back goes nowhere any more, also not on a clerk's word alone.
#[test]
fn what_was_taken_back_is_neither_packed_nor_handed_over() {
    let refused =
        Thread { filing: Some(earlier(Kind::Complaint, "NOT_FILED")), ..thread("PM", Stage::Failed) };
    assert!(refused.may_file(None).is_ok(), "before");
    let back = refused.withdraw(at(5)).into_noun();
    let ended: No = Rule::DisputeEnded.against("WITHDRAWN").into();
    assert_eq!(back.may_file(None), Err(ended.clone()));
    assert_eq!(back.pack(None, package(), 0, || Uuid::from_u128(80)), Err(ended.clone()));
    let arbitration = thread("LA", Stage::Failed).withdraw(at(5)).into_noun();
    assert_eq!(arbitration.prepare_handoff("x", at(6), || Uuid::from_u128(79)), Err(ended));
    // What a window has not taken in is another matter: the court stays open.
    let refused = thread("PM", Stage::Unmediated).over("F11", at(5)).into_noun();
    let demanded = refused.demand(&org("hall"), || Uuid::from_u128(77), at(6)).into_noun();
    assert!(demanded.may_file(None).is_ok());
}

/// What a court has made its document of is enforced by that court (L1 art. 235).
#[test]
fn a_court_s_document_is_enforced_by_its_court() {
    let mut documented = thread("WT", Stage::Breached);
    documented.facts.documented = true;
    assert_eq!(documented.enforced_by(), None, "nobody knows which");
    documented.commission = Some(Commission { thread: documented.case, ..commissions().remove(6) });
    assert_eq!(documented.enforced_by(), Some("court-2071"));
    let order = |purpose| {
        let day = "2026-03-02".parse().unwrap();
        crate::packing::Order::of(&documented, purpose, "", day).ruled_by.map(str::to_owned)
    };
    let enforcement = crate::papers::Purpose::Filing(Kind::Enforcement);
    assert_eq!(order(enforcement).as_deref(), Some("court-2071"));
    assert_eq!(order(crate::papers::Purpose::Filing(Kind::SuitOnAgreement)), None);
    // A judge's own document, which no commission has.
    let mut judged = thread("JM", Stage::Breached);
    judged.facts.documented = true;
    let court = CourtId::new("court-2072").unwrap();
    judged.facts.suit = Some(Suit { court, number: "（2026）粤2072民初5号".to_owned() });
    assert_eq!(judged.enforced_by(), Some("court-2072"));
    // A ruling that was dismissed enforces nothing.
    let apply = |thread: Thread| {
        thread.apply(&[party(1), party(2)], package(), org("studio-1"), Uuid::from_u128(6), at(3))
    };
    let applied = apply(thread("PM", Stage::Agreed)).unwrap().into_noun();
    assert_eq!(applied.enforced_by(), None);
    let valid = Ruling::Valid { number: "（2026）粤2071诉前调确1号".to_owned() };
    let confirmed = applied.rule_on_confirmation(valid, at(9)).unwrap().into_noun();
    assert_eq!(confirmed.enforced_by(), Some("court-2071"));
}

/// The receiver's five days cannot have begun before there was anything to hand over.
#[test]
fn nothing_is_handed_over_before_it_was_opened() {
    let offered = thread("LA", Stage::Failed).prepare_handoff("x", at(3), || Uuid::from_u128(79)).unwrap();
    let hand = |day: i64, minutes: i64| {
        let time = at(day) + TimeDelta::minutes(minutes);
        offered.clone().into_noun().of_handoff(|one| one.hand(time, "y"))
    };
    assert_eq!(hand(-4, 0), Err(No::Unlike(vec![crate::model::Mismatch::Handed])));
    assert_eq!(hand(3, -6), Err(No::Unlike(vec![crate::model::Mismatch::Handed])));
    assert!(hand(3, -5).is_ok() && hand(3, 0).is_ok() && hand(4, 0).is_ok());
}

/// After a dismissal the parties may agree anew (L1 art. 206; T47), and what they agree then has a window of its own.
#[test]
fn another_agreement_after_a_dismissal_can_be_confirmed() {
    let apply = |thread: Thread, n: u128| {
        thread.apply(&[party(1), party(2)], package(), org("studio-1"), Uuid::from_u128(n), at(3))
    };
    let applied = apply(thread("PM", Stage::Agreed), 6).unwrap().into_noun();
    let dismissed = Ruling::Dismissed { reason: "内容不明确".to_owned() };
    let denied = applied.rule_on_confirmation(dismissed, at(9)).unwrap().into_noun();
    let no = apply(denied.clone(), 7).unwrap_err();
    assert_eq!(no, Rule::ConfirmationDecided.against("CONFIRM_DENIED").into(), "the same agreement");
    let mut anew = denied;
    anew.facts.settled =
        Some(Settled { agreement: Uuid::from_u128(4).into(), effective: at(2), partial: false, amount: 90 });
    let again = apply(anew.clone(), 7).unwrap();
    assert!(again.is_changed());
    let again = again.into_noun();
    let noun = again.confirmation.as_ref().unwrap();
    assert_eq!((noun.content.state.code(), noun.id), ("CONFIRM_APPLIED", Uuid::from_u128(7)));
    assert_eq!(noun.content.agreement, Uuid::from_u128(4).into());
    // And where the first was confirmed, the second is no repetition of it.
    let applied = apply(thread("PM", Stage::Agreed), 6).unwrap().into_noun();
    let valid = Ruling::Valid { number: "（2026）粤2071诉前调确1号".to_owned() };
    let mut confirmed = applied.rule_on_confirmation(valid, at(9)).unwrap().into_noun();
    confirmed.facts.settled = anew.facts.settled;
    assert!(apply(confirmed, 7).unwrap().is_changed());
}
