"""Drives aiokafka."""

import asyncio
import time

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.admin.records_to_delete import RecordsToDelete
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import for_code
from aiokafka.structs import OffsetAndMetadata

from common import record, serve, unhex

ASSIGNORS = {"range": RangePartitionAssignor, "roundrobin": RoundRobinPartitionAssignor}


def check(code, message=None):
    if code:
        raise for_code(code)(message or "")


class Driver:
    def __init__(self):
        self.consumers = {}
        self.starting = {}
        self.fetching = {}

    async def connect(self, bootstrap):
        self.settings = {"bootstrap_servers": bootstrap, "client_id": "driver"}
        self.admin = AIOKafkaAdminClient(**self.settings)
        await self.admin.start()

    async def create_topic(self, topic, partitions=1, configs=None):
        wanted = NewTopic(topic, partitions, 1, topic_configs=configs or {})
        done = await self.admin.create_topics([wanted], timeout_ms=15000)
        for error in done.topic_errors:
            check(error[1], error[2] if len(error) > 2 else None)

    async def topics(self):
        return await self.admin.list_topics()

    async def delete_topic(self, topic):
        done = await self.admin.delete_topics([topic], timeout_ms=15000)
        for _, code in done.topic_error_codes:
            check(code)

    async def create_partitions(self, topic, count):
        await self.admin.create_partitions({topic: NewPartitions(count)}, timeout_ms=15000)

    async def describe_topic(self, topic):
        found = (await self.admin.describe_topics([topic]))[0]
        check(found["error_code"])
        return {"partitions": len(found["partitions"])}

    async def produce(self, topic, records, partition=0, codec="none", idempotent=False, acks="all"):
        producer = AIOKafkaProducer(
            **self.settings,
            compression_type=None if codec == "none" else codec,
            enable_idempotence=idempotent,
            acks=acks if acks == "all" else int(acks),
            linger_ms=50,
        )
        await producer.start()
        try:
            sent = [
                await producer.send(
                    topic,
                    key=unhex(one["key"]),
                    value=unhex(one["value"]),
                    partition=partition,
                    headers=[(name, unhex(data)) for name, data in one.get("headers", [])],
                    timestamp_ms=one.get("timestamp"),
                )
                for one in records
            ]
            done = await asyncio.wait_for(asyncio.gather(*sent), 30)
        finally:
            await producer.stop()
        return {"offsets": [one.offset if one else -1 for one in done]}

    def _consumer(self, **extra):
        return AIOKafkaConsumer(
            **self.settings,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=100,
            **extra,
        )

    async def open(self, consumer, topic, partition, **arguments):
        start = arguments["from"]
        at = TopicPartition(topic, partition)
        self.consumers[consumer] = opened = self._consumer()
        await opened.start()
        opened.assign([at])
        if "offset" in start:
            opened.seek(at, start["offset"])
        elif "timestamp" in start:
            found = (await opened.offsets_for_times({at: start["timestamp"]}))[at]
            if found:
                opened.seek(at, found.offset)
            else:
                await opened.seek_to_end(at)
        elif start["at"] == "earliest":
            await opened.seek_to_beginning(at)
        else:
            await opened.seek_to_end(at)
        await opened.position(at)

    async def join(
        self, consumer, group, topics, instance_id=None, assignor="range", session_timeout_ms=10000
    ):
        joined = self._consumer(
            group_id=group,
            group_instance_id=instance_id,
            session_timeout_ms=session_timeout_ms,
            heartbeat_interval_ms=500,
            partition_assignment_strategy=(ASSIGNORS[assignor],),
        )
        joined.subscribe(topics)
        # In the background: `start` returns only once the whole group has joined.
        self.starting[consumer] = asyncio.ensure_future(joined.start())
        self.consumers[consumer] = joined

    async def poll(self, consumer, count=1, timeout_ms=1000):
        records, end = [], time.monotonic() + timeout_ms / 1000
        starting = self.starting.get(consumer)
        if starting is not None:
            done, _ = await asyncio.wait([starting], timeout=timeout_ms / 1000)
            if not done:
                return records
            starting.result()
        while True:
            left = end - time.monotonic()
            # A rebalance holds `getmany` up until every member has joined: it goes on beside the
            # next commands, so that the others are polled too.
            fetching = self.fetching.get(consumer)
            if fetching is None:
                wait_ms = int(max(0, min(left, 0.1)) * 1000)
                fetching = asyncio.ensure_future(self.consumers[consumer].getmany(timeout_ms=wait_ms))
                self.fetching[consumer] = fetching
            done, _ = await asyncio.wait([fetching], timeout=max(0.001, left))
            if not done:
                return records
            del self.fetching[consumer]
            found = fetching.result()
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
            await asyncio.sleep(0)

    def assignment(self, consumer):
        return [[one.topic, one.partition] for one in self.consumers[consumer].assignment()]

    def seek(self, consumer, topic, partition, offset):
        self.consumers[consumer].seek(TopicPartition(topic, partition), offset)

    async def position(self, consumer, topic, partition):
        return await self.consumers[consumer].position(TopicPartition(topic, partition))

    async def commit(self, consumer, topic, partition, offset):
        place = OffsetAndMetadata(offset, "")
        await self.consumers[consumer].commit({TopicPartition(topic, partition): place})

    async def _committed(self, group):
        return await self.admin.list_consumer_group_offsets(group)

    async def committed(self, group, topic, partition):
        place = (await self._committed(group)).get(TopicPartition(topic, partition))
        return None if place is None or place.offset < 0 else place.offset

    async def close(self, consumer):
        self.starting.pop(consumer, None)
        fetching = self.fetching.pop(consumer, None)
        if fetching is not None:
            fetching.cancel()
        await self.consumers.pop(consumer).stop()

    async def lag(self, group, topic):
        return {
            str(place.partition): await self.offset(topic, place.partition, "latest") - found.offset
            for place, found in (await self._committed(group)).items()
            if place.topic == topic and found.offset >= 0
        }

    async def offset(self, topic, partition, at):
        place = TopicPartition(topic, partition)
        asker = self._consumer()
        await asker.start()
        try:
            if at == "earliest":
                return (await asker.beginning_offsets([place]))[place]
            if at == "latest":
                return (await asker.end_offsets([place]))[place]
            found = (await asker.offsets_for_times({place: at}))[place]
            return -1 if found is None else found.offset
        finally:
            await asker.stop()

    def _resource(self, topic, broker, configs=None):
        kind = ConfigResourceType.TOPIC if broker is None else ConfigResourceType.BROKER
        return ConfigResource(kind, topic or broker, configs)

    async def describe_configs(self, topic=None, broker=None):
        found = await self.admin.describe_configs([self._resource(topic, broker)])
        code, message, _, _, entries = found[0].resources[0]
        check(code, message)
        return {entry[0]: entry[1] for entry in entries}

    async def alter_config(self, key, value=None, topic=None, broker=None):
        configs = {} if value is None else {key: value}
        for done in await self.admin.alter_configs([self._resource(topic, broker, configs)]):
            for code, message, *_ in done.resources:
                check(code, message)

    async def delete_records(self, topic, partition, offset):
        place = TopicPartition(topic, partition)
        return (await self.admin.delete_records({place: RecordsToDelete(offset)}, timeout_ms=15000))[place]

    async def groups(self):
        return [one[0] for one in await self.admin.list_consumer_groups()]

    async def describe_group(self, group):
        found = (await self.admin.describe_consumer_groups([group]))[0].groups[0]
        code, _, state, _, assignor, members, *_ = found
        check(code)
        return {
            "state": state,
            "assignor": assignor,
            "members": [{"client_id": member[-4]} for member in members],
        }

    async def cluster(self):
        found = await self.admin.describe_cluster()
        brokers = [one["node_id"] for one in found["brokers"]]
        return {"cluster_id": found.get("cluster_id"), "brokers": brokers}


serve(Driver())
