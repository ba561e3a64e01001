//! A line of code knows its room: what may stand only in certain files.

use crate::complaints::Complaints;
use crate::lexer::{Kind, places_of};
use crate::tree::{Source, sources};

/// Words in a row, and where they may stand.
struct Room {
    words: &'static [&'static [&'static str]],
    here: fn(&Source) -> bool,
}

impl Room {
    fn strangers(&self, sources: &[Source]) -> Complaints {
        let mut complaints = Complaints::default();
        for source in sources.iter().filter(|source| !source.test_only && !(self.here)(source)) {
            for pattern in self.words {
                for at in places_of(&source.code, pattern) {
                    complaints.at(&source.path, source.code[at].line, pattern.concat());
                }
            }
        }
        complaints
    }
}

/// Where rows live.
fn keeps_rows(source: &Source) -> bool {
    match source.home() {
        "crates/courier" | "migrations" => true,
        "crates/access" => ["relation", "decide", "call"].iter().any(|file| source.is_in(file)),
        "crates/almanac" => source.is_in("shelf"),
        home => home.starts_with("services/") && source.is_in("store"),
    }
}

fn is_model(source: &Source) -> bool {
    source.home().starts_with("services/") && source.is_in("model")
}

const ROWS: Room =
    Room { words: &[&["sea_orm"], &["sqlx"], &["sea_query"], &["sea_orm_migration"]], here: keeps_rows };

#[test]
fn rows_are_named_only_in_stores() {
    ROWS.strangers(sources())
        .or_do("let store.rs (or store/) read and write the row, and hand a model or an answer out");
}

/// How a statement begins.
const SQL: [&str; 9] = [
    "SELECT ",
    "INSERT INTO ",
    "INSERT OR ",
    "UPDATE ",
    "DELETE FROM ",
    "CREATE TABLE",
    "CREATE INDEX",
    "PRAGMA ",
    "ALTER TABLE ",
];

fn stray_sql(sources: &[Source]) -> Complaints {
    let mut complaints = Complaints::default();
    for source in sources.iter().filter(|source| !source.test_only && !keeps_rows(source)) {
        for token in source.code.iter().filter(|token| token.kind == Kind::Text) {
            if SQL.iter().any(|start| token.text.trim_start().starts_with(start)) {
                complaints.at(&source.path, token.line, "a statement of SQL");
            }
        }
    }
    complaints
}

#[test]
fn sql_is_written_only_in_stores() {
    stray_sql(sources()).or_do("put the statement into the service's store, or into courier or migrations");
}

/// Every way to make a `tonic::Status`. `Status::from(denied)` only passes on what chassis has made.
const STATUS: Room = Room {
    words: &[
        &["Status", "::", "new", "("],
        &["Status", "::", "with_details"],
        &["Status", "::", "with_metadata"],
        &["Status", "::", "with_details_and_metadata"],
        &["Status", "::", "with_error_details"],
        &["Status", "::", "with_error_details_vec"],
        &["Status", "::", "from_error"],
        &["Status", "::", "ok"],
        &["Status", "::", "cancelled"],
        &["Status", "::", "unknown"],
        &["Status", "::", "invalid_argument"],
        &["Status", "::", "deadline_exceeded"],
        &["Status", "::", "not_found"],
        &["Status", "::", "already_exists"],
        &["Status", "::", "permission_denied"],
        &["Status", "::", "resource_exhausted"],
        &["Status", "::", "failed_precondition"],
        &["Status", "::", "aborted"],
        &["Status", "::", "out_of_range"],
        &["Status", "::", "unimplemented"],
        &["Status", "::", "internal"],
        &["Status", "::", "unavailable"],
        &["Status", "::", "data_loss"],
        &["Status", "::", "unauthenticated"],
    ],
    here: |source| match source.home() {
        "crates/chassis" | "services/supermarket" => true,
        "crates/access" => source.is_in("call"),
        home => home.starts_with("services/") && source.is_in("grpc"),
    },
};

#[test]
fn a_status_is_made_only_at_a_door() {
    STATUS.strangers(sources()).or_do(
        "answer with the model's Refusal, a Violation or courier's Fault; chassis::Denied makes the Status at grpc.rs",
    );
}

const MODEL: Room = Room {
    words: &[
        &["async"],
        &["await"],
        &["sea_orm"],
        &["tonic"],
        &["prost"],
        &["prost_types"],
        &["tokio"],
        &["contracts"],
        &["courier"],
    ],
    here: |source| !is_model(source),
};

#[test]
fn a_model_neither_waits_nor_knows_rows_or_wires() {
    MODEL
        .strangers(sources())
        .or_do("gather the facts in the door or the store and pass them to the model as arguments");
}

const CLOCK: Room = Room {
    words: &[
        &["Utc", "::", "now"],
        &["Local", "::", "now"],
        &["SystemTime", "::", "now"],
        &["Uuid", "::", "now_v7"],
        &["Uuid", "::", "new_v4"],
        &["Uuid", "::", "new_v7"],
        &["Uuid", "::", "now_v1"],
        &["now_v7"],
        &["OffsetDateTime", "::", "now_utc"],
    ],
    here: |source| source.home() == "crates/courier" && (source.is_in("clock") || source.is_in("stamp")),
};

#[test]
fn only_courier_reads_the_clock_and_makes_ids() {
    CLOCK.strangers(sources()).or_do("take the instant and the ids from the Stamp, or from courier::Clock");
}

const ENVIRONMENT: Room = Room {
    words: &[
        &["env", "::", "var"],
        &["env", "::", "vars"],
        &["env", "::", "var_os"],
        &["env", "::", "vars_os"],
        &["env", "::", "set_var"],
        &["env", "::", "{"],
        &["env", "::", "*"],
        &["option_env", "!"],
    ],
    here: |source| {
        source.room() == "build.rs"
            || (source.home() == "crates/chassis" && source.is_in("settings"))
            // Behind a feature that no shipped build has: how tests learn where their servers are.
            || (source.home() == "migrations" && source.is_in("rehearsal"))
    },
};

#[test]
fn only_the_settings_read_the_environment() {
    ENVIRONMENT
        .strangers(sources())
        .or_do("give it a line in chassis::settings, which knows every key and masks secrets");
}

/// Calls of a free function `spawn`, that is, of a task nobody waits for; `tasks.spawn(…)` is a method of a tracker.
fn loose_tasks(sources: &[Source]) -> Complaints {
    let mut complaints = Complaints::default();
    for source in sources.iter().filter(|source| !source.test_only) {
        let code = &source.code;
        let owner = ["crates/courier", "crates/chassis"].contains(&source.home());
        for word in ["spawn", "spawn_blocking", "spawn_local"] {
            for at in places_of(code, &[word, "("]) {
                let before = at.checked_sub(1).map(|before| &code[before]);
                let free = !before.is_some_and(|token| token.is(".") || token.is("fn"));
                if free && !(owner && excused(source, at)) {
                    complaints.at(&source.path, code[at].line, format!("{word}(…)"));
                }
            }
        }
        for at in places_of(code, &["Handle", "::", "current"]) {
            complaints.at(&source.path, code[at].line, "Handle::current");
        }
    }
    complaints
}

/// Whether the function around `at` expects the lint that bans spawning.
fn excused(source: &Source, at: usize) -> bool {
    let code = &source.code;
    let start = (0..at).rev().find(|place| code[*place].is("fn")).unwrap_or(0);
    let head = (0..start).rev().find(|place| code[*place].is("}") || code[*place].is(";")).unwrap_or(0);
    let ban = ["clippy", "::", "disallowed_methods"];
    let mut expected = places_of(&code[head..start], &ban);
    expected.next().is_some() && places_of(&code[head..start], &["expect", "("]).next().is_some()
}

#[test]
fn every_task_is_tracked() {
    loose_tasks(sources()).or_do(
        "use courier::Tasks or chassis' lifecycle, which wait for the task at shutdown and show its panic; the one place \
         in each that spawns says so with #[expect(clippy::disallowed_methods, reason = …)]",
    );
}

#[test]
fn planted_offences_in_rooms_are_found() {
    let at = |path: &str, text: &str| vec![Source::new(path, text)];
    let store = "services/intake/src/store/rows.rs";
    let grpc = "services/intake/src/grpc.rs";
    let model = "services/intake/src/model/dispute.rs";
    for (room, path, text, found) in [
        (&ROWS, grpc, "use sea_orm::EntityTrait;", 1),
        (&ROWS, "crates/access/src/vault.rs", "use sea_orm::EntityTrait;", 1),
        (&ROWS, store, "use sea_orm::EntityTrait;", 0),
        (&ROWS, grpc, "// sea_orm\n#[cfg(test)]\nmod tests { use sea_orm::A; }", 0),
        (&STATUS, store, "fn f() { tonic::Status::not_found(\"x\") }", 1),
        (&STATUS, grpc, "fn f() { Status::not_found(\"x\") }", 0),
        (&STATUS, store, "fn f() { let x: Result<(), Status>; StatusCode::new() }", 0),
        (&MODEL, model, "async fn f() { g().await; tonic::x(); }", 3),
        (&MODEL, grpc, "async fn f() {}", 0),
        (&CLOCK, store, "fn f() { Utc::now(); Uuid::new_v4(); }", 2),
        (&CLOCK, "crates/courier/src/clock.rs", "fn f() { Utc::now() }", 0),
        (&CLOCK, "crates/courier/src/desk.rs", "fn f() { Utc::now() }", 1),
        (&ENVIRONMENT, grpc, "fn f() { std::env::var(\"X\"); env!(\"Y\"); }", 1),
        (&ENVIRONMENT, "crates/contracts/build.rs", "fn f() { std::env::var(\"X\"); }", 0),
    ] {
        assert_eq!(room.strangers(&at(path, text)).count(), found, "{path}: {text}");
    }
    assert_eq!(stray_sql(&at(grpc, "const A: &str = \"SELECT 1\";")).count(), 1);
    assert_eq!(stray_sql(&at(store, "const A: &str = \"SELECT 1\";")).count(), 0);

    let lifecycle = "crates/chassis/src/lifecycle.rs";
    let excused = "struct A;\n#[expect(clippy::disallowed_methods, reason = \"x\")]\npub fn spawn(&self) { tokio::spawn(x) }";
    for (path, text, found) in [
        (grpc, "fn f() { tokio::spawn(x); self.tasks.spawn(y); std::thread::spawn(z); }", 2),
        (grpc, "use tokio::spawn;\nfn f() { spawn(x) }", 1),
        (lifecycle, excused, 0),
        (grpc, excused, 1),
        (
            lifecycle,
            "#[expect(clippy::disallowed_methods, reason = \"x\")]\nfn a() {}\nfn b() { tokio::spawn(x) }",
            1,
        ),
    ] {
        assert_eq!(loose_tasks(&at(path, text)).count(), found, "{path}: {text}");
    }
}
