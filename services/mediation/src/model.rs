//! What happens at the table, decided without a clock, a row or a wire.
//!
//! Two nouns. A [`Mediation`] is one run: consent, sittings, agreement or end. A [`CaseDesk`] is what this service
//! knows of a case whether or not a run exists: the fence, and whether the case has been taken away from the table.
//! A holder's verb goes through [`CaseDesk::admit`] to the run; news from other services goes to the desk, which
//! opens, vacates, hands on and ends its run.

pub mod agreement;
pub mod begun;
pub mod course;
pub mod desk;
pub mod event;
pub mod group;
pub mod lease;
pub mod mediation;
mod performance;
pub mod period;
pub mod refusal;
pub mod rule;
pub mod sitting;
pub mod state;
mod sued;
mod suspension;
mod table;
mod wanted;

pub use agreement::{Agreement, Signatory, Signature, Terms};
pub use begun::Begun;
pub use course::Course;
pub use desk::{Barred, CaseDesk, Claim, Fence, Taken};
pub use event::Event;
pub use group::{Member, Seating};
pub use lease::Worked;
pub use mediation::{Mediation, Party};
pub use refusal::Refusal;
pub use rule::Rule;
pub use sitting::{Session, SessionMode, Told};
pub use state::{Performance, State};
pub use suspension::{Cause, Suspension};
