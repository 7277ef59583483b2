// Drives kafka-clients by JSON commands (tests/README.md). One source for both lines of the client.

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ConsumerGroupListing;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

public final class Driver {
    static final ObjectMapper JSON = new ObjectMapper();
    private String bootstrap;
    private Admin admin;
    private final Map<String, KafkaConsumer<byte[], byte[]>> consumers = new HashMap<>();
    private final Map<String, ArrayNode> pending = new HashMap<>();
    private Load load;
    private Follower follower;

    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        System.setOut(System.err);
        Driver driver = new Driver();
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        String line;
        while ((line = commands.readLine()) != null) {
            ObjectNode answer = JSON.createObjectNode();
            try {
                answer.set("ok", JSON.valueToTree(driver.run(JSON.readTree(line))));
            } catch (Throwable error) {
                Throwable cause = error instanceof ExecutionException ? error.getCause() : error;
                cause.printStackTrace();
                answer.remove("ok");
                answer.put("error", cause.getClass().getSimpleName() + ": " + cause.getMessage());
            }
            answers.println(answer);
            answers.flush();
        }
        Runtime.getRuntime().halt(0);
    }

    private Object run(JsonNode c) throws Exception {
        String topic = c.path("topic").asText(null);
        String group = c.path("group").asText(null);
        int partition = c.path("partition").asInt(0);
        TopicPartition at = topic == null ? null : new TopicPartition(topic, partition);
        KafkaConsumer<byte[], byte[]> consumer = consumers.get(c.path("consumer").asText(""));
        switch (c.get("op").asText()) {
            case "connect": {
                bootstrap = c.get("bootstrap").asText();
                admin = Admin.create(settings());
                return null;
            }
            case "create_topic": {
                NewTopic wanted = new NewTopic(topic, c.path("partitions").asInt(1), (short) 1);
                wanted.configs(strings(c.path("configs")));
                admin.createTopics(List.of(wanted)).all().get();
                return null;
            }
            case "topics":
                return admin.listTopics().names().get();
            case "delete_topic":
                admin.deleteTopics(List.of(topic)).all().get();
                return null;
            case "create_partitions":
                admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(c.get("count").asInt()))).all().get();
                return null;
            case "describe_topic": {
                TopicDescription found = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
                return Map.of("partitions", found.partitions().size(), "id", found.topicId().toString());
            }
            case "produce":
                return produce(c, at);
            case "open": {
                KafkaConsumer<byte[], byte[]> opened = new KafkaConsumer<>(consumerSettings(null));
                opened.assign(List.of(at));
                JsonNode from = c.get("from");
                if (from.has("offset")) {
                    opened.seek(at, from.get("offset").asLong());
                } else if (from.has("timestamp")) {
                    OffsetAndTimestamp found = opened.offsetsForTimes(Map.of(at, from.get("timestamp").asLong())).get(at);
                    if (found == null) opened.seekToEnd(List.of(at)); else opened.seek(at, found.offset());
                } else if (from.get("at").asText().equals("earliest")) {
                    opened.seekToBeginning(List.of(at));
                } else {
                    opened.seekToEnd(List.of(at));
                }
                opened.position(at);
                consumers.put(c.get("consumer").asText(), opened);
                return null;
            }
            case "join": {
                Properties settings = consumerSettings(group);
                if (c.hasNonNull("instance_id")) settings.put("group.instance.id", c.get("instance_id").asText());
                settings.put("session.timeout.ms", c.path("session_timeout_ms").asText("10000"));
                settings.put("heartbeat.interval.ms", "500");
                settings.put("partition.assignment.strategy", assignor(c.path("assignor").asText("range")));
                KafkaConsumer<byte[], byte[]> joined = new KafkaConsumer<>(settings);
                List<String> topics = new ArrayList<>();
                c.get("topics").forEach(name -> topics.add(name.asText()));
                joined.subscribe(topics);
                consumers.put(c.get("consumer").asText(), joined);
                return null;
            }
            case "poll":
                return poll(consumer, c.path("count").asInt(1), c.path("timeout_ms").asLong(1000));
            case "assignment":
                return pairs(consumer.assignment());
            case "seek":
                consumer.seek(at, c.get("offset").asLong());
                return null;
            case "position":
                return consumer.position(at);
            case "commit":
                consumer.commitSync(Map.of(at, new OffsetAndMetadata(c.get("offset").asLong(), c.path("metadata").asText(""))));
                return null;
            case "committed": {
                OffsetAndMetadata found = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().get(at);
                return found == null ? null : found.offset();
            }
            case "close":
                consumers.remove(c.get("consumer").asText()).close();
                return null;
            case "lag": {
                Map<String, Long> lags = new TreeMap<>();
                for (Map.Entry<TopicPartition, OffsetAndMetadata> entry : admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().entrySet()) {
                    if (entry.getValue() != null && entry.getKey().topic().equals(topic)) {
                        lags.put("" + entry.getKey().partition(), offset(entry.getKey(), OffsetSpec.latest()) - entry.getValue().offset());
                    }
                }
                return lags;
            }
            case "offset": {
                JsonNode spec = c.get("at");
                if (spec.isNumber()) return offset(at, OffsetSpec.forTimestamp(spec.asLong()));
                switch (spec.asText()) {
                    case "earliest": return offset(at, OffsetSpec.earliest());
                    case "max_timestamp": return offset(at, OffsetSpec.maxTimestamp());
                    default: return offset(at, OffsetSpec.latest());
                }
            }
            case "describe_configs": {
                Map<String, String> values = new TreeMap<>();
                ConfigResource resource = resource(c);
                for (ConfigEntry entry : admin.describeConfigs(List.of(resource)).all().get().get(resource).entries()) {
                    values.put(entry.name(), entry.value());
                }
                return values;
            }
            case "alter_config": {
                AlterConfigOp.OpType kind = c.hasNonNull("value") ? AlterConfigOp.OpType.SET : AlterConfigOp.OpType.DELETE;
                ConfigEntry entry = new ConfigEntry(c.get("key").asText(), c.path("value").asText(""));
                admin.incrementalAlterConfigs(Map.of(resource(c), List.of(new AlterConfigOp(entry, kind)))).all().get();
                return null;
            }
            case "delete_records":
                return admin.deleteRecords(Map.of(at, RecordsToDelete.beforeOffset(c.get("offset").asLong()))).lowWatermarks().get(at).get().lowWatermark();
            case "groups": {
                List<String> names = new ArrayList<>();
                for (ConsumerGroupListing listing : admin.listConsumerGroups().all().get()) names.add(listing.groupId());
                return names;
            }
            case "describe_group": {
                ConsumerGroupDescription found = admin.describeConsumerGroups(List.of(group)).all().get().get(group);
                List<Object> members = new ArrayList<>();
                for (MemberDescription member : found.members()) {
                    Map<String, Object> one = new TreeMap<>();
                    one.put("client_id", member.clientId());
                    one.put("instance_id", member.groupInstanceId().orElse(null));
                    one.put("assignment", pairs(member.assignment().topicPartitions()));
                    members.add(one);
                }
                return Map.of("state", found.state().toString(), "assignor", found.partitionAssignor(), "members", members);
            }
            case "delete_group":
                admin.deleteConsumerGroups(List.of(group)).all().get();
                return null;
            case "delete_offset":
                admin.deleteConsumerGroupOffsets(group, Set.of(at)).all().get();
                return null;
            case "alter_offset":
                admin.alterConsumerGroupOffsets(group, Map.of(at, new OffsetAndMetadata(c.get("offset").asLong()))).all().get();
                return null;
            case "cluster": {
                List<Integer> brokers = new ArrayList<>();
                for (Node node : admin.describeCluster().nodes().get()) brokers.add(node.id());
                return Map.of("cluster_id", admin.describeCluster().clusterId().get(), "brokers", brokers);
            }
            case "log_dirs": {
                List<String> found = new ArrayList<>();
                admin.describeLogDirs(List.of(1)).allDescriptions().get().get(1).values()
                    .forEach(directory -> directory.replicaInfos().keySet().forEach(replica -> found.add(replica.toString())));
                return found;
            }
            case "load":
                load = new Load(settings(), c.get("name").asText(), topic, integers(c.get("places")), c.get("per_second").asInt());
                return null;
            case "load_status":
                return load.status();
            case "load_stop":
                return load.end();
            case "follow":
                follower = new Follower(consumerSettings(null), topic, integers(c.get("places")));
                return null;
            case "follow_stop":
                return follower.end(c.get("ends"));
            default:
                throw new UnsupportedOperationException("unknown command " + c.get("op").asText());
        }
    }

    private Object produce(JsonNode c, TopicPartition at) throws Exception {
        Properties settings = settings();
        settings.put("key.serializer", ByteArraySerializer.class.getName());
        settings.put("value.serializer", ByteArraySerializer.class.getName());
        settings.put("compression.type", c.path("codec").asText("none"));
        settings.put("enable.idempotence", c.path("idempotent").asBoolean(false));
        settings.put("acks", c.path("acks").asText("all"));
        settings.put("linger.ms", "50");
        settings.put("delivery.timeout.ms", "30000");
        settings.put("request.timeout.ms", "15000");
        List<Long> offsets = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(settings)) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (JsonNode record : c.get("records")) {
                List<Header> headers = new ArrayList<>();
                for (JsonNode header : record.path("headers")) {
                    headers.add(new RecordHeader(header.get(0).asText(), bytes(header.get(1))));
                }
                Long timestamp = record.hasNonNull("timestamp") ? record.get("timestamp").asLong() : null;
                sent.add(producer.send(new ProducerRecord<>(at.topic(), at.partition(), timestamp, bytes(record.get("key")), bytes(record.get("value")), headers)));
            }
            for (Future<RecordMetadata> one : sent) offsets.add(one.get().offset());
        }
        return Map.of("offsets", offsets);
    }

    private Object poll(KafkaConsumer<byte[], byte[]> consumer, int count, long timeoutMs) {
        ArrayNode records = JSON.createArrayNode();
        long end = System.currentTimeMillis() + timeoutMs;
        do {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(Math.max(1, Math.min(100, end - System.currentTimeMillis()))))) {
                ObjectNode one = records.addObject();
                one.put("topic", record.topic()).put("partition", record.partition()).put("offset", record.offset()).put("timestamp", record.timestamp());
                one.put("key", hex(record.key())).put("value", hex(record.value()));
                ArrayNode headers = one.putArray("headers");
                for (Header header : record.headers()) headers.addArray().add(header.key()).add(hex(header.value()));
            }
        } while (records.size() < count && System.currentTimeMillis() < end);
        return records;
    }

    private long offset(TopicPartition at, OffsetSpec spec) throws Exception {
        return admin.listOffsets(Map.of(at, spec)).partitionResult(at).get().offset();
    }

    private Properties settings() {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("client.id", "driver");
        return settings;
    }

    private Properties consumerSettings(String group) {
        Properties settings = settings();
        settings.put("key.deserializer", ByteArrayDeserializer.class.getName());
        settings.put("value.deserializer", ByteArrayDeserializer.class.getName());
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", "earliest");
        settings.put("check.crcs", "true");
        if (group != null) settings.put("group.id", group);
        return settings;
    }

    private static String assignor(String name) {
        String all = "org.apache.kafka.clients.consumer.";
        switch (name) {
            case "range": return all + "RangeAssignor";
            case "roundrobin": return all + "RoundRobinAssignor";
            case "cooperative-sticky": return all + "CooperativeStickyAssignor";
            default: throw new IllegalArgumentException("assignor " + name);
        }
    }

    private static ConfigResource resource(JsonNode c) {
        if (c.has("topic")) return new ConfigResource(ConfigResource.Type.TOPIC, c.get("topic").asText());
        return new ConfigResource(ConfigResource.Type.BROKER, c.get("broker").asText());
    }

    private static Map<String, String> strings(JsonNode object) {
        Map<String, String> found = new HashMap<>();
        object.fields().forEachRemaining(field -> found.put(field.getKey(), field.getValue().asText()));
        return found;
    }

    private static Object pairs(Collection<TopicPartition> partitions) {
        List<Object> found = new ArrayList<>();
        for (TopicPartition one : partitions) found.add(List.of(one.topic(), one.partition()));
        return found;
    }

    private static int[] integers(JsonNode list) {
        int[] found = new int[list.size()];
        for (int i = 0; i < found.length; i++) found[i] = list.get(i).asInt();
        return found;
    }

    static String hex(byte[] bytes) {
        if (bytes == null) return null;
        StringBuilder text = new StringBuilder();
        for (byte one : bytes) text.append(String.format("%02x", one));
        return text.toString();
    }

    static byte[] bytes(JsonNode hex) {
        if (hex == null || hex.isNull()) return null;
        String text = hex.asText();
        byte[] found = new byte[text.length() / 2];
        for (int i = 0; i < found.length; i++) found[i] = (byte) Integer.parseInt(text.substring(2 * i, 2 * i + 2), 16);
        return found;
    }
}
