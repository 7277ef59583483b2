//! The state of the simulated disk: inodes with live and durable content, and how a crash decides.
//!
//! Invariants: `live` of a file is `durable` with all `pending` applied in order; the live entries
//! of all directories are their durable entries with all `pending_names` applied in order.

use super::SECTOR_BYTES;
use crate::disk::{DirEntry, FileKind};
use crate::sim::random::SplitMix;
use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path};
use std::sync::Arc;

/// The number of a file or directory; the root is 0.
pub(super) type Inode = u64;

const ROOT: Inode = 0;

/// How the disk came to be found by the next process.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Crash {
    /// The process was killed: all that was written is there.
    Killed,
    /// The power failed, and nothing un-synced had reached the disk.
    PowerLossAll,
    /// The power failed: each un-synced name, cut and written sector is kept or dropped by the seed.
    PowerLoss {
        /// Decides what is kept.
        seed: u64,
    },
    /// The power failed, and of the un-synced operations (in the order they were issued) exactly
    /// those with a `true` had reached the disk, whole. Missing entries count as `false`.
    Keep(Vec<bool>),
}

/// One change of the disk, enough to repeat it.
#[derive(Clone, Debug)]
pub(super) enum Change {
    CreateFile { dir: Inode, name: String, inode: Inode },
    CreateDir { dir: Inode, name: String, inode: Inode },
    Rename { from: (Inode, String), to: (Inode, String), inode: Inode },
    Remove { dir: Inode, name: String },
    SyncDir { dir: Inode },
    Write { inode: Inode, position: u64, data: Arc<[u8]> },
    Cut { inode: Inode, length: u64 },
    Sync { inode: Inode },
    SyncFailed { inode: Inode },
    SyncAll,
    SyncAllFailed,
    Flip { inode: Inode, position: u64, mask: u8 },
}

#[derive(Clone, Debug)]
pub(super) struct Tree {
    nodes: BTreeMap<Inode, Node>,
    pending_names: Vec<Pending<Vec<NameChange>>>,
    next_inode: Inode,
    next_sequence: u64,
}

#[derive(Clone, Debug)]
enum Node {
    File(FileNode),
    Dir { live: BTreeMap<String, Inode>, durable: BTreeMap<String, Inode> },
}

#[derive(Clone, Debug, Default)]
struct FileNode {
    live: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<Pending<FileChange>>,
}

/// An operation not yet durable, numbered in the order of issue over the whole disk.
#[derive(Clone, Debug)]
struct Pending<T> {
    sequence: u64,
    /// A sync failed over it: no later sync makes it durable.
    doomed: bool,
    change: T,
}

#[derive(Clone, Debug)]
enum FileChange {
    Write { position: u64, data: Arc<[u8]> },
    Cut { length: u64 },
}

#[derive(Clone, Debug)]
struct NameChange {
    dir: Inode,
    name: String,
    target: Option<Inode>,
}

pub(super) fn error(kind: io::ErrorKind, path: &Path) -> io::Error {
    io::Error::new(kind, format!("{}: {kind}", path.display()))
}

impl Tree {
    pub(super) fn new() -> Self {
        let root = Node::Dir { live: BTreeMap::new(), durable: BTreeMap::new() };
        Self {
            nodes: BTreeMap::from([(ROOT, root)]),
            pending_names: Vec::new(),
            next_inode: 1,
            next_sequence: 0,
        }
    }

    pub(super) fn next_inode(&self) -> Inode {
        self.next_inode
    }

    pub(super) fn find(&self, path: &Path) -> Option<Inode> {
        let mut inode = ROOT;
        for component in path.components() {
            match component {
                Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
                Component::ParentDir => return None,
                Component::Normal(name) => match self.nodes.get(&inode)? {
                    Node::Dir { live, .. } => inode = *live.get(name.to_str()?)?,
                    Node::File(_) => return None,
                },
            }
        }
        Some(inode)
    }

    pub(super) fn file(&self, path: &Path) -> io::Result<Inode> {
        let inode = self.find(path).ok_or_else(|| error(io::ErrorKind::NotFound, path))?;
        match self.nodes.get(&inode) {
            Some(Node::File(_)) => Ok(inode),
            _ => Err(error(io::ErrorKind::IsADirectory, path)),
        }
    }

    pub(super) fn dir(&self, path: &Path) -> io::Result<Inode> {
        let inode = self.find(path).ok_or_else(|| error(io::ErrorKind::NotFound, path))?;
        match self.nodes.get(&inode) {
            Some(Node::Dir { .. }) => Ok(inode),
            _ => Err(error(io::ErrorKind::NotADirectory, path)),
        }
    }

    /// The directory of a path and the last part of it.
    pub(super) fn parent(&self, path: &Path) -> io::Result<(Inode, String)> {
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| error(io::ErrorKind::InvalidInput, path))?;
        let dir = self.dir(path.parent().unwrap_or(Path::new("/")))?;
        Ok((dir, name.to_owned()))
    }

    pub(super) fn stat(&self, inode: Inode) -> (FileKind, u64) {
        match self.nodes.get(&inode) {
            Some(Node::File(file)) => (FileKind::File, file.live.len() as u64),
            Some(Node::Dir { .. }) => (FileKind::Directory, 0),
            None => (FileKind::Other, 0),
        }
    }

    pub(super) fn list(&self, dir: Inode) -> Vec<DirEntry> {
        let Some(Node::Dir { live, .. }) = self.nodes.get(&dir) else { return Vec::new() };
        let entry = |(name, inode): (&String, &Inode)| DirEntry {
            name: name.clone(),
            kind: self.stat(*inode).0,
        };
        live.iter().map(entry).collect()
    }

    pub(super) fn content(&self, inode: Inode) -> &[u8] {
        match self.nodes.get(&inode) {
            Some(Node::File(file)) => &file.live,
            _ => &[],
        }
    }

    pub(super) fn used_bytes(&self) -> u64 {
        self.used_below(ROOT)
    }

    fn used_below(&self, inode: Inode) -> u64 {
        match self.nodes.get(&inode) {
            Some(Node::File(file)) => file.live.len() as u64,
            Some(Node::Dir { live, .. }) => {
                live.values().map(|inode| self.used_below(*inode)).sum()
            }
            None => 0,
        }
    }

    pub(super) fn unsynced(&self) -> usize {
        let pending = |node: &Node| match node {
            Node::File(file) => file.pending.len(),
            Node::Dir { .. } => 0,
        };
        self.pending_names.len() + self.nodes.values().map(pending).sum::<usize>()
    }

    /// The changes that empty a directory, children first.
    pub(super) fn removals(&self, dir: Inode, out: &mut Vec<Change>) {
        let Some(Node::Dir { live, .. }) = self.nodes.get(&dir) else { return };
        for (name, inode) in live {
            self.removals(*inode, out);
            out.push(Change::Remove { dir, name: name.clone() });
        }
    }

    pub(super) fn apply(&mut self, change: Change) {
        match change {
            Change::CreateFile { dir, name, inode } => {
                self.nodes.insert(inode, Node::File(FileNode::default()));
                self.next_inode = self.next_inode.max(inode + 1);
                self.rename(vec![NameChange { dir, name, target: Some(inode) }]);
            }
            Change::CreateDir { dir, name, inode } => {
                let node = Node::Dir { live: BTreeMap::new(), durable: BTreeMap::new() };
                self.nodes.insert(inode, node);
                self.next_inode = self.next_inode.max(inode + 1);
                self.rename(vec![NameChange { dir, name, target: Some(inode) }]);
            }
            Change::Rename { from, to, inode } => self.rename(vec![
                NameChange { dir: from.0, name: from.1, target: None },
                NameChange { dir: to.0, name: to.1, target: Some(inode) },
            ]),
            Change::Remove { dir, name } => {
                self.rename(vec![NameChange { dir, name, target: None }]);
            }
            Change::SyncDir { dir } => self.sync_dir(dir),
            Change::Write { inode, position, data } => {
                self.change_file(inode, FileChange::Write { position, data });
            }
            Change::Cut { inode, length } => self.change_file(inode, FileChange::Cut { length }),
            Change::Sync { inode } => {
                if let Some(Node::File(file)) = self.nodes.get_mut(&inode) {
                    file.sync();
                }
            }
            Change::SyncFailed { inode } => {
                if let Some(Node::File(file)) = self.nodes.get_mut(&inode) {
                    file.doom();
                }
            }
            Change::SyncAll => {
                for pending in std::mem::take(&mut self.pending_names) {
                    self.settle(&pending.change);
                }
                self.files().for_each(FileNode::sync);
            }
            Change::SyncAllFailed => self.files().for_each(FileNode::doom),
            Change::Flip { inode, position, mask } => {
                if let Some(Node::File(file)) = self.nodes.get_mut(&inode)
                    && let Ok(position) = usize::try_from(position)
                {
                    for content in [&mut file.live, &mut file.durable] {
                        if let Some(byte) = content.get_mut(position) {
                            *byte ^= mask;
                        }
                    }
                }
            }
        }
    }

    fn files(&mut self) -> impl Iterator<Item = &mut FileNode> {
        self.nodes.values_mut().filter_map(|node| match node {
            Node::File(file) => Some(file),
            Node::Dir { .. } => None,
        })
    }

    fn sequence(&mut self) -> u64 {
        self.next_sequence += 1;
        self.next_sequence
    }

    fn rename(&mut self, changes: Vec<NameChange>) {
        for change in &changes {
            if let Some(Node::Dir { live, .. }) = self.nodes.get_mut(&change.dir) {
                change.apply(live);
            }
        }
        let sequence = self.sequence();
        self.pending_names.push(Pending { sequence, doomed: false, change: changes });
    }

    fn sync_dir(&mut self, dir: Inode) {
        let pending = std::mem::take(&mut self.pending_names);
        for pending in pending {
            if pending.change.iter().any(|change| change.dir == dir) {
                self.settle(&pending.change);
            } else {
                self.pending_names.push(pending);
            }
        }
    }

    /// Makes changes of names durable.
    fn settle(&mut self, changes: &[NameChange]) {
        for change in changes {
            if let Some(Node::Dir { durable, .. }) = self.nodes.get_mut(&change.dir) {
                change.apply(durable);
            }
        }
    }

    fn change_file(&mut self, inode: Inode, change: FileChange) {
        let sequence = self.sequence();
        if let Some(Node::File(file)) = self.nodes.get_mut(&inode) {
            change.apply(&mut file.live);
            file.pending.push(Pending { sequence, doomed: false, change });
        }
    }

    pub(super) fn crashed(&self, crash: Crash) -> Self {
        let mut tree = self.clone();
        if crash == Crash::Killed {
            return tree;
        }
        let mut kept = Kept::new(&tree, crash);
        let names = std::mem::take(&mut tree.pending_names);
        for pending in &names {
            if kept.whole(pending.sequence) {
                tree.settle(&pending.change);
            }
        }
        for node in tree.nodes.values_mut() {
            match node {
                Node::Dir { live, durable } => live.clone_from(durable),
                Node::File(file) => {
                    for pending in std::mem::take(&mut file.pending) {
                        kept.apply(&pending, &mut file.durable);
                    }
                    file.live.clone_from(&file.durable);
                }
            }
        }
        // A kept name may point at a directory whose own entry was dropped: unreachable, so gone.
        // Dangling names (the target was never created durably) cannot be: nodes are never dropped.
        tree
    }
}

impl FileNode {
    fn sync(&mut self) {
        for pending in std::mem::take(&mut self.pending) {
            if pending.doomed {
                self.pending.push(pending);
            } else {
                pending.change.apply(&mut self.durable);
            }
        }
    }

    /// A sync failed: what it was to make durable never will be.
    fn doom(&mut self) {
        self.pending.iter_mut().for_each(|pending| pending.doomed = true);
    }
}

impl NameChange {
    fn apply(&self, entries: &mut BTreeMap<String, Inode>) {
        match self.target {
            Some(inode) => entries.insert(self.name.clone(), inode),
            None => entries.remove(&self.name),
        };
    }
}

impl FileChange {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Write { position, data } => write_at(content, *position, data),
            Self::Cut { length } => {
                content.resize(usize::try_from(*length).unwrap_or(usize::MAX), 0);
            }
        }
    }
}

fn write_at(content: &mut Vec<u8>, position: u64, data: &[u8]) {
    let start = usize::try_from(position).unwrap_or(usize::MAX);
    let end = start.saturating_add(data.len());
    if content.len() < end {
        content.resize(end, 0);
    }
    content[start..end].copy_from_slice(data);
}

/// Which un-synced operations a crash keeps.
enum Kept {
    None,
    Random(SplitMix),
    Mask(BTreeMap<u64, bool>),
}

impl Kept {
    fn new(tree: &Tree, crash: Crash) -> Self {
        match crash {
            Crash::Killed | Crash::PowerLossAll => Self::None,
            Crash::PowerLoss { seed } => Self::Random(SplitMix::new(seed)),
            Crash::Keep(mask) => {
                let mut sequences: Vec<u64> =
                    tree.pending_names.iter().map(|pending| pending.sequence).collect();
                for node in tree.nodes.values() {
                    if let Node::File(file) = node {
                        sequences.extend(file.pending.iter().map(|pending| pending.sequence));
                    }
                }
                sequences.sort_unstable();
                Self::Mask(sequences.into_iter().zip(mask).collect())
            }
        }
    }

    fn whole(&mut self, sequence: u64) -> bool {
        match self {
            Self::None => false,
            Self::Random(random) => random.next_u64() & 1 == 1,
            Self::Mask(mask) => mask.get(&sequence).copied().unwrap_or(false),
        }
    }

    fn apply(&mut self, pending: &Pending<FileChange>, content: &mut Vec<u8>) {
        let (Self::Random(random), FileChange::Write { position, data }) =
            (&mut *self, &pending.change)
        else {
            if self.whole(pending.sequence) {
                pending.change.apply(content);
            }
            return;
        };
        // A third of the writes is kept whole, a third dropped, a third torn at sectors.
        match random.next_u64() % 3 {
            0 => {}
            1 => pending.change.apply(content),
            _ => {
                let mut position = *position;
                let mut rest: &[u8] = data;
                while !rest.is_empty() {
                    let into = (position % SECTOR_BYTES as u64) as usize;
                    let (sector, after) = rest.split_at(rest.len().min(SECTOR_BYTES - into));
                    if random.next_u64() & 1 == 1 {
                        write_at(content, position, sector);
                    }
                    position += sector.len() as u64;
                    rest = after;
                }
            }
        }
    }
}
