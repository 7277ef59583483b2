//! Blobs, and who gets what.

use super::*;
use bytes::Bytes;
use keld_types::PartitionIndex;
use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, proptest};

fn topic(name: &str) -> TopicName {
    TopicName::new(name)
}

fn tp(name: &str, partition: i32) -> TopicPartition {
    TopicPartition::new(topic(name), PartitionIndex::new(partition))
}

fn subscription(topics: &[&str]) -> Subscription {
    Subscription {
        topics: topics.iter().map(|name| topic(name)).collect(),
        generation: -1,
        ..Subscription::default()
    }
}

fn members(all: &[(&str, &[&str])]) -> BTreeMap<String, Subscription> {
    all.iter().map(|(id, topics)| ((*id).to_owned(), subscription(topics))).collect()
}

fn counts(all: &[(&str, i32)]) -> BTreeMap<TopicName, i32> {
    all.iter().map(|(name, count)| (topic(name), *count)).collect()
}

fn shown(assignment: &BTreeMap<String, Vec<TopicPartition>>) -> Vec<String> {
    assignment
        .iter()
        .map(|(member, partitions)| {
            let list: Vec<String> = partitions.iter().map(ToString::to_string).collect();
            format!("{member}: {}", list.join(" "))
        })
        .collect()
}

#[test]
fn blobs_have_the_java_clients_bytes() {
    let mut sent = subscription(&["a"]);
    sent.owned.insert(tp("a", 1));
    sent.generation = 7;
    let blob = write_subscription(&sent, true);
    assert_eq!(
        blob[..],
        [
            0, 3, // version
            0, 0, 0, 1, 0, 1, b'a', // topics
            0, 0, 0, 4, 0, 0, 0, 7, // user data: the generation
            0, 0, 0, 1, 0, 1, b'a', 0, 0, 0, 1, 0, 0, 0, 1, // owned partitions
            0, 0, 0, 7, // generation
            255, 255, // no rack
        ]
    );
    assert_eq!(read_subscription(&blob, None), Ok(sent));
    let blob = write_assignment(&[tp("a", 0), tp("a", 2)]);
    assert_eq!(read_assignment(&blob), Ok(vec![tp("a", 0), tp("a", 2)]));
    assert_eq!(read_assignment(&Bytes::new()), Ok(Vec::new()));
    // Version 0 of another client, and a version of the future.
    let old = Bytes::from_static(&[0, 0, 0, 0, 0, 1, 0, 1, b'a', 255, 255, 255, 255]);
    assert_eq!(read_subscription(&old, None), Ok(subscription(&["a"])));
    let mut future = blob.to_vec();
    future[1] = 99;
    future.push(1);
    assert!(read_assignment(&future.into()).is_ok());
}

proptest! {
    #[test]
    fn any_blob_is_read_or_refused(bytes: Vec<u8>, version in 0u8..4) {
        let mut blob = vec![0, version];
        blob.extend_from_slice(&bytes);
        let blob = Bytes::from(blob);
        let _ = (read_subscription(&blob, None), read_assignment(&blob));
        let _ = (read_subscription(&bytes.clone().into(), None), read_assignment(&bytes.into()));
    }
}

#[test]
fn range_gives_the_first_members_one_more_of_each_topic() {
    let members = members(&[("m1", &["a", "b"]), ("m2", &["a", "b"]), ("m3", &["b"])]);
    let assignment = Assignor::Range.assign(&members, &counts(&[("a", 3), ("b", 4)]));
    assert_eq!(shown(&assignment), ["m1: a-0 a-1 b-0 b-1", "m2: a-2 b-2", "m3: b-3"]);
}

#[test]
fn static_members_come_first() {
    let mut members = members(&[("m1", &["a"]), ("m2", &["a"])]);
    members.entry("m2".to_owned()).or_default().instance_id = Some("z".to_owned());
    let assignment = Assignor::Range.assign(&members, &counts(&[("a", 3)]));
    assert_eq!(shown(&assignment), ["m1: a-2", "m2: a-0 a-1"]);
}

#[test]
fn round_robin_leaves_out_who_does_not_read() {
    let members = members(&[("m1", &["a"]), ("m2", &["a", "b"])]);
    let assignment = Assignor::RoundRobin.assign(&members, &counts(&[("a", 3), ("b", 2)]));
    assert_eq!(shown(&assignment), ["m1: a-0 a-2", "m2: a-1 b-0 b-1"]);
}

#[test]
fn a_new_member_gets_partitions_only_after_they_are_given_up() {
    let counts = counts(&[("a", 4)]);
    let mut members = members(&[("m1", &["a"]), ("m2", &["a"])]);
    let old = members.entry("m1".to_owned()).or_default();
    old.owned = (0..4).map(|i| tp("a", i)).collect();
    old.generation = 1;
    let first = Assignor::CooperativeSticky.assign(&members, &counts);
    assert_eq!(shown(&first), ["m1: a-0 a-1", "m2: "]);
    let old = members.entry("m1".to_owned()).or_default();
    old.owned = (0..2).map(|i| tp("a", i)).collect();
    old.generation = 2;
    let second = Assignor::CooperativeSticky.assign(&members, &counts);
    assert_eq!(shown(&second), ["m1: a-0 a-1", "m2: a-2 a-3"]);
}

#[test]
fn claims_of_an_old_generation_do_not_count() {
    let counts = counts(&[("a", 2)]);
    let mut members = members(&[("m1", &["a"]), ("m2", &["a"])]);
    for (member, generation) in [("m1", 1), ("m2", 2)] {
        let claim = members.entry(member.to_owned()).or_default();
        claim.owned = [tp("a", 0)].into();
        claim.generation = generation;
    }
    let assignment = Assignor::CooperativeSticky.assign(&members, &counts);
    assert_eq!(shown(&assignment), ["m1: a-1", "m2: a-0"]);
}

fn groups() -> impl Strategy<Value = (BTreeMap<String, Subscription>, BTreeMap<TopicName, i32>)> {
    let member = (prop::collection::btree_set(0..4u8, 1..4), any::<u8>(), 0..3i32);
    (prop::collection::vec(member, 1..8), prop::collection::vec(0..9i32, 4)).prop_map(
        |(members, sizes)| {
            let name = |i: usize| topic(&format!("t{i}"));
            let counts: BTreeMap<TopicName, i32> =
                sizes.iter().enumerate().map(|(i, size)| (name(i), *size)).collect();
            let members = members
                .into_iter()
                .enumerate()
                .map(|(id, (topics, seed, generation))| {
                    let topics: BTreeSet<TopicName> =
                        topics.into_iter().map(|t| name(t.into())).collect();
                    let owned = counts
                        .iter()
                        .flat_map(|(topic, count)| {
                            (0..*count)
                                .map(|p| TopicPartition::new(topic.clone(), PartitionIndex::new(p)))
                        })
                        .enumerate()
                        .filter(|(i, _)| (i * 7 + usize::from(seed)).is_multiple_of(5))
                        .map(|(_, partition)| partition)
                        .collect();
                    let subscription =
                        Subscription { topics, owned, generation, instance_id: None, rack: None };
                    (format!("m{id}"), subscription)
                })
                .collect();
            (members, counts)
        },
    )
}

proptest! {
    #[test]
    fn every_partition_goes_to_one_member_that_reads_it(group in groups()) {
        let (members, counts) = group;
        for assign in [balance::range, balance::round_robin, balance::sticky] {
            let assignment = assign(&members, &counts);
            let mut given = BTreeSet::new();
            for (member, partitions) in &assignment {
                for partition in partitions {
                    prop_assert!(members[member].topics.contains(&partition.topic));
                    prop_assert!(given.insert(partition.clone()), "{} twice", partition);
                }
            }
            let read: BTreeSet<&TopicName> = members.values().flat_map(|m| &m.topics).collect();
            let total: i32 = read.iter().map(|topic| counts[*topic]).sum();
            prop_assert_eq!(given.len(), usize::try_from(total).expect("positive"));
        }
    }

    #[test]
    fn sticky_is_balanced_and_stays_when_nothing_changes(group in groups()) {
        let (mut members, counts) = group;
        let first = balance::sticky(&members, &counts);
        for (from, partitions) in &first {
            for (to, others) in &first {
                let helps = partitions.len() >= others.len() + 2;
                let movable = partitions.iter().any(|p| members[to].topics.contains(&p.topic));
                prop_assert!(!(helps && movable), "{} could give to {}", from, to);
            }
        }
        for (member, subscription) in &mut members {
            subscription.owned = first[member].iter().cloned().collect();
            subscription.generation = 9;
        }
        prop_assert_eq!(balance::sticky(&members, &counts), first);
    }
}
