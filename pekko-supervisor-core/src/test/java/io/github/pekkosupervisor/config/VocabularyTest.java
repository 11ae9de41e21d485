package io.github.pekkosupervisor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused, and in whose words. */
final class VocabularyTest {

    /** Durations, constants, methods, fields, classes and generics of Java. */
    private static final Pattern JAVA = Pattern.compile(
            "\\bPT\\d|[A-Z]{3,}_[A-Z]|\\bwith[A-Z]|\\(\\)|\\b[a-z]+[A-Z][a-z]|\\b[A-Z][a-z]+[A-Z]|\\b[A-Z][a-z]+\\[|@[0-9a-f]|"
                    + "java\\.|Exception|Optional|\\b(PERMANENT|TRANSIENT|TEMPORARY|NEVER|DYNAMIC|CONTINUE|INSTANCE)\\b");

    private static List<Problem> problems(String text) {
        ConfigParseOptions named = ConfigParseOptions.defaults().setOriginDescription("tree.conf");
        InvalidSpecException refusal = catchThrowableOfType(
                InvalidSpecException.class, () -> ConfiguredTree.read(ConfigFactory.parseString(text, named)));
        return refusal == null ? List.of() : refusal.problems();
    }

    private static List<String> messages(String text) {
        return problems(text).stream().map(Problem::message).toList();
    }

    private static String child(String keys) {
        return "children = [ { id = a, process { command = [sleep, 1] }, " + keys + " } ]";
    }

    private static String process(String keys) {
        return "children = [ { id = a, process { command = [sleep, 1], " + keys + " } } ]";
    }

    private static List<String> byPlace(Place place, String keys) {
        return switch (place) {
            case SUPERVISOR -> messages("children = [], " + keys);
            case CHILD -> messages(child(keys));
            case RESTART_DELAY -> messages(child("restart-delay { min = 1s, " + keys + " }"));
            case PROCESS -> messages(process(keys));
            case READY -> messages(process("ready { tcp = 1, " + keys + " }"));
            case LIVE -> messages(process("live { tcp = 1, " + keys + " }"));
            case LIMITS -> messages(process("limits { " + keys + " }"));
            case CGROUP -> messages(process("cgroup { " + keys + " }"));
            case SOCKET -> messages(process("sockets = [ { listen = \"tcp:127.0.0.1:1\", " + keys + " } ]"));
            case SERVICE,
                    SERVICE_SOCKET,
                    SERVICE_LIMITS,
                    SERVICE_CGROUP,
                    SERVICE_READY,
                    SERVICE_LIVE,
                    SERVICE_RESTART_DELAY,
                    GIVE_UP,
                    LOG,
                    SERVICES,
                    USER_TREE,
                    ACCESS,
                    EXPORT,
                    EXPORT_ACCESS,
                    PAGE,
                    RUN -> inServiceConf(place, keys);
        };
    }

    /** A block in which everything that is declared has been read. */
    private static List<String> inServiceConf(Place place, String keys) {
        Problems problems = new Problems();
        ConfigParseOptions named = ConfigParseOptions.defaults().setOriginDescription("service.conf");
        ConfigSection section =
                new ConfigSection(ConfigFactory.parseString(keys, named).root(), place, "", problems);
        Vocabulary.readIn(place).forEach(section::has);
        section.end();
        return problems.byLine();
    }

    // ---- keys

    static Stream<Arguments> laterKeys() {
        List<Arguments> later = new ArrayList<>();
        for (Key key : Vocabulary.keys()) {
            key.uses().forEach((place, use) -> {
                if (!use.isBuilt()) {
                    later.add(Arguments.of(place, key.name(), use.meanwhile()));
                }
            });
        }
        return later.stream();
    }

    @ParameterizedTest
    @MethodSource("laterKeys")
    void a_key_that_comes_later_is_refused_and_its_value_not_shown(Place place, String name, String meanwhile) {
        assertThat(byPlace(place, name + " = hunter2"))
                .hasSize(1)
                .allSatisfy(message -> assertThat(message)
                        .contains("key " + place.named(name) + " is not yet possible")
                        .contains(meanwhile)
                        .doesNotContain("hunter2"));
    }

    @Test
    void the_vocabularys_later_keys_are_all_taken_in_both_files() {
        for (String name : List.of("placement")) {
            for (Place place : List.of(Place.SUPERVISOR, Place.CHILD, Place.PROCESS, Place.SERVICE)) {
                assertThat(byPlace(place, name + " = 1"))
                        .as(name + " in " + place)
                        .singleElement()
                        .asString()
                        .contains("1: key \"" + name + "\" is not yet possible");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PROCESS, group, 'key \"group\" is called \"process-group\"'",
        "PROCESS, when-jvm-dies, 'key \"when-jvm-dies\" is called \"when-supervisor-dies\"'",
        "PROCESS, restart, 'key \"restart\" is not known here; it belongs in a child'",
        "CHILD, command, 'key \"command\" is not known here; it belongs in process { }'",
        "CHILD, intensity, 'key \"intensity\" is not known here; it belongs in a supervisor'",
        "READY, name, 'key \"ready.name\" is not known here; it belongs in process { }'",
        "PROCESS, comand, 'key \"comand\" is not known here; did you mean \"command\"?'",
        "PROCESS, Normal_Exit_Codes, 'did you mean \"normal-exit-codes\"?'",
        "PROCESS, umaks, 'did you mean \"umask\"?'",
        "SERVICE, lgo, 'key \"lgo\" is not known here; did you mean \"log\"?'",
        "SERVICE, foo, 'key \"foo\" is not known here; known are [access, after, cgroup, clear-environment, environment, environment-files, essential, give-up, ignore-exit-codes, limits, live, log, needs, nice, normal-exit-codes, normal-exit-signals, oneshot, oneshot-again, oom-score-adj, process-group, ready, restart, restart-delay, sockets, start-timeout, stop, tree, umask, user, when-need-dies, when-supervisor-dies]'",
        "SERVICE, strategy, 'key \"strategy\" is not known here; it is for trees'",
        "LOG, timestmps, 'key \"log.timestmps\" is not known here; did you mean \"log.timestamps\"?'",
        "CHILD, access, 'key \"access\" is not yet possible; meanwhile the export has access, which names children'",
        "SERVICES, log, 'key \"log\" is not known here; it belongs in service.conf'",
        "SERVICE, status, 'key \"status\" is not known here; it belongs in access { }'",
        "ACCESS, timestamps, 'key \"access.timestamps\" is not known here; it belongs in log { }'",
        "ACCESS, contorl, 'key \"access.contorl\" is not known here; did you mean \"access.control\"?'",
        "SERVICE, timestamps, 'key \"timestamps\" is not known here; it belongs in log { }'",
        "PROCESS, ExecStart, 'key \"ExecStart\" is not known here; here that is \"command\"'",
        "PROCESS, cwd, 'key \"cwd\" is not known here; here that is \"directory\"'",
        "PROCESS, env, 'key \"env\" is not known here; here that is \"environment\"'",
        "CHILD, ExecStart, 'key \"ExecStart\" is not known here; here that is \"command\" in process { }'",
        "PROCESS, SuccessExitStatus, 'here that is \"normal-exit-codes\" or \"normal-exit-signals\"'",
        "SUPERVISOR, give-up, 'not known here; it is for service.conf; here it is intensity and period of a"
                + " supervisor'",
        "SUPERVISOR, timestamps, 'key \"timestamps\" is not known here; it is for service.conf'",
    })
    void a_key_that_does_not_belong_is_told_what_it_may_be(Place place, String name, String message) {
        assertThat(byPlace(place, name + " = hunter2"))
                .singleElement()
                .asString()
                .contains(message)
                .doesNotContain("hunter2");
    }

    @Test
    void the_reader_reads_what_is_declared_and_nothing_else() {
        ConfigSection log =
                new ConfigSection(ConfigFactory.parseString("directory = x").root(), Place.LOG, "", new Problems());

        assertThatIllegalStateException()
                .isThrownBy(() -> log.has("planted"))
                .withMessage("\"planted\" is not declared for LOG");
        assertThatIllegalStateException().isThrownBy(() -> log.has("user"));
        assertThat(log.has("directory")).isTrue();
        assertThatIllegalStateException()
                .isThrownBy(log::end)
                .withMessage("not all of [directory, line-length, timestamps] have been read for LOG");
    }

    // ---- values

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "process-group = session | \"process-group\" is not yet possible as \"session\"; meanwhile whole",
                "process-group = all | \"process-group\" must be one of none, leader, whole, cgroup, was \"all\"",
                "when-supervisor-dies = no | \"when-supervisor-dies\" must be one of kill, keep, was \"no\"",
                "stdin = log | \"stdin\" must be inherit, discard or { file = PATH }, was \"log\"",
                "stdin { logger = x } | \"stdin\" must be inherit, discard or { file = PATH }, was {logger}",
                "start-timeout = 0s | \"start-timeout\" must be more than zero, was \"0s\"",
                "ready = line | \"ready\" must be a block, as in ready { line = \"Ready to accept connections\" }, was"
                        + " \"line\"",
                "environment = A | \"environment\" must be a block, as in environment { LANG = C }, was text",
                "stop = [TERM, 2s, INT] | \"stop\" has each wait behind its signal, as in [\"TERM 10s\", \"INT 5s\","
                        + " KILL], was",
                "stop = [2s, INT] | \"stop\" has each wait behind its signal, as in [\"TERM 10s\", \"INT 5s\", KILL],"
                        + " was",
                "stop = [TERM, INT] | \"stop\" needs a wait behind TERM, as in",
                "stop = [\"TERM 10s\"] | \"stop\" must end with a signal that has no wait behind it, as in",
                "stop = [] | \"stop\" must end with a signal that has no wait behind it, as in",
                "stop = [\"TERM soon\", INT] | \"stop\" needs each wait with its unit, as in [\"TERM 10s\", \"INT"
                        + " 5s\", KILL], was",
                "stop = [\"TERM 10\", INT] | \"stop\" needs each wait with its unit, as in [\"TERM 10s\", \"INT 5s\","
                        + " KILL], was [\"TERM 10\",\"INT\"]",
                "stop = [null] | \"stop\" must be a list of signals and waits, as in [\"TERM 10s\", \"INT 5s\", KILL],"
                        + " was [null]",
                "ready { tcp = 70000 } | \"ready.tcp\" must have a port from 1 to 65535, was 70000",
                "ready { tcp = \"a:0\" } | \"ready.tcp\" must have a port from 1 to 65535, was \"a:0\"",
                "ready { line = a }, output { file = x } | \"ready\": it is to be ready by a line, but nothing that it writes comes through the JVM; set stdout or stderr to log, prefix or inherit, or choose another sign",
                "ignore-exit-codes = [3] | \"ignore-exit-codes\": a process that is ready immediately cannot say by its exit code that it need not run; give it a ready { }",
                "oneshot = true, ready { tcp = 1 } | \"oneshot\": a oneshot has started when it has ended normally, so it cannot be ready before; leave out ready { }",
                "oneshot = true, ignore-exit-codes = [3] | \"oneshot\": a oneshot is down when it is done, whether there was something to do or not; give the exit codes of both by normal-exit-codes",
                "oneshot = true, live { tcp = 1 } | \"oneshot\": a oneshot is over when it is done, and nobody looks whether it still works; leave out live { }",
                "oneshot-again = once | \"oneshot-again\" is for a oneshot; set oneshot = true too, or leave it out",
                "oneshot = true, oneshot-again = never | \"oneshot-again\" must be one of group, once, was",
                "normal-exit-codes = [256] | \"normal-exit-codes\" must be exit codes from 0 to 255, was 256",
                "normal-exit-signals = [KILL] | \"normal-exit-signals\" must not have KILL, which never counts as a"
                        + " normal end",
                "environment { java.home = x } | \"environment\" sets java to a block; it must be text, or null to"
                        + " remove it; a name with a dot needs quotes, as in \"java.home\" = text",
            })
    void a_wrong_value_is_told_in_the_words_of_the_file(String line, String message) {
        assertThat(messages(process(line))).singleElement().asString().startsWith("tree.conf: 1: " + message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "strategy = dynamic, auto-shutdown = any-significant",
                "strategy = dynamic, max-children = 0",
                "max-children = 5",
                "intensity = -1",
                "intensity = many",
                "period = 0s",
                "period = 5",
                "strategy = simple-one-for-one",
                "children = 7",
                "children = [7, {}]",
                "children = [ { id = a, from-code = x } ]",
                "children = [ { id = a, supervisor = 7 } ]",
                "children = [ { id = a, process = 7 } ]",
                "children = [ { id = a, process { command = [] } } ]",
                "children = [ { id = a, process { command = [\"\"] } } ]",
                "children = [ { id = a, process { command = [x], environment { \"A=B\" = 1 } } } ]",
                "children = [ { id = a, process { command = [x], ready { command = [], pause = 0s } } } ]",
                "children = [ { id = a, process { command = [x], ready { line = \"[\" } } } ]",
                "children = [ { id = a, process { command = [x], ready { line = a }, output = discard } } ]",
                "children = [ { id = a, process { command = [x], ready { tcp = none } } } ]",
                "children = [ { id = a, process { command = [x], ready { tcp = 1, line = a } } } ]",
                "children = [ { id = a, process { command = [x], ready { tcp = 1, pause = 1s } } } ]",
                "children = [ { id = a, process { command = [x], ready { notification-fd = 1 } } } ]",
                "children = [ { id = a, process { command = [x], output { logger = a, level = loud } } } ]",
                "children = [ { id = a, process { command = [x], output = file } } ]",
                "children = [ { id = a, process { command = [x], ignore-exit-codes = [3] } } ]",
                "children = [ { id = a, process { command = [x], normal-exit-codes = [300] } } ]",
                "children = [ { id = a, process { command = [x], normal-exit-signals = [KILL] } } ]",
                "children = [ { id = a, process { command = [x], normal-exit-signals = [LOUD] } } ]",
                "children = [ { id = a, process { command = [x], directory = \"a\\u0000b\" } } ]",
                "children = [ { id = a, process.command = [x], significant = true } ]",
                "auto-shutdown = any-significant, children = [ { id = a, process.command = [x], significant = true } ]",
                "children = [ { id = a, process.command = [x], shutdown = 0s } ]",
                "children = [ { id = a, process.command = [x], start-timeout = 0s } ]",
                "children = [ { id = a, process.command = [x], significant = perhaps } ]",
                "children = [ { id = a, process.command = [x], restart = always, on-abandon = weep } ]",
                "children = [ { id = a, process.command = [x], restart-delay { min = 0s } } ]",
                "children = [ { id = a, process.command = [x], restart-delay { min = 2s, max = 1s } } ]",
                "children = [ { id = a, process.command = [x], restart-delay { min = 1ms, max = 200d } } ]",
                "children = [ { id = a, process.command = [x], restart-delay { min = 1ms, factor = 0 } } ]",
                "children = [ { id = a, process.command = [x], restart-delay { min = 1ms, jitter = 2 } } ]",
                "children = [ { id = a, process.command = [x], restart-delay { min = 1ms, reset-after = 0s } } ]",
                "children = [ { id = a, process.command = [x], restart-delay { min = 1ms, factor = twice } } ]",
                "children = [ { id = a, process.command = [x], restart-delay { min = 9s } } ]",
                "intensity = infinite, children = [ { id = a, process.command = [x] } ]",
                "strategy = ${x}",
                "children = [ { id = a, process { command = [x], stop = [\"TERM -5s\", KILL] } } ]",
                "children = [ { id = a, process { command = [x], stop = [null] } } ]",
                "children = [ { id = a, process { command = [x, null] } } ]",
                "children = [ { id = a, process { command = [x], normal-exit-codes = [null] } } ]",
                "children = [ { id = a, process { command = [x], normal-exit-codes = [10000000000] } } ]",
                "children = [ { id = a, process { command = [x], normal-exit-signals = [null] } } ]",
                "children = [ { id = a, process { command = [x], stdout { file = null } } } ]",
                "children = [ { id = a, process { command = [x], stdout { logger = null } } } ]",
                "children = [ { id = a, process { command = [x], stdout { logger = a, level = null } } } ]",
                "children = [ { id = a, process { command = [x], stdout { file = \"\" } } } ]",
                "children = [ { id = a, process { command = [x], stdout { logger = \"\" } } } ]",
                "children = [ { id = a, process { command = [x], name = \"\" } } ]",
                "children = [ { id = a, process { command = [x], name = \"a\\u0000b\" } } ]",
                "children = [ { id = a, process { command = [x], directory = \"\" } } ]",
                "children = [ { id = a, process { command = [x], ready { line = \"[\" } } } ]",
                "children = [ { id = a, process.command = [x], restart-delay { min = 1ms, factor = \"Infinity\" } } ]",
                "intensity = 10000000000",
                "\"a\\nb\" = 1",
                "children = [ { id = a, process.command = [x] }, { id = a, process.command = [x] } ]",
                "children = [ { id = \"\", process.command = [x] } ]",
            })
    void whatever_is_wrong_is_told_without_a_word_of_java(String text) {
        List<Problem> problems = problems(text);

        assertThat(problems).isNotEmpty();
        assertThat(problems)
                .allSatisfy(problem -> assertThat(problem.message() + " # " + problem.value())
                        .contains("tree.conf: 1: ")
                        .doesNotContain("\n", "'v'")
                        .doesNotContainPattern(JAVA));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "children = [ { idd = a, process.command = [x] } ]",
                "children = [ { id = a, process.comand = [x] } ]",
                "children = [ { id = a, process.command = [x], restart-delay { mni = 1s } } ]",
                "children = [ { id = a, proces { command = [x] } } ]",
                "children = [ { id = a, from-cod = x } ]",
                "children = [ { id = a, supervisr { children = [] } } ]"
            })
    void a_slip_in_a_key_that_is_needed_is_told_once(String text) {
        assertThat(problems(text))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("is not known here; did you mean"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "was PT5S",
                "use Strategy.ONE_FOR_ONE",
                "use withRestartDelay",
                "use brutalKill",
                "was Logged[x]",
                "NEVER",
                "a.b.C@1f",
                "call it()"
            })
    void a_planted_word_of_java_is_noticed(String message) {
        assertThat(message).containsPattern(JAVA);
    }

    /** What is wrong elsewhere, at the same place or above, has nothing to do with it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "children = [ { id = a, significant = true, process { command = [x], name = \"\" } } ]",
                "foo = 1, children = [ { id = a, significant = true, process.command = [x] } ]",
                "intensity = unlimited, children = [ { id = a, significant = true, process.command = [x] } ]",
                "children = [ { id = a, significant = true, proces { command = [x] } } ]",
                "children = [ { id = a, significant = true, process = 7 } ]",
                "children = [ { id = a, shutdown = soon, significant = true, process.command = [x] } ]",
            })
    void one_mistake_does_not_hide_another(String text) {
        assertThat(messages(text))
                .hasSize(2)
                .anySatisfy(message -> assertThat(message)
                        .contains("child \"a\" is significant under a supervisor that never shuts down by itself"));
    }

    @Test
    void all_that_is_wrong_in_one_value_is_told() {
        assertThat(messages(process("normal-exit-codes = [300, -1, x, 7]")))
                .containsExactly(
                        "tree.conf: 1: \"normal-exit-codes\" must be exit codes from 0 to 255, was 300",
                        "tree.conf: 1: \"normal-exit-codes\" must be exit codes from 0 to 255, was -1",
                        "tree.conf: 1: \"normal-exit-codes\" must be a whole number, was \"x\"");
        assertThat(messages(process("normal-exit-signals = [LOUD, HUP, KILL]"))).hasSize(2);
        assertThat(messages(process("ignore-exit-codes = [x, y]"))).hasSize(2);
        assertThat(messages(process("environment {\n java.home = x\n B = [1]\n \"A=B\" = 1, C = c }")))
                .satisfiesExactlyInAnyOrder(
                        dot -> assertThat(dot).startsWith("tree.conf: 2: \"environment\" sets java to a block"),
                        list -> assertThat(list).startsWith("tree.conf: 3: \"environment\" sets B to a list"),
                        name -> assertThat(name).startsWith("tree.conf: 4: \"environment\" is not right: "));
    }

    @Test
    void a_secret_is_not_shown_whatever_is_wrong_with_it() {
        for (String line : List.of(
                "environment = hunter2",
                "environment = [hunter2]",
                "environment { A { B = hunter2 } }",
                "environment { A = [hunter2] }",
                "environment { \"A=B\" = hunter2 }",
                "environment { A = \"hunter2\\u0000\" }",
                "enviroment { A = hunter2 }",
                "environmnt = hunter2",
                "environment-files = hunter2",
                "group = hunter2",
                "password = hunter2")) {
            assertThat(problems(process(line)))
                    .as(line)
                    .isNotEmpty()
                    .allSatisfy(problem ->
                            assertThat(problem.message() + problem.value()).doesNotContain("hunter2"));
        }
    }

    @Test
    void what_is_wrong_is_told_in_the_order_of_lines() {
        assertThat(inServiceConf(Place.SERVICE, "zzz = 1\nplacement = root\n\nlgo = 1\naaa = 1\n"))
                .extracting(line -> line.substring(0, line.indexOf(": key")))
                .containsExactly("service.conf: 1", "service.conf: 2", "service.conf: 4", "service.conf: 5");
        assertThatExceptionOfType(InvalidSpecException.class)
                .isThrownBy(() -> ConfiguredTree.read(ConfigFactory.parseString("foo = 1")))
                .withMessageContaining("key \"foo\" is not known here; known are [auto-shutdown, children,");
    }
}
