//! Ties and conflicts in the contract's words.

use chrono::NaiveDate;
use contracts::lexicon::v1::PaperKind as PaperKindMessage;
use contracts::routing::v1 as proto;
use lexicon::identity::{self, PaperKind};
use lexicon::{AccountId, CaseId, Fault, Violations};

use super::{all_good, instant};
use crate::model::conflict::{Bond, Conflict};
use crate::store::{DeclaredTie, Paper};

/// A tie that is declared: whose, how, with whom, and through whom.
pub type Declaring = (AccountId, Bond, Paper, Option<Paper>);

/// Reads a declaration; `today` is for births in the future.
pub fn declare(ask: &proto::DeclareTieRequest, today: NaiveDate) -> Result<Declaring, Violations> {
    let mut wrong = Violations::new();
    let mediator = wrong.check("mediator", AccountId::new(ask.mediator.as_str()));
    let bond = wrong.check("bond", bond(ask.bond()));
    let with = match &ask.with {
        Some(given) => paper(&mut wrong, "with", given, today),
        None => wrong.check("with", Err(Fault::REQUIRED)),
    };
    let of = match &ask.of {
        Some(given) => paper(&mut wrong, "of", given, today).map(Some),
        None => Some(None),
    };
    let read = || Some((mediator?, bond?, with?, of?));
    all_good(read(), wrong)
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
    Some(Paper { text: format!("{}:{}", kind.code(), checked.normal) })
}

fn bond(bond: proto::TieBond) -> Result<Bond, Fault> {
    match bond {
        proto::TieBond::Unspecified => Err(Fault::REQUIRED),
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
    }
}

/// A tie as it is told.
pub fn tie(declared: DeclaredTie) -> proto::Tie {
    proto::Tie {
        mediator: declared.account,
        bond: bond_message(declared.bond).into(),
        own: declared.own,
        declared_by: declared.by,
        declare_time: Some(instant(declared.at)),
    }
}

/// What was found.
pub fn found(conflict: Option<Conflict>) -> proto::FindConflictResponse {
    conflict.map_or_else(proto::FindConflictResponse::default, |conflict| proto::FindConflictResponse {
        path: conflict.path.iter().map(|bond| bond_message(*bond).into()).collect(),
        party_id: conflict.party_id,
    })
}
