//! The tool on a simulated disk: output, exit codes, files.

use super::run;
use keld_env::sim::{Process, Simulation};
use keld_env::{Disk, FileKind, OpenMode};
use std::path::Path;

const CLUSTER: &str = "4L6g3nShT-eMCtK--X86sw";

fn process(extra: &str) -> (Simulation, Process) {
    let mut simulation = Simulation::new(1);
    let process = simulation.process("node");
    let text = format!(
        "process.roles=broker,controller\nnode.id=1\ncontroller.listener.names=CONTROLLER\n\
         listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093\n\
         listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT\n\
         log.dirs=/a,/b\n{extra}\n"
    );
    let file = process.disk().open(Path::new("/server.properties"), OpenMode::Create);
    let mut slices = [std::io::IoSlice::new(text.as_bytes())];
    file.expect("opens").write_all_at(&mut slices, 0).expect("writes");
    (simulation, process)
}

const DYNAMIC: &str = "controller.quorum.bootstrap.servers=localhost:9093";
const STATIC: &str = "controller.quorum.voters=1@localhost:9093";

/// Exit code, output, errors.
fn tool(process: &Process, line: &str) -> (u8, String, String) {
    let arguments: Vec<String> = line.split_whitespace().map(ToOwned::to_owned).collect();
    let (mut out, mut errors) = (Vec::new(), Vec::new());
    let code = run(&arguments, process.env(), &mut out, &mut errors);
    (code, String::from_utf8(out).expect("text"), String::from_utf8(errors).expect("text"))
}

fn format(process: &Process, flags: &str) -> (u8, String, String) {
    tool(process, &format!("format -t {CLUSTER} -c /server.properties {flags}"))
}

fn is_file(process: &Process, path: &str) -> bool {
    let found = process.disk().stat(Path::new(path)).expect("stat");
    matches!(found, Some((FileKind::File, _)))
}

#[test]
fn a_dynamic_quorum_is_formatted_as_kafka_says_and_only_once() {
    let (_simulation, process) = process(DYNAMIC);
    let (code, out, errors) = format(&process, "--standalone");
    assert_eq!((code, errors.as_str()), (0, ""));
    let expected = [
        "Bootstrap metadata: BootstrapMetadata(records=[ApiMessageAndVersion(FeatureLevelRecord(",
        "Formatting dynamic metadata voter directory /a with metadata.version 4.3-IV0.\n",
        "Formatting data directory /b with metadata.version 4.3-IV0.\n",
        "metadataVersionLevel=30, source=format command)\n",
    ];
    for part in expected {
        assert!(out.contains(part), "{out}");
    }
    for path in ["/a/meta.properties", "/a/bootstrap.checkpoint", "/b/meta.properties"] {
        assert!(is_file(&process, path), "{path}");
    }
    let voters = "__cluster_metadata-0/00000000000000000000-0000000000.checkpoint";
    assert!(is_file(&process, &format!("/a/{voters}")));
    assert!(!is_file(&process, &format!("/b/{voters}")));
    let (code, _, errors) = format(&process, "--standalone");
    assert_eq!(code, 1);
    assert_eq!(
        errors,
        "Log directory /a is already formatted. Use --ignore-formatted to ignore this directory \
         and format the others.\n"
    );
    let (code, out, _) = format(&process, "--standalone --ignore-formatted");
    assert_eq!((code, out.as_str()), (0, "All of the log directories are already formatted.\n"));
    let (code, out, _) = tool(&process, "info -c /server.properties");
    assert_eq!(code, 0);
    assert!(out.starts_with("Found log directories:\n  /a\n  /b\n\nFound metadata: {cluster.id="));
}

#[test]
fn a_static_quorum_has_no_voters_snapshot() {
    let (_simulation, process) = process(STATIC);
    let (code, out, _) = format(&process, "");
    assert_eq!(code, 0);
    assert!(
        out.contains("Formatting metadata directory /a with metadata.version 4.3-IV0."),
        "{out}"
    );
    assert_eq!(process.disk().stat(Path::new("/a/__cluster_metadata-0")).expect("stat"), None);
}

#[test]
fn what_cannot_be_is_refused_in_kafkas_words() {
    let cases = [
        (
            DYNAMIC,
            "",
            "Because controller.quorum.voters is not set on this controller, you must specify one of the following: --standalone, --initial-controllers, or --no-initial-controllers.\n",
        ),
        (
            DYNAMIC,
            "--standalone --feature nonsense=1",
            "Unsupported feature: nonsense. Supported features are: eligible.leader.replicas.version, group.version, kraft.version, share.version, streams.version, transaction.version\n",
        ),
        (
            DYNAMIC,
            "--standalone --feature group.version",
            "Can't parse feature=level string group.version: equals sign not found.\n",
        ),
        (
            DYNAMIC,
            "--standalone --feature group.version=9",
            "No feature:group.version with feature level 9\n",
        ),
        (
            DYNAMIC,
            "--standalone -r 4.3 --feature metadata.version=30",
            "Use --release-version instead of --feature metadata.version=X to avoid ambiguity.\n",
        ),
        (
            DYNAMIC,
            "--standalone --feature metadata.version=31",
            "metadata.version 4.4-IV0 is not yet stable.\n",
        ),
        (
            DYNAMIC,
            "--standalone --feature kraft.version=0",
            "Cannot set kraft.version to 0 if controller.quorum.voters is empty and one of the flags --standalone, --initial-controllers, or --no-initial-controllers is used. For dynamic controllers support, try removing the --feature flag for kraft.version.\n",
        ),
        (DYNAMIC, "--initial-controllers 1", "No @ found in dynamic voter string.\n"),
        (
            DYNAMIC,
            "--initial-controllers 1@h:99999:x",
            "Invalid port 99999 in dynamic voter string.\n",
        ),
        (
            DYNAMIC,
            "--standalone --add-scram x",
            "--add-scram is not supported: this release has no SCRAM authentication.\n",
        ),
    ];
    for (quorum, flags, message) in cases {
        let (_simulation, process) = process(quorum);
        let (code, _, errors) = format(&process, flags);
        assert_eq!((code, errors.as_str()), (1, message), "{flags}");
        assert!(!is_file(&process, "/a/meta.properties"), "{flags}");
    }
    let (_simulation, process) = process(STATIC);
    let (code, _, errors) = format(&process, "--standalone");
    assert_eq!(code, 1);
    assert!(errors.starts_with("You cannot specify controller.quorum.voters and format the node"));
}

#[test]
fn a_directory_of_another_cluster_is_left_alone() {
    let (_simulation, process) = process(STATIC);
    assert_eq!(format(&process, "").0, 0);
    let (code, _, errors) = tool(&process, "format -t other -c /server.properties -g");
    assert_eq!(code, 1);
    assert_eq!(
        errors,
        format!("Invalid cluster.id in: /a/meta.properties. Expected other, but read {CLUSTER}\n")
    );
}

#[test]
fn older_releases_bring_their_features() {
    let (_simulation, process) = process(STATIC);
    let (_, out, _) = tool(&process, "version-mapping -r 3.9");
    assert_eq!(
        out,
        "metadata.version=21 (3.9)\nkraft.version=1\ntransaction.version=0\ngroup.version=0\n\
         eligible.leader.replicas.version=0\nshare.version=0\nstreams.version=0\n"
    );
    let (code, _, errors) = tool(&process, "version-mapping -r 9.9");
    assert_eq!(code, 1);
    assert!(errors.starts_with("Unknown metadata.version '9.9'."));
    let (_, out, _) = tool(
        &process,
        "feature-dependencies -f eligible.leader.replicas.version=1 -f group.version=1",
    );
    assert_eq!(
        out,
        "eligible.leader.replicas.version=1 requires:\n    metadata.version=23 (4.0-IV1)\n\
         group.version=1 has no dependencies.\n"
    );
    let (code, out, _) = format(&process, "-r 3.9");
    assert_eq!(code, 0);
    assert!(out.contains("with metadata.version 3.9-IV0."), "{out}");
}

#[test]
fn ids_are_drawn_and_odd_flags_refused() {
    let (_simulation, process) = process(STATIC);
    let (code, out, _) = tool(&process, "random-uuid");
    assert_eq!((code, out.trim().len()), (0, 22));
    for line in ["", "bogus", "format", "info", "format --cluster", "random-uuid -x", "info -c"] {
        let (code, out, errors) = tool(&process, line);
        assert_eq!((code, out.as_str()), (1, ""), "{line}");
        assert!(errors.contains("kafka-storage: error: "), "{errors}");
    }
    assert!(tool(&process, "format --standalon").2.contains("did you mean --standalone?"));
    assert_eq!(tool(&process, "format -t x -c /missing").0, 1);
    assert_eq!(tool(&process, "--help").0, 0);
}
