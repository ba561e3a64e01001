//! The files of the checkout, as the rules look at them: which are production code, and what in them is only for tests.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::lexer::{Token, tokens};

/// A Rust file.
#[derive(Debug)]
pub struct Source {
    /// From the root of the checkout, with `/`.
    pub path: String,
    /// As it stands.
    pub text: String,
    /// Every word.
    pub all: Vec<Token>,
    /// The words outside `#[cfg(test)]`; none in a file that is only for tests.
    pub code: Vec<Token>,
    /// Only compiled for tests.
    pub test_only: bool,
}

impl Source {
    /// A file from memory, as found under `path`.
    pub fn new(path: &str, text: &str) -> Self {
        let all = tokens(text);
        let inner = ["#", "!", "[", "cfg", "(", "test", ")", "]"];
        let test_only = !is_production_path(path) || !crate::lexer::lines_of(&all, &inner).is_empty();
        let code = if test_only { Vec::new() } else { without_tests(&all).0 };
        Self { path: path.to_owned(), text: text.to_owned(), all, code, test_only }
    }

    /// Lines, without those of the test modules inside.
    pub fn production_lines(&self) -> usize {
        let hidden: usize = without_tests(&self.all).1.iter().map(|(from, to)| to + 1 - from).sum();
        self.text.lines().count() - hidden
    }

    /// The crate's folder: `services/intake`.
    pub fn home(&self) -> &str {
        let depth =
            if self.path.starts_with("crates/") || self.path.starts_with("services/") { 2 } else { 1 };
        self.path.match_indices('/').nth(depth - 1).map_or("", |(at, _)| &self.path[..at])
    }

    /// The path inside the crate's `src`: `model/state.rs`.
    pub fn room(&self) -> &str {
        self.path[self.home().len()..].trim_start_matches('/').trim_start_matches("src/")
    }

    /// Is it `name.rs`, or in the folder `name/`?
    pub fn is_in(&self, name: &str) -> bool {
        let room = self.room();
        room.strip_prefix(name).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
    }
}

/// Code that ships, as far as its path tells.
fn is_production_path(path: &str) -> bool {
    let home = if path.starts_with("crates/") || path.starts_with("services/") { 2 } else { 1 };
    let inside: Vec<&str> = path.split('/').skip(home).collect();
    !path.starts_with("tests/") && (inside.first() == Some(&"src") || inside == ["build.rs"])
}

/// The root of the checkout.
pub fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ stands in the root").to_owned()
    })
}

/// Every file that is, or would be, committed; by its path from the root. Where there is no git, every file but those
/// that `.gitignore` would hide.
pub fn files() -> &'static [String] {
    static FILES: OnceLock<Vec<String>> = OnceLock::new();
    FILES.get_or_init(|| {
        let mut found = from_git().unwrap_or_else(|| walk(root()));
        found.retain(|path| root().join(path).is_file());
        found.sort();
        assert!(
            found.iter().any(|path| path == "Cargo.toml"),
            "no checkout was found at {}",
            root().display()
        );
        found
    })
}

fn from_git() -> Option<Vec<String>> {
    let mut git = Command::new("git");
    git.arg("-C").arg(root()).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let list = git.output().ok()?;
    let list = list.status.success().then(|| String::from_utf8(list.stdout).ok())??;
    let found: Vec<String> = list.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect();
    (!found.is_empty()).then_some(found)
}

fn walk(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder of the checkout") {
        let path = entry.expect("an entry of the checkout").path();
        let name = path.strip_prefix(root()).expect("below the root").to_string_lossy().replace('\\', "/");
        match path.is_dir() {
            true if matches!(name.as_str(), ".git" | "target" | "supermarket-data") => {}
            true => found.extend(walk(&path)),
            false => found.push(name),
        }
    }
    found
}

/// Every Rust file.
pub fn sources() -> &'static [Source] {
    static SOURCES: OnceLock<Vec<Source>> = OnceLock::new();
    SOURCES.get_or_init(|| {
        let rust = files().iter().filter(|path| Path::new(path).extension().is_some_and(|end| end == "rs"));
        // A file may vanish between listing and reading while somebody works on the tree.
        let read = rust
            .filter_map(|path| Some(Source::new(path, &std::fs::read_to_string(root().join(path)).ok()?)));
        mark_test_files(read.collect())
    })
}

/// Marks the files that are declared as `#[cfg(test)] mod name;`.
pub fn mark_test_files(mut sources: Vec<Source>) -> Vec<Source> {
    let mut hidden = Vec::new();
    for source in &sources {
        let stem = source.path.trim_end_matches(".rs");
        let folder = match stem.rsplit_once('/') {
            Some((folder, "lib" | "main" | "mod")) => folder,
            _ => stem,
        };
        hidden.extend(without_tests(&source.all).2.into_iter().map(|name| format!("{folder}/{name}")));
    }
    for source in &mut sources {
        let stem = source.path.trim_end_matches(".rs").trim_end_matches("/mod").to_owned();
        if hidden.iter().any(|hidden| stem == *hidden || stem.starts_with(&format!("{hidden}/"))) {
            source.test_only = true;
            source.code.clear();
        }
    }
    sources
}

/// What is left without the items under `#[cfg(test)]`; the lines these cover; the modules among them that are files.
fn without_tests(all: &[Token]) -> (Vec<Token>, Vec<(usize, usize)>, Vec<String>) {
    let (mut code, mut lines, mut modules) = (Vec::new(), Vec::new(), Vec::new());
    let mut at = 0;
    while at < all.len() {
        if let Some((item, end)) = test_item(all, at) {
            if all[item].is("mod") && all.get(item + 2).is_some_and(|token| token.is(";")) {
                modules.push(all[item + 1].text.clone());
            }
            lines.push((all[at].line, all[end - 1].line));
            at = end;
        } else {
            code.push(all[at].clone());
            at += 1;
        }
    }
    (code, lines, modules)
}

/// If an item under `#[cfg(test)]` begins at `at`: where its keyword stands and where it ends.
fn test_item(all: &[Token], at: usize) -> Option<(usize, usize)> {
    let plain = ["#", "[", "cfg", "(", "test", ")", "]"];
    let nested = ["#", "[", "cfg", "(", "all", "(", "test"];
    let begins = |pattern: &[&str]| {
        pattern.iter().enumerate().all(|(i, text)| all.get(at + i).is_some_and(|t| t.is(text)))
    };
    if !begins(&plain) && !begins(&nested) {
        return None;
    }
    let mut item = at;
    while all.get(item)?.is("#") {
        item = closing(all, item + 1)? + 1;
    }
    while ["pub", "(", "crate", "super", ")", "async", "const"]
        .iter()
        .any(|word| all.get(item).is_some_and(|t| t.is(word)))
    {
        item += 1;
    }
    let items = ["mod", "fn", "impl", "use", "struct", "enum", "trait", "static", "type"];
    items.iter().any(|word| all.get(item).is_some_and(|token| token.is(word))).then_some(())?;
    let mut end = item;
    loop {
        let token = all.get(end)?;
        match token {
            token if token.is(";") => return Some((item, end + 1)),
            token if token.is("{") => return Some((item, closing(all, end)? + 1)),
            token if token.is("(") || token.is("[") => end = closing(all, end)? + 1,
            _ => end += 1,
        }
    }
}

/// The place of the bracket that closes the one at `open`.
pub fn closing(all: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in all.iter().enumerate().skip(open) {
        if token.is("(") || token.is("[") || token.is("{") {
            depth += 1;
        } else if token.is(")") || token.is("]") || token.is("}") {
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

#[test]
fn what_is_only_for_tests_is_told_from_what_ships() {
    let text = "//! x\nfn a() { b() }\n#[cfg(test)]\n#[path = \"q.rs\"]\nmod tests {\n    fn c() { todo!() }\n}\nfn d() {}\n#[cfg(test)]\nmod walk;\n";
    let sources = mark_test_files(vec![
        Source::new("services/intake/src/model.rs", text),
        Source::new("services/intake/src/model/walk.rs", "//! x\nfn e() {}\n"),
        Source::new("services/intake/tests/story.rs", "//! x\nfn f() {}\n"),
    ]);
    let names: Vec<&str> = sources.iter().flat_map(|s| &s.code).map(|token| token.text.as_str()).collect();
    assert!(names.contains(&"a") && names.contains(&"d"), "{names:?}");
    assert!(!names.iter().any(|name| ["c", "e", "f", "walk"].contains(name)), "{names:?}");
    assert_eq!(sources[0].production_lines(), 3);
    assert_eq!((sources[0].home(), sources[0].room()), ("services/intake", "model.rs"));
    assert!(sources[1].is_in("model") && sources[1].test_only && sources[2].test_only);
}
