//! `supermarket law due --json` as a program: dates in on standard input, answers out, one line each, and a bad line stops nothing.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use serde_json::Value;

fn program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_supermarket"));
    program
        .args(["law", "due", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    program
}

#[test]
fn each_line_of_standard_input_is_answered_by_itself_and_in_order() {
    let mut running = program().spawn().unwrap();
    let lines = b"2021-01-12 30d\n\n2026-02-13 3wd\nyesterday 3wd\n2026-02-30 3d\n2026-01-01 3w\n\xff\xfe 3d\n2026-02-13 3wd extra\n2024-01-31 1m";
    running.stdin.take().unwrap().write_all(lines).unwrap();
    let done = running.wait_with_output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let answers: Vec<Value> = String::from_utf8(done.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let due = |at: usize| answers[at]["due"].as_str().unwrap();
    assert_eq!(answers.len(), 8, "a blank line asks nothing");
    assert_eq!((due(0), due(1), due(7)), ("2021-02-18", "2026-02-25", "2024-02-29"));
    assert_eq!(
        (&answers[0]["start"], &answers[0]["period"]),
        (&Value::from("2021-01-12"), &Value::from("30d"))
    );
    for (at, line) in [(2, 4), (3, 5), (4, 6), (5, 7), (6, 8)] {
        assert_eq!(answers[at]["line"], Value::from(line), "{}", answers[at]);
        assert!(answers[at]["error"].is_object() && answers[at].get("due").is_none(), "{}", answers[at]);
    }
}

#[test]
fn whoever_asks_one_at_a_time_is_answered_one_at_a_time() {
    let mut running = program().spawn().unwrap();
    let mut ask = running.stdin.take().unwrap();
    let mut told = BufReader::new(running.stdout.take().unwrap()).lines();
    for (line, due) in [("2026-02-13 3wd\n", "2026-02-25"), ("2025-09-30 2wd\n", "2025-10-10")] {
        ask.write_all(line.as_bytes()).unwrap();
        let answer: Value = serde_json::from_str(&told.next().unwrap().unwrap()).unwrap();
        assert_eq!(answer["due"], Value::from(due));
    }
    drop(ask);
    assert!(told.next().is_none());
    assert!(running.wait().unwrap().success());
}
