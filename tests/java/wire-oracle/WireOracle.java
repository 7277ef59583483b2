// Asks Kafka's own message classes what they make of our bytes and of our JSON.
//
// One question a line of standard input, in binary:
//   name UTF | version int16 | bytes int32 + data | json int32 + UTF-8 (-1: none)
// The answer:
//   status int8 (0 = answered, 1 = an exception)
//   answered:  bytes written again | JSON of what was read | bytes written from our JSON,
//              each as int32 + data (-1: not asked)
//   exception: int32 + its text in UTF-8
// A question with data length -1 asks for a new, untouched instance written at that version.

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;

public final class WireOracle {
    private static final String[] PACKAGES = {
        "org.apache.kafka.common.message.",
        "org.apache.kafka.common.metadata.",
        "org.apache.kafka.coordinator.group.generated.",
        "org.apache.kafka.coordinator.transaction.generated.",
        "org.apache.kafka.coordinator.share.generated.",
        "org.apache.kafka.raft.generated.",
        "org.apache.kafka.server.log.remote.metadata.storage.generated.",
    };
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Map<String, Kind> KINDS = new HashMap<>();

    private record Kind(Class<?> type, Method read, Method write) { }

    public static void main(String[] arguments) throws Exception {
        DataInputStream in = new DataInputStream(new BufferedInputStream(System.in, 1 << 16));
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(System.out, 1 << 16));
        while (true) {
            String name;
            try {
                name = in.readUTF();
            } catch (EOFException end) {
                return;
            }
            short version = in.readShort();
            byte[] data = block(in);
            byte[] json = block(in);
            try {
                byte[][] answer = answer(name, version, data, json);
                out.writeByte(0);
                for (byte[] part : answer) {
                    block(out, part);
                }
            } catch (Throwable error) {
                Throwable cause = error instanceof InvocationTargetException ? error.getCause() : error;
                out.writeByte(1);
                block(out, String.valueOf(cause).getBytes(StandardCharsets.UTF_8));
            }
            out.flush();
        }
    }

    private static byte[][] answer(String name, short version, byte[] data, byte[] json) throws Exception {
        Kind kind = KINDS.computeIfAbsent(name, WireOracle::find);
        Message message = (Message) kind.type.getConstructor().newInstance();
        if (data == null) {
            return new byte[][] {bytes(message, version), null, null};
        }
        ByteBuffer buffer = ByteBuffer.wrap(data);
        message.read(new ByteBufferAccessor(buffer), version);
        if (buffer.hasRemaining()) {
            throw new IllegalStateException(buffer.remaining() + " bytes left");
        }
        byte[] again = bytes(message, version);
        if (json == null) {
            return new byte[][] {again, null, null};
        }
        JsonNode theirs = (JsonNode) kind.write.invoke(null, message, version);
        Message parsed = (Message) kind.read.invoke(null, MAPPER.readTree(json), version);
        return new byte[][] {again, MAPPER.writeValueAsBytes(theirs), bytes(parsed, version)};
    }

    private static byte[] bytes(Message message, short version) {
        ByteBuffer buffer = MessageUtil.toByteBufferAccessor(message, version).buffer();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static Kind find(String name) {
        for (String prefix : PACKAGES) {
            for (String suffix : new String[] {"Data", ""}) {
                String type = prefix + name + suffix;
                try {
                    Class<?> message = Class.forName(type);
                    Class<?> converter = Class.forName(type + "JsonConverter");
                    return new Kind(message,
                        converter.getMethod("read", JsonNode.class, short.class),
                        converter.getMethod("write", message, short.class));
                } catch (ClassNotFoundException | NoSuchMethodException next) {
                    // Another package or suffix has it.
                }
            }
        }
        throw new IllegalArgumentException("no class for " + name);
    }

    private static byte[] block(DataInputStream in) throws Exception {
        int length = in.readInt();
        if (length < 0) {
            return null;
        }
        byte[] data = new byte[length];
        in.readFully(data);
        return data;
    }

    private static void block(DataOutputStream out, byte[] data) throws Exception {
        out.writeInt(data == null ? -1 : data.length);
        if (data != null) {
            out.write(data);
        }
    }
}
