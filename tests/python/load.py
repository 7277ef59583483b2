"""Records that are written and read beside a test, through confluent-kafka (tests/README.md)."""

import threading
import time

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition

# What a producer may hold that is not acknowledged yet, so that a fault does not fill its memory.
PENDING_MAX = 20_000
# How long the end may take when a fault has just been healed.
END_SECONDS = 75


class Load(threading.Thread):
    """Writes numbered records until it is stopped, and notes what becomes of them."""

    def __init__(self, settings, name, topic, partitions, per_second):
        super().__init__(daemon=True)
        self.name_, self.topic, self.partitions, self.per_second = name, topic, partitions, per_second
        self.producer = Producer(
            {**settings, "enable.idempotence": True, "acks": "all", "message.timeout.ms": 60000}
        )
        self.sent = {partition: 0 for partition in partitions}
        self.acknowledged = {partition: [] for partition in partitions}
        self.failed = {}
        self.stopping = threading.Event()
        self.start()

    def run(self):
        start, count = time.monotonic(), 0
        while not self.stopping.is_set():
            due = int((time.monotonic() - start) * self.per_second)
            while count < due and len(self.producer) < PENDING_MAX:
                self.send(self.partitions[count % len(self.partitions)])
                count += 1
            self.producer.poll(0.005)
        self.producer.flush(END_SECONDS)

    def send(self, partition):
        sequence = self.sent[partition]
        value = f"{self.name_} {partition} {sequence} {'x' * (sequence % 200)}"
        try:
            self.producer.produce(
                self.topic, value=value, partition=partition, on_delivery=self.delivered(sequence)
            )
            self.sent[partition] += 1
        except Exception as error:  # what was not taken was not sent
            self.fail(f"not taken: {error}")

    def delivered(self, sequence):
        def report(error, message):
            if error is not None:
                self.fail(error.name())
            else:
                row = (sequence, message.offset(), int(time.time() * 1000))
                self.acknowledged[message.partition()].append(row)

        return report

    def fail(self, reason):
        self.failed[reason] = self.failed.get(reason, 0) + 1

    def status(self):
        return {
            "acknowledged": {partition: len(rows) for partition, rows in self.acknowledged.items()},
            "failed": self.failed,
        }

    def stop(self):
        self.stopping.set()
        self.join(END_SECONDS + 10)
        rows = [[partition, *row] for partition, rows in self.acknowledged.items() for row in rows]
        return {"sent": self.sent, "acknowledged": rows, "failed": self.failed}


class Follower(threading.Thread):
    """Reads partitions from their start until it has everything below the ends it is told."""

    def __init__(self, settings, topic, partitions):
        super().__init__(daemon=True)
        # An offset that is no longer there is an error to be seen, not a reason to skip.
        extra = {"group.id": "unused", "enable.auto.commit": False, "auto.offset.reset": "error"}
        self.consumer = Consumer({**settings, **extra, "check.crcs": True})
        # By number: what is looked up is not asked for again when a broker does not know it yet.
        self.consumer.assign([TopicPartition(topic, one, 0) for one in partitions])
        self.records, self.next, self.error = [], {}, None
        self.stopping = threading.Event()
        self.start()

    def run(self):
        while not self.stopping.is_set():
            for message in self.consumer.consume(500, 0.05):
                if message.error() is None:
                    value = message.value().decode()
                    self.records.append((message.partition(), message.offset(), value))
                    self.next[message.partition()] = message.offset() + 1
                elif message.error().code() == KafkaError._AUTO_OFFSET_RESET:
                    self.error = str(message.error())
        self.consumer.close()

    def stop(self, ends):
        deadline = time.monotonic() + END_SECONDS
        while any(self.next.get(int(one), 0) < end for one, end in ends.items()):
            if self.error or time.monotonic() > deadline:
                raise RuntimeError(f"{self.error or 'too late'}: {ends} wanted, {self.next} read")
            time.sleep(0.01)
        self.stopping.set()
        self.join(10)
        if self.error:
            raise RuntimeError(self.error)
        return self.records
