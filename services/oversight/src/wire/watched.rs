//! What the monitor found, as the contract shows it.

use chassis::Denied;
use contracts::oversight::v1::{
    ListUnwatchedRequest, ListUnwatchedResponse, Unwatched as Fault, UnwatchedNoun,
};

use crate::store::unwatched::{Found, Wrong};

/// Nouns of an answer unless the caller asks for another number.
const USUAL: usize = 100;
/// The most.
const LARGEST: i32 = 500;

/// How many are asked for.
pub fn most(request: &ListUnwatchedRequest) -> Result<usize, Denied> {
    match request.page_size {
        0 => Ok(USUAL),
        size if (1..=LARGEST).contains(&size) => Ok(size as usize),
        _ => Err(Denied::field("page_size", lexicon::Fault::RANGE)),
    }
}

/// What nobody watches.
pub fn unwatched(found: Found) -> ListUnwatchedResponse {
    let nouns = found.unwatched.into_iter().map(|noun| UnwatchedNoun {
        case_id: noun.case.to_string(),
        noun: noun.noun,
        fault: match noun.wrong {
            Wrong::NoHolder => Fault::NoHolder,
            Wrong::TwoHolders => Fault::TwoHolders,
            Wrong::NoClock => Fault::NoClock,
            Wrong::NotOpen => Fault::NotOpen,
        }
        .into(),
    });
    ListUnwatchedResponse { nouns: nouns.collect(), open_count: found.open }
}
