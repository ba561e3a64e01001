//! What a clerk types: drafts, filings and corrections, read as a whole so that all faults are told at once.

use chrono::{DateTime, Utc};
use contracts::intake::v1 as proto;
use lexicon::text::Limits;
use lexicon::{CaseId, Fault, Fen, OrgId, Violations};
use rulebook::calendar::civil_date;
use rulebook::screen::Sign;

use super::party::{self, Reading};
use super::{field, record, screening};
use crate::model::{Channel, Entry, Oral, OralConfirmation, Patch, Record, Sheet, Words};

const SUBJECT: Limits = Limits::line(200);
const TEXT: Limits = Limits::long(20_000);
const CLAIMS: Limits = Limits::long(5_000);

/// A draft to save.
pub struct Draft {
    /// The draft to change with the version that was read; none for a new one.
    pub known: Option<(CaseId, u64)>,
    /// How it came in.
    pub channel: Channel,
    /// What has been typed so far.
    pub sheet: Sheet,
    /// What the channel has recorded so far.
    pub record: Record,
}

/// A dispute to file.
pub struct Filing {
    /// The draft to submit and the version that was read; none for a new dispute.
    pub draft: Option<(CaseId, u64)>,
    /// How it came in.
    pub entry: Entry,
    /// What is filed.
    pub sheet: Sheet,
    /// Who takes it in, if a service of ours files.
    pub first_receiver: Option<OrgId>,
    /// What the window has seen; none where nobody has looked.
    pub signs: Option<Vec<Sign>>,
}

/// Reads a draft: nothing but the channel must be there.
pub fn draft(request: &proto::SaveDraftRequest, now: DateTime<Utc>) -> Result<Draft, Violations> {
    let mut violations = Violations::new();
    field::request_id(&mut violations, &request.request_id);
    let known = known(&mut violations, &request.case_id, request.etag);
    let channel = violations.check("channel", field::channel(request.channel));
    let mut reading = Reading { today: civil_date(now), complete: false, confirmed: &[], raised: vec![] };
    let body = request.body.clone().unwrap_or_default();
    let sheet = sheet(&mut violations.at("body"), &body, &mut reading);
    let record = record::record(&mut violations, request.record.as_ref(), civil_date(now));
    match (channel, violations.is_empty()) {
        (Some(channel), true) => Ok(Draft { known, channel, sheet, record }),
        _ => Err(violations),
    }
}

/// A draft by its id, and the version of it that was read.
fn known(violations: &mut Violations, case: &str, etag: u64) -> Option<(CaseId, u64)> {
    if case.is_empty() {
        return None;
    }
    if etag == 0 {
        violations.push("etag", Fault::REQUIRED);
    }
    field::id(violations, "case_id", case).map(|case| (case, etag))
}

/// Reads a filing: it must be complete.
pub fn filing(request: &proto::FileDisputeRequest, now: DateTime<Utc>) -> Result<Filing, Violations> {
    let mut violations = Violations::new();
    field::request_id(&mut violations, &request.request_id);
    let draft = known(&mut violations, &request.case_id, request.etag);
    let channel = violations.check("channel", field::channel(request.channel));
    let external_id =
        field::optional(&mut violations, "external_id", &request.external_id, Limits::name(100));
    let requested = request.requested_time.as_ref();
    let requested_at = requested.and_then(|at| violations.check("requested_time", field::fact_time(at, now)));
    let confirmed = field::warnings(&mut violations, &request.confirmed_warnings);
    let mut reading =
        Reading { today: civil_date(now), complete: true, confirmed: &confirmed, raised: vec![] };
    let body = violations.check("body", request.body.as_ref().ok_or(Fault::REQUIRED));
    let sheet = body.map(|body| sheet(&mut violations.at("body"), body, &mut reading)).unwrap_or_default();
    let first_receiver = match request.first_receiver_org.as_str() {
        "" => None,
        org => violations.check("first_receiver_org", OrgId::new(org)),
    };
    let mut warnings = reading.raised;
    warnings.sort_unstable();
    warnings.dedup();
    let consents = request.consents.clone().unwrap_or_default();
    if !consents.process {
        violations.at("consents").push_worded(
            "process",
            "REQUIRED",
            "Without consent to process what was given, nothing can be filed.",
            "未取得处理个人信息的同意，不能提交。",
        );
    }
    let notice_version = field::optional(
        &mut violations.at("consents"),
        "notice_version",
        &consents.notice_version,
        Limits::line(50),
    );
    let oral =
        request.oral.as_ref().and_then(|given| oral(&mut violations, given, channel, requested_at, now));
    let signs = screening::signs(&mut violations, request.screening.as_ref());
    let record = record::record(&mut violations, request.record.as_ref(), civil_date(now));
    let entry = channel.map(|channel| Entry {
        channel,
        external_id,
        requested_at,
        warnings,
        notice_version,
        share_with_studio: consents.share_with_studio,
        oral,
        batch: String::new(),
        noted: vec![],
        record,
    });
    if let Some(entry) = &entry {
        record::ask(&mut violations, entry, &sheet, civil_date(now));
    }
    match (entry, violations.is_empty()) {
        (Some(entry), true) => Ok(Filing { draft, entry, sheet, first_receiver, signs }),
        _ => Err(violations),
    }
}

/// Reads that it was told by word: all of it, or it is none.
fn oral(
    violations: &mut Violations,
    given: &proto::OralApplication,
    channel: Option<Channel>,
    requested_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<Oral> {
    let mut violations = violations.at("oral");
    let time = given.read_back_time.as_ref().ok_or(Fault::REQUIRED);
    let time = time.and_then(|time| field::fact_time(time, now));
    // Nobody reads back what was not told yet.
    let time = time
        .and_then(|at| if requested_at.is_some_and(|asked| at < asked) { Err(Fault::RANGE) } else { Ok(at) });
    let read_back_at = violations.check("read_back_time", time);
    let confirmed =
        violations.check("applicant_confirmation", field::oral_confirmation(given.applicant_confirmation));
    if !given.clerk_confirmed {
        violations.push_worded(
            "clerk_confirmed",
            "REQUIRED",
            "The clerk who wrote it down confirms that it is what was told.",
            "记录人应当确认笔录与申请人所述一致。",
        );
    }
    let by_voice = confirmed == Some(OralConfirmation::Voice);
    if by_voice && channel.is_some_and(|channel| channel != Channel::Hotline) {
        violations.push_worded(
            "applicant_confirmation",
            "ENUM_UNKNOWN",
            "A voice confirms only on a recorded call; otherwise the applicant signs or gives a fingerprint.",
            "仅电话申请可以录音确认，其他情形由申请人签名或者按指印。",
        );
    }
    let call = if by_voice {
        field::required(&mut violations, "call_id", &given.call_id, Limits::name(100))
    } else {
        field::optional(&mut violations, "call_id", &given.call_id, Limits::name(100))
    };
    Some(Oral { read_back_at: read_back_at?, confirmed: confirmed?, call })
}

/// Reads a correction: what is empty stays as it is.
pub fn correction(
    request: &proto::CorrectDisputeRequest,
    now: DateTime<Utc>,
) -> Result<(CaseId, Patch), Violations> {
    let mut violations = Violations::new();
    let id = field::id(&mut violations, "case_id", &request.case_id);
    let confirmed = field::warnings(&mut violations, &request.confirmed_warnings);
    let mut reading =
        Reading { today: civil_date(now), complete: true, confirmed: &confirmed, raised: vec![] };
    let body = request.body.clone().unwrap_or_default();
    let mut under = violations.at("body");
    let words = words(&mut under, &body, false);
    let amount = under.check("amount_in_controversy_fen", Fen::new(body.amount_in_controversy_fen));
    let town = field::town(&mut under, "town_code", &body.town_code);
    let cause = field::cause(&mut under, "cause_code", &body.cause_code);
    let parties = match body.parties.as_slice() {
        [] => None,
        given => Some(party::parties(&mut under, given, &mut reading)),
    };
    drop(under);
    let record = record::record(&mut violations, request.record.as_ref(), civil_date(now));
    if !record.imported_from.is_empty() {
        violations.push_worded(
            "record.imported_from",
            "RANGE",
            "From where it was taken over is said when it is filed; leave it empty.",
            "导入来源在登记时填写，补正时请勿填写。",
        );
    }
    let said = |text: String| Some(text).filter(|text| !text.is_empty());
    let patch = Patch {
        subject: said(words.subject),
        text: said(words.text),
        claims: said(words.claims),
        amount: amount.filter(|amount| *amount != Fen::ZERO),
        town: said(town),
        cause: said(cause),
        parties,
        warnings: reading.raised,
        record,
    };
    match (id, violations.is_empty()) {
        (Some(id), true) => Ok((id, patch)),
        _ => Err(violations),
    }
}

/// Reads what a clerk has typed.
pub fn sheet(violations: &mut Violations, body: &proto::DisputeBody, reading: &mut Reading<'_>) -> Sheet {
    Sheet {
        words: words(violations, body, reading.complete),
        amount: violations
            .check("amount_in_controversy_fen", Fen::new(body.amount_in_controversy_fen))
            .unwrap_or_default(),
        town: field::town(violations, "town_code", &body.town_code),
        cause: field::cause(violations, "cause_code", &body.cause_code),
        parties: party::parties(violations, &body.parties, reading),
    }
}

fn words(violations: &mut Violations, body: &proto::DisputeBody, complete: bool) -> Words {
    Words {
        subject: field::optional(violations, "subject", &body.subject, SUBJECT),
        text: field::needed(violations, "text", &body.text, TEXT, complete),
        claims: field::optional(violations, "claims", &body.claims, CLAIMS),
    }
}
