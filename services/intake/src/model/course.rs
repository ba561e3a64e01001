//! Where a case is beyond intake, put together from the news of three services.
//!
//! Each service tells its own news in order, but the three do not wait for one another: the court's receipt may be heard
//! before the mediator's last word. So a course has a stage, and news of an earlier stage comes too late to matter.
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
    }
}

/// How far the case has come, and so whose news it is: routing's, mediation's, transfer's. Of one stage, one teller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// On the way to a mediator and with one, as often as claims begin and end.
    Routing,
    /// How mediation ended, and what became of its agreement.
    Mediation,
    /// To the court.
    Transfer,
}

impl Course {
    /// The stage it belongs to.
    pub const fn stage(self) -> Stage {
        match self {
            Course::Routed | Course::Pool | Course::Claimed | Course::InMediation => Stage::Routing,
            Course::Agreed
            | Course::Failed
            | Course::ConfirmApplied
            | Course::Confirmed
            | Course::ConfirmDenied
            | Course::Breached
            | Course::Performed => Stage::Mediation,
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
            | Course::Reported => Stage::Transfer,
        }
    }

    /// Whether `news` takes the place of this course: within a stage the newest holds, and no stage comes back.
    pub fn gives_way_to(self, news: Course) -> bool {
        self != news && self.stage() <= news.stage()
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
        /// However the three topics interleave, the end is the last word of the highest stage that spoke. Within a
        /// stage there is no forward and no back: a claim that ended leaves the case in the pool again.
        #[test]
        fn the_last_word_of_the_furthest_stage_stands(news in proptest::collection::vec(any_course(), 1..30)) {
            let mut course = news[0];
            for next in &news[1..] {
                if course.gives_way_to(*next) {
                    course = *next;
                }
            }
            let furthest = news.iter().map(|c| c.stage()).max().unwrap();
            let last = news.iter().rev().find(|c| c.stage() == furthest).unwrap();
            prop_assert_eq!(course, *last);
        }
    }

    /// What the property above leaves open: which courses share a stage.
    #[test]
    fn a_claim_begins_and_ends_until_mediation_has_ended() {
        let claims = [Course::Routed, Course::Pool, Course::Claimed, Course::InMediation];
        for now in Course::ALL {
            for news in claims {
                assert_eq!(now.gives_way_to(news), claims.contains(now) && *now != news, "{now:?}, {news:?}");
            }
        }
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
