//! What a filing is and what may be done to it: pure, without rows, clocks or network.

pub mod allow_list;
mod exit;
pub mod filing;
pub mod package;
pub mod refusal;
pub mod venue;

pub use allow_list::DocumentKind;
pub use filing::{Answer, Event, Filing, State, Submission};
pub use package::{Entry, Package, Receipt};
pub use refusal::{Mismatch, No, Refusal};
pub use venue::{Basis, Venue};
