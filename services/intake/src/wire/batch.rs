//! Many disputes of one claimant from one stream: each line becomes a filing of its own.
//!
//! What is common stands in the template; a line brings its respondents and what is particular. So nothing of one line can get
//! into another's dispute: each is put together from the template and itself alone.

use chassis::Denied;
use contracts::intake::v1 as proto;
use contracts::lexicon::v1 as words;
use lexicon::text::Limits;
use lexicon::{Fault, Violations};
use tonic::Status;
use tonic_types::StatusExt as _;

use super::field;
use crate::model::Dispute;

/// What names a batch: with a line's name it makes a request id.
const NAME: usize = 30;

/// Reads what is common to all lines.
pub fn template(given: proto::BatchTemplate) -> Result<proto::BatchTemplate, Violations> {
    let mut violations = Violations::new();
    named(&mut violations, "template.request_id", &given.request_id);
    violations.check("template.channel", field::channel(given.channel));
    let body = given.body.clone().unwrap_or_default();
    field::required(&mut violations, "template.body.text", &body.text, Limits::long(20_000));
    if body.parties.is_empty() {
        violations.push("template.body.parties", Fault::REQUIRED);
    }
    for (at, party) in body.parties.iter().enumerate() {
        if party.role() != words::PartyRole::Claimant {
            violations.push_worded(
                &format!("template.body.parties[{at}].role"),
                "ENUM_UNKNOWN",
                "A template names claimants; each line brings its respondents.",
                "模板只填写申请人，被申请人在各行中填写。",
            );
        }
    }
    violations.into_result()?;
    Ok(given)
}

/// The filing of a line, as though it had come alone.
pub fn filing(
    template: &proto::BatchTemplate,
    line: proto::BatchLine,
) -> Result<proto::FileDisputeRequest, Violations> {
    let mut violations = Violations::new();
    named(&mut violations, "line_id", &line.line_id);
    if line.respondents.is_empty() {
        violations.push("respondents", Fault::REQUIRED);
    }
    for (at, party) in line.respondents.iter().enumerate() {
        if party.role() == words::PartyRole::Claimant {
            violations.push(&format!("respondents[{at}].role"), Fault::ENUM_UNKNOWN);
        }
    }
    violations.into_result()?;
    let mut body = template.body.clone().unwrap_or_default();
    body.parties.extend(line.respondents.into_iter().map(|party| match party.role() {
        words::PartyRole::Unspecified => words::Party { role: words::PartyRole::Respondent.into(), ..party },
        _ => party,
    }));
    if !line.text.is_empty() {
        body.text = format!("{}\n{}", body.text, line.text);
    }
    if line.amount_in_controversy_fen != 0 {
        body.amount_in_controversy_fen = line.amount_in_controversy_fen;
    }
    if !line.town_code.is_empty() {
        body.town_code = line.town_code;
    }
    Ok(proto::FileDisputeRequest {
        request_id: format!("{}.{}", template.request_id, line.line_id),
        channel: template.channel,
        external_id: line.external_id,
        requested_time: template.requested_time,
        body: Some(body),
        consents: template.consents.clone(),
        confirmed_warnings: line.confirmed_warnings,
        record: recorded(template.record.clone(), line.record),
        oral: template.oral.clone(),
        ..proto::FileDisputeRequest::default()
    })
}

/// What the channel records of a line: what it sets replaces the template's.
fn recorded(
    common: Option<proto::ChannelRecord>,
    own: Option<proto::ChannelRecord>,
) -> Option<proto::ChannelRecord> {
    let (Some(common), Some(own)) = (&common, &own) else { return own.or(common) };
    let of = |own: &String, common: &String| if own.is_empty() { common.clone() } else { own.clone() };
    Some(proto::ChannelRecord {
        document_number: of(&own.document_number, &common.document_number),
        document_date: of(&own.document_date, &common.document_date),
        station_id: of(&own.station_id, &common.station_id),
        place: of(&own.place, &common.place),
        account: of(&own.account, &common.account),
        imported_from: of(&own.imported_from, &common.imported_from),
        adviser: of(&own.adviser, &common.adviser),
    })
}

fn named(violations: &mut Violations, field: &str, given: &str) {
    if given.len() > NAME {
        violations.push(field, Fault::TOO_LONG);
        return;
    }
    let mut own = Violations::new();
    field::request_id(&mut own, given);
    if !own.is_empty() {
        violations.push(field, if given.is_empty() { Fault::REQUIRED } else { Fault::MALFORMED });
    }
}

/// A line that was taken.
pub fn taken(line_id: String, dispute: &Dispute, code: &str) -> proto::BatchFileDisputesResponse {
    proto::BatchFileDisputesResponse {
        line_id,
        case_id: dispute.origin.case.to_string(),
        version: dispute.version,
        receipt: super::answer::receipt(dispute, code),
        ..proto::BatchFileDisputesResponse::default()
    }
}

/// A line that was not taken; what passes ends the stream and is tried again by the caller.
pub fn refused(line_id: String, denied: Denied) -> Result<proto::BatchFileDisputesResponse, Status> {
    if !matches!(denied, Denied::Refused(_) | Denied::Invalid(_) | Denied::KeyReused) {
        return Err(denied.into());
    }
    let status = Status::from(denied);
    let details = status.get_error_details();
    let reason = details.error_info().map(|info| info.reason.clone());
    let faults = details.bad_request().map(|bad| bad.field_violations.clone()).unwrap_or_default();
    Ok(proto::BatchFileDisputesResponse {
        line_id,
        refusal_reason: reason.unwrap_or_default(),
        refusal_text: status.message().to_owned(),
        faults: faults
            .into_iter()
            .map(|one| proto::LineFault { field: one.field, reason: one.reason })
            .collect(),
        ..proto::BatchFileDisputesResponse::default()
    })
}
