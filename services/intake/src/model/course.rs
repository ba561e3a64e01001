//! Where a case is beyond intake, put together from the news of three services.
//!
//! Each service tells its own news in order, but the three do not wait for one another: the court's receipt may be heard
//! before the mediator's last word. So a course has a stage, and news of an earlier stage comes too late to matter.

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
    }
}

/// Whose news it is: routing's, mediation's, transfer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Looking for a mediator.
    Routing,
    /// At the table.
    Mediation,
    /// To the court.
    Transfer,
}

impl Course {
    /// The stage it belongs to.
    pub const fn stage(self) -> Stage {
        match self {
            Course::Routed | Course::Pool | Course::Claimed => Stage::Routing,
            Course::InMediation | Course::Agreed | Course::Failed => Stage::Mediation,
            Course::Transfer
            | Course::SubmittedToCourt
            | Course::CourtReview
            | Course::Filed
            | Course::NotFiled => Stage::Transfer,
        }
    }

    /// Whether `news` takes the place of this course: within a stage the newest holds, and no stage comes back.
    pub fn gives_way_to(self, news: Course) -> bool {
        self != news && self.stage() <= news.stage()
    }

    /// Whether a filing has left our desk: it is withdrawn there and not here.
    pub const fn court_has_it(self) -> bool {
        matches!(self, Course::SubmittedToCourt | Course::CourtReview | Course::Filed | Course::NotFiled)
    }

    /// Whether the court has spoken.
    pub const fn court_has_answered(self) -> bool {
        matches!(self, Course::Filed | Course::NotFiled)
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
        /// However the three topics interleave, the end is the last word of the highest stage that spoke.
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
}
