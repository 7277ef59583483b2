//! Tests of the list of touched partitions: who gets onto it, and who does not.

use super::*;
use crate::partition::tests::{append, batch_of_sizes, registration, settings, world};
use crate::{Applied, Role};
use keld_types::{LeaderEpoch, Offset};

fn listed() -> (crate::partition::tests::World, Arc<Touched>) {
    let world = world(settings(i64::MAX, 1));
    let touched = Arc::new(Touched::default());
    world.partition.report_to(&touched);
    (world, touched)
}

#[test]
fn a_partition_is_listed_once_until_the_node_has_looked() {
    let (world, touched) = listed();
    let partition = &world.partition;
    assert_eq!(touched.take(), [partition.id()], "a new one is looked at");
    assert_eq!(touched.take(), []);
    partition.apply(&registration(1, 0, 0, &[1]));
    append(partition, &batch_of_sizes(&[10])).unwrap();
    assert!(touched.is_empty(), "it was not looked at yet");
    partition.keep(|log| assert_eq!(log.log_end_offset(), Offset::new(1))).unwrap();
    append(partition, &batch_of_sizes(&[10])).unwrap();
    append(partition, &batch_of_sizes(&[10])).unwrap();
    assert_eq!(touched.take(), [partition.id()]);
}

#[test]
fn whoever_may_change_a_log_puts_it_on_the_list_and_whoever_asks_does_not() {
    let (world, touched) = listed();
    let partition = &world.partition;
    let is_listed_by = |work: &dyn Fn()| {
        partition.keep(|_| ()).unwrap();
        touched.take();
        work();
        !touched.is_empty()
    };
    let changes: [&dyn Fn(); 6] = [
        &|| assert_ne!(partition.apply(&registration(1, 0, 0, &[1])), Applied::Stale),
        &|| assert!(append(partition, &batch_of_sizes(&[10])).is_ok()),
        &|| partition.start_flush(),
        &|| partition.configure(settings(1, 1)),
        &|| assert!(partition.with_log(|log| log.set_high_watermark(Offset::ZERO)).is_some()),
        &|| partition.write_epoch().unwrap(),
    ];
    for (index, change) in changes.into_iter().enumerate() {
        assert!(is_listed_by(change), "change {index}");
    }
    let looks: [&dyn Fn(); 8] = [
        &|| assert_eq!(partition.leader_and_epoch().1, LeaderEpoch::new(0)),
        &|| assert!(matches!(partition.role(), Role::Leader(_))),
        &|| assert_eq!(partition.settings().min_insync_replicas, 1),
        &|| assert!(partition.offsets().is_some()),
        &|| assert!(partition.log_dir().is_some()),
        &|| assert!(partition.is_online()),
        &|| partition.shrink_isr(),
        &|| assert!(partition.remote_replicas().is_empty()),
    ];
    for (index, look) in looks.into_iter().enumerate() {
        assert!(!is_listed_by(look), "look {index}");
    }
    assert!(is_listed_by(&|| assert!(partition.delete().is_some())));
}
