// What kafka-clients reads beside a test (tests/README.md).

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Reads partitions from their start until it has everything below the ends it is told. */
final class Follower extends Thread {
    private static final long END_MS = 75000;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<Object> records = new ArrayList<>();
    private final Map<Integer, Long> next = new HashMap<>();
    private RuntimeException error;
    private volatile boolean stopping;

    Follower(Properties settings, String topic, int[] partitions) {
        // An offset that is no longer there is an error to be seen, not a reason to skip.
        settings.put("auto.offset.reset", "none");
        consumer = new KafkaConsumer<>(settings);
        List<TopicPartition> places = new ArrayList<>();
        for (int partition : partitions) places.add(new TopicPartition(topic, partition));
        consumer.assign(places);
        for (TopicPartition place : places) consumer.seek(place, 0);
        setDaemon(true);
        start();
    }

    @Override
    public void run() {
        while (!stopping) {
            try {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) note(record);
            } catch (RuntimeException failure) {
                synchronized (this) {
                    error = failure;
                }
                break;
            }
        }
        consumer.close();
    }

    private synchronized void note(ConsumerRecord<byte[], byte[]> record) {
        records.add(List.of(record.partition(), record.offset(), new String(record.value(), StandardCharsets.UTF_8)));
        next.put(record.partition(), record.offset() + 1);
    }

    /** Why it is not at the ends; null when it is. */
    private synchronized String missing(JsonNode ends) {
        if (error != null) throw error;
        for (Iterator<Map.Entry<String, JsonNode>> each = ends.fields(); each.hasNext(); ) {
            Map.Entry<String, JsonNode> end = each.next();
            if (next.getOrDefault(Integer.valueOf(end.getKey()), 0L) < end.getValue().asLong()) return ends + " wanted, " + next + " read";
        }
        return null;
    }

    List<Object> end(JsonNode ends) throws InterruptedException {
        long deadline = System.currentTimeMillis() + END_MS;
        String missing;
        while ((missing = missing(ends)) != null) {
            if (System.currentTimeMillis() > deadline) throw new IllegalStateException(missing);
            Thread.sleep(10);
        }
        stopping = true;
        join(10000);
        if (isAlive()) throw new IllegalStateException("the reader does not end");
        return records;
    }
}
