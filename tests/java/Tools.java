// Runs the mains of Kafka's own tools, many in one JVM, by JSON commands (tests/README.md).

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.Exit;

public final class Tools {
    private static Integer first;
    /** What the running tool wants done when its process ends. */
    private static final List<Runnable> HOOKS = new ArrayList<>();
    private static final PrintStream NOTHING = new PrintStream(OutputStream.nullOutputStream());
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A tool's wish to end the process. */
    private static final class Ended extends Error {
        private final int status;

        private Ended(int status) {
            super(null, null, false, false);
            this.status = status;
            // Some tools catch what their call of exit throws, say so, and exit again; a process
            // that has ended says no more.
            if (first == null) {
                first = status;
                System.out.flush();
                System.err.flush();
                System.setOut(NOTHING);
                System.setErr(NOTHING);
            }
        }

        @Override
        public String toString() {
            return "";
        }
    }

    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        InputStream commandBytes = System.in;
        // What a tool's thread says after its command ended is not an answer.
        System.setOut(System.err);
        Exit.setExitProcedure((status, message) -> { throw new Ended(status); });
        Exit.setHaltProcedure((status, message) -> { throw new Ended(status); });
        // The end of a tool is not the end of this JVM: its hooks run after its main.
        Exit.setShutdownHookAdder((name, runnable) -> {
            synchronized (HOOKS) {
                HOOKS.add(runnable);
            }
        });
        BufferedReader commands = new BufferedReader(new InputStreamReader(commandBytes, "UTF-8"));
        String line;
        while ((line = commands.readLine()) != null) {
            ObjectNode answer = JSON.createObjectNode();
            try {
                JsonNode command = JSON.readTree(line);
                answer.set("ok", command.get("op").asText().equals("tool") ? tool(command) : null);
            } catch (Throwable error) {
                answer.put("error", error.toString());
            }
            answers.println(answer);
            answers.flush();
        }
        Runtime.getRuntime().halt(0);
    }

    /**
     * The hooks that a tool gave to the machine itself; the caller opens the package (`--add-opens`).
     * Those of its libraries close what other tools here still need: only Kafka's are taken.
     */
    private static List<Thread> hooksOfTheMachine() throws ReflectiveOperationException {
        Field field = Class.forName("java.lang.ApplicationShutdownHooks").getDeclaredField("hooks");
        field.setAccessible(true);
        List<Thread> taken = new ArrayList<>();
        for (Object hook : new ArrayList<>(((Map<?, ?>) field.get(null)).keySet())) {
            Thread thread = (Thread) hook;
            if (thread.getName().startsWith("verifiable-")) {
                Runtime.getRuntime().removeShutdownHook(thread);
                taken.add(thread);
            }
        }
        return taken;
    }

    private static ObjectNode tool(JsonNode command) throws Exception {
        JsonNode list = command.get("args");
        String[] arguments = new String[list.size()];
        for (int i = 0; i < arguments.length; i++) arguments[i] = list.get(i).asText();
        Method main = Class.forName(command.get("main").asText()).getMethod("main", String[].class);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int[] status = {0};
        first = null;
        PrintStream oldOut = System.out;
        PrintStream oldErr = System.err;
        InputStream oldIn = System.in;
        PrintStream said = new PrintStream(out, true);
        PrintStream complained = new PrintStream(err, true);
        System.setOut(said);
        System.setErr(complained);
        System.setIn(new ByteArrayInputStream(command.path("stdin").asText("").getBytes("UTF-8")));
        Thread runner = new Thread(() -> {
            try {
                main.invoke(null, (Object) arguments);
            } catch (InvocationTargetException wrapped) {
                Throwable error = wrapped.getCause();
                while (error.getCause() != null && !(error instanceof Ended)) error = error.getCause();
                if (error instanceof Ended) {
                    status[0] = ((Ended) error).status;
                } else {
                    status[0] = 1;
                    error.printStackTrace();
                }
            } catch (Throwable error) {
                status[0] = 1;
                error.printStackTrace();
            }
            List<Runnable> hooks;
            synchronized (HOOKS) {
                hooks = new ArrayList<>(HOOKS);
                HOOKS.clear();
            }
            System.setOut(said);
            System.setErr(complained);
            try {
                hooks.addAll(hooksOfTheMachine());
            } catch (ReflectiveOperationException error) {
                error.printStackTrace();
            }
            // VerifiableProducer, for one, waits for its answers only here.
            for (Runnable hook : hooks) hook.run();
        });
        try {
            runner.setDaemon(true);
            runner.start();
            runner.join(command.path("timeout_ms").asLong(60000));
            if (runner.isAlive()) {
                runner.interrupt();
                runner.join(5000);
                status[0] = -1;
            }
        } finally {
            System.setOut(oldOut);
            System.setErr(oldErr);
            System.setIn(oldIn);
        }
        ObjectNode answer = JSON.createObjectNode();
        answer.put("status", first == null ? status[0] : first).put("stdout", out.toString("UTF-8")).put("stderr", err.toString("UTF-8"));
        return answer;
    }
}
