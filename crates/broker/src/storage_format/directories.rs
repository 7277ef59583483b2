//! Formatting directories.

use super::bootstrap::Bootstrap;
use super::voters::InitialVoter;
use super::{StorageError, all_directories};
use keld_config::NodeConfig;
use keld_env::Env;
use keld_log::{LogDirectory, MetaProperties};
use keld_metadata::MetadataVersion;
use keld_metadata::snapshot::{self, BATCH_BYTES_MAX, Snapshot, SnapshotHeader, SnapshotId};
use keld_types::{ClusterId, DirectoryId, LeaderEpoch};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The voters that a new dynamic quorum begins with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InitialControllers {
    pub(super) voters: Vec<InitialVoter>,
}

/// How to format.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FormatRequest {
    /// The cluster's id, a base64url UUID in practice.
    pub cluster_id: String,
    /// Pass over directories that are formatted already.
    pub ignore_formatted: bool,
    /// `--release-version`.
    pub release: Option<MetadataVersion>,
    /// `--feature`, by name.
    pub features: Vec<(String, i16)>,
    /// The voters of a dynamic quorum; `None` for a static one.
    pub initial_controllers: Option<InitialControllers>,
}

/// Formats the node's directories that are not formatted yet, and prints what Kafka prints.
pub fn format(
    env: &Env,
    config: &NodeConfig,
    request: &FormatRequest,
    out: &mut dyn Write,
) -> Result<(), StorageError> {
    let bootstrap = Bootstrap::new(config, request)?;
    let directories = all_directories(config);
    let mut empty = Vec::new();
    let mut taken = Vec::new();
    let mut broken = Vec::new();
    for path in directories {
        match LogDirectory::read_meta(env.disk.as_ref(), &path) {
            Ok(None) => empty.push(path),
            Ok(Some(meta)) => {
                verify(config, request, &path, &meta)?;
                taken.push(path);
            }
            Err(error) => {
                tracing::debug!(path = %path.display(), %error, "cannot be read");
                broken.push(path);
            }
        }
    }
    if let (false, Some(first)) = (request.ignore_formatted, taken.first()) {
        return Err(StorageError::refused(format!(
            "Log directory {} is already formatted. Use --ignore-formatted to ignore this \
             directory and format the others.",
            first.display()
        )));
    }
    for path in &broken {
        let shown = path.display();
        writeln!(out, "I/O error trying to read log directory {shown}. Ignoring...")?;
    }
    if empty.is_empty() && taken.is_empty() {
        return Err(StorageError::refused("No available log directories to format."));
    }
    if empty.is_empty() {
        writeln!(out, "All of the log directories are already formatted.")?;
        return Ok(());
    }
    writeln!(out, "Bootstrap metadata: {}", bootstrap.describe())?;
    for path in empty {
        format_one(env, config, request, &bootstrap, &path, out)?;
    }
    Ok(())
}

fn verify(
    config: &NodeConfig,
    request: &FormatRequest,
    path: &Path,
    meta: &MetaProperties,
) -> Result<(), StorageError> {
    let file = path.join("meta.properties");
    if meta.cluster_id.as_str() != request.cluster_id {
        return Err(StorageError::refused(format!(
            "Invalid cluster.id in: {}. Expected {}, but read {}",
            file.display(),
            request.cluster_id,
            meta.cluster_id
        )));
    }
    if meta.node_id != config.node_id {
        return Err(StorageError::refused(format!(
            "Stored node id {} doesn't match previous node id {} in {}. If you moved your data, \
             make sure your configured node id matches. If you intend to create a new node, you \
             should remove all data in your data directories.",
            meta.node_id,
            config.node_id,
            file.display()
        )));
    }
    Ok(())
}

fn format_one(
    env: &Env,
    config: &NodeConfig,
    request: &FormatRequest,
    bootstrap: &Bootstrap,
    path: &PathBuf,
    out: &mut dyn Write,
) -> Result<(), StorageError> {
    let controllers =
        request.initial_controllers.as_ref().filter(|_| *path == config.metadata_log_dir);
    let own =
        controllers.and_then(|known| known.voters.iter().find(|voter| voter.id == config.node_id));
    let description = match (*path == config.metadata_log_dir, controllers, own) {
        (false, _, _) => "data directory",
        (true, None, _) => "metadata directory",
        (true, Some(_), None) => "dynamic metadata directory",
        (true, Some(_), Some(_)) => "dynamic metadata voter directory",
    };
    let shown = path.display();
    writeln!(out, "Formatting {description} {shown} with metadata.version {}.", bootstrap.version)?;
    let failed = |error: &dyn std::fmt::Display| {
        StorageError::refused(format!("Error while writing meta.properties file {shown}: {error}"))
    };
    let disk = env.disk.as_ref();
    let now_ms = env.clock.wall_ms();
    let epoch = LeaderEpoch::new(0);
    disk.create_dir_all(path).map_err(|error| failed(&error))?;
    let content = Snapshot { records: bootstrap.records.clone(), ..Snapshot::default() };
    let file = snapshot::write(&content, epoch, now_ms, BATCH_BYTES_MAX)
        .map_err(|error| failed(&error))?;
    disk.replace_file(&path.join("bootstrap.checkpoint"), &file).map_err(|error| failed(&error))?;
    if let Some(controllers) = controllers {
        let listener = config.controller_listener_names.first().ok_or_else(|| {
            StorageError::refused("You must specify the name of the initial controller listener.")
        })?;
        let header = SnapshotHeader {
            last_contained_timestamp_ms: now_ms,
            kraft_version: bootstrap.kraft_version,
            voters: Some(controllers.to_record(listener.as_str())),
        };
        let content = Snapshot { header, records: Vec::new() };
        let file = snapshot::write(&content, epoch, now_ms, BATCH_BYTES_MAX)
            .map_err(|error| failed(&error))?;
        let dir = path.join("__cluster_metadata-0");
        disk.create_dir_all(&dir).map_err(|error| failed(&error))?;
        let name = format!("{}.checkpoint", SnapshotId::BOOTSTRAP);
        disk.replace_file(&dir.join(name), &file).map_err(|error| failed(&error))?;
        disk.sync_dir(path).map_err(|error| failed(&error))?;
    }
    let meta = MetaProperties {
        cluster_id: ClusterId::new(request.cluster_id.as_str()),
        node_id: config.node_id,
        directory_id: Some(
            own.map_or_else(|| DirectoryId::new(env.random.uuid()), |voter| voter.directory_id),
        ),
    };
    LogDirectory::format(disk, path, &meta).map_err(|error| failed(&error))?;
    // The directory itself may be new: its name must survive a power loss too.
    match path.parent() {
        Some(parent) => disk.sync_dir(parent).map_err(|error| failed(&error)),
        None => Ok(()),
    }
}
