//! The window as its callers see it, over a real desk on a file.

mod bad_inputs;
mod commands;
mod news;
mod sight;
mod stage;
