// Records that kafka-clients writes beside a test (tests/README.md).

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes numbered records until it is stopped, and notes what becomes of them. */
final class Load extends Thread {
    /** What may be unacknowledged, so that a fault does not fill the memory. */
    private static final int PENDING_MAX = 20000;
    private static final long END_MS = 75000;

    private final String name;
    private final String topic;
    private final int[] partitions;
    private final int perSecond;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Map<String, Long> sent = new TreeMap<>();
    private final List<long[]> acknowledged = new ArrayList<>();
    private final Map<String, Long> counts = new TreeMap<>();
    private final Map<String, Long> failed = new TreeMap<>();
    private int pending;
    private volatile boolean stopping;

    Load(Properties settings, String name, String topic, int[] partitions, int perSecond) {
        this.name = name;
        this.topic = topic;
        this.partitions = partitions;
        this.perSecond = perSecond;
        settings.put("key.serializer", ByteArraySerializer.class.getName());
        settings.put("value.serializer", ByteArraySerializer.class.getName());
        settings.put("enable.idempotence", "true");
        settings.put("acks", "all");
        settings.put("delivery.timeout.ms", "60000");
        producer = new KafkaProducer<>(settings);
        setDaemon(true);
        start();
    }

    @Override
    public void run() {
        long start = System.nanoTime();
        long count = 0;
        while (!stopping) {
            long due = (System.nanoTime() - start) * perSecond / 1_000_000_000L;
            while (count < due && pending() < PENDING_MAX) send(partitions[(int) (count++ % partitions.length)]);
            try {
                Thread.sleep(5);
            } catch (InterruptedException end) {
                return;
            }
        }
        producer.flush();
    }

    private synchronized int pending() {
        return pending;
    }

    private void send(int partition) {
        String place = Integer.toString(partition);
        long sequence;
        synchronized (this) {
            sequence = sent.getOrDefault(place, 0L);
        }
        String value = name + " " + partition + " " + sequence + " " + "x".repeat((int) (sequence % 200));
        try {
            producer.send(new ProducerRecord<>(topic, partition, null, value.getBytes(StandardCharsets.UTF_8)), (metadata, error) -> {
                synchronized (this) {
                    pending--;
                    if (error != null) {
                        fail(error.getClass().getSimpleName());
                    } else {
                        acknowledged.add(new long[] {partition, sequence, metadata.offset(), System.currentTimeMillis()});
                        counts.merge(place, 1L, Long::sum);
                    }
                }
            });
            synchronized (this) {
                pending++;
                sent.put(place, sequence + 1);
            }
        } catch (RuntimeException error) {
            // What was not taken was not sent.
            fail("not taken: " + error);
        }
    }

    private synchronized void fail(String reason) {
        failed.merge(reason, 1L, Long::sum);
    }

    synchronized Map<String, Object> status() {
        return Map.of("acknowledged", new TreeMap<>(counts), "failed", new TreeMap<>(failed));
    }

    Map<String, Object> end() throws InterruptedException {
        stopping = true;
        join(END_MS);
        synchronized (this) {
            return Map.of("sent", new TreeMap<>(sent), "acknowledged", new ArrayList<>(acknowledged), "failed", new TreeMap<>(failed));
        }
    }
}
