//! The shard driven as a broker drives it, on a log in memory.
//!
//! `scenarios/*.txt` are read and checked by [`scenario`]; [`replay`] draws random histories and
//! compares the live state with what the log gives, whole and compacted.

mod compaction;
mod replay;
mod scenario;
mod world;

/// Values that Java computed: `Utils.abs(group.hashCode()) % partitions`.
#[test]
fn groups_lie_where_kafka_looks_for_them() {
    let partition = |group, partitions| crate::partition_for(group, partitions).get();
    assert_eq!(partition("", 50), 0);
    assert_eq!(partition("my-group", 50), 12);
    assert_eq!(partition("console-consumer-12345", 50), 6);
    assert_eq!(partition("polygenelubricants", 50), 0, "the hash is the smallest number there is");
    assert_eq!(partition("gruppe-äöü-😀", 50), 14);
    assert_eq!(partition("g", 0), 0);
}
