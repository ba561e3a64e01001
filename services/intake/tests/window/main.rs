//! The window as its callers see it, over a real desk on a file.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod bad_inputs;
mod beyond;
mod channels;
mod commands;
mod groups;
mod links;
mod news;
mod oral;
mod screening;
mod sight;
mod stage;
mod terms;
mod training;
mod twins;
