//! Where a case is beyond intake, put together from the news of three services.
//!
//! Each service tells its own news in order, but the three do not wait for one another: the court's receipt may be heard
//! before the mediator's last word. So what each tells is kept for itself, and what is shown is put together from it: what
//! became of the mediation, what a court said of its agreement, and what is on its way to a court or another body.
//!
//! That a mediator sits down with the parties, and stands up again, is routing's news alone: a claim is confirmed, and a
//! claim ends. Mediation's own opening could arrive after the end of that claim and would hide that the case waits again.

codes! {
    /// The last that was heard.
    Course {
        /// Being routed.
        Routed = "ROUTED";
        /// Waiting for a mediator.
        Pool = "POOL";
        /// A mediator has claimed it.
        Claimed = "CLAIMED";
        /// In mediation.
        InMediation = "IN_MEDIATION";
        /// Agreed.
        Agreed = "AGREED";
        /// Mediation ended without agreement.
        Failed = "FAILED";
        /// A filing is being prepared.
        Transfer = "TRANSFER";
        /// Submitted to the court.
        SubmittedToCourt = "SUBMITTED_TO_COURT";
        /// The court has received it and is examining.
        CourtReview = "COURT_REVIEW";
        /// The court has filed it.
        Filed = "FILED";
        /// The court has refused it in writing.
        NotFiled = "NOT_FILED";
        /// The court wants a correction.
        CourtCorrection = "COURT_CORRECTION";
        /// The court has told how it ended.
        Outcome = "OUTCOME";
        /// A hand-over to another body is being made.
        Handoff = "HANDOFF";
        /// It was handed over; the receiver decides.
        Handed = "HANDED";
        /// The receiver has it.
        HandoffAcknowledged = "HANDOFF_ACKNOWLEDGED";
        /// The receiver declined or was silent: the court is open.
        HandoffReturned = "HANDOFF_RETURNED";
        /// The receiver has finished.
        HandoffDone = "HANDOFF_DONE";
        /// Confirmation was applied for.
        ConfirmApplied = "CONFIRM_APPLIED";
        /// The court confirmed the agreement.
        Confirmed = "CONFIRMED";
        /// The court dismissed the application.
        ConfirmDenied = "CONFIRM_DENIED";
        /// In default.
        Breached = "BREACHED";
        /// Performed.
        Performed = "PERFORMED";
        /// Reported to the court that commissioned it.
        Reported = "REPORTED";
        /// The filing was taken back before it was submitted: a party may demand the court anew.
        FilingWithdrawn = "FILING_WITHDRAWN";
        /// Instalments of the agreement are due.
        Performing = "PERFORMING";
    }
}

/// Whose news it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Teller {
    /// Routing: on the way to a mediator and with one, as often as claims begin and end.
    Routing,
    /// Mediation: how it ended, and what became of its agreement.
    Mediation,
    /// Transfer: what a court says of the agreement.
    Confirmation,
    /// Transfer: to a court or another body.
    Transfer,
}

/// What each has told last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Beyond {
    /// On the way to a mediator, or what became of the mediation: no claim comes back after its end.
    pub table: Option<Course>,
    /// What a court said of the agreement.
    pub ruling: Option<Course>,
    /// On the way to a court or another body: the last that was heard, of whichever of these four.
    pub court: Option<Course>,
    /// How far the latest filing has come.
    pub filing: Option<Course>,
    /// What a court has of the case, whatever is filed after it.
    pub filed: Option<Course>,
    /// How far a hand-over to another body has come.
    pub handoff: Option<Course>,
    /// A court that commissioned or referred it was told.
    pub commission: Option<Course>,
}

impl Beyond {
    /// After one more piece of news; the same where it came too late.
    #[must_use]
    pub fn after(mut self, news: Course) -> Self {
        match news.teller() {
            Teller::Routing if self.table.is_some_and(|now| now.teller() == Teller::Mediation) => {}
            Teller::Mediation if news == Course::Agreed && self.agreed() => {
                // Another agreement: what a court said of the one before is not about this one.
                self.ruling = self.ruling.filter(|ruling| *ruling != Course::ConfirmDenied);
                self.table = Some(news);
            }
            Teller::Routing | Teller::Mediation => self.table = Some(news),
            Teller::Confirmation => self.ruling = Some(news),
            Teller::Transfer => {
                self.court = Some(news);
                self.keep(news);
            }
        }
        self
    }

    /// Beside one another: the word of one is not the end of another.
    fn keep(&mut self, news: Course) {
        match news {
            Course::Handoff
            | Course::Handed
            | Course::HandoffAcknowledged
            | Course::HandoffReturned
            | Course::HandoffDone => self.handoff = Some(news),
            Course::Reported => self.commission = Some(news),
            Course::Filed | Course::Outcome => (self.filing, self.filed) = (Some(news), Some(news)),
            // What a court has already it keeps.
            Course::FilingWithdrawn => self.filing = self.filed.or(Some(news)),
            _ => self.filing = Some(news),
        }
    }

    fn parts(self) -> impl Iterator<Item = Course> {
        [self.filing, self.filed, self.handoff, self.commission].into_iter().flatten()
    }

    /// Whether a court or the body in its place has the case: it is withdrawn there and not here.
    pub fn court_has_it(self) -> bool {
        self.parts().any(Course::court_has_it)
    }

    /// Whether everything that went to a court or another body has its answer; nothing where nothing went, or was taken back.
    pub fn answered(self) -> Option<bool> {
        if self.parts().any(Course::is_under_way) {
            return Some(false);
        }
        if self.parts().any(Course::court_has_answered) {
            return Some(true);
        }
        // The other body gave it back, and nothing was filed since: the party chooses.
        let returned = self.handoff == Some(Course::HandoffReturned) && self.filing.is_none();
        returned.then_some(false)
    }

    /// Transfer has nothing under way, so what a new demand was taken to begin did not begin.
    #[must_use]
    pub fn nothing_is_under_way(mut self) -> Self {
        if self.filing == Some(Course::Transfer) {
            self.filing = self.filed;
        }
        if self.court == Some(Course::Transfer) {
            self.court = self.filed.or(self.handoff).or(self.commission);
        }
        self
    }

    /// As one column has it.
    pub fn to_text(self) -> String {
        let code = |part: Option<Course>| part.map_or("", Course::code);
        [self.filing, self.filed, self.handoff, self.commission].map(code).join(",")
    }

    /// From that column; of a row from before there was one, the last word is all that is known.
    pub fn with_text(mut self, text: Option<&str>) -> Option<Self> {
        let Some(text) = text else {
            if let Some(court) = self.court {
                self.keep(court);
            }
            return Some(self);
        };
        let read = |code: &str| if code.is_empty() { Some(None) } else { code.parse().ok().map(Some) };
        let parts: Vec<Option<Course>> = text.split(',').map(read).collect::<Option<_>>()?;
        [self.filing, self.filed, self.handoff, self.commission] = parts.try_into().ok()?;
        Some(self)
    }

    /// The one word that is shown for all of it: the way to a court before the mediation's end; of the agreement, a default or
    /// its performance before what a court said of it.
    pub fn shown(self) -> Option<Course> {
        let left = || self.filed.or(self.handoff).or(self.commission);
        let court = match self.court {
            Some(Course::FilingWithdrawn) => left().or(self.court),
            court => court,
        };
        match (court, self.table) {
            (None, Some(Course::Agreed | Course::Performing)) => self.ruling.or(self.table),
            (None, table) => table.or(self.ruling),
            // Nothing is on its way any more.
            (Some(Course::FilingWithdrawn), Some(table)) if table.teller() == Teller::Mediation => {
                Self { court: None, ..self }.shown()
            }
            (court, _) => court,
        }
    }

    /// Whether an agreement was signed and is not known to be performed.
    pub const fn agreed(self) -> bool {
        matches!(self.table, Some(Course::Agreed | Course::Performing | Course::Breached))
    }
}

impl Course {
    /// Whose news it is.
    pub const fn teller(self) -> Teller {
        match self {
            Course::Routed | Course::Pool | Course::Claimed | Course::InMediation => Teller::Routing,
            Course::Agreed | Course::Failed | Course::Performing | Course::Breached | Course::Performed => {
                Teller::Mediation
            }
            Course::ConfirmApplied | Course::Confirmed | Course::ConfirmDenied => Teller::Confirmation,
            Course::Transfer
            | Course::SubmittedToCourt
            | Course::CourtReview
            | Course::CourtCorrection
            | Course::Filed
            | Course::NotFiled
            | Course::Outcome
            | Course::Handoff
            | Course::Handed
            | Course::HandoffAcknowledged
            | Course::HandoffReturned
            | Course::HandoffDone
            | Course::FilingWithdrawn
            | Course::Reported => Teller::Transfer,
        }
    }

    /// Whether the case has left our desk and not come back: it is withdrawn there and not here.
    pub const fn court_has_it(self) -> bool {
        matches!(
            self,
            Course::SubmittedToCourt
                | Course::CourtReview
                | Course::CourtCorrection
                | Course::Filed
                | Course::Outcome
                | Course::Handed
                | Course::HandoffAcknowledged
        )
    }

    /// Whether it is on its way to somebody's answer.
    pub const fn is_under_way(self) -> bool {
        matches!(
            self,
            Course::Transfer
                | Course::SubmittedToCourt
                | Course::CourtReview
                | Course::CourtCorrection
                | Course::Handoff
                | Course::Handed
        )
    }

    /// Whether the court has spoken, or the body that the law names in its place.
    pub const fn court_has_answered(self) -> bool {
        matches!(
            self,
            Course::Filed
                | Course::NotFiled
                | Course::Outcome
                | Course::HandoffAcknowledged
                | Course::HandoffDone
                | Course::Reported
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_course() -> impl Strategy<Value = Course> {
        proptest::sample::select(Course::ALL)
    }

    proptest! {
        /// However the topics interleave, each teller's last word stands, and with the same last words the same is shown.
        #[test]
        fn the_last_word_of_each_teller_stands(
            news in proptest::collection::vec(any_course(), 1..30),
            seed in proptest::collection::vec(any::<u8>(), 30),
        ) {
            let hear = |news: &[Course]| news.iter().fold(Beyond::default(), |all, one| all.after(*one));
            let last = |teller| news.iter().rev().copied().find(|one| one.teller() == teller);
            let told = hear(&news);
            let table = last(Teller::Mediation).or_else(|| last(Teller::Routing));
            prop_assert_eq!((told.table, told.court), (table, last(Teller::Transfer)));
            // Another agreement forgets a dismissal of the one before; nothing else forgets a ruling.
            if !news.contains(&Course::ConfirmDenied) {
                prop_assert_eq!(told.ruling, last(Teller::Confirmation));
                // Another interleaving of the same three topics: each topic in its own order.
                let topic = |one: &Course| match one.teller() {
                    Teller::Confirmation | Teller::Transfer => 2,
                    Teller::Mediation => 1,
                    Teller::Routing => 0,
                };
                let mut topics: [Vec<Course>; 3] =
                    [0, 1, 2].map(|t| news.iter().copied().filter(|one| topic(one) == t).collect());
                let mut other = vec![];
                for byte in seed.iter().cycle() {
                    let left: Vec<usize> = (0..3).filter(|t| !topics[*t].is_empty()).collect();
                    let Some(t) = left.get(usize::from(*byte) % left.len().max(1)) else { break };
                    other.push(topics[*t].remove(0));
                }
                prop_assert_eq!(hear(&other), told);
            }
        }
    }

    /// What the property above leaves open: which courses share a teller.
    #[test]
    fn a_claim_begins_and_ends_until_mediation_has_ended() {
        let claims = [Course::Routed, Course::Pool, Course::Claimed, Course::InMediation];
        for now in Course::ALL {
            for news in claims {
                let before = Beyond::default().after(*now);
                let taken = before.after(news).table == Some(news);
                assert_eq!(taken, now.teller() != Teller::Mediation, "{now:?}, {news:?}");
            }
        }
    }

    #[test]
    fn a_ruling_hides_no_default_and_a_default_no_ruling() {
        let told = |news: &[Course]| news.iter().fold(Beyond::default(), |all, one| all.after(*one));
        let breached = told(&[Course::Agreed, Course::ConfirmApplied, Course::Breached, Course::Confirmed]);
        assert_eq!((breached.shown(), breached.ruling), (Some(Course::Breached), Some(Course::Confirmed)));
        let early = told(&[Course::ConfirmApplied, Course::Agreed]);
        assert_eq!(early.shown(), Some(Course::ConfirmApplied));
        let anew = told(&[Course::Agreed, Course::ConfirmDenied, Course::Agreed]);
        assert_eq!((anew.shown(), anew.ruling), (Some(Course::Agreed), None));
        let back = told(&[Course::Failed, Course::Transfer, Course::FilingWithdrawn]);
        assert_eq!(back.shown(), Some(Course::Failed));
        assert_eq!(told(&[Course::Pool, Course::FilingWithdrawn]).shown(), Some(Course::FilingWithdrawn));
    }

    #[test]
    fn what_the_court_gave_back_it_has_no_more() {
        let has: Vec<_> = Course::ALL.iter().filter(|course| course.court_has_it()).collect();
        let expected = [
            Course::SubmittedToCourt,
            Course::CourtReview,
            Course::Filed,
            Course::CourtCorrection,
            Course::Outcome,
            Course::Handed,
            Course::HandoffAcknowledged,
        ];
        assert_eq!(has, expected.iter().collect::<Vec<_>>());
    }
}
