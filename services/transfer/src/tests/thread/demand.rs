//! One party's word leads out of every state of every track, where the rule book says.

use super::*;

/// The case as transfer knows it when the rule book sees it in a state; nothing where transfer knows no such state.
fn seen(track: &str, state: &str) -> Option<Thread> {
    let mut thread = match state {
        "DRAFT" | "SUBMITTED" | "CORRECTION" | "REFUSED" => {
            let mut thread = thread(track, Stage::Unmediated);
            // Not accepted on a track yet, so none is told with the demand; a labour matter is known by its cause.
            thread.facts.track = String::new();
            if track == "LA" {
                thread.facts.cause = "205".to_owned();
            }
            thread
        }
        "ACCEPTED" | "ROUTED" | "POOL" | "ASSIGNED" | "SIGNED" | "RECEIVED" => {
            thread(track, Stage::Unmediated)
        }
        "CONSENT_PENDING" | "IN_MEDIATION" | "SUSPENDED" | "APPRAISAL" | "AGREED_UNSIGNED" => {
            thread(track, Stage::InMediation)
        }
        "FAILED" => thread(track, Stage::Failed),
        "PERFORMING" => thread(track, Stage::Performing),
        "BREACHED" => thread(track, Stage::Breached),
        "PERFORMED" => thread(track, Stage::Performed),
        "AGREED" | "CONFIRM_APPLIED" | "CONFIRM_DENIED" => thread(track, Stage::Agreed),
        "CONFIRMED" => {
            let mut thread = thread(track, Stage::Agreed);
            thread.facts.confirmed = true;
            thread
        }
        "COURT_DOC" => {
            let mut thread = thread(track, Stage::Agreed);
            thread.facts.documented = true;
            thread
        }
        _ => return None,
    };
    if track == "WT" && !thread.facts.documented {
        // Signed for; where an agreement is being performed, reported as well.
        let performing = matches!(thread.facts.stage, Stage::Performing | Stage::Breached | Stage::Performed);
        let noun = commissions().remove(if performing { 4 } else { 1 });
        thread.commission = Some(Commission { thread: thread.case, ..noun });
    }
    if track == "JM" {
        let court = CourtId::new("court-2071").unwrap();
        thread.facts.suit = Some(Suit { court, number: "（2026）粤2071民初5号".to_owned() });
    }
    Some(thread)
}

/// A case on a court's own track that is at no court: from before the window asked for the suit.
#[test]
fn a_demand_opens_a_filing_where_no_court_is_known() {
    for track in ["JM", "WT"] {
        let thread = thread(track, Stage::Failed);
        let after = thread.demand(&org("hall"), || Uuid::from_u128(77), at(3)).into_noun();
        assert_eq!(
            after.filing.as_ref().map(|filing| filing.state.code()),
            Some("TRANSFER_READY"),
            "{track}"
        );
        assert!(after.clone().pack(None, package(), 0, || Uuid::from_u128(1)).is_ok(), "{track}");
    }
}

/// Arbitration was silent, the suit was prepared and taken back: the next word opens the court, not arbitration again.
#[test]
fn after_the_body_that_comes_first_a_new_demand_opens_the_court() {
    let offered = thread("LA", Stage::Failed).demand(&org("hall"), || Uuid::from_u128(77), at(3)).into_noun();
    let handed = offered.prepare_handoff("x", at(3), || Uuid::from_u128(79)).unwrap().into_noun();
    let handed = handed.of_handoff(|one| one.hand(at(4), "y")).unwrap().into_noun();
    let generation = handed.handoff.as_ref().unwrap().version;
    let silent = handed.of_handoff(|one| one.silent("K14", generation, at(20))).unwrap().into_noun();
    let packed = silent.pack(None, package(), 0, || Uuid::from_u128(80)).unwrap().into_noun();
    let back = packed.filing(crate::model::Filing::withdraw).unwrap().into_noun();
    let again = back.demand(&org("hall"), || Uuid::from_u128(81), at(21)).into_noun();
    assert_eq!(again.filing.unwrap().state.code(), "TRANSFER_READY");
}

/// Every state of every track from which the rule book lets a party demand the court: what it names opens, and from there
/// the party's way goes on to the exit with nobody else's consent.
#[test]
fn a_demand_leads_out_of_every_state_of_every_track() {
    let (mut walked, mut drafts) = (0, 0);
    for track in tracks::all() {
        for state in procedure::states() {
            let Some(to) = exits::on_demand(&track.code, &state.code) else { continue };
            // That a matter is one for the police or the petition office is known with its track, and no sooner.
            let unknown = matches!(track.exit, Exit::Police | Exit::PetitionOffice)
                && matches!(state.code.as_str(), "DRAFT" | "SUBMITTED" | "CORRECTION" | "REFUSED");
            let to = if unknown { "TRANSFER_READY" } else { to };
            let name = format!("{} {}", track.code, state.code);
            let before = seen(&track.code, &state.code).expect(&name);
            drafts += usize::from(state.code == "DRAFT");
            let moved = before.clone().demand(&org("hall"), || Uuid::from_u128(77), at(3));
            let after = moved.into_noun();
            assert!(after.facts.demanded, "{name}");
            match to {
                "TRANSFER_READY" => {
                    let filing = after.filing.as_ref().expect(&name);
                    assert_eq!(filing.state.code(), "TRANSFER_READY", "{name}");
                    assert!(after.may_file(None).is_ok(), "{name}");
                    assert!(after.clone().pack(None, package(), 0, || Uuid::from_u128(1)).is_ok(), "{name}");
                }
                "OFFERED" => goes_on_to_the_court(&name, &after),
                "REPORTED" if before.facts.documented => assert!(after.filing.is_some(), "{name}"),
                "REPORTED" => {
                    let report = after.commission.as_ref().and_then(|noun| noun.content.state.report());
                    assert!(report.is_some_and(|report| report.demanded), "{name}");
                }
                // The court has the case: it goes on with the trial.
                "FILED" => assert!(after.filing.is_none() && track.code == "JM", "{name}"),
                other => panic!("{name} leads to {other}"),
            }
            // Whatever was filed of it before, and found its end.
            if to == "TRANSFER_READY" {
                again::leads_out(&name, &before);
            }
            // Said again, it is so.
            let again = after.clone().demand(&org("hall"), || Uuid::from_u128(78), at(4));
            assert_eq!(again, Outcome::AlreadySo(after), "{name}");
            walked += 1;
        }
    }
    assert_eq!(drafts, 11, "a draft leads out on every track but the two that begin at the court");
    assert!(walked > 210, "{walked} states were walked");
}

/// A hand-over leads on: by the receiver's silence or refusal to the court, each on the clerk's duty or the clock alone.
fn goes_on_to_the_court(name: &str, offered: &Thread) {
    let exit = offered.handoff.as_ref().expect(name).exit;
    let public_order = exit == Exit::Police;
    assert_eq!(offered.may_file(None).is_ok(), public_order, "{name}: only a civil claim goes beside it");
    let handed = offered.clone().prepare_handoff("x", at(3), || Uuid::from_u128(79)).unwrap().into_noun();
    let handed = handed.of_handoff(|one| one.hand(at(4), "y")).unwrap().into_noun();
    let (clock, generation) = {
        let noun = handed.handoff.as_ref().expect(name);
        (noun.clock(), noun.version)
    };
    let silent = handed.clone().of_handoff(|one| one.silent(clock, generation, at(20))).unwrap().into_noun();
    let declined = handed.clone().of_handoff(|one| one.answer(Said::Declined, at(5), "z"));
    for returned in [silent, declined.unwrap().into_noun()] {
        assert_eq!(returned.may_file(None), Ok(Kind::Complaint), "{name}");
        let packed = returned.pack(None, package(), 0, || Uuid::from_u128(80)).unwrap().into_noun();
        assert_eq!(
            packed.filing.as_ref().map(|filing| filing.state.code()),
            Some("TRANSFER_READY"),
            "{name}"
        );
    }
}

/// A commissioned case that the window has not accepted has no track yet: its court has the suit all the same, and is told. The
/// book names no way from there, for it knows the case as the court's commission.
#[test]
fn a_demand_on_a_commissioned_case_is_reported_whatever_is_known_of_it() {
    for (track, stage) in [
        ("", Stage::Unmediated),
        ("PM", Stage::Unmediated),
        ("WT", Stage::Unmediated),
        ("WT", Stage::InMediation),
        ("WT", Stage::Performing),
        ("WT", Stage::Breached),
    ] {
        let name = format!("{track} {}", stage.code());
        let mut before = thread(track, stage);
        before.commission = Some(Commission { thread: before.case, ..commissions().remove(1) });
        let after = before.demand(&org("hall"), || Uuid::from_u128(77), at(3)).into_noun();
        let report = after.commission.as_ref().and_then(|noun| noun.content.state.report());
        assert!(report.is_some_and(|report| report.demanded), "{name}");
        assert!(after.filing.is_none(), "{name}: the suit is at a court already");
        // What is in default afterwards is sued on or enforced.
        if stage == Stage::Breached {
            let again = after.demand(&org("hall"), || Uuid::from_u128(78), at(4)).into_noun();
            assert_eq!(again.filing.map(|filing| filing.state.code()), Some("TRANSFER_READY"), "{name}");
        }
    }
    // A studio's report, where the demand was heard before the commission was known to be the case's.
    let mut late = thread("", Stage::Unmediated);
    late.facts.demanded = true;
    late.commission = Some(Commission { thread: late.case, ..commissions().remove(1) });
    let reported = late.report(false, at(3)).unwrap().into_noun();
    assert!(reported.commission.unwrap().content.state.report().unwrap().demanded);
}
