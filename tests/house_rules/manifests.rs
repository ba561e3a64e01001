//! The manifests: one place for versions, one set of lints.

use crate::complaints::Complaints;
use crate::tree::{files, root};

fn manifests() -> Vec<(String, String)> {
    let members = files().iter().filter(|path| path.ends_with("/Cargo.toml"));
    members
        .filter_map(|path| Some((path.clone(), std::fs::read_to_string(root().join(path)).ok()?)))
        .collect()
}

/// The lines of a manifest, each with its section, without comments.
fn lines(manifest: &str) -> impl Iterator<Item = (usize, &str, &str)> {
    let mut section = "";
    manifest.lines().enumerate().filter_map(move |(number, line)| {
        let line = line.trim();
        if line.starts_with('[') && line.ends_with(']') {
            section = line.trim_matches(['[', ']']).trim();
            return None;
        }
        (!line.is_empty() && !line.starts_with('#')).then_some((number + 1, section, line))
    })
}

fn own_versions(manifests: &[(String, String)]) -> Complaints {
    let mut complaints = Complaints::default();
    for (path, manifest) in manifests {
        for (number, section, line) in lines(manifest) {
            let entry = section.ends_with("dependencies");
            let table = section.contains("dependencies.");
            let inherits = line.contains("workspace = true");
            let itself = line.contains("path = \".\"");
            let literal = line.contains("version =") || line.contains("git =") || line.contains("path =");
            let bad = (entry && !inherits && !itself)
                || (table && literal)
                || (section == "package" && line.starts_with("version") && !inherits);
            if bad {
                complaints.at(path, number, line);
            }
        }
    }
    complaints
}

fn own_lints(manifests: &[(String, String)]) -> Complaints {
    let mut complaints = Complaints::default();
    for (path, manifest) in manifests {
        let lints: Vec<_> = lines(manifest).filter(|(_, section, _)| section.starts_with("lints")).collect();
        if !matches!(lints.as_slice(), [(_, "lints", "workspace = true")]) {
            complaints.about(path, "does not take its lints from the workspace, and only from there");
        }
    }
    complaints
}

/// What tests may do to a clock, a road, a check, or a database's owner.
const FOR_TESTS: [&str; 4] = ["manual-clock", "shaken", "planted", "rehearsal"];

/// Features for tests that are turned on for more than tests. The crate `tests` is never shipped.
fn shipped_for_tests(manifests: &[(String, String)]) -> Complaints {
    let mut complaints = Complaints::default();
    for (path, manifest) in manifests.iter().filter(|(path, _)| path != "tests/Cargo.toml") {
        for (number, section, line) in lines(manifest) {
            let on = |feature: &&str| {
                line.contains(&format!("\"{feature}\"")) || line.contains(&format!("/{feature}\""))
            };
            if !section.contains("dev-dependencies") && FOR_TESTS.iter().any(on) {
                complaints.at(path, number, line);
            }
        }
    }
    complaints
}

#[test]
fn no_shipped_crate_turns_on_what_is_for_tests() {
    let manifests = manifests();
    for feature in FOR_TESTS {
        let declared = |(_, manifest): &(String, String)| {
            lines(manifest)
                .any(|(_, section, line)| section == "features" && line.starts_with(&format!("{feature} =")))
        };
        assert!(manifests.iter().any(declared), "no crate has the feature {feature}");
    }
    shipped_for_tests(&manifests).or_do("turn the feature on under [dev-dependencies]");
}

#[test]
fn every_version_stands_in_the_root_manifest() {
    own_versions(&manifests())
        .or_do("write the version under [workspace.dependencies] and `name.workspace = true` here");
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    own_lints(&manifests())
        .or_do("write `[lints]` with `workspace = true`; an exception is an #[expect] with its reason");
}

#[test]
fn planted_offences_in_manifests_are_found() {
    let of = |text: &str| vec![("crates/x/Cargo.toml".to_owned(), text.to_owned())];
    let literal = "[package]\nversion = \"1\"\n[dependencies]\na = \"1\"\nb = { version = \"1\" }\nc = { git = \"x\" }\n[target.'cfg(unix)'.dependencies]\nd = \"1\"\n[dependencies.e]\nversion = \"1\"\n";
    assert_eq!(own_versions(&of(literal)).count(), 6);
    let sound = "[package]\nversion.workspace = true\n[dependencies]\na.workspace = true\nb = { workspace = true, features = [\"x\"] }\n[dev-dependencies]\nx = { path = \".\", features = [\"y\"] }\n[lints]\nworkspace = true\n";
    assert_eq!(own_versions(&of(sound)).count() + own_lints(&of(sound)).count(), 0);
    assert_eq!(shipped_for_tests(&of(sound)).count(), 0);
    let shipped = "[features]\nplanted = []\ndefault = [\"planted\"]\nx = [\"courier/manual-clock\"]\n[dependencies]\ncourier = { workspace = true, features = [\"shaken\"] }\n[dev-dependencies]\ncourier = { workspace = true, features = [\"planted\"] }\n";
    assert_eq!(shipped_for_tests(&of(shipped)).count(), 3);
    assert_eq!(own_lints(&of("[package]\n")).count(), 1);
    assert_eq!(own_lints(&of("[lints]\nworkspace = true\n[lints.clippy]\nall = \"allow\"\n")).count(), 1);
}
