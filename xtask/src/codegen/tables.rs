//! Module files, the table of all messages for tests, and `docs/protocol.md`.

use std::fmt::Write as _;

use super::Groups;
use super::api::Api;
use super::message::struct_name;
use super::names;
use crate::schema::Message;

fn title(group: &str) -> &'static str {
    match group {
        "messages" => "Requests, responses and their headers.",
        "metadata_records" => "The records of `__cluster_metadata`.",
        "coordinator_records" => {
            "Keys and values of `__consumer_offsets`, `__transaction_state` and `__share_group_state`."
        }
        "consumer_protocol" => "What consumers of classic groups tell each other.",
        "quorum_records" => "Control records, snapshot records and the quorum's state file.",
        _ => "Data of files on disk.",
    }
}

/// The file that declares a group's modules and re-exports the messages themselves.
pub(crate) fn module(group: &str, messages: &[Message]) -> String {
    let mut out = format!("//! {}\n\n", title(group));
    for message in messages {
        let _ = writeln!(out, "pub mod {};", names::snake(&message.name));
    }
    out.push('\n');
    for message in messages {
        let _ = writeln!(out, "pub use {}::{};", names::snake(&message.name), struct_name(message));
    }
    out
}

/// A table of every message for the tests.
pub(crate) fn every(groups: &Groups) -> String {
    let mut out = "//! Every message by name, for tests that treat all alike.\n\n".to_owned();
    out += "use crate::recode::{Recoder, recoder};\n\n/// Every message.\npub(crate) const EVERY: &[Recoder] = &[\n";
    for (group, messages) in groups {
        for message in messages {
            let _ = writeln!(
                out,
                "recoder::<keld_wire::{group}::{}>(\"{group}\"),",
                struct_name(message)
            );
        }
    }
    out += "];\n";
    out
}

/// `docs/protocol.md`.
pub(crate) fn document(apis: &[Api<'_>], groups: &Groups) -> String {
    let mut out = "# Protocol\n\nWritten by `cargo xtask codegen` from `crates/wire/schemas`.\n\n## APIs\n\nEvery request and response of Kafka 4.3 that `crates/wire` reads and writes.\nThe last version is marked where it is unstable: it is advertised only when `unstable.api.versions.enable` is set.\n\n| key | API | versions | flexible | listeners |\n|---:|---|---|---|---|\n".to_owned();
    for api in apis {
        let request = api.request;
        let unstable = if request.unstable {
            format!(" ({} unstable)", request.versions.max)
        } else {
            String::new()
        };
        let _ = writeln!(
            out,
            "| {} | {} | {}{unstable} | {} | {} |",
            api.key,
            api.name,
            request.versions,
            request.flexible,
            request.listeners.join(", ")
        );
    }
    for (group, messages) in groups.iter().filter(|(group, _)| *group != "messages") {
        let _ = write!(
            out,
            "\n## {group}\n\n{}\n\n| message | type | versions | flexible |\n|---|---:|---|---|\n",
            title(group)
        );
        for message in messages {
            let key = message.key.map(|key| key.to_string()).unwrap_or_default();
            let _ = writeln!(
                out,
                "| {} | {key} | {} | {} |",
                message.name, message.versions, message.flexible
            );
        }
    }
    out
}
