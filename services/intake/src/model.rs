//! What a dispute is and how it may move; pure, so that every rule can be read and tested without a database.
//!
//! - [`dispute`] the noun and the verbs that move it; [`ending`] the verbs that end it; [`archive`] how its file is put away; [`state`]
//!   its states;
//! - [`fact`] what is true of it beside its state;
//! - [`party`] the people in it and the facts it is about;
//! - [`screening`] what the window has looked for; [`record`] what the channel of entry records;
//! - [`course`] where the case is beyond this service, as the others tell it;
//! - [`link`] what two disputes are to each other, and drafts that become one;
//! - [`refusal`] the rules that stand in the way;
//! - [`impersonal`] a story without the persons in it;
//! - [`training_row`] what is kept of a clerk's correction of a suggestion.

/// Makes an enum whose values have a stable code: the contract's name without its prefix.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $value:ident = $code:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$vdoc])* $value,)+
        }

        impl $name {
            /// Every value, in the order of the contract.
            pub const ALL: &'static [$name] = &[$($name::$value),+];

            /// Stable code, for a column or a message.
            pub const fn code(self) -> &'static str {
                match self { $($name::$value => $code,)+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = lexicon::Fault;

            fn from_str(code: &str) -> Result<$name, lexicon::Fault> {
                Self::ALL.iter().copied().find(|value| value.code() == code).ok_or(lexicon::Fault::ENUM_UNKNOWN)
            }
        }
    };
}

pub mod archive;
pub mod correction;
pub mod course;
pub mod dispute;
pub mod ending;
pub mod fact;
pub mod impersonal;
pub mod link;
pub mod party;
pub mod record;
pub mod refusal;
pub mod screening;
pub mod state;
pub mod training_row;

pub use archive::{Dossier, Filed};
pub use correction::Patch;
pub use course::{Beyond, Course};
pub use dispute::{Dispute, Event};
pub use fact::{
    Acceptance, Channel, Consent, Demand, Demanding, Entry, HowSaid, Oral, OralConfirmation, Origin, Suit,
};
pub use party::{Guardian, Paper, Party, Representative, Scope, Sheet, Words};
pub use record::Record;
pub use refusal::Refusal;
pub use screening::Screening;
pub use state::{State, Term};
pub use training_row::{Correction, TrainingRow};
