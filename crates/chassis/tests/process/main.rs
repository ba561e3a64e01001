//! A whole process, tested from outside: its door and its end.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails, and says where")]
mod door;
mod remote;
mod stopping;
mod town;
