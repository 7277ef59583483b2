//! Tests of the command line itself: help, misspellings, failures.

use keld_env::Env;
use keld_env::os::OsRuntime;

use super::*;

fn call(words: &[&str]) -> (i32, String, String) {
    let runtime = OsRuntime::start(1, 2).expect("threads");
    let env: Env = runtime.env();
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let (mut console, out, err) = Console::buffers("");
    let code = runtime.block_on(async move { run(&mut console, &env, &words).await });
    (code.expect("no panic"), out.text(), err.text())
}

#[test]
fn the_definition_of_the_command_line_is_consistent() {
    Line::command().debug_assert();
    let known: Vec<String> =
        Line::command().get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
    assert_eq!(known, NAMES.map(|(name, _)| name));
}

#[test]
fn help_has_examples() {
    for (verb, _) in NAMES {
        let (code, out, _) = call(&["keld", verb, "--help"]);
        assert_eq!(code, 0);
        assert!(out.contains("Examples:"), "{verb}: {out}");
    }
}

#[test]
fn misspelt_verbs_and_flags_get_a_suggestion() {
    let (code, _, err) = call(&["keld", "topic", "lst"]);
    assert_eq!(code, 2);
    assert!(err.contains("list"), "{err}");
    let (code, _, err) = call(&["keld", "topic", "list", "--outptu", "json"]);
    assert_eq!(code, 2);
    assert!(err.contains("--output"), "{err}");
}

#[test]
fn settings_are_explained_without_a_broker() {
    let (code, out, _) = call(&["keld", "config", "explain", "retention.ms"]);
    assert_eq!(code, 0);
    assert!(out.starts_with("retention.ms (topic): Milliseconds"), "{out}");
    let (code, _, err) = call(&["keld", "config", "explain", "retenton.ms"]);
    assert_eq!(code, 1);
    assert_eq!(err, "error: retenton.ms is not a setting\nhint: did you mean retention.ms?\n");
}

#[test]
fn failures_say_what_to_do() {
    // Port 1 of loopback refuses connections.
    let (code, _, err) =
        call(&["keld", "topic", "list", "-b", "127.0.0.1:1", "-X", "default.api.timeout.ms=50"]);
    assert_eq!(code, 1);
    assert!(err.starts_with("error: ") && err.contains("hint: "), "{err}");
    let (code, _, err) = call(&["keld", "topic", "create", "bad name"]);
    assert_eq!(code, 1);
    assert!(err.contains("bad name"), "{err}");
}
