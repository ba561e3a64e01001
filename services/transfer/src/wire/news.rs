//! What transfer says: ids, codes, dates and generations, in the thread's new version.

use contracts::transfer::v1 as contract;
use courier::WriteList;
use lexicon::CaseId;
use rulebook::calendar;

use super::{filing_kind, outcome_kind, timestamp};
use crate::model::{Commission, Confirmation, CourtOutcome, Filing, Handoff, News, State, Thread};
use crate::model::{commission, confirmation, exit, filing, handoff};

/// Says what happened.
pub(crate) fn post(list: &mut WriteList, thread: &Thread, news: News) {
    match news {
        News::Filing(event) => {
            if let Some(noun) = &thread.filing {
                of_filing(list, thread, noun, event);
            }
        }
        News::Confirmation(event) => {
            if let Some(noun) = &thread.confirmation {
                of_confirmation(list, thread, noun, event);
            }
        }
        News::Handoff(event) => {
            if let Some(noun) = &thread.handoff {
                of_handoff(list, thread, noun, event);
            }
        }
        News::Commission(event) => {
            if let Some(noun) = &thread.commission {
                of_commission(list, thread, noun, event);
            }
        }
        News::SuitFound => {
            let found = thread.facts.elsewhere.as_ref();
            let suit_case_id = found.map(|found| found.case.to_string()).unwrap_or_default();
            let court_org = found.map(|found| found.court.to_string()).unwrap_or_default();
            list.post(
                thread.case.as_uuid(),
                thread.version,
                &contract::SuitFound { suit_case_id, court_org },
            );
        }
        News::DemandTakenBack(party) => {
            let party_id = party.to_string();
            let said = contract::DemandTakenBack { party_id, demand_version: heard(thread) };
            list.post(thread.case.as_uuid(), thread.version, &said);
        }
        News::DemandAnswered => {
            let court_org = thread.suing_at().map(ToString::to_string).unwrap_or_default();
            let said = contract::DemandAnswered { demand_version: heard(thread), court_org };
            list.post(thread.case.as_uuid(), thread.version, &said);
        }
        News::Document => {
            let commission_id = String::new();
            let court_org = thread.facts.suit.as_ref().map(|suit| suit.court.to_string()).unwrap_or_default();
            let document = thread.facts.document.as_ref();
            document_issued(list, thread, commission_id, court_org, document, thread.version);
        }
    }
}

/// The last demand that was heard here; nothing in a case from before they had numbers.
fn heard(thread: &Thread) -> Option<u64> {
    Some(thread.facts.demands.said).filter(|said| *said > 0)
}

/// Said on the commission's own thread, which ends with it.
pub(crate) fn filed(list: &mut WriteList, thread: &Thread, case: CaseId) {
    if let Some(commission) = &thread.commission {
        let commission_id = commission.id.to_string();
        let said = contract::CommissionFiled { commission_id, filed_case_id: case.to_string() };
        list.post(thread.case.as_uuid(), thread.version, &said);
    }
}

fn of_filing(list: &mut WriteList, thread: &Thread, filing: &Filing, event: filing::Event) {
    let (case, version, filing_id) = (thread.case.as_uuid(), thread.version, filing.id.to_string());
    let generation = filing.version;
    let package = filing.state.package();
    let court_org = package.map(|p| p.venue.court.to_string()).unwrap_or_default();
    let package_sha256 = package.map(|p| p.sha256.clone()).unwrap_or_default();
    let first_receiver_org = filing.first_receiver.to_string();
    match event {
        filing::Event::Opened => {
            let kind = filing_kind(filing.kind).into();
            let said = contract::FilingOpened { filing_id, first_receiver_org, kind, generation };
            list.post(case, version, &said)
        }
        filing::Event::Prepared => {
            list.post(case, version, &contract::FilingPrepared { filing_id, court_org, package_sha256 })
        }
        filing::Event::Submitted => {
            let submit_time = filing.state.sent().map(|sent| timestamp(sent.at));
            let said = contract::FilingSubmitted { filing_id, court_org, package_sha256, submit_time };
            list.post(case, version, &said)
        }
        filing::Event::Received => {
            let court_time =
                filing.state.receipts().first().map(|(_, receipt)| timestamp(receipt.court_time));
            list.post(case, version, &contract::FilingReceived { filing_id, court_org, court_time })
        }
        filing::Event::Accepted => {
            let court_case_number = match &filing.state {
                State::Filed { number, .. } => number.clone(),
                _ => String::new(),
            };
            list.post(case, version, &contract::FilingAccepted { filing_id, court_org, court_case_number })
        }
        filing::Event::Refused => list.post(case, version, &contract::FilingRefused { filing_id, court_org }),
        filing::Event::Withdrawn => {
            // A suit that is another's takes no demand back.
            let demands = thread.facts.demands;
            let demand_version = (demands.said > 0).then_some(demands.taken_back);
            list.post(case, version, &contract::FilingWithdrawn { filing_id, demand_version })
        }
        filing::Event::CorrectionRequested => {
            let item_count = filing.correction.as_ref().map_or(0, |asked| asked.items.len() as u32);
            let said =
                contract::FilingCorrectionRequested { filing_id, first_receiver_org, item_count, generation };
            list.post(case, version, &said)
        }
        filing::Event::Corrected => {
            let answer = filing.correction.as_ref().and_then(|asked| asked.answer.as_ref());
            let answer_time = answer.map(|(at, _)| timestamp(*at));
            let said = contract::FilingCorrected { filing_id, court_org, answer_time, generation };
            list.post(case, version, &said)
        }
        filing::Event::Lapsed => list.post(case, version, &contract::FilingLapsed { filing_id, court_org }),
        filing::Event::Outcome => {
            let (kind, decision_date) = match &filing.state {
                State::Outcome { outcome, .. } => (outcome_kind(outcome.kind).into(), outcome.on.to_string()),
                _ => Default::default(),
            };
            list.post(case, version, &contract::OutcomeReported { filing_id, kind, decision_date })
        }
    };
}

fn of_confirmation(list: &mut WriteList, thread: &Thread, noun: &Confirmation, event: confirmation::Event) {
    let (case, version, confirmation_id) = (thread.case.as_uuid(), thread.version, noun.id.to_string());
    let (generation, court_org) = (noun.version, noun.package.venue.court.to_string());
    match event {
        confirmation::Event::Applied => list.post(
            case,
            version,
            &contract::ConfirmationApplied {
                confirmation_id,
                court_org,
                agreement_id: noun.content.agreement.to_string(),
                apply_time: Some(timestamp(noun.content.applied)),
                generation,
                holder: noun.content.holder.to_string(),
            },
        ),
        confirmation::Event::Accepted => {
            let accept_time = noun.content.accepted.map(timestamp);
            let said = contract::ConfirmationAccepted { confirmation_id, court_org, accept_time, generation };
            list.post(case, version, &said)
        }
        confirmation::Event::Withdrawn => {
            let party_id = match &noun.content.state {
                confirmation::State::Withdrawn { by: Some(by), .. } => by.to_string(),
                _ => String::new(),
            };
            list.post(case, version, &contract::ConfirmationWithdrawn { confirmation_id, party_id })
        }
        confirmation::Event::Granted => {
            let court_case_number = match &noun.content.state {
                confirmation::State::Confirmed { number, .. } => number.clone(),
                _ => String::new(),
            };
            let said =
                contract::ConfirmationGranted { confirmation_id, court_org, court_case_number, generation };
            list.post(case, version, &said)
        }
        confirmation::Event::Denied => {
            let said = contract::ConfirmationDenied { confirmation_id, court_org, generation };
            list.post(case, version, &said)
        }
    };
}

fn of_handoff(list: &mut WriteList, thread: &Thread, noun: &Handoff, event: handoff::Event) {
    let (case, version, handoff_id) = (thread.case.as_uuid(), thread.version, noun.id.to_string());
    let generation = noun.version;
    let first_receiver_org = noun.first_receiver.to_string();
    let exit = exit::words(noun.exit).0.to_owned();
    match event {
        handoff::Event::Opened => {
            let said = contract::HandoffOpened { handoff_id, first_receiver_org, exit, generation };
            list.post(case, version, &said)
        }
        handoff::Event::Prepared => list.post(case, version, &contract::HandoffPrepared { handoff_id }),
        handoff::Event::Handed => {
            let clock = noun.clock().to_owned();
            let hand_time = noun.content.state.handed().map(timestamp);
            let said = contract::HandoffRecorded { handoff_id, exit, clock, hand_time, generation };
            list.post(case, version, &said)
        }
        handoff::Event::Acknowledged => {
            list.post(case, version, &contract::HandoffAcknowledged { handoff_id, generation })
        }
        handoff::Event::Declined => {
            let said = contract::HandoffDeclined { handoff_id, first_receiver_org, generation };
            list.post(case, version, &said)
        }
        handoff::Event::Silent => {
            let said = contract::HandoffSilent { handoff_id, first_receiver_org, generation };
            list.post(case, version, &said)
        }
        handoff::Event::Done => list.post(case, version, &contract::HandoffDone { handoff_id }),
        handoff::Event::Withdrawn => list.post(case, version, &contract::HandoffWithdrawn { handoff_id }),
    };
}

fn of_commission(list: &mut WriteList, thread: &Thread, noun: &Commission, event: commission::Event) {
    let (case, version, commission_id) = (thread.case.as_uuid(), thread.version, noun.id.to_string());
    let (generation, court_org, studio_org) = (noun.version, noun.court.to_string(), noun.studio.to_string());
    let sign_time = noun.content.signed.map(timestamp);
    let summary_procedure = noun.content.summary;
    match event {
        commission::Event::Received => {
            let reception_org = noun.content.reception.to_string();
            let said = contract::CommissionReceived {
                commission_id,
                court_org,
                studio_org,
                generation,
                reception_org,
            };
            list.post(case, version, &said)
        }
        commission::Event::Signed => {
            let said = contract::CommissionSigned {
                commission_id,
                studio_org,
                sign_time,
                summary_procedure,
                generation,
            };
            list.post(case, version, &said)
        }
        commission::Event::Declined => {
            list.post(case, version, &contract::CommissionDeclined { commission_id })
        }
        commission::Event::Linked => {
            let letter = noun.content.referral.as_ref();
            let commissioned = letter.map_or(noun.content.received, |letter| calendar::start_of(letter.on));
            let said = contract::CommissionLinked {
                commission_id,
                court_org,
                sign_time,
                summary_procedure,
                commission_time: Some(timestamp(commissioned)),
                before_filing: letter.is_some(),
            };
            list.post(case, version, &said)
        }
        commission::Event::Reported => {
            let report = noun.content.state.report();
            let (agreed, court_demanded) = report.map_or((false, false), |told| (told.agreed, told.demanded));
            let said = contract::CommissionReported { commission_id, court_org, agreed, court_demanded };
            list.post(case, version, &said)
        }
        commission::Event::Examined => {
            let sham = noun.content.examined.as_ref().is_some_and(|found| found.sham);
            list.post(case, version, &contract::ShamExamined { commission_id, court_org, sham })
        }
        commission::Event::Recalled => {
            list.post(case, version, &contract::CommissionRecalled { commission_id })
        }
        commission::Event::Document => {
            let document = match &noun.content.state {
                commission::State::CourtDoc { document, .. } => Some(document),
                _ => None,
            };
            document_issued(list, thread, commission_id, court_org, document, generation)
        }
    };
}

fn document_issued<'a>(
    list: &'a mut WriteList,
    thread: &Thread,
    commission_id: String,
    court_org: String,
    document: Option<&CourtOutcome>,
    generation: u64,
) -> &'a mut WriteList {
    let (kind, decision_date) = document
        .map(|document| (outcome_kind(document.kind).into(), document.on.to_string()))
        .unwrap_or_default();
    let said = contract::CourtDocumentIssued { commission_id, kind, decision_date, generation, court_org };
    list.post(thread.case.as_uuid(), thread.version, &said)
}
