"""Drives librdkafka through confluent-kafka."""

import time

from confluent_kafka import (
    Consumer,
    ConsumerGroupTopicPartitions,
    Producer,
    TopicPartition,
    TIMESTAMP_NOT_AVAILABLE,
)
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    OffsetSpec,
)

from common import record, serve, unhex
from load import Follower, Load


class Driver:
    def __init__(self):
        self.consumers = {}

    def connect(self, bootstrap):
        self.settings = {"bootstrap.servers": bootstrap, "client.id": "driver"}
        self.admin = AdminClient(self.settings)

    def create_topic(self, topic, partitions=1, configs=None):
        wanted = NewTopic(topic, partitions, 1, config=configs or {})
        self.admin.create_topics([wanted])[topic].result()

    def topics(self):
        return list(self.admin.list_topics(timeout=10).topics)

    def delete_topic(self, topic):
        self.admin.delete_topics([topic])[topic].result()

    def create_partitions(self, topic, count):
        self.admin.create_partitions([NewPartitions(topic, count)])[topic].result()

    def describe_topic(self, topic):
        found = self.admin.list_topics(topic, timeout=10).topics[topic]
        if found.error is not None:
            raise RuntimeError(str(found.error))
        return {"partitions": len(found.partitions)}

    def produce(self, topic, records, partition=0, codec="none", idempotent=False, acks="all"):
        producer = Producer(
            {
                **self.settings,
                "compression.type": codec,
                "enable.idempotence": idempotent,
                "acks": acks,
                "linger.ms": 50,
                "message.timeout.ms": 30000,
            }
        )
        offsets, errors = {}, []

        def delivered(index):
            def report(error, message):
                if error is not None:
                    errors.append(str(error))
                else:
                    offsets[index] = message.offset()

            return report

        for index, one in enumerate(records):
            extra = {} if one.get("timestamp") is None else {"timestamp": one["timestamp"]}
            producer.produce(
                topic,
                key=unhex(one["key"]),
                value=unhex(one["value"]),
                partition=partition,
                headers=[(name, unhex(data)) for name, data in one.get("headers", [])],
                on_delivery=delivered(index),
                **extra,
            )
        producer.flush(30)
        if errors or len(offsets) != len(records):
            raise RuntimeError(errors[0] if errors else "not delivered")
        return {"offsets": [offsets[index] for index in range(len(records))]}

    def load(self, name, topic, places, per_second):
        self.running = Load(self.settings, name, topic, places, per_second)

    def load_status(self):
        return self.running.status()

    def load_stop(self):
        return self.running.stop()

    def follow(self, topic, places):
        self.follower = Follower(self.settings, topic, places)

    def follow_stop(self, ends):
        return self.follower.stop(ends)

    def _consumer(self, group, extra=None):
        return Consumer(
            {
                **self.settings,
                "group.id": group,
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "check.crcs": True,
                "fetch.wait.max.ms": 100,
                **(extra or {}),
            }
        )

    def open(self, consumer, topic, partition, **arguments):
        start = arguments["from"]
        opened = self._consumer("unused")
        at = TopicPartition(topic, partition)
        if "offset" in start:
            at.offset = start["offset"]
        elif "timestamp" in start:
            at.offset = start["timestamp"]
            at.offset = opened.offsets_for_times([at], timeout=10)[0].offset
        else:
            low, high = opened.get_watermark_offsets(at, timeout=10)
            at.offset = low if start["at"] == "earliest" else high
        opened.assign([at])
        self.consumers[consumer] = opened

    def join(self, consumer, group, topics, instance_id=None, assignor="range", session_timeout_ms=10000):
        extra = {
            "session.timeout.ms": session_timeout_ms,
            "heartbeat.interval.ms": 500,
            "partition.assignment.strategy": assignor,
        }
        if instance_id:
            extra["group.instance.id"] = instance_id
        self.consumers[consumer] = joined = self._consumer(group, extra)
        joined.subscribe(topics)

    def poll(self, consumer, count=1, timeout_ms=1000):
        records, end = [], time.monotonic() + timeout_ms / 1000
        while True:
            left = end - time.monotonic()
            message = self.consumers[consumer].poll(max(0, min(left, 0.1)))
            if message is not None:
                if message.error():
                    raise RuntimeError(str(message.error()))
                kind, timestamp = message.timestamp()
                records.append(
                    record(
                        message.topic(),
                        message.partition(),
                        message.offset(),
                        -1 if kind == TIMESTAMP_NOT_AVAILABLE else timestamp,
                        message.key(),
                        message.value(),
                        message.headers(),
                    )
                )
            if len(records) >= count or left <= 0:
                return records

    def assignment(self, consumer):
        return [[one.topic, one.partition] for one in self.consumers[consumer].assignment()]

    def seek(self, consumer, topic, partition, offset):
        self.consumers[consumer].seek(TopicPartition(topic, partition, offset))

    def position(self, consumer, topic, partition):
        return self.consumers[consumer].position([TopicPartition(topic, partition)])[0].offset

    def commit(self, consumer, topic, partition, offset):
        done = self.consumers[consumer].commit(
            offsets=[TopicPartition(topic, partition, offset)], asynchronous=False
        )
        if done[0].error:
            raise RuntimeError(str(done[0].error))

    def _committed(self, group):
        request = [ConsumerGroupTopicPartitions(group)]
        return self.admin.list_consumer_group_offsets(request)[group].result().topic_partitions

    def committed(self, group, topic, partition):
        for one in self._committed(group):
            if (one.topic, one.partition) == (topic, partition) and one.offset >= 0:
                return one.offset
        return None

    def close(self, consumer):
        self.consumers.pop(consumer).close()

    def lag(self, group, topic):
        return {
            str(one.partition): self.offset(topic, one.partition, "latest") - one.offset
            for one in self._committed(group)
            if one.topic == topic and one.offset >= 0
        }

    def offset(self, topic, partition, at):
        spec = {
            "earliest": OffsetSpec.earliest,
            "latest": OffsetSpec.latest,
            "max_timestamp": OffsetSpec.max_timestamp,
        }
        wanted = spec[at]() if isinstance(at, str) else OffsetSpec.for_timestamp(at)
        place = TopicPartition(topic, partition)
        return self.admin.list_offsets({place: wanted})[place].result().offset

    def _resource(self, topic, broker, **extra):
        if topic is not None:
            return ConfigResource(ConfigResource.Type.TOPIC, topic, **extra)
        return ConfigResource(ConfigResource.Type.BROKER, broker, **extra)

    def describe_configs(self, topic=None, broker=None):
        resource = self._resource(topic, broker)
        found = self.admin.describe_configs([resource])[resource].result()
        return {name: entry.value for name, entry in found.items()}

    def alter_config(self, key, value=None, topic=None, broker=None):
        kind = AlterConfigOpType.DELETE if value is None else AlterConfigOpType.SET
        entry = ConfigEntry(key, value, incremental_operation=kind)
        resource = self._resource(topic, broker, incremental_configs=[entry])
        self.admin.incremental_alter_configs([resource])[resource].result()

    def delete_records(self, topic, partition, offset):
        place = TopicPartition(topic, partition, offset)
        return self.admin.delete_records([place])[place].result().low_watermark

    def groups(self):
        return [one.group_id for one in self.admin.list_consumer_groups().result().valid]

    def describe_group(self, group):
        found = self.admin.describe_consumer_groups([group])[group].result()
        return {
            "state": found.state.name,
            "assignor": found.partition_assignor,
            "members": [
                {
                    "client_id": member.client_id,
                    "instance_id": member.group_instance_id,
                    "assignment": [[p.topic, p.partition] for p in member.assignment.topic_partitions],
                }
                for member in found.members
            ],
        }

    def delete_group(self, group):
        self.admin.delete_consumer_groups([group])[group].result()

    def alter_offset(self, group, topic, partition, offset):
        request = [ConsumerGroupTopicPartitions(group, [TopicPartition(topic, partition, offset)])]
        done = self.admin.alter_consumer_group_offsets(request)[group].result()
        if done.topic_partitions[0].error:
            raise RuntimeError(str(done.topic_partitions[0].error))

    def cluster(self):
        found = self.admin.describe_cluster().result()
        return {"cluster_id": found.cluster_id, "brokers": [node.id for node in found.nodes]}


serve(Driver())
