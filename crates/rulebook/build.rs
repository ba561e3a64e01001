//! Refuses to build a rule book that is not sound: every defect is printed with the way a case would meet it.
//!
//! The book is compiled twice: here to be checked, and into the crate to be used.

#[path = "src/lib.rs"]
#[expect(dead_code, unused_imports, reason = "the check needs only a part of the book")]
mod rulebook;

// The modules of the book name each other from the root of their crate, which is here.
#[expect(clippy::wildcard_imports, reason = "the root of a crate has all of its modules")]
use rulebook::*;
use std::process::ExitCode;

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=data");
    println!("cargo::rerun-if-changed=src");
    let defects = check::check(&files::Files::compiled_in());
    for defect in &defects {
        eprintln!("{defect}");
    }
    if defects.is_empty() {
        return ExitCode::SUCCESS;
    }
    eprintln!("the rule book under crates/rulebook/data has {} defects", defects.len());
    ExitCode::FAILURE
}
