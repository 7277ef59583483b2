//! What the suites need of the outside, installed by the projects' own package managers from the
//! lock files in `tests/`, into `target/test-deps`.
//!
//! Each piece is installed once: a stamp holds the hash of the files that it was made from.
//! A lock makes test processes wait for each other. What cannot be installed is an error with the
//! command's own output; nothing is skipped.

use anyhow::{Context, Result, bail, ensure};
use rustix::fs::{FlockOperation, flock};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Installs everything, saying on standard error what it does.
pub fn all() -> Result<()> {
    kafka_jars()?;
    older_kafka_jars()?;
    java_driver()?;
    older_java_driver()?;
    python()?;
    node_modules()?;
    go_drivers()?;
    rust_driver()?;
    kcat()?;
    instruction_counter()?;
    Ok(())
}

/// The folder `tests/` with the drivers' sources.
pub fn tests_directory() -> PathBuf {
    workspace().join("tests")
}

/// This project's binary of the dev profile, beside the test that runs.
pub fn keld_binary() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("KELD_BINARY") {
        return Ok(path.into());
    }
    let test = std::env::current_exe()?;
    let path = test
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join("keld"))
        .find(|path| path.is_file())
        .with_context(|| format!("no keld beside {}: run `cargo build`", test.display()))?;
    Ok(path)
}

/// Jars of Apache Kafka 4.3.1: clients, tools, server.
pub fn kafka_jars() -> Result<PathBuf> {
    maven("kafka-4.3.1", "pom.xml")
}

/// Jars of the older Java client.
pub fn older_kafka_jars() -> Result<PathBuf> {
    maven("kafka-3.9", "pom-3.9.xml")
}

fn maven(name: &str, pom: &str) -> Result<PathBuf> {
    let pom = tests_directory().join("java").join(pom);
    installed(name, &[&pom], |target| {
        let mut command = Command::new("mvn");
        command
            .args(["-q", "-B", "-f"])
            .arg(&pom)
            .args(["dependency:copy-dependencies", "-DincludeScope=runtime"]);
        run(command.arg(format!("-DoutputDirectory={}", target.display())))
    })
}

/// Compiled classes of the Java programs, against Kafka 4.3.1.
pub fn java_driver() -> Result<PathBuf> {
    javac(
        "java-driver",
        &kafka_jars()?,
        &["Driver.java", "Load.java", "Follower.java", "Tools.java"],
    )
}

/// Compiled classes of the Java driver, against the older client.
pub fn older_java_driver() -> Result<PathBuf> {
    javac("java-driver-3.9", &older_kafka_jars()?, &["Driver.java", "Load.java", "Follower.java"])
}

fn javac(name: &str, jars: &Path, sources: &[&str]) -> Result<PathBuf> {
    let folder = tests_directory().join("java");
    let sources: Vec<PathBuf> = sources.iter().map(|source| folder.join(source)).collect();
    let sources: Vec<&Path> = sources.iter().map(PathBuf::as_path).collect();
    installed(name, &sources, |target| {
        let mut command = Command::new("javac");
        command.args(["-nowarn", "-cp"]).arg(jars.join("*")).arg("-d").arg(target).args(&sources);
        run(&mut command)
    })
}

/// A Python that has the Python clients.
pub fn python() -> Result<PathBuf> {
    let requirements = tests_directory().join("python/requirements.txt");
    let folder = installed("python", &[&requirements], |target| {
        run(Command::new("python3").args(["-m", "venv"]).arg(target))?;
        let mut command = Command::new(target.join("bin/pip"));
        command.args(["install", "-q", "--no-deps", "--require-hashes", "--only-binary", ":all:"]);
        run(command.arg("-r").arg(&requirements))
    })?;
    Ok(folder.join("bin/python"))
}

/// The JavaScript packages; the drivers lie beside the folder that is returned.
pub fn node_modules() -> Result<PathBuf> {
    let source = tests_directory().join("js");
    let (package, lock) = (source.join("package.json"), source.join("package-lock.json"));
    let drivers = ["common.js", "kafkajs_driver.js", "platformatic_driver.js"];
    let folder = installed("js", &[&package, &lock], |target| {
        for file in [&package, &lock] {
            fs::copy(file, target.join(file.file_name().unwrap_or_default()))?;
        }
        let mut command = Command::new("npm");
        command.current_dir(target).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        // The clients run on the Node.js of the lock file, not on the one that runs npm.
        run(command.args(["--loglevel", "error"]))
    })?;
    let _lock = lock_dependencies()?;
    for driver in drivers {
        let (from, to) = (source.join(driver), folder.join(driver));
        if fs::read(&from)? != fs::read(&to).unwrap_or_default() {
            fs::copy(from, to)?;
        }
    }
    Ok(folder.join("node_modules"))
}

/// The folder of the compiled Go drivers `franz` and `sarama`.
pub fn go_drivers() -> Result<PathBuf> {
    let source = tests_directory().join("go");
    let mut inputs = vec![source.join("go.mod"), source.join("go.sum")];
    for folder in ["wire", "franz", "sarama"] {
        inputs.push(source.join(folder).join(if folder == "wire" { "wire.go" } else { "main.go" }));
    }
    inputs.push(source.join("franz/load.go"));
    let inputs: Vec<&Path> = inputs.iter().map(PathBuf::as_path).collect();
    installed("go", &inputs, |target| {
        let mut command = Command::new("go");
        command.current_dir(&source).env("GOFLAGS", "-mod=readonly -buildvcs=false");
        run(command.arg("build").arg("-o").arg(target).args(["./franz", "./sarama"]))
    })
}

/// The compiled Rust driver. Its crate stands outside the workspace because librdkafka is C.
pub fn rust_driver() -> Result<PathBuf> {
    let source = tests_directory().join("rust");
    let inputs = [source.join("Cargo.toml"), source.join("Cargo.lock"), source.join("src/main.rs")];
    let inputs: Vec<&Path> = inputs.iter().map(PathBuf::as_path).collect();
    let build = dependencies().join("rust-build");
    let folder = installed("rust", &inputs, |target| {
        let mut command = Command::new("cargo");
        command.current_dir(&source).args(["build", "--quiet", "--locked", "--target-dir"]);
        // Wrappers and flags of the outer build are not this crate's.
        run(command.arg(&build).env_remove("RUSTFLAGS"))?;
        fs::copy(build.join("debug/keld-tests-rust"), target.join("driver"))?;
        Ok(())
    })?;
    Ok(folder.join("driver"))
}

/// Debian's `kcat`, installed by apt where it is missing and this user may.
pub fn kcat() -> Result<PathBuf> {
    debian("kcat")
}

/// What `cargo xtask guard` counts with: Debian's Valgrind, and the runner of gungraun, of the
/// version that `Cargo.toml` pins, in the returned folder's `bin`.
pub fn instruction_counter() -> Result<PathBuf> {
    debian("valgrind")?;
    let manifest = workspace().join("Cargo.toml");
    let text = fs::read_to_string(&manifest)?;
    let version =
        text.lines().find_map(|line| line.strip_prefix("gungraun = \"=")?.strip_suffix('"'));
    let version = version.with_context(|| format!("no gungraun in {}", manifest.display()))?;
    let build = dependencies().join("gungraun-build");
    // Of all that is in the manifest, only this matters to it.
    let wanted = dependencies().join("gungraun.version");
    fs::create_dir_all(dependencies())?;
    if fs::read_to_string(&wanted).ok().as_deref() != Some(version) {
        fs::write(&wanted, version)?;
    }
    installed("gungraun", &[&wanted], |target| {
        let mut command = Command::new("cargo");
        command.args(["install", "gungraun-runner", "--quiet", "--locked", "--debug"]);
        command.args(["--version", version, "--root"]).arg(target);
        run(command.arg("--target-dir").arg(&build).env_remove("RUSTFLAGS"))
    })
}

/// A program of Debian, in the package of its name.
fn debian(name: &str) -> Result<PathBuf> {
    let path = Path::new("/usr/bin").join(name);
    if path.is_file() {
        return Ok(path);
    }
    let _lock = lock_dependencies()?;
    if !path.is_file() {
        eprintln!("test setup: {name}");
        let mut update = Command::new("apt-get");
        run(update.args(["update", "-qq"]))?;
        let mut install = Command::new("apt-get");
        install.env("DEBIAN_FRONTEND", "noninteractive").args(["install", "-y", "-qq"]);
        run(install.args(["--no-install-recommends", name])).with_context(|| {
            format!("{name} is needed: install it with `apt-get install {name}`")
        })?;
    }
    ensure!(path.is_file(), "apt installed {name}, but {} is not there", path.display());
    Ok(path)
}

/// Makes `target/test-deps/<name>` with `install` unless its stamp says that these inputs were
/// used already.
fn installed(
    name: &str,
    inputs: &[&Path],
    install: impl FnOnce(&Path) -> Result<()>,
) -> Result<PathBuf> {
    let target = dependencies().join(name);
    let stamp = dependencies().join(format!("{name}.stamp"));
    let wanted = fingerprint(inputs)?;
    let current = || fs::read_to_string(&stamp).is_ok_and(|found| found == wanted);
    if current() {
        return Ok(target);
    }
    let _lock = lock_dependencies()?;
    if current() {
        return Ok(target);
    }
    eprintln!("test setup: {name}");
    if target.exists() {
        fs::remove_dir_all(&target)?;
    }
    fs::create_dir_all(&target)?;
    install(&target).with_context(|| format!("test setup of {name} failed"))?;
    fs::write(&stamp, wanted)?;
    Ok(target)
}

/// FNV-1a over the inputs' names and bytes.
fn fingerprint(inputs: &[&Path]) -> Result<String> {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for input in inputs {
        let bytes = fs::read(input).with_context(|| format!("read {}", input.display()))?;
        let name = input.to_string_lossy();
        for byte in name.bytes().chain(bytes) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    Ok(format!("{hash:016x}\n"))
}

/// Holds other test processes off until dropped.
fn lock_dependencies() -> Result<File> {
    fs::create_dir_all(dependencies())?;
    let file = File::create(dependencies().join("lock"))?;
    flock(&file, FlockOperation::LockExclusive)?;
    Ok(file)
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("{command:?} could not be started"))?;
    if !output.status.success() {
        bail!(
            "{command:?} ended with {}:\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}

fn workspace() -> PathBuf {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_folder.ancestors().nth(2).unwrap_or(crate_folder).to_owned()
}

fn dependencies() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| workspace().join("target"), PathBuf::from);
    target.join("test-deps")
}
