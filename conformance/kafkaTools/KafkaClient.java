import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Kafka's own client, asked from the command line; answers are lines of words on standard output, bytes in hexadecimal.
 *
 * <pre>
 *   create BOOTSTRAP TOPIC@INTERVAL...     creates topics of one partition with an index.interval.bytes; prints "topic NAME ID"
 *   read BOOTSTRAP TOPIC@TIMESTAMP...      prints what partition 0 of each topic holds, and which offset the timestamp has
 * </pre>
 */
public final class KafkaClient {
    private static final long LIMIT_MS = 60_000;

    public static void main(String[] args) throws Exception {
        List<String> arguments = List.of(args).subList(2, args.length);
        if (args[0].equals("create")) {
            create(args[1], arguments);
        } else {
            read(args[1], arguments);
        }
        System.out.flush();
        System.exit(0);
    }

    private static Admin admin(String bootstrap) {
        Properties configs = new Properties();
        configs.put("bootstrap.servers", bootstrap);
        configs.put("default.api.timeout.ms", String.valueOf(LIMIT_MS));
        return Admin.create(configs);
    }

    /** Nothing is ever deleted or compacted: the files are to be read as they were given. */
    private static void create(String bootstrap, List<String> arguments) throws Exception {
        List<NewTopic> wanted = new ArrayList<>();
        for (String argument : arguments) {
            String[] parts = argument.split("@");
            Map<String, String> configs = Map.of("retention.ms", "-1", "retention.bytes", "-1", "cleanup.policy", "delete",
                "index.interval.bytes", parts[1]);
            wanted.add(new NewTopic(parts[0], 1, (short) 1).configs(configs));
        }
        try (Admin admin = admin(bootstrap)) {
            var created = admin.createTopics(wanted);
            for (NewTopic topic : wanted) {
                System.out.println("topic " + topic.name() + " " + created.topicId(topic.name()).get());
            }
        }
    }

    private static void read(String bootstrap, List<String> arguments) throws Exception {
        for (String isolation : List.of("read_uncommitted", "read_committed")) {
            try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrap, isolation)) {
                for (String argument : arguments) {
                    String[] parts = argument.split("@");
                    TopicPartition partition = new TopicPartition(parts[0], 0);
                    readTopic(consumer, isolation, partition);
                    if (isolation.equals("read_uncommitted")) {
                        lookUp(consumer, partition, Long.parseLong(parts[1]));
                    }
                }
            }
        }
        try (Admin admin = admin(bootstrap)) {
            for (String argument : arguments) {
                describeProducers(admin, new TopicPartition(argument.split("@")[0], 0));
            }
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrap, String isolation) {
        Properties configs = new Properties();
        configs.put("bootstrap.servers", bootstrap);
        configs.put("isolation.level", isolation);
        configs.put("enable.auto.commit", "false");
        configs.put("auto.offset.reset", "none");
        configs.put("default.api.timeout.ms", String.valueOf(LIMIT_MS));
        return new KafkaConsumer<>(configs, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static void readTopic(KafkaConsumer<byte[], byte[]> consumer, String isolation, TopicPartition partition) {
        List<TopicPartition> one = List.of(partition);
        consumer.assign(one);
        long start = consumer.beginningOffsets(one).get(partition);
        long end = consumer.endOffsets(one).get(partition);
        System.out.println("range " + partition.topic() + " " + isolation + " " + start + " " + end);
        consumer.seek(partition, start);
        long deadline = System.currentTimeMillis() + LIMIT_MS;
        while (consumer.position(partition) < end && System.currentTimeMillis() < deadline) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                print(isolation, record);
            }
        }
        System.out.println("position " + partition.topic() + " " + isolation + " " + consumer.position(partition));
    }

    private static void print(String isolation, ConsumerRecord<byte[], byte[]> record) {
        List<String> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(hex(header.key().getBytes(StandardCharsets.UTF_8)) + "=" + hex(header.value()));
        }
        System.out.println(String.join(" ", "record", record.topic(), isolation, String.valueOf(record.offset()),
            String.valueOf(record.timestamp()), record.timestampType().toString(),
            record.leaderEpoch().map(String::valueOf).orElse("-1"), hex(record.key()), hex(record.value()),
            headers.isEmpty() ? "-" : String.join(",", headers)));
    }

    private static void lookUp(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, long timestamp) {
        OffsetAndTimestamp found = consumer.offsetsForTimes(Map.of(partition, timestamp)).get(partition);
        System.out.println("timestamp " + partition.topic() + " " + timestamp + " " + (found == null ? -1 : found.offset()));
    }

    private static void describeProducers(Admin admin, TopicPartition partition) throws Exception {
        var states = admin.describeProducers(List.of(partition)).partitionResult(partition).get().activeProducers();
        Map<Long, ProducerState> byId = new TreeMap<>();
        states.forEach(state -> byId.put(state.producerId(), state));
        for (ProducerState state : byId.values()) {
            System.out.println(String.join(" ", "producer", partition.topic(), String.valueOf(state.producerId()),
                String.valueOf(state.producerEpoch()), String.valueOf(state.lastSequence()), String.valueOf(state.lastTimestamp()),
                String.valueOf(state.coordinatorEpoch().orElse(-1)),
                String.valueOf(state.currentTransactionStartOffset().orElse(-1))));
        }
    }

    /** "~" is null, "." no bytes. */
    private static String hex(byte[] bytes) {
        if (bytes == null) {
            return "~";
        }
        return bytes.length == 0 ? "." : HexFormat.of().formatHex(bytes);
    }
}
