//! A directory on a simulated disk, and batches to put in it.

use bytes::Bytes;
use keld_env::sim::SimDisk;
use keld_log::{
    AppendError, AppendInfo, AppendOrigin, DirectoryKind, FetchData, LeaderAppend, LogConfig,
    LogDirectory, LogError, MetaProperties, OpenLog, PartitionLog, ReadBounds,
};
use keld_record::{BatchBuilder, Compression, Record, RecordBatch, validate};
use keld_types::{
    BrokerId, ClusterId, LeaderEpoch, Offset, PartitionIndex, ProducerEpoch, ProducerId, TopicId,
    TopicName, TopicPartition, Uuid,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the log directory lies.
pub(crate) const DIR: &str = "/data";
/// The time at which tests begin.
pub(crate) const NOW: i64 = 1_700_000_000_000;

pub(crate) fn offset(value: i64) -> Offset {
    Offset::new(value)
}

pub(crate) fn epoch(value: i32) -> LeaderEpoch {
    LeaderEpoch::new(value)
}

pub(crate) fn partition() -> TopicPartition {
    TopicPartition::new(TopicName::new("topic"), PartitionIndex::new(0))
}

pub(crate) fn topic_id() -> TopicId {
    TopicId::new(Uuid::from_parts(1, 2))
}

/// A path in the partition's directory.
pub(crate) fn file(name: &str) -> PathBuf {
    Path::new(DIR).join("topic-0").join(name)
}

pub(crate) fn format(disk: &SimDisk) {
    let meta = MetaProperties {
        cluster_id: ClusterId::new("test"),
        node_id: BrokerId::new(1),
        directory_id: None,
    };
    LogDirectory::format(disk, Path::new(DIR), &meta).unwrap();
}

pub(crate) fn open_directory(disk: &SimDisk) -> LogDirectory {
    LogDirectory::open(Arc::new(disk.clone()), PathBuf::from(DIR)).unwrap()
}

pub(crate) fn open_log(
    directory: &LogDirectory,
    config: &LogConfig,
) -> Result<PartitionLog, LogError> {
    directory.open_log(OpenLog {
        partition: partition(),
        kind: DirectoryKind::Current,
        topic_id: Some(topic_id()),
        config: config.clone(),
        now_ms: NOW,
    })
}

/// A formatted disk with an empty log.
pub(crate) fn fresh(config: &LogConfig) -> (SimDisk, LogDirectory, PartitionLog) {
    let disk = SimDisk::new();
    format(&disk);
    let directory = open_directory(&disk);
    let log = open_log(&directory, config).unwrap();
    (disk, directory, log)
}

/// Who sends a batch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Producer {
    pub(crate) id: i64,
    pub(crate) epoch: i16,
    pub(crate) sequence: i32,
}

/// A batch of the values, as a client sends it.
pub(crate) fn batch(values: &[&[u8]], timestamp: i64, producer: Option<Producer>) -> Bytes {
    let mut builder = BatchBuilder::new(Compression::None);
    if let Some(Producer { id, epoch, sequence }) = producer {
        builder = builder.producer(keld_record::BatchProducer {
            id: ProducerId::new(id),
            epoch: ProducerEpoch::new(epoch),
            base_sequence: sequence,
        });
    }
    for (index, value) in values.iter().enumerate() {
        builder.append(timestamp + index as i64, Some(b"k"), Some(value), &[]).unwrap();
    }
    builder.finish().unwrap()
}

/// Appends a batch as the leader of `leader_epoch`.
pub(crate) fn append_bytes(
    log: &mut PartitionLog,
    bytes: &Bytes,
    leader_epoch: i32,
    now_ms: i64,
) -> Result<AppendInfo, AppendError> {
    let batch = RecordBatch::parse(bytes).unwrap();
    let partition = log.partition().clone();
    let options = log.config().validate_options(
        &partition,
        AppendOrigin::Client,
        epoch(leader_epoch),
        now_ms,
    );
    let mut validated = [validate(&batch, &options)?];
    log.append_as_leader(LeaderAppend {
        batches: &mut validated,
        origin: AppendOrigin::Client,
        leader_epoch: epoch(leader_epoch),
        now_ms,
    })
}

/// Appends values without a producer, in leader epoch 0.
pub(crate) fn append(log: &mut PartitionLog, values: &[&[u8]]) -> AppendInfo {
    append_bytes(log, &batch(values, NOW, None), 0, NOW).unwrap()
}

/// Bounds for all there is.
pub(crate) fn everything(log: &PartitionLog) -> ReadBounds {
    ReadBounds {
        offset_max: log.log_end_offset(),
        bytes_max: 1 << 30,
        min_one_batch: true,
        with_aborted: false,
    }
}

/// The records in fetched bytes.
pub(crate) fn records_of(data: &FetchData) -> Vec<Record> {
    keld_record::batches(data.read_all().unwrap())
        .flat_map(|batch| {
            let batch = batch.unwrap();
            batch.verify_crc().unwrap();
            batch.records().unwrap().map(|record| record.unwrap()).collect::<Vec<_>>()
        })
        .collect()
}

/// Offsets and values from the log's start to its end.
pub(crate) fn read_values(log: &mut PartitionLog) -> Result<Vec<(i64, Vec<u8>)>, LogError> {
    let mut next = log.log_start_offset();
    let mut found = Vec::new();
    let bounds = everything(log);
    while next < log.log_end_offset() {
        let records = records_of(&log.read(next, &bounds)?);
        let Some(last) = records.last() else { break };
        let first = next;
        next = last.offset.next();
        found.extend(
            records
                .into_iter()
                .filter(|record| record.offset >= first)
                .map(|record| (record.offset.get(), record.value.unwrap().to_vec())),
        );
    }
    Ok(found)
}
