//! What every file has in common: how it opens, how long it is, what it is called, what it must not hold.

use crate::complaints::Complaints;
use crate::lexer::{Kind, lines_of};
use crate::tree::{Source, files, root, sources};

const LONGEST: usize = 400;
const MEDIAN: usize = 150;
const HOLLOW: [&str; 9] =
    ["util", "utils", "helper", "helpers", "common", "misc", "manager", "managers", "miscellaneous"];

fn wordless(sources: &[Source]) -> Complaints {
    let mut complaints = Complaints::default();
    for source in sources.iter().filter(|source| !source.text.starts_with("//! ")) {
        complaints.at(&source.path, 1, "does not open with `//! `");
    }
    complaints
}

#[test]
fn every_file_opens_by_saying_what_it_is_for() {
    wordless(sources()).or_do("begin the file with `//!` and a sentence or two that a stranger can follow");
}

fn long(sources: &[Source]) -> Complaints {
    let mut complaints = Complaints::default();
    for source in sources.iter().filter(|source| !source.test_only && source.production_lines() > LONGEST) {
        complaints.about(&source.path, format!("{} lines without its tests", source.production_lines()));
    }
    complaints
}

#[test]
fn no_file_is_longer_than_400_lines() {
    long(sources()).or_do("find the second thing the file is about and give it a file of its own");
}

fn median(sources: &[Source]) -> usize {
    let mut lengths: Vec<usize> =
        sources.iter().filter(|source| !source.test_only).map(Source::production_lines).collect();
    lengths.sort_unstable();
    lengths.get(lengths.len() / 2).copied().unwrap_or_default()
}

#[test]
fn the_middle_file_has_at_most_150_lines() {
    let median = median(sources());
    assert!(median > 0, "no production file was found");
    assert!(
        median <= MEDIAN,
        "the median of production files is {median} lines: split the longest by what they are about"
    );
}

fn hollow_names(paths: &[String]) -> Complaints {
    let mut complaints = Complaints::default();
    for path in paths {
        let part = path.split('/').find(|part| {
            let stem = part.split('.').find(|piece| !piece.is_empty()).unwrap_or_default().to_lowercase();
            stem.split(['_', '-']).any(|word| HOLLOW.contains(&word))
        });
        if let Some(part) = part {
            complaints.about(path, format!("`{part}` says nothing about what is in it"));
        }
    }
    complaints
}

#[test]
fn every_file_and_folder_is_named_after_what_it_holds() {
    hollow_names(files()).or_do("name it after the thing, in the field's words");
}

/// Ways to leave something undone or to silence the compiler, as words in a row.
const UNDONE: [&[&str]; 5] = [
    &["todo", "!"],
    &["unimplemented", "!"],
    &["dbg", "!"],
    &["#", "[", "ignore"],
    &["#", "!", "[", "ignore"],
];

fn undone(sources: &[Source]) -> Complaints {
    let mut complaints = Complaints::default();
    for source in sources {
        for pattern in UNDONE {
            for line in lines_of(&source.all, pattern) {
                complaints.at(&source.path, line, pattern.concat());
            }
        }
        let mut attribute = None;
        for (at, token) in source.all.iter().enumerate() {
            let opens = token.is("[")
                && at > 0
                && (source.all[at - 1].is("#")
                    || (at > 1 && source.all[at - 1].is("!") && source.all[at - 2].is("#")));
            if opens {
                attribute = crate::tree::closing(&source.all, at);
            }
            let called = source.all.get(at + 1).is_some_and(|next| next.is("("));
            if attribute.is_some_and(|end| at < end) && token.is("allow") && called {
                complaints.at(&source.path, token.line, "an attribute with allow(…)");
            }
        }
    }
    complaints
}

#[test]
fn nothing_is_left_undone_ignored_or_silenced() {
    undone(sources()).or_do(
        "finish it, or take it out; a lint that must give way is #[expect(…, reason = \"…\")], which complains once it is \
         no longer needed",
    );
}

/// Absolute paths of the machine that the house was built on. Put together here, so that this file is clean itself.
fn builders_paths() -> [String; 2] {
    [["/wo", "rk/"].concat(), ["/tmp/", "bash"].concat()]
}

fn homesick(path: &str, content: &[u8], complaints: &mut Complaints) {
    for (number, line) in content.split(|byte| *byte == b'\n').enumerate() {
        for needle in builders_paths() {
            let mut places =
                line.windows(needle.len()).enumerate().filter(|(_, window)| *window == needle.as_bytes());
            // `docs/work/x` is no absolute path.
            if places.any(|(at, _)| {
                at == 0 || !(line[at - 1].is_ascii_alphanumeric() || b"_-.~".contains(&line[at - 1]))
            }) {
                complaints.at(path, number + 1, format!("names {needle}"));
            }
        }
    }
}

#[test]
fn no_file_names_a_path_of_the_machine_it_was_written_on() {
    let mut complaints = Complaints::default();
    for path in files() {
        if let Ok(content) = std::fs::read(root().join(path)) {
            homesick(path, &content, &mut complaints);
        }
    }
    complaints.or_do("write the path relative to the checkout, or take it from a setting");
}

#[test]
fn planted_offences_in_files_are_found() {
    let bare = [
        Source::new("crates/x/src/a.rs", "use b;\n//! late\n"),
        Source::new("crates/x/tests/a.rs", "fn f() {}\n"),
    ];
    assert_eq!(wordless(&bare).count(), 2);

    let lines = |count: usize| "fn f() {}\n".repeat(count);
    let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", lines(300));
    let sized = [
        Source::new("crates/x/src/long.rs", &lines(401)),
        Source::new("crates/x/src/tested.rs", &(lines(390) + &tests)),
        Source::new("crates/x/tests/long.rs", &lines(900)),
        Source::new("crates/x/src/short.rs", &lines(3)),
    ];
    assert_eq!(long(&sized).count(), 1);
    assert_eq!(median(&sized), 390);

    let names = [
        "a/util/b.rs",
        "a/string_utils.rs",
        "case-manager.toml",
        "a/utility.rs",
        "a/commonly.rs",
        ".common/x",
    ];
    assert_eq!(hollow_names(&names.map(str::to_owned)).count(), 4);

    let silenced = "//! x\n#![allow(dead_code)]\n#[cfg_attr(test, allow(x))]\n#[ignore = \"later\"]\nfn f() { todo!(); dbg!(1); unimplemented!(\"y\") }\n";
    assert_eq!(undone(&[Source::new("crates/x/tests/a.rs", silenced)]).count(), 6);
    let fine = "//! no todo!() here\n#[expect(dead_code, reason = \"dbg!\")]\nfn allow(x: u8) { allow(x) }\n";
    assert_eq!(undone(&[Source::new("crates/x/src/a.rs", fine)]).count(), 0);
    assert!(Source::new("x.rs", fine).all.iter().any(|token| token.kind == Kind::Text));

    let mut complaints = Complaints::default();
    let [one, two] = builders_paths();
    homesick("a", format!("x\n(\"{one}main\")\ndocs{one}x\n{two}_jobs\n").as_bytes(), &mut complaints);
    assert_eq!(complaints.count(), 2);
}
