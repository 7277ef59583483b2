//! The disk seam: one suite on both sides, then what only the simulator can show.

use keld_env::os::OsDisk;
use keld_env::sim::{Crash, DiskFault, DiskOperation, FaultEffect, SimDisk};
use keld_env::{Disk, File, FileKind, OpenMode};
use std::io::{ErrorKind, IoSlice};
use std::path::Path;
use std::sync::Arc;

fn write(file: &Arc<dyn File>, position: u64, data: &[u8]) {
    file.write_all_at(&mut [IoSlice::new(data)], position).unwrap();
}

fn conformance(disk: &dyn Disk, root: &Path) {
    let dir = root.join("a/b");
    disk.create_dir_all(&dir).unwrap();
    disk.create_dir_all(&dir).unwrap();
    let path = dir.join("file");
    assert_eq!(disk.open(&path, OpenMode::Read).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(disk.open(&path, OpenMode::Write).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(disk.stat(&path).unwrap(), None);

    let file = disk.open(&path, OpenMode::CreateNew).unwrap();
    let again = disk.open(&path, OpenMode::CreateNew).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::AlreadyExists);
    assert!(file.is_empty().unwrap());
    let many: Vec<IoSlice<'_>> = (0..3000).map(|_| IoSlice::new(b"ab")).collect();
    let mut many = many;
    file.write_all_at(&mut many, 2).unwrap();
    assert_eq!(file.len().unwrap(), 6002);
    let mut buffer = [9; 6];
    assert_eq!(file.read_at(&mut buffer, 0).unwrap(), 6);
    assert_eq!(&buffer, b"\0\0abab");
    assert_eq!(file.read_at(&mut buffer, 6000).unwrap(), 2);
    assert_eq!(file.read_at(&mut buffer, 7000).unwrap(), 0);
    file.truncate(4).unwrap();
    file.truncate(6).unwrap();
    file.reserve(6, 4096).unwrap();
    assert_eq!(file.len().unwrap(), 6);
    assert_eq!(disk.read_file(&path, 6).unwrap(), b"\0\0ab\0\0");
    assert_eq!(disk.read_file(&path, 5).unwrap_err().kind(), ErrorKind::InvalidData);
    file.sync_data().unwrap();
    disk.sync_dir(&dir).unwrap();

    let reader = disk.open(&path, OpenMode::Read).unwrap();
    assert!(reader.write_all_at(&mut [IoSlice::new(b"x")], 0).is_err());

    disk.replace_file(&dir.join("small"), b"one").unwrap();
    disk.replace_file(&dir.join("small"), b"two").unwrap();
    assert_eq!(disk.read_file(&dir.join("small"), 100).unwrap(), b"two");
    let names = |dir: &Path| -> Vec<(String, FileKind)> {
        disk.list(dir).unwrap().into_iter().map(|entry| (entry.name, entry.kind)).collect()
    };
    assert_eq!(
        names(&dir),
        [("file".to_owned(), FileKind::File), ("small".to_owned(), FileKind::File)]
    );

    // A renamed directory takes its content along; open files stay usable.
    let moved = root.join("a/c");
    disk.rename(&dir, &moved).unwrap();
    write(&file, 0, b"zz");
    assert_eq!(disk.read_file(&moved.join("file"), 100).unwrap(), b"zzab\0\0");
    assert_eq!(names(&root.join("a")), [("c".to_owned(), FileKind::Directory)]);
    // A removed file can be read on by who has it open.
    disk.remove_file(&moved.join("file")).unwrap();
    assert_eq!(file.len().unwrap(), 6);
    let missing = disk.remove_file(&moved.join("file")).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    disk.remove_dir_all(&root.join("a")).unwrap();
    assert_eq!(disk.list(&root.join("a")).unwrap_err().kind(), ErrorKind::NotFound);

    let lock = disk.lock(&root.join(".lock")).unwrap();
    assert_eq!(disk.lock(&root.join(".lock")).unwrap_err().kind(), ErrorKind::WouldBlock);
    drop(lock);
    disk.lock(&root.join(".lock")).unwrap();
    let space = disk.space(root).unwrap();
    assert!(space.total_bytes >= space.usable_bytes && space.usable_bytes > 0);
}

#[test]
fn the_real_disk_keeps_the_promises() {
    let root = tempfile::tempdir().unwrap();
    conformance(&OsDisk, root.path());
}

#[test]
fn the_simulated_disk_keeps_the_promises() {
    let disk = SimDisk::new();
    disk.create_dir_all(Path::new("/data")).unwrap();
    conformance(&disk, Path::new("/data"));
}

fn prepared() -> (SimDisk, Arc<dyn File>) {
    let disk = SimDisk::new();
    disk.create_dir_all(Path::new("/d")).unwrap();
    disk.sync_dir(Path::new("/")).unwrap();
    let file = disk.open(Path::new("/d/log"), OpenMode::CreateNew).unwrap();
    disk.sync_dir(Path::new("/d")).unwrap();
    (disk, file)
}

#[test]
fn power_loss_keeps_synced_bytes_and_tears_the_rest_at_sectors() {
    let (disk, file) = prepared();
    write(&file, 0, &[1; 700]);
    file.sync_data().unwrap();
    write(&file, 700, &[2; 2000]);
    let killed = disk.crashed(Crash::Killed).content(Path::new("/d/log")).unwrap();
    assert_eq!(killed.len(), 2700);
    let lost = disk.crashed(Crash::PowerLossAll).content(Path::new("/d/log")).unwrap();
    assert_eq!(lost, [1; 700]);
    let mut outcomes = std::collections::BTreeSet::new();
    for seed in 0..200 {
        let content = disk.crashed(Crash::PowerLoss { seed }).content(Path::new("/d/log")).unwrap();
        assert_eq!(content[..700], [1; 700]);
        for (index, byte) in content.iter().enumerate().skip(700) {
            let sector_start = (index / 512 * 512).max(700);
            assert_eq!(*byte, content[sector_start], "sectors are whole");
        }
        outcomes.insert(content);
    }
    assert!(outcomes.len() > 8, "whole, none and many torn forms: {}", outcomes.len());
    let same = |seed| disk.crashed(Crash::PowerLoss { seed }).content(Path::new("/d/log")).unwrap();
    assert_eq!(same(7), same(7));
}

#[test]
fn power_loss_drops_names_that_were_not_synced() {
    let (disk, _file) = prepared();
    disk.open(Path::new("/d/new"), OpenMode::CreateNew).unwrap().sync_data().unwrap();
    disk.rename(Path::new("/d/log"), Path::new("/d/renamed")).unwrap();
    assert_eq!(disk.unsynced(), 2);
    let names = |disk: &SimDisk| -> Vec<String> {
        disk.list(Path::new("/d")).unwrap().into_iter().map(|entry| entry.name).collect()
    };
    assert_eq!(names(&disk.crashed(Crash::PowerLossAll)), ["log"]);
    assert_eq!(names(&disk.crashed(Crash::Keep(vec![false, true]))), ["renamed"]);
    assert_eq!(names(&disk.crashed(Crash::Keep(vec![true, false]))), ["log", "new"]);
    disk.sync_dir(Path::new("/d")).unwrap();
    assert_eq!(names(&disk.crashed(Crash::PowerLossAll)), ["new", "renamed"]);
}

#[test]
fn every_prefix_of_a_recording_can_be_restarted() {
    let (disk, file) = prepared();
    disk.record();
    for round in 0..10u8 {
        write(&file, u64::from(round), &[round]);
        if round % 3 == 2 {
            file.sync_data().unwrap();
        }
    }
    assert_eq!(disk.recorded(), 13);
    assert!(disk.crashed_at(14, Crash::Killed).is_none());
    for prefix in 0..=13 {
        let killed = disk.crashed_at(prefix, Crash::Killed).unwrap();
        let lost = disk.crashed_at(prefix, Crash::PowerLossAll).unwrap();
        let (killed, lost) = (
            killed.content(Path::new("/d/log")).unwrap(),
            lost.content(Path::new("/d/log")).unwrap(),
        );
        assert!(killed.starts_with(&lost) && lost.len() % 3 == 0 && killed.len() < lost.len() + 4);
    }
}

#[test]
fn a_failed_sync_is_never_made_good() {
    let (disk, file) = prepared();
    write(&file, 0, b"gone");
    disk.inject(DiskFault {
        operation: Some(DiskOperation::Sync),
        path_contains: "log".into(),
        skip: 0,
        times: 1,
        effect: FaultEffect::Error(ErrorKind::Other),
    });
    assert!(file.sync_data().is_err());
    write(&file, 4, b"kept");
    file.sync_data().unwrap();
    let content = disk.crashed(Crash::PowerLossAll).content(Path::new("/d/log")).unwrap();
    assert_eq!(content, b"\0\0\0\0kept");
}

#[test]
fn a_volume_is_synced_as_a_whole_or_not_at_all() {
    let (disk, file) = prepared();
    let volume = disk.volume(Path::new("/d")).unwrap();
    write(&file, 0, b"one");
    let other = disk.open(Path::new("/d/other"), OpenMode::CreateNew).unwrap();
    write(&other, 0, b"two");
    volume.sync().unwrap();
    assert_eq!(disk.unsynced(), 0);
    let lost = disk.crashed(Crash::PowerLossAll);
    assert_eq!(lost.content(Path::new("/d/other")).unwrap(), b"two");
    write(&file, 3, b"gone");
    disk.inject(DiskFault {
        operation: Some(DiskOperation::SyncVolume),
        path_contains: String::new(),
        skip: 0,
        times: 1,
        effect: FaultEffect::Error(ErrorKind::Other),
    });
    assert!(volume.sync().is_err());
    volume.sync().unwrap();
    file.sync_data().unwrap();
    let lost = disk.crashed(Crash::PowerLossAll).content(Path::new("/d/log")).unwrap();
    assert_eq!(lost, b"one", "what a failed sync was to make durable never is");
}

#[test]
fn the_real_volume_can_be_synced() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("a"), b"a").unwrap();
    match OsDisk.volume(root.path()) {
        Ok(volume) => volume.sync().unwrap(),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported),
    }
}

#[test]
fn a_full_disk_says_so_and_a_flipped_bit_survives_a_sync() {
    let (disk, file) = prepared();
    disk.set_capacity(6);
    write(&file, 0, b"123456");
    let full = file.write_all_at(&mut [IoSlice::new(b"7")], 6).unwrap_err();
    assert_eq!(full.kind(), ErrorKind::StorageFull);
    write(&file, 0, b"654321");
    file.sync_data().unwrap();
    disk.flip_bits(Path::new("/d/log"), 1, 0b11).unwrap();
    let content = disk.crashed(Crash::PowerLossAll).content(Path::new("/d/log")).unwrap();
    assert_eq!(content, b"664321");
}
