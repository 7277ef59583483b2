//! A cluster of many brokers, its controller, and the text of what happens to it.

use crate::cluster::bootstrap;
use keld_config::{BrokerLayers, Properties};
use keld_controller::{
    ApiError, BrokerRef, Command, Controller, DecideContext, Reply, supported_features,
};
use keld_metadata::{
    BrokerRegistration, ClusterDelta, ClusterImage, LeaderRecoveryState, PartitionRegistration,
    Provenance,
};
use keld_scenario::{Given, ids};
use keld_types::{BrokerEpoch, BrokerId, ClusterId, DirectoryId, ErrorCode, Offset, TopicId, Uuid};
use keld_types::{PartitionIndex, TopicIdPartition, TopicName};
use keld_wire::messages as wire;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

/// Directories of all brokers have this upper half.
const DIRECTORIES: u64 = 77;

pub(super) struct World {
    controller: Controller,
    layers: BrokerLayers,
    image: ClusterImage,
    next_offset: i64,
    drawn: u64,
    now: Duration,
    /// The incarnation of each broker's process.
    incarnations: BTreeMap<i32, u64>,
    /// What each broker knows as its epoch.
    epochs: BTreeMap<i32, i64>,
    out: String,
}

fn directory(name: &str) -> Uuid {
    let (id, letter) = name.split_at(name.len() - 1);
    match (id, letter) {
        ("los", "t") => DirectoryId::LOST.uuid(),
        _ => Uuid::from_parts(
            DIRECTORIES,
            id.parse::<u64>().unwrap() * 1000 + u64::from(letter.as_bytes()[0]),
        ),
    }
}

fn name_of(id: DirectoryId) -> String {
    match id {
        DirectoryId::LOST => "lost".to_owned(),
        DirectoryId::UNASSIGNED => "unassigned".to_owned(),
        DirectoryId::MIGRATING => "migrating".to_owned(),
        other => {
            let low = other.uuid().least_significant();
            let letter = char::from(u8::try_from(low % 1000).unwrap());
            format!("{}{letter}", low / 1000)
        }
    }
}

fn list<T: std::fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    if items.is_empty() { "-".to_owned() } else { items.join(",") }
}

fn describe(broker: &BrokerRegistration) -> String {
    let mut out = format!("broker {} epoch={}", broker.id, broker.epoch);
    out.push_str(if broker.fenced { " fenced" } else { " unfenced" });
    if broker.in_controlled_shutdown {
        out.push_str(" stopping");
    }
    if broker.directories.len() != 1 {
        let names = broker.directories.iter().map(|id| name_of(*id));
        write!(out, " dirs={}", list(names)).unwrap();
    }
    if let Some(cordoned) = broker.cordoned_directories.as_ref().filter(|dirs| !dirs.is_empty()) {
        write!(out, " cordoned={}", list(cordoned.iter().map(|id| name_of(*id)))).unwrap();
    }
    out
}

fn describe_partition(partition: &PartitionRegistration) -> String {
    let mut out = format!(
        "leader={} epochs={}.{} replicas={} isr={}",
        partition.leader,
        partition.leader_epoch,
        partition.partition_epoch,
        list(&partition.replicas),
        list(&partition.isr)
    );
    for (name, ids) in [
        ("elr", &partition.elr),
        ("last", &partition.last_known_elr),
        ("adding", &partition.adding_replicas),
        ("removing", &partition.removing_replicas),
    ] {
        if !ids.is_empty() {
            write!(out, " {name}={}", list(ids)).unwrap();
        }
    }
    if partition.leader_recovery_state == LeaderRecoveryState::Recovering {
        out.push_str(" recovering");
    }
    out
}

fn refused(error: &ApiError) -> String {
    match &error.message {
        Some(message) => format!("{:?} {message}", error.code),
        None => format!("{:?}", error.code),
    }
}

impl World {
    pub(super) fn new(given: &Given<'_>) -> Self {
        let mut properties = Properties::default();
        for (name, value) in [
            ("process.roles", "controller"),
            ("node.id", "100"),
            ("controller.listener.names", "CONTROLLER"),
            ("listeners", "CONTROLLER://localhost:9093"),
            ("controller.quorum.voters", "100@localhost:9093"),
            ("log.dirs", "/data"),
        ] {
            properties.set(name, value);
        }
        for (name, value) in &given.options {
            if name.contains('.') {
                properties.set(*name, *value);
            }
        }
        let layers = BrokerLayers::new(properties);
        let controller =
            Controller::new(ClusterId::new("cluster"), BrokerId::new(100), layers.clone());
        let mut world = Self {
            controller,
            layers,
            image: ClusterImage::empty(),
            next_offset: 1,
            drawn: 0,
            now: Duration::from_secs(1000),
            incarnations: BTreeMap::new(),
            epochs: BTreeMap::new(),
            out: String::new(),
        };
        let bootstrap = bootstrap(given.option("elr") != Some("off"));
        world.decide(Command::Activate { bootstrap, in_transaction: false });
        world
    }

    fn decide(&mut self, command: Command) -> Reply {
        let drawn = &mut self.drawn;
        let mut uuids = || {
            *drawn += 1;
            Uuid::from_parts(7, *drawn)
        };
        let mut context = DecideContext {
            next_offset: Offset::new(self.next_offset),
            kraft_version: 1,
            now: self.now,
            uuids: &mut uuids,
        };
        let decision = self.controller.decide(&self.image, command, &mut context);
        let mut delta = ClusterDelta::new(&self.image);
        for known in &decision.records {
            known.encode().expect("fits its version");
            delta.replay(&known.record).expect("fits the image");
        }
        self.next_offset += i64::try_from(decision.records.len()).unwrap();
        let after = delta.finish(Provenance::EMPTY);
        check(&after);
        let before = std::mem::replace(&mut self.image, after);
        if let Reply::Refused(error) = &decision.reply {
            writeln!(self.out, "{}", refused(error)).unwrap();
        }
        self.show_changes(&before);
        decision.reply
    }

    fn show_changes(&mut self, before: &ClusterImage) {
        for (id, broker) in self.image.brokers.iter() {
            if before.broker(*id) != Some(broker) {
                writeln!(self.out, "{}", describe(broker)).unwrap();
            }
        }
        for id in before.brokers.keys().filter(|id| self.image.broker(**id).is_none()) {
            writeln!(self.out, "broker {id} gone").unwrap();
        }
        for topic in self.image.topics_by_name() {
            for (index, partition) in topic.partitions.iter() {
                let id = TopicIdPartition { topic_id: topic.id, partition: *index };
                if before.partition(id) != Some(partition) {
                    let text = describe_partition(partition);
                    writeln!(self.out, "{}-{index} {text}", topic.name).unwrap();
                }
            }
        }
    }

    fn partition(&self, name: &str) -> (TopicId, String, i32, Option<Arc<PartitionRegistration>>) {
        let (topic, index) = name.rsplit_once('-').unwrap();
        let index: i32 = index.parse().unwrap();
        let known = self.image.topic(&TopicName::new(topic));
        let partition = known.and_then(|t| t.partition(PartitionIndex::new(index))).cloned();
        let id = known.map_or(TopicId::new(Uuid::from_parts(9, 9)), |topic| topic.id);
        (id, topic.to_owned(), index, partition)
    }

    fn epoch(&self, broker: i32) -> i64 {
        self.epochs.get(&broker).copied().unwrap_or(-1)
    }

    pub(super) fn command(&mut self, given: &Given<'_>) -> String {
        match given.verb {
            "register" => self.register(given),
            "heartbeat" => self.heartbeat(given),
            "start" => {
                for word in &given.words {
                    let line = format!("register {word}{}", options_of(given));
                    self.register(&Given::parse(&line));
                    self.heartbeat(&Given::parse(&format!("heartbeat {word}")));
                }
            }
            "create" => self.create(given),
            "grow" => self.grow(given),
            "isr" => self.alter_partition(given),
            "elect" => self.elect(given),
            "reassign" => self.reassign(given),
            "reassignments" => self.reassignments(),
            "advance" => self.advance(given),
            "disconnect" => {
                let id = given.words[0].parse().unwrap();
                let broker = self.broker_ref(id);
                self.decide(Command::BrokerDisconnected(broker));
            }
            "gone" => {
                let broker = self.broker_ref(given.words[0].parse().unwrap());
                self.decide(Command::BrokerGone(broker));
            }
            "unregister" => {
                let id = BrokerId::new(given.words[0].parse().unwrap());
                self.decide(Command::UnregisterBroker(id));
            }
            "config" => self.config(given),
            "assign" => self.assign(given),
            "directories" => self.directories(given),
            "producer-ids" => {
                let broker = self.broker_ref(given.words[0].parse().unwrap());
                if let Reply::ProducerIds(block) = self.decide(Command::AllocateProducerIds(broker))
                {
                    writeln!(self.out, "first={} count={}", block.first, block.count).unwrap();
                }
            }
            "failover" => {
                let id = BrokerId::new(101);
                self.controller =
                    Controller::new(ClusterId::new("cluster"), id, self.layers.clone());
                let bootstrap = Vec::new();
                self.decide(Command::Activate { bootstrap, in_transaction: false });
            }
            other => panic!("unknown command {other}"),
        }
        std::mem::take(&mut self.out)
    }

    fn broker_ref(&self, id: i32) -> BrokerRef {
        BrokerRef { id: BrokerId::new(id), epoch: BrokerEpoch::new(self.epoch(id)) }
    }

    fn register(&mut self, given: &Given<'_>) {
        use wire::broker_registration_request as request;
        let id: i32 = given.words[0].parse().unwrap();
        let incarnation = self.incarnations.entry(id).or_insert(0);
        if !given.has("again") {
            *incarnation += 1;
        }
        let incarnation_id = Uuid::from_parts(3000 + u64::try_from(id).unwrap(), *incarnation);
        let letters = given.option("dirs").unwrap_or("a");
        let previous_broker_epoch = match given.option("previous") {
            Some("clean") => self.epoch(id),
            Some(other) => other.parse().unwrap(),
            None => -1,
        };
        // `level=metadata.version:1-7`: what the broker supports of a feature.
        let level = given.option("level").map(|text| {
            let (name, range) = text.split_once(':').unwrap();
            let (min, max) = range.split_once('-').unwrap();
            (name, min.parse::<i16>().unwrap(), max.parse::<i16>().unwrap())
        });
        let request = wire::BrokerRegistrationRequest {
            broker_id: id,
            cluster_id: given.option("cluster").unwrap_or("cluster").into(),
            incarnation_id,
            listeners: vec![request::Listener {
                name: "PLAINTEXT".into(),
                host: "localhost".into(),
                port: u16::try_from(given.number::<i32>("port").unwrap_or(9092)).unwrap(),
                ..Default::default()
            }],
            features: supported_features()
                .map(|(name, range)| match level {
                    Some((named, min, max)) if named == name => (name, min, max),
                    _ => (name, range.min, range.max),
                })
                .map(|(name, min, max)| request::Feature {
                    name: name.into(),
                    min_supported_version: min,
                    max_supported_version: max,
                    ..Default::default()
                })
                .filter(|feature| given.option("without") != Some(&*feature.name))
                .collect(),
            rack: given.option("rack").map(Into::into),
            log_dirs: letters
                .chars()
                .map(|letter| {
                    directory(&format!(
                        "{}{letter}",
                        given.option("of").map_or(id, |of| of.parse().unwrap())
                    ))
                })
                .collect(),
            previous_broker_epoch,
            ..Default::default()
        };
        if let Reply::Registered(epoch) = self.decide(Command::RegisterBroker(request)) {
            self.epochs.insert(id, epoch.get());
        }
    }

    fn heartbeat(&mut self, given: &Given<'_>) {
        for word in given.words.iter().filter(|word| word.parse::<i32>().is_ok()) {
            let id: i32 = word.parse().unwrap();
            let dirs = |text: &str| -> Vec<Uuid> {
                text.split(',').filter(|part| *part != "-").map(directory).collect()
            };
            let request = wire::BrokerHeartbeatRequest {
                broker_id: id,
                broker_epoch: given.number("epoch").unwrap_or_else(|| self.epoch(id)),
                current_metadata_offset: given.number("offset").unwrap_or(self.next_offset - 1),
                want_fence: given.has("fence"),
                want_shut_down: given.has("stop"),
                offline_log_dirs: given.option("offline").map(dirs).unwrap_or_default(),
                cordoned_log_dirs: given.option("cordoned").map(dirs),
                ..Default::default()
            };
            if let Reply::Heartbeat(answer) = self.decide(Command::Heartbeat(request)) {
                let mut words = vec![if answer.is_fenced { "fenced" } else { "unfenced" }];
                if !answer.is_caught_up {
                    words.push("behind");
                }
                if answer.should_shut_down {
                    words.push("shut-down");
                }
                if given.verb == "heartbeat" && !given.has("quietly") {
                    writeln!(self.out, "{id}: {}", words.join(" ")).unwrap();
                }
            }
        }
    }

    fn create(&mut self, given: &Given<'_>) {
        use wire::create_topics_request as request;
        let assignments = given.option("on").map(|text| {
            let assignment =
                |(partition_index, replicas): (i32, &str)| request::CreatableReplicaAssignment {
                    partition_index,
                    broker_ids: ids(replicas),
                    ..Default::default()
                };
            (0..).zip(text.split(';')).map(assignment).collect::<Vec<_>>()
        });
        let is_manual = assignments.is_some();
        let configs = given.options.iter().filter(|(name, _)| name.contains('.'));
        let topic = request::CreatableTopic {
            name: given.words[0].into(),
            num_partitions: given.number("partitions").unwrap_or(if is_manual { -1 } else { 1 }),
            replication_factor: given.number("factor").unwrap_or(-1),
            assignments: assignments.unwrap_or_default(),
            configs: configs
                .map(|(name, value)| request::CreatableTopicConfig {
                    name: (*name).into(),
                    value: Some((*value).into()),
                    ..Default::default()
                })
                .collect(),
            ..Default::default()
        };
        let request = wire::CreateTopicsRequest { topics: vec![topic], ..Default::default() };
        let Reply::CreateTopics(answer) = self.decide(Command::CreateTopics(request)) else {
            return;
        };
        for topic in answer.topics.iter().filter(|topic| topic.error_code != ErrorCode::NONE) {
            let message = topic.error_message.as_deref().unwrap_or_default();
            writeln!(self.out, "{:?} {message}", topic.error_code).unwrap();
        }
    }

    fn grow(&mut self, given: &Given<'_>) {
        use wire::create_partitions_request as request;
        let assignments = given.option("on").map(|text| {
            text.split(';')
                .map(|replicas| request::CreatePartitionsAssignment {
                    broker_ids: ids(replicas),
                    ..Default::default()
                })
                .collect()
        });
        let topic = request::CreatePartitionsTopic {
            name: given.words[0].into(),
            count: given.number("count").unwrap(),
            assignments,
            ..Default::default()
        };
        let request = wire::CreatePartitionsRequest { topics: vec![topic], ..Default::default() };
        let Reply::CreatePartitions(answer) = self.decide(Command::CreatePartitions(request))
        else {
            return;
        };
        for result in answer.results.iter().filter(|known| known.error_code != ErrorCode::NONE) {
            let message = result.error_message.as_deref().unwrap_or_default();
            writeln!(self.out, "{:?} {message}", result.error_code).unwrap();
        }
    }

    fn alter_partition(&mut self, given: &Given<'_>) {
        use wire::alter_partition_request as request;
        let (topic_id, _, partition_index, known) = self.partition(given.words[0]);
        let known = known.as_deref();
        let leader = known.map_or(-1, |known| known.leader.get());
        let from = given.number("from").unwrap_or(leader);
        let new_isr = ids(given.option("to").unwrap());
        let version = given.number("version").unwrap_or(3);
        let state = |id: &i32| {
            let name = format!("epoch-{id}");
            request::BrokerState {
                broker_id: *id,
                broker_epoch: given.number(&name).unwrap_or_else(|| self.epoch(*id)),
                ..Default::default()
            }
        };
        let partition = request::PartitionData {
            partition_index,
            leader_epoch: given
                .number("leader-epoch")
                .unwrap_or_else(|| known.map_or(0, |known| known.leader_epoch.get())),
            partition_epoch: given
                .number("partition-epoch")
                .unwrap_or_else(|| known.map_or(0, |known| known.partition_epoch.get())),
            new_isr_with_epochs: new_isr.iter().map(state).collect(),
            new_isr: if version < 3 { new_isr.clone() } else { Vec::new() },
            leader_recovery_state: i8::from(given.has("recovering")),
            ..Default::default()
        };
        let topic = request::TopicData {
            topic_id: topic_id.uuid(),
            partitions: vec![partition],
            ..Default::default()
        };
        let request = wire::AlterPartitionRequest {
            broker_id: from,
            broker_epoch: given.number("epoch").unwrap_or_else(|| self.epoch(from)),
            topics: vec![topic],
            ..Default::default()
        };
        let Reply::AlterPartition(answer) = self.decide(Command::AlterPartition(request, version))
        else {
            return;
        };
        let partition = &answer.topics[0].partitions[0];
        if partition.error_code == ErrorCode::NONE {
            writeln!(
                self.out,
                "NONE leader={} epochs={}.{} isr={}",
                partition.leader_id,
                partition.leader_epoch,
                partition.partition_epoch,
                list(&partition.isr)
            )
            .unwrap();
        } else {
            writeln!(self.out, "{:?}", partition.error_code).unwrap();
        }
    }

    fn elect(&mut self, given: &Given<'_>) {
        let election_type = match given.words[0] {
            "preferred" => 0,
            "unclean" => 1,
            other => other.parse().unwrap(),
        };
        let topic_partitions = (!given.has("all")).then(|| {
            let partitions = given.words[1..].iter().map(|name| {
                let (_, topic, index, _) = self.partition(name);
                wire::elect_leaders_request::TopicPartitions {
                    topic: topic.into(),
                    partitions: vec![index],
                    ..Default::default()
                }
            });
            partitions.collect()
        });
        let request =
            wire::ElectLeadersRequest { election_type, topic_partitions, ..Default::default() };
        let Reply::ElectLeaders(answer) = self.decide(Command::ElectLeaders(request)) else {
            return;
        };
        for topic in &answer.replica_election_results {
            for result in &topic.partition_result {
                let message = result.error_message.as_deref().unwrap_or_default();
                let line = format!(
                    "{}-{}: {:?} {message}",
                    &*topic.topic, result.partition_id, result.error_code
                );
                writeln!(self.out, "{}", line.trim_end()).unwrap();
            }
        }
    }

    fn reassign(&mut self, given: &Given<'_>) {
        use wire::alter_partition_reassignments_request as request;
        let (_, name, partition_index, _) = self.partition(given.words[0]);
        let partition = request::ReassignablePartition {
            partition_index,
            replicas: given.option("to").map(ids),
            ..Default::default()
        };
        let topic = request::ReassignableTopic {
            name: name.into(),
            partitions: vec![partition],
            ..Default::default()
        };
        let request = wire::AlterPartitionReassignmentsRequest {
            allow_replication_factor_change: !given.has("same-factor"),
            topics: vec![topic],
            ..Default::default()
        };
        let Reply::AlterPartitionReassignments(answer) =
            self.decide(Command::AlterPartitionReassignments(request))
        else {
            return;
        };
        let result = &answer.responses[0].partitions[0];
        if result.error_code != ErrorCode::NONE {
            let message = result.error_message.as_deref().unwrap_or_default();
            writeln!(self.out, "{:?} {message}", result.error_code).unwrap();
        }
    }

    fn reassignments(&mut self) {
        let request = wire::ListPartitionReassignmentsRequest::default();
        let Reply::ListPartitionReassignments(answer) =
            self.decide(Command::ListPartitionReassignments(request))
        else {
            return;
        };
        for topic in &answer.topics {
            for partition in &topic.partitions {
                writeln!(
                    self.out,
                    "{}-{} replicas={} adding={} removing={}",
                    &*topic.name,
                    partition.partition_index,
                    list(&partition.replicas),
                    list(&partition.adding_replicas),
                    list(&partition.removing_replicas)
                )
                .unwrap();
            }
        }
        if answer.topics.is_empty() {
            self.out.push_str("none\n");
        }
    }

    /// Lets time pass, and the controller do what is due. Brokers named by `beating` are heard of
    /// each second.
    fn advance(&mut self, given: &Given<'_>) {
        let text = given.words[0];
        let (number, unit) = text.split_at(text.find(char::is_alphabetic).unwrap());
        let number: u64 = number.parse().unwrap();
        let end = self.now
            + match unit {
                "ms" => Duration::from_millis(number),
                "s" => Duration::from_secs(number),
                "m" => Duration::from_secs(60 * number),
                other => panic!("{other} is no unit"),
            };
        if given.has("asleep") {
            self.now = end;
            self.decide(Command::Tick);
            return;
        }
        let beating = given.option("beating").unwrap_or("-").to_owned();
        let mut beat_at = self.now + Duration::from_secs(1);
        while self.now < end {
            let tick_at = self.now + self.controller.due_in(self.now);
            self.now = tick_at.min(beat_at).min(end);
            if self.now == beat_at {
                for id in ids(&beating) {
                    self.heartbeat(&Given::parse(&format!("heartbeat {id} quietly")));
                }
                beat_at += Duration::from_secs(1);
            }
            self.decide(Command::Tick);
        }
    }

    fn config(&mut self, given: &Given<'_>) {
        use wire::incremental_alter_configs_request as request;
        let name = given.words[0];
        let configs = given.options.iter().map(|(name, value)| request::AlterableConfig {
            name: (*name).into(),
            config_operation: i8::from(*value == "-"),
            value: (*value != "-").then(|| (*value).into()),
            ..Default::default()
        });
        let resource = request::AlterConfigsResource {
            resource_type: if name == "brokers" { 4 } else { 2 },
            resource_name: if name == "brokers" { "".into() } else { name.into() },
            configs: configs.collect(),
            ..Default::default()
        };
        let request = wire::IncrementalAlterConfigsRequest {
            resources: vec![resource],
            ..Default::default()
        };
        let Reply::IncrementalAlterConfigs(answer) =
            self.decide(Command::IncrementalAlterConfigs(request))
        else {
            return;
        };
        for known in answer.responses.iter().filter(|known| known.error_code != ErrorCode::NONE) {
            let message = known.error_message.as_deref().unwrap_or_default();
            writeln!(self.out, "{:?} {message}", known.error_code).unwrap();
        }
    }

    fn assign(&mut self, given: &Given<'_>) {
        use wire::assign_replicas_to_dirs_request as request;
        let (topic_id, _, partition_index, _) = self.partition(given.words[0]);
        let broker_id: i32 = given.number("broker").unwrap();
        let partitions = vec![request::PartitionData { partition_index, ..Default::default() }];
        let topic =
            request::TopicData { topic_id: topic_id.uuid(), partitions, ..Default::default() };
        let request = wire::AssignReplicasToDirsRequest {
            broker_id,
            broker_epoch: self.epoch(broker_id),
            directories: vec![request::DirectoryData {
                id: directory(given.option("to").unwrap()),
                topics: vec![topic],
                ..Default::default()
            }],
            ..Default::default()
        };
        let Reply::AssignReplicasToDirs(answer) =
            self.decide(Command::AssignReplicasToDirs(request))
        else {
            return;
        };
        let code = answer.directories[0].topics[0].partitions[0].error_code;
        writeln!(self.out, "{code:?}").unwrap();
    }

    fn directories(&mut self, given: &Given<'_>) {
        let (_, _, _, known) = self.partition(given.words[0]);
        let known = known.unwrap();
        let names = known.directories.iter().map(|id| name_of(*id));
        writeln!(self.out, "{}", list(names)).unwrap();
    }
}

fn options_of(given: &Given<'_>) -> String {
    given.options.iter().fold(String::new(), |mut out, (name, value)| {
        write!(out, " {name}={value}").unwrap();
        out
    })
}

/// What holds in every state (I8, I9 and the invariants of `PartitionRegistration`).
fn check(image: &ClusterImage) {
    for topic in image.topics.values() {
        for (index, partition) in topic.partitions.iter() {
            let name = format!("{}-{index} {partition:?}", topic.name);
            let replicas = &partition.replicas;
            assert_eq!(partition.directories.len(), replicas.len(), "{name}");
            for id in partition.isr.iter().chain(&partition.elr) {
                assert!(replicas.contains(id), "no replica: {name}");
            }
            assert!(partition.isr.iter().all(|id| !partition.elr.contains(id)), "both: {name}");
            let leader = partition.leader;
            assert!(leader == BrokerId::NONE || partition.isr.contains(&leader), "{name}");
            if let Some(broker) = image.broker(leader) {
                assert!(broker.is_active(), "led by a broker that is not active: {name}");
            }
            for id in &partition.isr {
                let fenced = image.broker(*id).is_none_or(|broker| broker.fenced);
                let is_last = partition.isr.len() == 1 && leader == BrokerId::NONE;
                assert!(!fenced || is_last, "fenced in the ISR: {name}");
            }
        }
    }
}
