//! From a rule to courts: which places it names, which of them are recorded, and whose they are.

use super::Check;
use crate::jurisdiction::matter::{Fact, Kind, Place, Point};
use crate::jurisdiction::places::{Found, Proposal, court_of};
use crate::jurisdiction::tables::{Venue, When, holds};
use crate::towns;

/// The basis of the rule on payment orders.
const PAYMENT_ORDER: &str = "PAYMENT_ORDER_23";

/// A rule by which places are looked up.
pub(super) struct By<'a> {
    pub basis: &'a str,
    pub chinese: &'a str,
    pub english: &'a str,
    pub article: &'a str,
    pub verified: bool,
}

impl<'a> Check<'a> {
    /// A payment order has a rule of its own, whatever the claim is about.
    pub(super) fn speaks(&self, venue: &Venue) -> bool {
        if self.matter.kind == Kind::PaymentOrder {
            return venue.basis == PAYMENT_ORDER;
        }
        let first = venue.points.first().copied();
        let recorded = || first.is_some_and(|point| !self.places_of(point).is_empty());
        holds(&venue.causes, self.cause)
            && (!venue.online || self.matter.has(Fact::Online))
            && (venue.when == When::Always || recorded())
    }

    pub(super) fn places_of(&self, point: Point) -> Vec<Place<'a>> {
        let known = |place: &Place<'a>| *place != Place::Unknown;
        match point {
            Point::Defendant => self.matter.defendants.iter().copied().filter(known).collect(),
            Point::Plaintiff => self.matter.plaintiffs.iter().copied().filter(known).collect(),
            other => {
                let here = self.matter.points.iter().filter(|(point, _)| *point == other);
                here.map(|(_, place)| *place).filter(known).collect()
            }
        }
    }

    pub(super) fn propose_all(&mut self, rule: &Venue, intermediate: bool) {
        for point in &rule.points {
            let by = By {
                basis: &rule.basis,
                chinese: point.chinese(),
                english: point.english(),
                article: &rule.source,
                verified: rule.verified,
            };
            self.propose_point(*point, &by, intermediate);
        }
    }

    pub(super) fn propose_point(&mut self, point: Point, by: &By<'_>, intermediate: bool) {
        let places = self.places_of(point);
        if places.is_empty() {
            self.missing.push(point);
        }
        for place in places {
            self.propose(place, Some(point), by, intermediate);
        }
    }

    /// One court is proposed once, by its first basis.
    pub(super) fn propose(
        &mut self,
        place: Place<'_>,
        point: Option<Point>,
        by: &By<'_>,
        intermediate: bool,
    ) {
        let (seat, tribunal, mapped) = match court_of(place, intermediate) {
            Found::Seat(seat, tribunal, mapped) => (seat, tribunal, mapped),
            Found::SomeTown => {
                self.missing.extend(point);
                return;
            }
            Found::Nowhere => return,
        };
        if self.proposals.iter().any(|known| known.seat == seat) {
            return;
        }
        let town = match place {
            Place::Town(code) => towns::successor_of(code).map_or("", |town| town.name.as_str()),
            _ => "",
        };
        self.proposals.push(Proposal {
            seat,
            tribunal,
            point,
            basis: by.basis.to_owned(),
            because_zh: format!("{}{town}", by.chinese),
            because_en: format!("{} {town}", by.english).trim_end().to_owned(),
            article: by.article.to_owned(),
            verified: by.verified && mapped,
        });
    }
}
