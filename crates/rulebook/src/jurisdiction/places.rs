//! From a place to its court: the town of the city by its basic court and tribunal, and other places by their division.

use super::matter::{Place, Point};
use crate::courts::{self, Court, Tribunal};
use crate::towns;

/// Zhongshan hangs its towns directly under the city: both codes of the city mean all of it.
const CITY: [&str; 2] = ["4420", "442000"];
const PROVINCE: &str = "44";

/// A court, or where one is to be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seat {
    /// A court of the directory.
    Court(&'static Court),
    /// A court of special competence, by its Chinese name.
    Special(String),
    /// The court of a division that the directory does not have.
    Elsewhere {
        /// The division's code.
        division: String,
        /// Whether it is the intermediate court there.
        intermediate: bool,
    },
}

/// A competent court and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The court.
    pub seat: Seat,
    /// Its tribunal for that place, where the map is established.
    pub tribunal: Option<&'static Tribunal>,
    /// The place that founds its jurisdiction.
    pub point: Option<Point>,
    /// The basis code of the filing.
    pub basis: String,
    /// Why, in Chinese.
    pub because_zh: String,
    /// Why, in English.
    pub because_en: String,
    /// The articles.
    pub article: String,
    /// Whether all of it was read in its sources.
    pub verified: bool,
}

/// What a place leads to.
pub(super) enum Found {
    /// A court.
    Seat(Seat, Option<&'static Tribunal>, bool),
    /// The city, but not which town of it.
    SomeTown,
    /// Nothing.
    Nowhere,
}

/// The court of a place, on the level the amount asks for.
pub(super) fn court_of(place: Place<'_>, intermediate: bool) -> Found {
    match place {
        Place::Town(code) => match (towns::successor_of(code), towns::court_of(code)) {
            (Some(town), Some(court)) if !intermediate => {
                Found::Seat(Seat::Court(court), courts::tribunal_of(&town.code), town.verified)
            }
            (Some(_), Some(court)) => superior(court),
            _ => Found::Nowhere,
        },
        Place::Division(code) if CITY.contains(&code) && intermediate => courts::all()
            .iter()
            .find(|court| court.level == "intermediate")
            .map_or(Found::Nowhere, |court| Found::Seat(Seat::Court(court), None, true)),
        Place::Division(code) if CITY.contains(&code) => Found::SomeTown,
        Place::Division(code) => {
            let seat = Seat::Elsewhere { division: code.to_owned(), intermediate };
            Found::Seat(seat, None, true)
        }
        Place::Abroad | Place::Unknown => Found::Nowhere,
    }
}

fn superior(court: &Court) -> Found {
    let above = courts::by_id(&court.superior);
    above.map_or(Found::Nowhere, |court| Found::Seat(Seat::Court(court), None, true))
}

/// Whether a place lies inside the province; nothing where that is not known.
pub(super) fn in_province(place: Place<'_>) -> Option<bool> {
    match place {
        Place::Town(code) | Place::Division(code) => Some(code.starts_with(PROVINCE)),
        Place::Abroad | Place::Unknown => None,
    }
}
