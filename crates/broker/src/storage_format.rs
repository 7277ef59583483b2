//! `keld storage`: what `kafka-storage` of 4.3.1 does, with its flags, output and exit codes.
//!
//! [`run`] takes the arguments after the program's name. [`format`] is the work behind `format`, for
//! whoever starts a node on a directory of its own. Directories are written so that Kafka starts on
//! them: `bootstrap.checkpoint`, for a dynamic quorum the snapshot with the voters, and last
//! `meta.properties`, which makes a directory formatted.

mod arguments;
mod bootstrap;
mod directories;
mod voters;

#[cfg(test)]
mod tests;

pub use directories::{FormatRequest, InitialControllers, format};

use arguments::{FormatArguments, Invocation};
use keld_config::{NodeConfig, Properties};
use keld_env::Env;
use keld_log::LogDirectory;
use keld_metadata::{Feature, MetadataVersion};
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Largest configuration file that is read.
const CONFIG_BYTES_MAX: u64 = 16 << 20;

/// The tool cannot do what it was asked; the text is Kafka's.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// Refused, with the reason.
    #[error("{0}")]
    Refused(String),
    /// The output cannot be written.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
}

impl StorageError {
    fn refused(reason: impl Into<String>) -> Self {
        Self::Refused(reason.into())
    }
}

/// Runs the tool; gives the exit code.
pub fn run(arguments: &[String], env: &Env, out: &mut dyn Write, errors: &mut dyn Write) -> u8 {
    match run_parsed(arguments, env, out) {
        Ok(code) => code,
        Err(error) => {
            // There is nowhere left to complain when even this fails.
            writeln!(errors, "{error}").unwrap_or(());
            1
        }
    }
}

fn run_parsed(arguments: &[String], env: &Env, out: &mut dyn Write) -> Result<u8, StorageError> {
    match arguments::parse(arguments)? {
        Invocation::Help => {
            out.write_all(arguments::HELP.as_bytes())?;
            Ok(0)
        }
        Invocation::RandomUuid => {
            writeln!(out, "{}", env.random.uuid())?;
            Ok(0)
        }
        Invocation::VersionMapping { release } => version_mapping(release.as_deref(), out),
        Invocation::FeatureDependencies { features } => feature_dependencies(&features, out),
        Invocation::Info { config } => {
            let config = read_config(env, &config)?;
            info(env, &all_directories(&config), out)
        }
        Invocation::Format(arguments) => {
            let config = read_config(env, &arguments.config)?;
            format(env, &config, &format_request(env, &config, *arguments)?, out)?;
            Ok(0)
        }
    }
}

fn read_config(env: &Env, path: &Path) -> Result<NodeConfig, StorageError> {
    let refused = |error: &dyn std::fmt::Display| {
        StorageError::refused(format!("{}: {error}", path.display()))
    };
    let content = env.disk.read_file(path, CONFIG_BYTES_MAX).map_err(|error| refused(&error))?;
    let text = String::from_utf8(content).map_err(|error| refused(&error))?;
    let properties = Properties::parse(&text).map_err(|error| refused(&error))?;
    NodeConfig::from_properties(&properties)
        .map_err(|error| StorageError::refused(error.to_string()))
}

/// `log.dirs` and the metadata directory, sorted.
fn all_directories(config: &NodeConfig) -> BTreeSet<PathBuf> {
    let mut directories: BTreeSet<PathBuf> = config.log_dirs.iter().cloned().collect();
    directories.insert(config.metadata_log_dir.clone());
    directories
}

fn format_request(
    env: &Env,
    config: &NodeConfig,
    arguments: FormatArguments,
) -> Result<FormatRequest, StorageError> {
    let unstable = config.limits.unstable_feature_versions_enable;
    let release = arguments
        .release
        .map(|text| MetadataVersion::from_release(&text, unstable))
        .transpose()
        .map_err(|error| StorageError::refused(error.to_string()))?;
    if !arguments.scram.is_empty() {
        return Err(StorageError::refused(
            "--add-scram is not supported: this release has no SCRAM authentication.",
        ));
    }
    let has_static_voters = !config.quorum.voters.is_empty();
    if has_static_voters && (arguments.initial_controllers.is_some() || arguments.standalone) {
        return Err(StorageError::refused(
            "You cannot specify controller.quorum.voters and format the node with \
             --initial-controllers or --standalone. If you want to use dynamic quorum, please \
             remove controller.quorum.voters and specify controller.quorum.bootstrap.servers \
             instead.",
        ));
    }
    let initial_controllers = if arguments.standalone {
        Some(InitialControllers::standalone(env, config)?)
    } else {
        arguments.initial_controllers.as_deref().map(InitialControllers::parse).transpose()?
    };
    if !arguments.no_initial_controllers
        && config.roles.controller
        && !has_static_voters
        && initial_controllers.is_none()
    {
        return Err(StorageError::refused(
            "Because controller.quorum.voters is not set on this controller, you must specify one \
             of the following: --standalone, --initial-controllers, or --no-initial-controllers.",
        ));
    }
    Ok(FormatRequest {
        cluster_id: arguments.cluster_id,
        ignore_formatted: arguments.ignore_formatted,
        release,
        features: arguments.features,
        initial_controllers,
    })
}

fn version_mapping(release: Option<&str>, out: &mut dyn Write) -> Result<u8, StorageError> {
    let latest = MetadataVersion::LATEST_PRODUCTION.to_string();
    let release = release.unwrap_or(&latest);
    let version = MetadataVersion::from_release(release, true)
        .map_err(|error| StorageError::refused(error.to_string()))?;
    writeln!(out, "metadata.version={} ({release})", version.level())?;
    for feature in Feature::production() {
        writeln!(out, "{}={}", feature.name, feature.default_level(version))?;
    }
    Ok(0)
}

fn feature_dependencies(features: &[String], out: &mut dyn Write) -> Result<u8, StorageError> {
    for given in features {
        let (name, level) = given.split_once('=').ok_or_else(|| {
            StorageError::refused(format!(
                "Invalid feature format: {given}. Expected format: 'feature=version' (e.g. \
                 'group.version=1')"
            ))
        })?;
        let (name, text) = (name.trim(), level.trim());
        let level: i16 = text.parse().map_err(|_| {
            StorageError::refused(format!("Invalid version format: {text} for feature {name}"))
        })?;
        if name == MetadataVersion::FEATURE_NAME {
            let version = MetadataVersion::from_level(level)
                .map_err(|_| StorageError::refused(format!("Unknown metadata.version {level}")))?;
            writeln!(out, "{name}={level} ({version}) has no dependencies.")?;
            continue;
        }
        let feature = Feature::named(name)
            .ok_or_else(|| StorageError::refused(format!("Unknown feature: {name}")))?;
        if feature.bootstrap_version(level).is_none() {
            return Err(StorageError::refused(format!(
                "Feature level {level} is not supported for feature {name}"
            )));
        }
        let needed: Vec<_> = feature.dependencies(level).collect();
        if needed.is_empty() {
            writeln!(out, "{name}={level} has no dependencies.")?;
            continue;
        }
        writeln!(out, "{name}={level} requires:")?;
        for (other, least) in needed {
            match MetadataVersion::from_level(least) {
                Ok(version) if other == MetadataVersion::FEATURE_NAME => {
                    writeln!(out, "    {other}={least} ({version})")?;
                }
                Ok(_) | Err(_) => writeln!(out, "    {other}={least}")?,
            }
        }
    }
    Ok(0)
}

fn info(
    env: &Env,
    directories: &BTreeSet<PathBuf>,
    out: &mut dyn Write,
) -> Result<u8, StorageError> {
    let mut problems = Vec::new();
    let mut found = Vec::new();
    let mut first: Option<keld_log::MetaProperties> = None;
    for path in directories {
        let shown = path.display();
        match env.disk.stat(path) {
            Ok(Some((keld_env::FileKind::Directory, _))) => found.push(path),
            Ok(Some(_)) => {
                problems.push(format!("{shown} is not a directory"));
                continue;
            }
            Ok(None) => {
                problems.push(format!("{shown} does not exist"));
                continue;
            }
            Err(error) => {
                problems.push(format!("{shown}: {error}"));
                continue;
            }
        }
        match LogDirectory::read_meta(env.disk.as_ref(), path) {
            Ok(None) => problems.push(format!("{shown} is not formatted.")),
            Ok(Some(meta)) => match &first {
                None => first = Some(meta),
                Some(other) if other.cluster_id != meta.cluster_id => {
                    problems.push("Mismatched cluster IDs between storage directories.".to_owned())
                }
                Some(other) if other.node_id != meta.node_id => {
                    problems.push("Mismatched node IDs between storage directories.".to_owned());
                }
                Some(_) => {}
            },
            Err(error) => problems.push(format!("Error loading {shown}/meta.properties: {error}")),
        }
    }
    let plural = |count: usize, one: &'static str, many: &'static str| {
        if count == 1 { one } else { many }
    };
    if !found.is_empty() {
        writeln!(out, "{}", plural(found.len(), "Found log directory:", "Found log directories:"))?;
        for path in found {
            writeln!(out, "  {}", path.display())?;
        }
        writeln!(out)?;
    }
    if let Some(meta) = first {
        let directory =
            meta.directory_id.map_or_else(String::new, |id| format!("directory.id={id}, "));
        writeln!(
            out,
            "Found metadata: {{cluster.id={}, {directory}node.id={}, version=1}}",
            meta.cluster_id, meta.node_id
        )?;
        writeln!(out)?;
    }
    if problems.is_empty() {
        return Ok(0);
    }
    writeln!(out, "{}", plural(problems.len(), "Found problem:", "Found problems:"))?;
    for problem in problems {
        writeln!(out, "  {problem}")?;
    }
    writeln!(out)?;
    Ok(1)
}
