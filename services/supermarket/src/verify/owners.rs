//! The owners' own records of what is open against oversight's: a noun that its owner has open and nobody watches may wait for
//! ever, and one that is watched and no longer there is waited for in vain.

use std::collections::{BTreeMap, BTreeSet};

use contracts::courier::v1::ledger_service_client::LedgerServiceClient;
use contracts::courier::v1::{ListOpenRequest, OpenNoun};
use tonic::Status;

use crate::ask;
use crate::client::{Person, Thread};

/// Who owns which noun.
const OWNERS: [(&str, &str); 13] = [
    ("intake", "dispute"),
    ("routing", "referral"),
    ("routing", "recusal"),
    ("routing", "handover"),
    ("routing", "consultation"),
    ("routing", "assistance"),
    ("mediation", "mediation"),
    ("transfer", "filing"),
    ("transfer", "confirmation"),
    ("transfer", "commission"),
    ("transfer", "handoff"),
    ("oversight", "emergency"),
    ("oversight", "report"),
];

/// Everything that one has and the other has not, in words.
pub(super) async fn differences(operator: &Person) -> Result<BTreeSet<String>, Status> {
    let mut all = BTreeSet::new();
    for (owner, noun) in OWNERS {
        let owned = by_case(operator, owner, noun, false).await?;
        let watched = by_case(operator, "oversight", noun, true).await?;
        for (case, one) in owned.iter().filter(|(case, _)| !watched.contains_key(*case)) {
            all.insert(format!(
                "{owner} has the {noun} {} of case {case} open, and oversight does not watch it",
                one.noun_id
            ));
        }
        // What has come to its end at its owner's is watched on, and no longer in the owner's list.
        let ended = |case: &String, one: &OpenNoun| one.after_its_end || owned.contains_key(case);
        for (case, one) in watched.iter().filter(|(case, one)| !ended(case, one)) {
            all.insert(format!(
                "oversight watches the {noun} {} of case {case}, and {owner} has none open",
                one.noun_id
            ));
        }
    }
    Ok(all)
}

/// All open nouns of a kind, page by page. A case has one of a kind at a time.
async fn by_case(
    operator: &Person,
    service: &str,
    noun: &str,
    watched: bool,
) -> Result<BTreeMap<String, OpenNoun>, Status> {
    let mut all = BTreeMap::new();
    let mut after_key = String::new();
    loop {
        let (service, noun) = (service.to_owned(), noun.to_owned());
        let message = ListOpenRequest { service, noun, watched, page_size: 0, after_key };
        let page = ask!(operator, Thread::default(), LedgerServiceClient::list_open, message)?;
        all.extend(page.nouns.into_iter().map(|one| (one.case_id.clone(), one)));
        after_key = page.next_key;
        if after_key.is_empty() {
            return Ok(all);
        }
    }
}
