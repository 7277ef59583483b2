//! `tests/data/*.checkpoint` were written by Apache Kafka 4.3.1's formatter.

use bytes::Bytes;
use keld_metadata::MetadataRecord;
use keld_metadata::snapshot::{self, SnapshotReadError};
use keld_record::batches;
use keld_types::LeaderEpoch;

const BOOTSTRAP: &[u8] = include_bytes!("../data/kafka-bootstrap.checkpoint");
const VOTERS: &[u8] = include_bytes!("../data/kafka-voters.checkpoint");

#[test]
fn kafkas_bootstrap_file_is_read() {
    let read = snapshot::read(&Bytes::from_static(BOOTSTRAP)).unwrap();
    let levels: Vec<_> = read
        .records
        .iter()
        .map(|versioned| match &versioned.record {
            MetadataRecord::FeatureLevel(record) => (record.name.to_string(), record.feature_level),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        ("metadata.version", 30),
        ("eligible.leader.replicas.version", 1),
        ("group.version", 1),
        ("share.version", 1),
        ("streams.version", 1),
        ("transaction.version", 2),
    ];
    assert_eq!(levels, expected.map(|(name, level)| (name.to_owned(), level)));
}

#[test]
fn kafkas_voters_are_read() {
    let read = snapshot::read(&Bytes::from_static(VOTERS)).unwrap();
    assert_eq!(read.header.kraft_version, 1);
    let voters = read.header.voters.unwrap();
    assert_eq!(voters.voters.len(), 1);
    assert_eq!(voters.voters[0].voter_id, 1);
    assert_eq!(voters.voters[0].endpoints[0].port, 19093);
    assert_eq!(read.records, []);
}

/// What differs between two runs of Kafka itself: timestamps and the checksums over them.
fn without_times(file: &[u8]) -> Vec<u8> {
    let mut rest = file.to_vec();
    let mut position = 0;
    for batch in batches(Bytes::copy_from_slice(file)) {
        let batch = batch.unwrap();
        rest[position + 17..position + 21].fill(0);
        rest[position + 27..position + 43].fill(0);
        position += batch.bytes().len();
    }
    rest
}

#[test]
fn our_files_are_kafkas_to_the_byte_but_for_the_time() {
    for file in [BOOTSTRAP, VOTERS] {
        let read = snapshot::read(&Bytes::from_static(file)).unwrap();
        let written = snapshot::write(&read, LeaderEpoch::new(0), 5, 1 << 20).unwrap();
        assert_eq!(without_times(&written), without_times(file));
    }
}

#[test]
fn every_cut_and_every_flipped_byte_is_an_error() {
    for file in [BOOTSTRAP, VOTERS] {
        for length in 0..file.len() {
            let cut = Bytes::copy_from_slice(&file[..length]);
            assert!(snapshot::read(&cut).is_err(), "cut at {length}");
        }
        for position in 0..file.len() {
            let mut damaged = file.to_vec();
            damaged[position] ^= 0x40;
            // Base offset and leader epoch of a batch lie outside of its checksum.
            let read = snapshot::read(&Bytes::from(damaged));
            let same =
                read.is_ok_and(|read| read == snapshot::read(&Bytes::from_static(file)).unwrap());
            let outside =
                batch_starts(file).iter().any(|start| (*start..start + 16).contains(&position));
            assert!(outside || !same, "flipped byte {position} went unseen");
        }
    }
    let cut = snapshot::read(&Bytes::from_static(&BOOTSTRAP[..100]));
    assert!(matches!(cut, Err(SnapshotReadError::Truncated { length: 100, position: 83 })));
}

fn batch_starts(file: &'static [u8]) -> Vec<usize> {
    let mut starts = vec![0];
    for batch in batches(Bytes::from_static(file)) {
        starts.push(starts[starts.len() - 1] + batch.unwrap().bytes().len());
    }
    starts
}
