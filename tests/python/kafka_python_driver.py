"""Drives kafka-python."""

import time

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import AlterConfigOp, ConfigResource, ConfigResourceType, OffsetSpec
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.coordinator.assignors.range import RangePartitionAssignor
from kafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from kafka.structs import OffsetAndMetadata

from common import record, serve, unhex

ASSIGNORS = {
    "range": RangePartitionAssignor,
    "roundrobin": RoundRobinPartitionAssignor,
    "cooperative-sticky": CooperativeStickyAssignor,
}


class Driver:
    def __init__(self):
        self.consumers = {}

    def connect(self, bootstrap):
        self.settings = {"bootstrap_servers": bootstrap, "client_id": "driver"}
        self.admin = KafkaAdminClient(**self.settings)

    def create_topic(self, topic, partitions=1, configs=None):
        wanted = {"num_partitions": partitions, "replication_factor": 1, "configs": configs or {}}
        self.admin.create_topics({topic: wanted}, timeout_ms=15000)

    def topics(self):
        return self.admin.list_topics()

    def delete_topic(self, topic):
        self.admin.delete_topics([topic], timeout_ms=15000)

    def create_partitions(self, topic, count):
        self.admin.create_partitions({topic: count}, timeout_ms=15000)

    def describe_topic(self, topic):
        found = self.admin.describe_topics([topic])[0]
        return {"partitions": len(found["partitions"])}

    def produce(self, topic, records, partition=0, codec="none", idempotent=False, acks="all"):
        producer = KafkaProducer(
            **self.settings,
            compression_type=None if codec == "none" else codec,
            enable_idempotence=idempotent,
            acks=acks if acks == "all" else int(acks),
            linger_ms=50,
            delivery_timeout_ms=40000,
        )
        sent = [
            producer.send(
                topic,
                key=unhex(one["key"]),
                value=unhex(one["value"]),
                partition=partition,
                headers=[(name, unhex(data)) for name, data in one.get("headers", [])],
                timestamp_ms=one.get("timestamp"),
            )
            for one in records
        ]
        offsets = [future.get(timeout=30).offset for future in sent]
        producer.close()
        return {"offsets": offsets}

    def _consumer(self, **extra):
        return KafkaConsumer(
            **self.settings,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=100,
            **extra,
        )

    def open(self, consumer, topic, partition, **arguments):
        start = arguments["from"]
        at = TopicPartition(topic, partition)
        self.consumers[consumer] = opened = self._consumer()
        opened.assign([at])
        if "offset" in start:
            opened.seek(at, start["offset"])
        elif "timestamp" in start:
            found = opened.offsets_for_times({at: start["timestamp"]})[at]
            opened.seek(at, found.offset) if found else opened.seek_to_end(at)
        elif start["at"] == "earliest":
            opened.seek_to_beginning(at)
        else:
            opened.seek_to_end(at)
        opened.position(at)

    def join(self, consumer, group, topics, instance_id=None, assignor="range", session_timeout_ms=10000):
        self.consumers[consumer] = joined = self._consumer(
            group_id=group,
            group_instance_id=instance_id,
            session_timeout_ms=session_timeout_ms,
            heartbeat_interval_ms=500,
            partition_assignment_strategy=(ASSIGNORS[assignor],),
        )
        joined.subscribe(topics)

    def poll(self, consumer, count=1, timeout_ms=1000):
        records, end = [], time.monotonic() + timeout_ms / 1000
        while True:
            left = end - time.monotonic()
            # A poll that gives up while the group rebalances can lose the rebalance
            # (seen with 3.0.12 on Apache Kafka too), so none is shorter than half a second.
            found = self.consumers[consumer].poll(timeout_ms=max(left, 0.5) * 1000)
            for messages in found.values():
                for one in messages:
                    records.append(
                        record(
                            one.topic,
                            one.partition,
                            one.offset,
                            one.timestamp,
                            one.key,
                            one.value,
                            one.headers,
                        )
                    )
            if len(records) >= count or left <= 0:
                return records

    def assignment(self, consumer):
        return [[one.topic, one.partition] for one in self.consumers[consumer].assignment()]

    def seek(self, consumer, topic, partition, offset):
        self.consumers[consumer].seek(TopicPartition(topic, partition), offset)

    def position(self, consumer, topic, partition):
        return self.consumers[consumer].position(TopicPartition(topic, partition))

    def commit(self, consumer, topic, partition, offset):
        place = OffsetAndMetadata(offset, "", -1)
        self.consumers[consumer].commit({TopicPartition(topic, partition): place})

    def committed(self, group, topic, partition):
        found = self.admin.list_group_offsets({group: None})[group]
        place = found.get(TopicPartition(topic, partition))
        return None if place is None or place.offset < 0 else place.offset

    def close(self, consumer):
        self.consumers.pop(consumer).close()

    def lag(self, group, topic):
        return {
            str(place.partition): self.offset(topic, place.partition, "latest") - found.offset
            for place, found in self.admin.list_group_offsets({group: None})[group].items()
            if place.topic == topic and found.offset >= 0
        }

    def offset(self, topic, partition, at):
        spec = {
            "earliest": OffsetSpec.EARLIEST,
            "latest": OffsetSpec.LATEST,
            "max_timestamp": OffsetSpec.MAX_TIMESTAMP,
        }
        place = TopicPartition(topic, partition)
        wanted = spec[at] if isinstance(at, str) else at
        return self.admin.list_partition_offsets({place: wanted})[place].offset

    def _resource(self, topic, broker, configs=None):
        kind = ConfigResourceType.TOPIC if broker is None else ConfigResourceType.BROKER
        return ConfigResource(kind, topic or broker, configs)

    def describe_configs(self, topic=None, broker=None):
        resource = self._resource(topic, broker)
        found = self.admin.describe_configs([resource], config_filter="all")
        entries = found[resource.resource_type.name.lower()][resource.name]
        return {name: entry["value"] for name, entry in entries.items()}

    def alter_config(self, key, value=None, topic=None, broker=None):
        change = (AlterConfigOp.DELETE, None) if value is None else (AlterConfigOp.SET, value)
        resource = self._resource(topic, broker, {key: change})
        done = self.admin.alter_configs([resource])
        result = str(done[resource.resource_type.name.lower()][resource.name])
        if "Error" in result and "NoError" not in result:
            raise RuntimeError(result)

    def delete_records(self, topic, partition, offset):
        place = TopicPartition(topic, partition)
        found = self.admin.delete_records({place: offset}, timeout_ms=15000)[place]
        return found["low_watermark"] if isinstance(found, dict) else found

    def groups(self):
        return [one["group_id"] for one in self.admin.list_groups()]

    def describe_group(self, group):
        found = self.admin.describe_groups([group])[group]
        return {
            "state": found["group_state"],
            "assignor": found["protocol_data"],
            "members": [
                {
                    "client_id": member["client_id"],
                    "instance_id": member["group_instance_id"],
                    "assignment": [],
                }
                for member in found["members"]
            ],
        }

    def delete_group(self, group):
        found = self.admin.delete_groups([group])[group]
        if found not in ("OK", "NoError"):
            raise RuntimeError(str(found))

    def delete_offset(self, group, topic, partition):
        self.admin.delete_group_offsets(group, [TopicPartition(topic, partition)])

    def alter_offset(self, group, topic, partition, offset):
        place = OffsetAndMetadata(offset, "", -1)
        self.admin.alter_group_offsets(group, {TopicPartition(topic, partition): place})

    def cluster(self):
        found = self.admin.describe_cluster()
        brokers = [one.get("node_id", one.get("broker_id")) for one in found["brokers"]]
        return {"cluster_id": found["cluster_id"], "brokers": brokers}

    def log_dirs(self):
        return [
            f"{topic['name']}-{place['partition_index']}"
            for broker in self.admin.describe_log_dirs()
            for directory in broker["log_dirs"]
            for topic in directory["topics"]
            for place in topic["partitions"]
        ]


serve(Driver())
