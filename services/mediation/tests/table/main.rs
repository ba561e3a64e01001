//! Whole mediations over a real desk, a real courier and the contract's own policies.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails, and says where")]
#![expect(clippy::unnecessary_wraps, reason = "optional in the messages they go into")]
mod amended;
mod door;
mod examined;
mod house;
mod out_of_touch;
mod performed;
mod race;
mod started;
mod story;
