//! What `docs/operations` tells people to type, typed.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::{KELD, free_port, text};

/// Tries to find ports that follow each other.
const PORT_TRIES: usize = 100;

/// Looks at the cluster until it should be healthy.
const LOOKS_MAX: usize = 300;

/// The first fenced block below a heading.
fn block(document: &str, heading: &str) -> String {
    let below = document.split_once(heading).expect("the heading").1;
    let block = below.split_once("```sh\n").expect("a block").1;
    block.split_once("```").expect("its end").0.to_owned()
}

/// A number that the next three ports are free after.
fn free_base() -> u16 {
    (0..PORT_TRIES)
        .map(|_| free_port())
        .find(|base| (1..=3).all(|n| TcpListener::bind((Ipv4Addr::LOCALHOST, base + n)).is_ok()))
        .expect("three free ports in a row")
}

#[test]
fn three_nodes_by_hand_are_a_cluster() {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations/running.md");
    let document = fs::read_to_string(document).expect("the document");
    let block = block(&document, "## Three nodes by hand\n");
    assert_eq!(block.lines().count(), 10, "the document promises ten lines");
    let clients = free_base();
    let mut others = (0..PORT_TRIES).map(|_| free_base());
    let controllers = others.find(|base| base.abs_diff(clients) > 3).expect("three more");
    let written = ["9090 + n", "9190 + $1", "127.0.0.1:9091"];
    let port = format!("127.0.0.1:{}", clients + 1);
    let wanted = [format!("{clients} + n"), format!("{controllers} + $1"), port.clone()];
    let block = written.iter().zip(&wanted).fold(block, |block, (written, wanted)| {
        assert!(block.contains(written), "no {written} to replace");
        block.replace(written, wanted)
    });
    // The topic may be there before the last broker is: then that one joins the ISR later.
    let script = format!(
        "set -eu\ntrap 'kill $(jobs -p); wait' EXIT\n{block}\n\
         for look in $(seq {LOOKS_MAX}); do keld cluster health -b {port} >health && break; done\n\
         cat health\nkeld topic describe orders -b {port} --json\n"
    );
    let dir = tempfile::tempdir().expect("temporary directory");
    let bin = Path::new(KELD).parent().expect("a folder");
    let path = std::env::join_paths(
        std::iter::once(bin.to_owned())
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    );
    let output = Command::new("bash")
        .args(["-c", &script])
        .current_dir(dir.path())
        .env("PATH", path.expect("a path"))
        .stdin(Stdio::null())
        .output()
        .expect("bash runs");
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    assert!(out.contains("created topic orders"), "{out}");
    assert!(out.contains("is healthy\n3 brokers, 1 topic"), "{out}");
    assert!(out.contains("3 quorum voters"), "{out}");
    let replicas = out.split_once("\"replicas\": [").expect("replicas").1;
    let replicas = replicas.split_once(']').expect("their end").0;
    assert_eq!(replicas.split(',').count(), 3, "{out}");
}
