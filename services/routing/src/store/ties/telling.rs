//! What cases themselves tell of ties: who acts for a party, who has advised one, which cases are one matter, who has mediated it.

use courier::{Stamp, WriteList};
use lexicon::{AccountId, CaseId};
use sea_orm::ActiveValue::{NotSet, Set};

use super::tie;
use crate::NAME;
use crate::model::Party;
use crate::model::conflict::{Bond, Node};

/// What these parties tell: who acts for them.
pub(in crate::store) fn told(list: &mut WriteList, stamp: &Stamp, case: CaseId, parties: &[Party]) {
    let ties = parties.iter().flat_map(Party::represented);
    list.insert_new_rows(
        ties.map(|tie| automatic(stamp, case, tie.one.text(), tie.other.text(), tie.bond, false)),
    );
}

/// This lawyer has advised before the case was one: an earlier role beside its parties, in this case alone (L4 art. 16).
pub(in crate::store) fn advised(
    list: &mut WriteList,
    stamp: &Stamp,
    case: CaseId,
    adviser: &AccountId,
    parties: &[Party],
) {
    let lawyer = Node::Account(adviser.to_string()).text();
    let tie = |party: &Party| {
        let party = Node::Party(party.party_id.clone()).text();
        automatic(stamp, case, lawyer.clone(), party, Bond::EarlierRole, true)
    };
    list.insert_new_rows(parties.iter().map(tie));
}

/// Two cases are one matter.
pub(in crate::store) fn one_matter(list: &mut WriteList, stamp: &Stamp, case: CaseId, other: CaseId) {
    let (one, two) = (Node::Matter(case).text(), Node::Matter(other).text());
    // Said from both sides, it is one tie.
    let (one, two) = if one < two { (one, two) } else { (two, one) };
    list.insert_new(automatic(stamp, case, one, two, Bond::SameMatter, false));
}

/// This mediator mediates the case: from its end on that is an earlier role.
pub(in crate::store) fn mediates(list: &mut WriteList, stamp: &Stamp, case: CaseId, account: &AccountId) {
    let (one, other) = (Node::Matter(case).text(), format!("mediator:{account}"));
    list.insert_new(automatic(stamp, case, one, other, Bond::EarlierRole, true));
}

fn automatic(
    stamp: &Stamp,
    case: CaseId,
    one: String,
    other: String,
    bond: Bond,
    checked: bool,
) -> tie::ActiveModel {
    tie::ActiveModel {
        centre: Set(stamp.by.centre.clone()),
        one: Set(one),
        other: Set(other),
        bond: Set(bond.name().to_owned()),
        account: Set(String::new()),
        declared_by: Set(NAME.to_owned()),
        declared_at: Set(stamp.now),
        case_id: Set(Some(case.into())),
        checked: Set(checked),
        withdrawn_at: NotSet,
        withdrawn_by: NotSet,
        withdrawn_why: NotSet,
    }
}
