//! The nouns of transfer and what may be done to them: pure, without rows, clocks or network.
//!
//! A [`Thread`] is a case as this service knows it: filing, confirmation, hand-over and commission under one version.

pub mod allow_list;
pub mod codes;
pub mod commission;
pub mod confirmation;
pub mod exit;
pub mod facts;
pub mod filing;
pub mod handoff;
pub mod matter;
pub mod package;
pub mod refusal;
pub mod rule;
pub mod thread;
pub mod venue;

pub use allow_list::DocumentKind;
pub use codes::{Kind, OutcomeKind, Stage};
pub use commission::Commission;
pub use confirmation::Confirmation;
pub use facts::{Beside, Facts, Settled, Suit};
pub use filing::{Answer, CourtOutcome, Event, Filing, State, Submission};
pub use handoff::Handoff;
pub use package::{Entry, Package, Receipt};
pub use refusal::{Mismatch, No, Refusal};
pub use rule::{Against, Rule};
pub use thread::{News, Thread};
pub use venue::{Basis, Venue};
