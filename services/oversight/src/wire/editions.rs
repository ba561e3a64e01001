//! The rule book and its editions, as the contract shows them.

use almanac::{Editions, Shelved};
use chassis::Denied;
use chrono::NaiveDate;
use contracts::oversight::v1::{
    Edition, EditionActivation, EditionMove, EditionPreview, GetRulebookRequest, PreviewEditionRequest,
    Rulebook, RulebookClock, RulebookTrack,
};
use lexicon::Fault;
use rulebook::validity::Dated as _;
use rulebook::{clocks, profiles, regimes, tracks};

use crate::store::editions::{Move, Preview};
use crate::store::timestamp;

/// Moves of an answer unless the caller asks for another number.
const USUAL: usize = 100;
/// The most.
const LARGEST: i32 = 500;

/// The day of a question; nothing for today.
pub fn day(request: &GetRulebookRequest) -> Result<Option<NaiveDate>, Denied> {
    match request.date.as_str() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Denied::field("date", Fault::FORMAT)),
    }
}

/// The edition of a preview, and how many moves are to be listed.
pub fn asked(request: &PreviewEditionRequest) -> Result<(&Edition, usize), Denied> {
    let most = match request.page_size {
        0 => USUAL,
        size if (1..=LARGEST).contains(&size) => size as usize,
        _ => return Err(Denied::field("page_size", Fault::RANGE)),
    };
    Ok((edition(request.edition.as_ref())?, most))
}

/// An edition that must be there.
pub fn edition(edition: Option<&Edition>) -> Result<&Edition, Denied> {
    edition.ok_or_else(|| Denied::field("edition", Fault::REQUIRED))
}

/// What an edition would move.
pub fn preview(preview: Preview) -> EditionPreview {
    EditionPreview {
        preview_digest: preview.digest,
        moves: preview.moves.iter().map(moved).collect(),
        move_count: preview.moved,
        healed_count: preview.healed,
        open_count: preview.open,
    }
}

fn moved(found: &Move) -> EditionMove {
    EditionMove {
        case_id: found.case.to_string(),
        deadline_id: found.deadline.id.to_string(),
        noun: found.deadline.noun.name().to_owned(),
        clock: found.deadline.clock.clone(),
        from_date: found.from.date.to_string(),
        to_date: found.to.date.to_string(),
        heals: found.from.provisional && !found.to.provisional,
    }
}

/// An edition that is or was in force.
pub fn activation(shelved: &Shelved) -> EditionActivation {
    EditionActivation {
        number: shelved.number,
        edition_id: shelved.body.edition_id.clone(),
        activate_time: Some(timestamp(shelved.at)),
    }
}

/// The rules of a day.
pub fn rulebook(editions: &Editions, shelf: &[Shelved], day: NaiveDate) -> Rulebook {
    let edition = editions.active();
    let ids = clocks::all().iter().map(|clock| clock.id.as_str());
    let mut ids: Vec<&str> = ids.chain(clocks::unfixed().iter().map(|open| open.id.as_str())).collect();
    ids.sort_unstable();
    ids.dedup();
    let rows = ids.into_iter().filter_map(|id| edition.terms(id, None, day).ok());
    let clocks = rows.map(|terms| RulebookClock {
        clock: terms.clock,
        name: terms.name_zh,
        name_en: terms.name_en,
        period: terms.period.to_string(),
        start_events: terms.start,
        extension: terms.extension.to_string(),
        stops: terms.stops.iter().map(|reason| reason.code().to_owned()).collect(),
        article: terms.article,
        verified: terms.verified,
    });
    let profile = |track: &str| profiles::of(track).find(|profile| profile.holds_on(day));
    let tracks = tracks::all().iter().filter_map(|track| {
        let profile = profile(&track.code)?;
        Some(RulebookTrack {
            track: track.code.clone(),
            name: track.name_zh.clone(),
            name_en: track.name_en.clone(),
            open: track.is_open_on(day),
            main_clock: profile.main.clone().unwrap_or_default(),
            article: profile.source.clone(),
        })
    });
    Rulebook {
        edition_id: edition.id().to_owned(),
        date: day.to_string(),
        regime: regimes::on(day).map_or_else(String::new, |regime| regime.code.clone()),
        editions: shelf.iter().map(activation).collect(),
        calendar_years: edition.calendar().years().collect(),
        clocks: clocks.collect(),
        tracks: tracks.collect(),
    }
}
