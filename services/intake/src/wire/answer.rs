//! A dispute as a message, for whom it is.

use contracts::intake::v1 as proto;

use super::{field, party, record, screening};
use crate::model::{Dispute, State};
use crate::{note, receipt};

/// How much of a dispute somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// Everything: the first receiver and the holder.
    Clear,
    /// That there is such a case, and how it stands: no words, masked names, no receipt.
    Masked,
}

/// The dispute as the caller may see it. `code` is the receipt's.
pub fn dispute(dispute: &Dispute, sight: Sight, code: &str) -> proto::Dispute {
    let clear = sight == Sight::Clear;
    let shown = |text: &str| if clear { text.to_owned() } else { String::new() };
    let sheet = &dispute.sheet;
    let mut message = proto::Dispute {
        case_id: given(dispute),
        state: state(&dispute.state).into(),
        version: dispute.version,
        channel: field::channel_number(dispute.entry.channel),
        external_id: dispute.entry.external_id.clone(),
        subject: shown(&sheet.words.subject),
        text: shown(&sheet.words.text),
        claims: shown(&sheet.words.claims),
        amount_in_controversy_fen: sheet.amount.get(),
        town_code: sheet.town.clone(),
        cause_code: sheet.cause.clone(),
        cause_name: cause_name(&sheet.cause),
        parties: sheet.parties.iter().map(if clear { party::clear } else { party::masked }).collect(),
        first_receiver_org: dispute.origin.first_receiver.clone(),
        requested_time: dispute.entry.requested_at.map(field::timestamp),
        submit_time: dispute.submitted_at.map(field::timestamp),
        course: dispute.course().map_or(0, field::course_number),
        court_demanded: dispute.demand.is_some(),
        confirmed_warnings: dispute.entry.warnings.iter().map(|code| (*code).to_owned()).collect(),
        update_time: Some(field::timestamp(dispute.updated_at)),
        missing_documents: missing(dispute),
        not_recorded: dispute.not_recorded().into_iter().map(record::not_recorded).collect(),
        ..proto::Dispute::default()
    };
    if let Some(acceptance) = &dispute.acceptance {
        message.case_number.clone_from(&acceptance.case_number);
        message.accept_time = Some(field::timestamp(acceptance.at));
    }
    message.oral = dispute.entry.oral.as_ref().map(|oral| proto::OralApplication {
        read_back_time: Some(field::timestamp(oral.read_back_at)),
        applicant_confirmation: field::oral_confirmation_number(oral.confirmed),
        clerk_confirmed: true,
        call_id: shown(&oral.call),
    });
    if clear {
        message.batch_id.clone_from(&dispute.entry.batch);
        message.merge_notes.clone_from(&dispute.entry.noted);
        message.record = record::message(&dispute.entry.record);
        message.archive_note.clone_from(&dispute.dossier.note);
        message.oral_note = note::oral(dispute).unwrap_or_default();
        message.screening = dispute.screening.as_ref().map(screening::screening);
        message.screen_findings = dispute.screening.as_ref().map(screening::findings).unwrap_or_default();
    }
    if clear && !message.case_id.is_empty() {
        message.receipt = receipt(dispute, code);
    }
    match &dispute.state {
        State::Correction { missing, term, .. } => {
            message.missing_items = if clear { missing.clone() } else { vec![] };
            message.correction_due_time = Some(field::timestamp(term.ends.at));
        }
        State::Merged { into } => message.merged_into = into.to_string(),
        State::Refused { ground, redirect } => {
            message.refuse_ground.clone_from(ground);
            message.redirect = shown(redirect);
        }
        _ => {}
    }
    message
}

/// What a closed case's file lacks; while a case goes on its file is not whole yet.
fn missing(dispute: &Dispute) -> Vec<proto::MissingDocument> {
    let rows = if dispute.state == State::Closed { dispute.missing_documents() } else { vec![] };
    let told = rows.into_iter().map(|row| proto::MissingDocument {
        document: row.document.code().to_owned(),
        article: row.source.clone(),
        text: row.chinese.clone(),
        text_en: row.english.clone(),
    });
    told.collect()
}

/// The receipt; none for what was never submitted.
pub fn receipt(dispute: &Dispute, code: &str) -> Option<proto::Receipt> {
    let submitted_at = dispute.submitted_at?;
    let (asked, by) = (dispute.entry.requested_at, dispute.answered_by.as_ref());
    let printable = receipt::printable(&dispute.origin.centre, submitted_at, asked, by, code);
    Some(proto::Receipt { code: code.to_owned(), printable })
}

/// The state's number in the contract.
pub fn state(state: &State) -> proto::DisputeState {
    proto::DisputeState::from_str_name(&format!("DISPUTE_STATE_{}", state.code())).unwrap_or_default()
}

/// A cause's name, or nothing.
pub fn cause_name(code: &str) -> String {
    rulebook::causes::by_code(code).map(|cause| cause.name.clone()).unwrap_or_default()
}

/// What the allow-list of a filing takes from intake, in clear.
pub fn for_filing(dispute: &Dispute) -> proto::ReadForFilingResponse {
    let (sheet, told) = (&dispute.sheet, dispute.told_to_court());
    proto::ReadForFilingResponse {
        parties: sheet.parties.iter().map(party::clear).collect(),
        subject: sheet.words.subject.clone(),
        text: sheet.words.text.clone(),
        claims: sheet.words.claims.clone(),
        amount_in_controversy_fen: sheet.amount.get(),
        cause_code: sheet.cause.clone(),
        cause_name: cause_name(&sheet.cause),
        case_number: dispute
            .acceptance
            .as_ref()
            .map(|acceptance| acceptance.case_number.clone())
            .unwrap_or_default(),
        requested_time: dispute.entry.requested_at.or(dispute.submitted_at).map(field::timestamp),
        town_code: sheet.town.clone(),
        document_date: record::date(told.document_date),
        document_number: told.document_number,
    }
}

/// A dispute that was only checked has no id.
fn given(dispute: &Dispute) -> String {
    if dispute.origin.case.as_uuid().is_nil() { String::new() } else { dispute.origin.case.to_string() }
}
