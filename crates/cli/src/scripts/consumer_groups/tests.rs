//! Tests of the tables: every line as Kafka's tool prints it.

use keld_types::{BrokerId, PartitionIndex};

use super::*;

fn description(members: Vec<GroupMember>) -> GroupDescription {
    GroupDescription {
        group: GroupId::new("g1"),
        state: if members.is_empty() { "Empty" } else { "Stable" }.to_owned(),
        protocol_type: "consumer".to_owned(),
        protocol: if members.is_empty() { "" } else { "range" }.to_owned(),
        coordinator: BrokerId::new(1),
        members,
    }
}

fn member(id: &str, instance: Option<&str>) -> GroupMember {
    let partition =
        |index| TopicPartition::new(TopicName::new("alpha"), PartitionIndex::new(index));
    GroupMember {
        member_id: id.to_owned(),
        instance_id: instance.map(str::to_owned),
        client_id: "c".to_owned(),
        host: "/127.0.0.1".to_owned(),
        assignment: vec![partition(1), partition(0)],
        assignment_bytes: bytes::Bytes::new(),
    }
}

#[test]
fn the_table_of_offsets_is_kafkas() {
    let row = OffsetRow {
        group: "g1".into(),
        topic: "alpha".into(),
        partition: "0".into(),
        epoch: "-".into(),
        current: "2".into(),
        end: "2".into(),
        lag: "0".into(),
        consumer: "-".into(),
        host: "-".into(),
        client: "-".into(),
    };
    let rows = [OffsetRow::header(), row];
    assert_eq!(
        offset_table(&rows, false),
        "\nGROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID\
         \ng1              alpha           0          2               2               0               -               -               -\n"
    );
    let verbose = offset_table(&rows, true);
    assert!(verbose.contains("PARTITION  LEADER-EPOCH    CURRENT-OFFSET"), "{verbose}");
}

#[test]
fn the_table_of_members_is_kafkas() {
    assert_eq!(
        member_table(&description(vec![]), false),
        "\nGROUP           CONSUMER-ID     HOST            CLIENT-ID       #PARTITIONS     \n"
    );
    assert_eq!(
        member_table(&description(vec![member("c-1", Some("i"))]), false),
        "\nGROUP           CONSUMER-ID     GROUP-INSTANCE-ID HOST            CLIENT-ID       #PARTITIONS     \
         \ng1              c-1             i                 /127.0.0.1      c               2               \n"
    );
    let verbose = member_table(&description(vec![member("c-1", None)]), true);
    assert_eq!(
        verbose,
        "\nGROUP           CONSUMER-ID     HOST            CLIENT-ID       #PARTITIONS     CURRENT-EPOCH   CURRENT-ASSIGNMENT   TARGET-EPOCH    TARGET-ASSIGNMENT   \
         \ng1              c-1             /127.0.0.1      c               2               -               alpha:0,1            -               -                   \n"
    );
}

#[test]
fn the_table_of_states_is_kafkas() {
    assert_eq!(
        state_table(&description(vec![]), "127.0.0.1:39192  (1)", false),
        "\nGROUP           COORDINATOR (ID)          ASSIGNMENT-STRATEGY  STATE                #MEMBERS\
         \ng1              127.0.0.1:39192  (1)      -                    Empty                0\n"
    );
}

#[test]
fn names_of_states_are_taken_in_any_case() {
    assert_eq!(
        parse_names(Some("stable, empty"), &STATES, "state").expect("valid"),
        ["Stable", "Empty"]
    );
    assert!(parse_names(Some("x"), &STATES, "state").is_err());
    assert_eq!(parse_names(None, &STATES, "state").expect("valid"), [""; 0]);
}
