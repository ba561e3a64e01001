//! What cannot be mediated, and whose agreement a court cannot confirm.

use crate::causes::{self, Causes};
use crate::procedure;
use crate::unlawful::Unlawful;
use crate::validity::Dated;
use crate::{table, tracks};
use chrono::NaiveDate;
use serde::Deserialize;
use std::sync::LazyLock;

/// A kind of matter that the law keeps out of mediation, or out of confirmation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Matter {
    /// Stable name.
    pub id: String,
    /// The causes it is about.
    #[serde(deserialize_with = "table::parsed_words")]
    pub causes: Vec<Causes>,
    /// The categories it is about.
    #[serde(deserialize_with = "table::words")]
    pub categories: Vec<String>,
    /// `*`, or the only tracks it is about.
    #[serde(deserialize_with = "table::words")]
    pub tracks: Vec<String>,
    /// Whether it can be mediated.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub mediate: bool,
    /// Whether an agreement can be confirmed.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub confirm: bool,
    /// In Chinese.
    pub chinese: String,
    /// In English.
    pub english: String,
    /// The ground of refusal, return or failure.
    pub ground: String,
    /// Whether the rule was read in its source and says this.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub verified: bool,
    /// Where the row comes from.
    pub source: String,
}

/// What is known of a matter.
#[derive(Debug, Clone, Copy, Default)]
pub struct About<'a> {
    /// The code of the cause.
    pub cause: Option<&'a str>,
    /// The label of the category.
    pub category: Option<&'a str>,
}

static MATTERS: LazyLock<Vec<Matter>> = LazyLock::new(|| table::rows("matters.csv"));

/// All rows, in their order.
pub fn all() -> &'static [Matter] {
    &MATTERS
}

/// The row that speaks about a matter on a track, if the law keeps it out of anything.
pub fn of(about: About<'_>, track: &str) -> Option<&'static Matter> {
    let cause = about.cause.and_then(causes::by_code);
    MATTERS.iter().find(|matter| {
        let of_track = matter.tracks.iter().any(|word| word == "*" || word == track);
        let by_cause = cause.is_some_and(|cause| matter.causes.iter().any(|set| set.holds(cause)));
        let label = about.category.unwrap_or_default();
        of_track && (by_cause || matter.categories.iter().any(|category| category == label))
    })
}

/// Whether a matter can be mediated on a track.
pub fn may_mediate(about: About<'_>, track: &str) -> Result<(), Unlawful> {
    let track = tracks::get(track).ok_or(Unlawful::UnknownTrack {})?;
    match of(about, &track.code) {
        Some(matter) if !matter.mediate => {
            Err(Unlawful::NotMediable { matter: matter.id.clone(), article: matter.source.clone() })
        }
        _ => Ok(()),
    }
}

/// Whether the parties to an agreement that took effect on a day may ask a court to confirm it.
pub fn may_confirm(about: About<'_>, track: &str, effective_on: NaiveDate) -> Result<(), Unlawful> {
    let track = tracks::get(track).ok_or(Unlawful::UnknownTrack {})?;
    if let Some(matter) = of(about, &track.code).filter(|matter| !matter.confirm) {
        return Err(Unlawful::NotConfirmable { matter: matter.id.clone(), article: matter.source.clone() });
    }
    let agreed = procedure::state("AGREED");
    let opens = procedure::transitions().iter().any(|row| {
        row.verb == "ApplyForConfirmation"
            && row.is_of(&track.code)
            && row.holds_on(effective_on)
            && agreed.is_some_and(|state| row.leads_from(state))
    });
    if opens {
        Ok(())
    } else {
        Err(Unlawful::TrackNotConfirmable { track: track.code.clone(), on: effective_on })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grounds;
    use lexicon::Refusal as _;

    #[test]
    fn every_row_has_a_ground_of_one_of_the_lists() {
        for matter in all() {
            let known = grounds::refuse(&matter.ground).or_else(|| grounds::fail(&matter.ground));
            assert!(known.is_some() && (matter.mediate || !matter.confirm), "{}", matter.id);
        }
    }

    #[test]
    fn an_excluded_matter_is_refused_with_its_article() {
        let day = "2026-03-02".parse().unwrap();
        let confirm = |cause, track| may_confirm(About { cause: Some(cause), category: None }, track, day);
        for (cause, matter) in [
            ("14", "status-ended"),
            ("38.1", "real-title"),
            ("167.2", "intellectual-title"),
            ("21.1", "status"),
        ] {
            let refused = confirm(cause, "PM").unwrap_err();
            assert_eq!(refused.reason(), "NOT_CONFIRMABLE");
            assert!(
                refused.article().contains("L2 art.") && refused.english().contains(matter),
                "{refused:?}"
            );
        }
        assert_eq!(confirm("108.3", "PM"), Ok(()));
        assert_eq!(confirm("167.3", "PM"), Ok(()), "infringement is no title");
        assert_eq!(confirm("108.3", "TR").unwrap_err().reason(), "TRACK_NOT_CONFIRMABLE");
        assert_eq!(confirm("108.3", "XX").unwrap_err().reason(), "UNKNOWN_TRACK");
    }

    #[test]
    fn confirmation_was_opened_to_all_organisations_in_2022() {
        let loan = About { cause: Some("108.1"), category: None };
        assert_eq!(
            may_confirm(loan, "FI", "2021-12-31".parse().unwrap()).unwrap_err().reason(),
            "TRACK_NOT_CONFIRMABLE"
        );
        assert_eq!(may_confirm(loan, "FI", "2022-01-01".parse().unwrap()), Ok(()));
        assert_eq!(may_confirm(loan, "PM", "2021-12-31".parse().unwrap()), Ok(()));
    }

    #[test]
    fn some_matters_are_never_mediated_and_some_not_by_everybody() {
        let of = |cause| About { cause: Some(cause), category: None };
        assert_eq!(may_mediate(of("451"), "PM").unwrap_err().reason(), "NOT_MEDIABLE");
        assert_eq!(may_mediate(of("14"), "PM"), Ok(()));
        assert_eq!(may_mediate(of("14"), "CM").unwrap_err().article(), "P32");
        let crime = About { cause: None, category: Some("criminal_fraud") };
        assert_eq!(may_mediate(crime, "PM").unwrap_err().reason(), "NOT_MEDIABLE");
        assert_eq!(may_mediate(About::default(), "PM"), Ok(()));
        // The second-level groups of procedures are a court's alone; P56 and P57 are suits like others.
        for group in 1..=59 {
            let code = format!("P{group}");
            let mediable = group < 36 || matches!(group, 56 | 57);
            let about = About { cause: Some(&code), category: None };
            assert_eq!(may_mediate(about, "PM").is_ok(), mediable, "{code}");
        }
    }
}
