//! What can be wrong with a request only in the light of the run it meets.
use chrono::{DateTime, Utc};
use lexicon::{PartyId, Violations};

use crate::model::mediation::CLOCK_DIFFERENCE;
use crate::model::{Mediation, Signatory, State};

/// Those who were there are parties of the run.
pub fn present(run: &Mediation, present: &[PartyId]) -> Result<(), Violations> {
    let mut v = Violations::new();
    for (index, id) in present.iter().enumerate() {
        if run.party(*id).is_none() {
            v.push_worded(
                &format!("present_party_ids[{index}]"),
                "UNKNOWN_PARTY",
                "This is not a party of this mediation.",
                "该当事人不属于本次调解。",
            );
        }
    }
    v.into_result()
}

/// Nobody signs terms before they were put down.
pub fn sign_time(run: &Mediation, by: Signatory, at: DateTime<Utc>) -> Result<(), Violations> {
    let mut v = Violations::new();
    if let State::AgreedUnsigned { agreement, .. } | State::Agreed { agreement, .. } = &run.state
        && !agreement.is_signed_by(by)
        && at + CLOCK_DIFFERENCE < agreement.drafted
    {
        v.push_worded(
            "sign_time",
            "ORDER",
            "The signature cannot be older than the terms.",
            "签署时间不得早于协议拟定时间。",
        );
    }
    v.into_result()
}
