//! Ties and conflicts in the contract's words.

use chrono::NaiveDate;
use contracts::lexicon::v1::PaperKind as PaperKindMessage;
use contracts::routing::v1 as proto;
use courier::WriteList;
use lexicon::identity::{self, PaperKind};
use lexicon::text::clean;
use lexicon::{AccountId, CaseId, Fault, Violations, phone};

use super::{REASON, all_good, instant};
use crate::model::Referral;
use crate::model::conflict::{Bond, Conflict};
use crate::store::{DeclaredTie, Declaring, Paper, Which, Withdrawing};

/// Reads a declaration; `today` is for births in the future.
pub fn declare(ask: &proto::DeclareTieRequest, today: NaiveDate) -> Result<Declaring, Violations> {
    let mut wrong = Violations::new();
    let told = (ask.mediator.as_str(), ask.bond(), ask.with.as_ref(), ask.of.as_ref());
    let read = declaring(&mut wrong, told, today);
    all_good(read, wrong)
}

/// Reads what is withdrawn.
pub fn withdraw(ask: &proto::WithdrawTieRequest, today: NaiveDate) -> Result<Withdrawing, Violations> {
    let mut wrong = Violations::new();
    let which = if ask.tie_id.is_empty() {
        let told = (ask.mediator.as_str(), ask.bond(), ask.with.as_ref(), ask.of.as_ref());
        declaring(&mut wrong, told, today).map(|told| (told.mediator.clone(), Which::Told(told)))
    } else {
        let mediator = wrong.check("mediator", AccountId::new(ask.mediator.as_str()));
        mediator.map(|mediator| (mediator, Which::Id(ask.tie_id.clone())))
    };
    let reason = wrong.check("reason", clean(&ask.reason, REASON));
    let read = which.zip(reason).map(|((mediator, which), reason)| Withdrawing { mediator, which, reason });
    all_good(read, wrong)
}

/// Mediator, bond, with whom, through whom.
type Told<'a> = (&'a str, proto::TieBond, Option<&'a proto::TiePaper>, Option<&'a proto::TiePaper>);

fn declaring(wrong: &mut Violations, told: Told<'_>, today: NaiveDate) -> Option<Declaring> {
    let (mediator, kind, with, of) = told;
    let mediator = wrong.check("mediator", AccountId::new(mediator));
    let bond = wrong.check("bond", bond(kind));
    let with = match with {
        Some(given) => paper(wrong, "with", given, today),
        None => wrong.check("with", Err(Fault::REQUIRED)),
    };
    let of = match of {
        Some(given) => paper(wrong, "of", given, today).map(Some),
        None => Some(None),
    };
    Some(Declaring { mediator: mediator?, bond: bond?, with: with?, of: of? })
}

/// Whose ties are asked for.
pub fn ties(ask: &proto::ListTiesRequest) -> Result<AccountId, Violations> {
    let mut wrong = Violations::new();
    let mediator = wrong.check("mediator", AccountId::new(ask.mediator.as_str()));
    all_good(mediator, wrong)
}

/// Which case, and about whom.
pub fn find(ask: &proto::FindConflictRequest) -> Result<(CaseId, AccountId), Violations> {
    let mut wrong = Violations::new();
    let case = wrong.check("case_id", ask.case_id.parse());
    let mediator = wrong.check("mediator", AccountId::new(ask.mediator.as_str()));
    all_good(case.zip(mediator), wrong)
}

fn paper(wrong: &mut Violations, field: &str, given: &proto::TiePaper, today: NaiveDate) -> Option<Paper> {
    if !given.phone.is_empty() && given.kind == 0 && given.number.is_empty() {
        return wrong.check(&format!("{field}.phone"), phone::normalise(&given.phone)).map(Paper::Phone);
    }
    if !given.phone.is_empty() {
        // A paper says more; who has both is declared by it.
        wrong.push(&format!("{field}.phone"), Fault::TOO_MANY);
    }
    let name = given.kind().as_str_name().trim_start_matches("PAPER_KIND_").to_owned();
    let known = match given.kind() {
        PaperKindMessage::Unspecified => Err(Fault::REQUIRED),
        _ => PaperKind::ALL.iter().copied().find(|kind| kind.code() == name).ok_or(Fault::ENUM_UNKNOWN),
    };
    let kind = wrong.check(&format!("{field}.kind"), known)?;
    let checked = match given.number.as_str() {
        "" => Err(Fault::REQUIRED),
        number => identity::check(kind, number, today),
    };
    let checked = wrong.check(&format!("{field}.number"), checked)?;
    Some(Paper::Number(format!("{}:{}", kind.code(), checked.normal)))
}

fn bond(bond: proto::TieBond) -> Result<Bond, Fault> {
    match bond {
        proto::TieBond::Unspecified => Err(Fault::REQUIRED),
        // Somebody links two disputes; nobody declares it.
        proto::TieBond::SameMatter => Err(Fault::ENUM_UNKNOWN),
        proto::TieBond::SamePerson => Ok(Bond::SamePerson),
        proto::TieBond::Relative => Ok(Bond::Relative),
        proto::TieBond::Employer => Ok(Bond::Employer),
        proto::TieBond::Representative => Ok(Bond::Representative),
        proto::TieBond::Creditor => Ok(Bond::Creditor),
        proto::TieBond::EarlierRole => Ok(Bond::EarlierRole),
        proto::TieBond::Other => Ok(Bond::Other),
    }
}

fn bond_message(bond: Bond) -> proto::TieBond {
    match bond {
        Bond::SamePerson => proto::TieBond::SamePerson,
        Bond::Relative => proto::TieBond::Relative,
        Bond::Employer => proto::TieBond::Employer,
        Bond::Representative => proto::TieBond::Representative,
        Bond::Creditor => proto::TieBond::Creditor,
        Bond::EarlierRole => proto::TieBond::EarlierRole,
        Bond::Other => proto::TieBond::Other,
        Bond::SameMatter => proto::TieBond::SameMatter,
    }
}

/// A tie as it is told.
pub fn tie(declared: DeclaredTie) -> proto::Tie {
    proto::Tie {
        tie_id: declared.id,
        mediator: declared.account,
        bond: bond_message(declared.bond).into(),
        own: declared.own,
        declared_by: declared.by,
        declare_time: Some(instant(declared.at)),
        withdraw_time: declared.withdrawn.as_ref().map(|(_, at)| instant(*at)),
        withdrawn_by: declared.withdrawn.map(|(by, _)| by).unwrap_or_default(),
    }
}

/// The news that somebody acts for a party who has mediated the matter. No step: it is told at the version that the referral has.
pub fn post_former(list: &mut WriteList, noun: &Referral, party_id: String, account: String) {
    list.post(noun.case.into(), noun.version, &proto::FormerMediatorActs { party_id, account });
}

/// What was found.
pub fn found(conflict: Option<Conflict>) -> proto::FindConflictResponse {
    conflict.map_or_else(proto::FindConflictResponse::default, |conflict| proto::FindConflictResponse {
        path: conflict.path.iter().map(|bond| bond_message(*bond).into()).collect(),
        party_id: conflict.party_id,
    })
}
