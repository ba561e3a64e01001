//! Plausible ways to be wrong at the seam, planted one at a time into an otherwise real town; the thousand interleaved cases
//! must find each of them.

use chrono::{DateTime, TimeDelta, Utc};
use mediation::model::{Event, Mediation};
use oversight::model::{Since, Start, Step};

/// A bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// The owner makes its period longer and does not raise the generation: a deadline on its way still fits.
    ExtensionRaisesNoGeneration,
    /// The owner acts on any announcement of its clock, however old.
    AnyGenerationEnds,
    /// The ledger excludes the days of an appraisal twice.
    StopCountedTwice,
    /// The ledger counts from when the news came, not from the day that it tells.
    CountedFromArrival,
    /// The ledger does not hear of an extension.
    ExtensionUnheard,
}

impl Bug {
    /// All of them.
    pub const ALL: [Bug; 5] = [
        Bug::ExtensionRaisesNoGeneration,
        Bug::AnyGenerationEnds,
        Bug::StopCountedTwice,
        Bug::CountedFromArrival,
        Bug::ExtensionUnheard,
    ];

    /// What the owner's run and its news become.
    pub fn in_the_owner(self, run: &mut Mediation, events: &mut [Event]) {
        if self != Bug::ExtensionRaisesNoGeneration {
            return;
        }
        for event in events {
            if let Event::PeriodExtended { generation, .. } = event {
                run.course.generation -= 1;
                *generation = run.course.generation;
            }
        }
    }

    /// What the ledger makes of a letter. `stopped` is when the period stood still last.
    pub fn in_the_ledger(self, steps: Vec<Step>, stopped: &mut Option<DateTime<Utc>>) -> Vec<Step> {
        let spoilt = steps.into_iter().filter_map(|step| match (self, step) {
            (Bug::ExtensionUnheard, Step::Extend(..)) => None,
            (
                Bug::CountedFromArrival,
                Step::Start(Start { from: Since::Event(..), pin, clock, noun, holder, generation, beside }),
            ) => {
                let start = Start { from: Since::News, pin, clock, noun, holder, generation, beside };
                Some(Step::Start(start))
            }
            (Bug::StopCountedTwice, Step::Stop(noun, clock, reason, at, generation)) => {
                *stopped = at;
                Some(Step::Stop(noun, clock, reason, at, generation))
            }
            (Bug::StopCountedTwice, Step::Resume(noun, clock, at, generation)) => {
                let stood = at.zip(stopped.take()).map_or(TimeDelta::zero(), |(at, from)| at - from);
                Some(Step::Resume(noun, clock, at.map(|at| at + stood), generation))
            }
            (_, step) => Some(step),
        });
        spoilt.collect()
    }
}
