package io.github.pekkosupervisor.runit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.process.NotifyAccess;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.ProcessSpec.OneshotAgain;
import io.github.pekkosupervisor.process.ProcessSpec.ProcessGroup;
import io.github.pekkosupervisor.process.ProcessSpec.WhenSupervisorDies;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Program;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Ties;
import io.github.pekkosupervisor.runit.svlogd.Timestamps;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceConfTest {

    private static ServiceConf parse(String text) throws ServiceConf.MistakenException {
        return ServiceConf.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void empty_file_says_nothing() throws ServiceConf.MistakenException {
        assertThat(parse("# nothing\n")).isEqualTo(ServiceConf.NONE);
    }

    @Test
    void log_has_svlogds_defaults_but_keeps_the_last_line() throws ServiceConf.MistakenException {
        ServiceConf.Log log = parse("log.directory = main").log().orElseThrow();

        assertThat(log.directory()).isEqualTo(OsString.of("main"));
        assertThat(log.options().timestamps()).isEqualTo(Timestamps.NONE);
        assertThat(log.options().lineLength()).isEqualTo(1000);
        assertThat(log.options().keepUnfinished()).isTrue();
    }

    @Test
    void oneshot_says_what_is_not_run_again() throws ServiceConf.MistakenException {
        assertThat(parse("oneshot = false").oneshot()).isEmpty();
        assertThat(parse("oneshot = true").oneshot()).contains(OneshotAgain.GROUP);
        assertThat(parse("oneshot = true, oneshot-again = once").oneshot()).contains(OneshotAgain.ONCE);
    }

    @ParameterizedTest
    @CsvSource({"none,NONE", "tai64n,TAI64N", "utc,UTC", "iso,ISO"})
    void timestamps_are_named(String name, Timestamps kind) throws ServiceConf.MistakenException {
        ServiceConf conf = parse("log { directory = main, timestamps = " + name + " }");

        assertThat(conf.log().orElseThrow().options().timestamps()).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "log = main | service.conf: 1: \"log\" must be a block, as in log { directory = main }, was \"main\"",
                "log {} | service.conf: 1: \"log\" needs \"directory\", as in log { directory = main }",
                "log { directory = 5 } | service.conf: 1: \"log.directory\" must be the name of a directory, was 5",
                "log { directory = m, timestamps = tt } |"
                        + " service.conf: 1: \"log.timestamps\" must be one of none, tai64n, utc, iso, was \"tt\"",
                "log { directory = m, line-length = many } |"
                        + " service.conf: 1: \"log.line-length\" must be 1 to 1048576 bytes, was \"many\"",
                "oneshot = 1 | service.conf: 1: \"oneshot\" must be true or false, was 1",
                "oneshot = true, live { tcp = 1 } | service.conf: 1: \"live\" is for what goes on, and not for a oneshot",
                "oneshot = true, ready { tcp = 1 } | service.conf: 1: \"ready\" is for what goes on",
                "oneshot = true^live { tcp = 1 } | service.conf: 2: \"live\" is for what goes on, and not for a oneshot",
                "oneshot = true^^ready { tcp = 1 } | service.conf: 3: \"ready\" is for what goes on",
                "log { directory = m }^oneshot-again = once | service.conf: 2: \"oneshot-again\" is for a oneshot",
                "live {^ watchdog = true^ every = 1s } | service.conf: 3: \"live.every\" is not for a watchdog",
                "oneshot-again = once | service.conf: 1: \"oneshot-again\" is for a oneshot; set oneshot = true too, or leave",
                "oneshot = true, oneshot-again = x |"
                        + " service.conf: 1: \"oneshot-again\" must be one of group, once, was \"x\"",
                "lgo { directory = m } | service.conf: 1: key \"lgo\" is not known here; did you mean \"log\"?",
            })
    void mistake_is_told_with_its_line(String text, String message) {
        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> parse(text.replace('^', '\n')))
                .withMessageStartingWith(message);
    }

    @Test
    void readiness_is_a_sign_and_a_time() throws ServiceConf.MistakenException {
        ServiceConf conf =
                parse("ready { http { url = \"http://127.0.0.1:81/x\", status = [204, \"300..302\"], body = ok } }\n"
                        + "start-timeout = 90s");

        assertThat(conf.ready().orElseThrow().toString())
                .isEqualTo(
                        "an answer from http://127.0.0.1:81/x with status [204, 300, 301, 302] and /ok/ in its body");
        assertThat(conf.startTimeout()).contains(Duration.ofSeconds(90));
        assertThat(parse("start-timeout = infinite").startTimeout()).isEmpty();
        assertThat(parse("ready.sd-notify = main").ready()).contains(Readiness.sdNotify(NotifyAccess.MAIN));
        assertThat(parse("ready.notification-fd = 3").ready()).contains(Readiness.notification(3));
        assertThat(parse("ready.tcp = 6379").ready()).contains(Readiness.tcp(6379));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ready {} | service.conf: 1: \"ready\" needs one of tcp, unix-socket, command, notification-fd, http"
                        + " and sd-notify, has 0",
                "ready { tcp = 1, sd-notify = true } | service.conf: 1: \"ready\" needs one of",
                "ready { line = x } | service.conf: 1: key \"ready.line\" is not yet possible; meanwhile command",
                "ready { sd-notify = false } | service.conf: 1: \"ready.sd-notify\" is false; leave \"ready\" out",
                "ready { sd-notify = exec } | service.conf: 1: \"ready.sd-notify\" must be true, main, group or all,"
                        + " was \"exec\"",
                "ready { http = \"https://x/\" } | service.conf: 1: \"ready.http\" is not right: https is not spoken"
                        + " here",
                "ready { http { status = 200 } } | service.conf: 1: \"ready.http\" must be an address, or a block with"
                        + " url",
                "ready { http { url = \"http://x/\", statsu = 200 } } | service.conf: 1: \"ready.http\" must be an"
                        + " address",
                "ready { http { url = \"http://x/\", status = 99 } } | service.conf: 1: \"ready.http\" must have"
                        + " status codes from 100 to 599",
                "ready { http { url = \"http://x/\", status = \"300..200\" } } | service.conf: 1: \"ready.http\" must"
                        + " have status codes",
                "ready { http { url = \"http://x/\", status = [] } } | service.conf: 1: \"ready.http\" must have a"
                        + " status code",
                "ready { http { url = \"http://x/\", body = \"(\" } } | service.conf: 1: \"ready.http\" must be a"
                        + " regular expression",
                "ready { notification-fd = 2 } | service.conf: 1: \"ready.notification-fd\" the notification"
                        + " descriptor is 3 to 255, was 2",
                "start-timeout = 5 | service.conf: 1: \"start-timeout\" must be a time with its unit",
                "start-timeout = 0s | service.conf: 1: \"start-timeout\" must be more than zero",
            })
    void mistake_of_readiness_is_told_with_its_line(String text, String message) {
        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> parse(text))
                .withMessageStartingWith(message);
    }

    @Test
    void how_it_ends_is_read() throws Exception {
        EndPolicy end = parse("stop = [\"TERM 10s\", \"INT 5s\", KILL]\nprocess-group = whole\n"
                        + "when-supervisor-dies = kill\nessential = true")
                .end();

        assertThat(end.stop()).hasToString("Optional[TERM 10000ms INT 5000ms KILL]");
        assertThat(end.group()).contains(ProcessGroup.WHOLE);
        assertThat(end.lengthOfStop()).isEqualTo(Duration.ofSeconds(15));
        assertThat(end.keys()).containsExactly("stop", "process-group", "when-supervisor-dies", "essential");
        assertThat(end.ties(Program.RUN)).isEqualTo(new Ties(true, true));
        assertThat(end.ties(Program.FINISH)).isEqualTo(new Ties(true, false));
        assertThat(parse("essential = true").end().keys()).containsExactly("essential");
        assertThat(parse("when-supervisor-dies = keep\nessential = false").end())
                .isSameAs(EndPolicy.RUNIT);
        assertThat(EndPolicy.RUNIT.keys()).isEmpty();
    }

    /** What is killed with the launcher leads a group for that, unless it is to be alone. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "access {} | NONE | NONE | false",
                "stop = [INT] | NONE | NONE | true",
                "process-group = none | NONE | NONE | false",
                "process-group = leader | LEADER | NONE | true",
                "process-group = whole | WHOLE | NONE | true",
                "process-group = cgroup | CGROUP | NONE | true",
                "when-supervisor-dies = kill | LEADER | LEADER | false",
                "when-supervisor-dies = kill, process-group = none | NONE | NONE | false",
                "when-supervisor-dies = kill, process-group = whole | WHOLE | LEADER | true",
            })
    void who_leads_a_group_and_is_stopped_with_it(
            String text, ProcessGroup run, ProcessGroup finish, boolean isStoppedSo) throws Exception {
        EndPolicy end = parse(text).end();
        ProcessSpec bare = ProcessSpec.bare(List.of(OsString.of("./run")));

        assertThat(end.of(bare, Program.RUN).processGroup()).isEqualTo(run);
        assertThat(end.of(bare, Program.FINISH).processGroup()).isEqualTo(finish);
        assertThat(end.of(bare, Program.SCRIPT).processGroup()).isEqualTo(finish);
        assertThat(end.leadsGroup(Program.RUN)).isEqualTo(run != ProcessGroup.NONE);
        assertThat(end.leadsGroup(Program.FINISH)).isEqualTo(finish != ProcessGroup.NONE);
        assertThat(end.timeToStop().isPresent()).isEqualTo(isStoppedSo);
        assertThat(end.of(bare, Program.FINISH).whenSupervisorDies())
                .isEqualTo(end.diesWithLauncher() ? WhenSupervisorDies.KILL : WhenSupervisorDies.KEEP);
        assertThat(end.of(bare.withProcessGroup(ProcessGroup.LEADER), Program.SCRIPT)
                        .processGroup())
                .isEqualTo(ProcessGroup.LEADER);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "stop = [\"TERM 10\", KILL] | service.conf: 1: \"stop\" needs each wait with its unit",
                "process-group = session | service.conf: 1: \"process-group\" is not yet possible as \"session\"",
                "when-supervisor-dies = no | service.conf: 1: \"when-supervisor-dies\" must be one of kill, keep",
                "essential = 1 | service.conf: 1: \"essential\" must be",
            })
    void mistake_of_its_end_is_told_with_its_line(String text, String message) {
        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> parse(text))
                .withMessageStartingWith(message);
    }

    @Test
    void all_mistakes_are_told_at_once_a_line_each() {
        ServiceConf.MistakenException mistakes = catchThrowableOfType(
                ServiceConf.MistakenException.class,
                () -> parse("placement {}\nlog {\n  timestamps = tt\n}\ngroup = none\nstrategy = x\nfoo = hunter2\n"));

        assertThat(mistakes.lines())
                .containsExactly(
                        "service.conf: 1: key \"placement\" is not yet possible",
                        "service.conf: 2: \"log\" needs \"directory\", as in log { directory = main }",
                        "service.conf: 3: \"log.timestamps\" must be one of none, tai64n, utc, iso, was \"tt\"",
                        "service.conf: 5: key \"group\" is called \"process-group\"",
                        "service.conf: 6: key \"strategy\" is not known here; it is for trees",
                        "service.conf: 7: key \"foo\" is not known here; known are [access, after, cgroup, clear-environment, environment, environment-files, essential, give-up, ignore-exit-codes, limits, live, log, needs, nice, normal-exit-codes, normal-exit-signals, oneshot, oneshot-again, oom-score-adj, process-group, ready, restart, restart-delay, sockets, start-timeout, stop, tree, umask, user, when-need-dies, when-supervisor-dies]; until it is corrected and"
                                + " read again, after sv exit, the file is not used");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "environment { PASSWORD = [hunter2] }",
                "password = hunter2",
                "environment { PASSWORD = hunter2",
                "environment { PASSWORD = \"hunter2 }",
                "environment { PASSWORD = \"hunter2\" \"x\" : }",
                "environment { hunter2 }",
                "environment { a = b } hunter2",
                "environment { PASSWORD = [hunter2 }",
                "environment { PASSWORD : hunter2 : 1 }",
                "environment { PASSWORD = a'hunter2'b` }",
            })
    void a_secret_is_not_shown_whatever_is_wrong_with_it(String text) {
        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> parse(text))
                .satisfies(mistake -> assertThat(mistake.getMessage())
                        .startsWith("service.conf: 1: ")
                        .doesNotContain("hunter2"));
    }

    @Test
    void the_reference_says_the_defaults() throws ServiceConf.MistakenException {
        String reference = ConfigFactory.parseResources("reference.conf")
                .getConfig("pekko-supervisor.service-conf-reference.log")
                .root()
                .render(ConfigRenderOptions.concise());

        assertThat(parse("log = " + reference + "\nlog.directory = main")).isEqualTo(parse("log.directory = main"));
        assertThat(reference).contains("timestamps", "line-length");
    }

    @Test
    void what_is_no_hocon_is_told_with_its_line() {
        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> parse("log {\n  directory = main\n"))
                .withMessageContaining("service.conf: 3");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a = 1\\nlog = ${b} | 2: \"log\" uses another value (by ${ } or +=), which is not known here",
                "log.directory = ${?HOME} | 1: \"log.directory\" uses another value",
                "log.directory = a${?HOME} | 1: \"log.directory\" uses another value",
                "log { directory = m, line-length = ${?HOME} } | 1: \"log.line-length\" uses another value",
                "log { directory = m, x = ${HOME} } | 1: key \"log.x\" is not known here",
                "log = ${a}, log { directory = m } | 1: \"log\" uses another value",
                "log { directory = m }, log = ${?a}, log { directory = m } | 1: \"log\" uses another value",
                "log += m | 1: \"log\" uses another value",
                "a = ^^^x^^^^ , b = ${HOME} | 1: key \"b\" is not known here; known are [access, ",
                "a = ^^^x^^^^^ , log = ${HOME} | 1: \"log\" uses another value",
                "a = ^^^x^^^^ , log += { directory = m } | 1: \"log\" uses another value",
                "user = ^^^x^^^^ , log = { directory = m, x = ${HOME} } | 1: key \"log.x\" is not known here",
                "include \"other\" | 1: include is not possible here",
                "user = x\\n\\n  include hunter2 | 3: expecting include parameter",
                "user = x\\n"
                        + "# include\\n"
                        + "log { directory = m\\n"
                        + " include file(\"/etc/passwd\") } | 4: include is not possible here",
                "user = \"include\"\\ninclude url(\"http://localhost:1/\") | 2: include is not possible here",
                "include classpath(\"reference.conf\") | 1: include is not possible here",
                "user = x\\nlog { x = 1,include required(file(\"/etc/passwd\")) } | 2: include is not possible here",
                "log { directory = null } | 1: \"log.directory\" is null; it is needed",
            })
    void nothing_but_its_own_keys_and_values_counts(String text, String message) {
        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> parse(text.replace("\\n", "\n").replace("^", "\"")))
                .satisfies(mistake -> assertThat(mistake.lines())
                        .anySatisfy(line -> assertThat(line)
                                .startsWith("service.conf: " + message)
                                .doesNotContain("hunter2", "Config", "java")));
    }

    @Test
    void a_slip_in_a_key_that_is_needed_is_told_once() {
        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> parse("log {\n directroy = main }"))
                .satisfies(mistake -> assertThat(mistake.lines())
                        .singleElement()
                        .asString()
                        .startsWith("service.conf: 2: key \"log.directroy\" is not known here;"
                                + " did you mean \"log.directory\"?"));
    }

    @Test
    void what_another_file_or_value_is_asked_for_hides_no_other_mistake() {
        ServiceConf.MistakenException mistakes = catchThrowableOfType(
                ServiceConf.MistakenException.class,
                () -> parse("include \"x\"\nlog {\n directory = ${X}\n timestamps = tt\n}\nfoo = ${Y}\ninclude \"y\""));

        assertThat(mistakes.lines())
                .extracting(line -> line.substring(0, 20))
                .containsExactly(
                        "service.conf: 1: inc",
                        "service.conf: 3: \"lo",
                        "service.conf: 4: \"lo",
                        "service.conf: 6: key",
                        "service.conf: 7: inc");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\u007fELF\u0002\u0001                | Key '...': from there on it cannot be read",
                "log { directory = a \"b            | Expecting close brace } or a comma, got '...': from there on it"
                        + " cannot",
                "log { directory = a & }             | Expecting close brace } or a comma, got '&' (Reserved character"
                        + " '&' is not allowed outside quotes)",
            })
    void what_the_library_says_is_a_sentence(String text, String message) {
        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> parse(text))
                .satisfies(mistake -> assertThat(mistake.getMessage())
                        .startsWith("service.conf: 1: " + message)
                        .doesNotContain("if you intended", "it cannot be read)"));
    }

    @Test
    void what_looks_like_another_value_in_quotes_and_comments_is_text() throws ServiceConf.MistakenException {
        ServiceConf conf = parse("# ${a} [[[ {{{ \n// += \nlog { directory = \"${a} \\\" [[ += {{\" } # ${a}");

        assertThat(conf.log().orElseThrow().directory()).isEqualTo(OsString.of("${a} \" [[ += {{"));
    }

    /** Each by far too deep for the stack of the parser. */
    @ParameterizedTest
    @ValueSource(strings = {"[", "{", "a{", "a=[{", "a.", "\"a\" . ", "a.a.a.a{", "[\n"})
    void nesting_has_a_bound(String level) {
        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> parse("a = \"\"\"x\"\"\"\" , b = " + level.repeat(60_000 / level.length())))
                .withMessageContaining("it has more than 32 levels");
        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> parse("log=" + level.repeat(600)))
                .withMessageContaining("it has more than 32 levels");
        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> parse(level.repeat(60_000 / level.length())))
                .withMessageContaining("it has more than 32 levels");
    }

    @Test
    void a_mark_that_turns_a_line_round_is_told_by_its_number() {
        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> parse("\"a\u202egnol\" = 1"))
                .withMessageContaining("key \"a\\u{202e}gnol\" is not known");
    }

    @Test
    void siblings_are_not_levels() {
        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> parse("a.b { c = [1, [2]] }\n".repeat(100)))
                .withMessageStartingWith("service.conf: 100: key \"a\" is not known here");
    }

    @Test
    void length_has_a_bound() {
        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> parse("#".repeat(64 * 1024 + 1)))
                .withMessageStartingWith("service.conf is longer than 65536 bytes");
    }

    @Test
    void message_is_one_line_of_bounded_length_whatever_the_file_is_full_of() {
        String keys = IntStream.range(0, 1500)
                .mapToObj(i -> "\"key\\n\\u001b[31m" + i + "\" = " + "x".repeat(i % 9) + "y")
                .collect(Collectors.joining("\n"));

        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> parse(keys))
                .withMessageContaining("key \"key\\n\\x1b[31m0\" is not known here")
                .withMessageContaining("; and 1490 more;")
                .satisfies(mistake ->
                        assertThat(mistake.getMessage()).hasSizeLessThan(6000).doesNotContain("\n"));
        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> parse("k".repeat(60_000) + " = 1"))
                .satisfies(mistake -> assertThat(mistake.getMessage()).hasSizeLessThan(1000));
    }

    static Stream<String> fullOf() {
        return Stream.of(
                "a=1\n",
                "a b ",
                "a{}",
                "a{}\n",
                "[]",
                "a=[],",
                "\"",
                "\"\"\"",
                "\\",
                "\"\\",
                "/",
                ":",
                "=",
                ",",
                "a=b c d\n",
                "}",
                "]",
                "(",
                "$",
                "+",
                "?",
                "\0",
                "\t",
                "{}",
                "a:{b:1}",
                "log{directory=m}\n",
                "a=${b}\n",
                "a=${?a}\n",
                "a+=1\n",
                "log+=1\n",
                "log=${log}\n",
                "log{directory=${log}}\n",
                "${a}",
                "include \"a\"\n",
                "include ",
                "\"\"\"\"",
                "a=\"\"\"\"\"\"\"\n",
                "\ufeff",
                "\uD800");
    }

    /** A few seconds of a processor for one of them would tell of a time that grows with the square of the length. */
    @ParameterizedTest
    @MethodSource("fullOf")
    void any_filling_is_a_configuration_or_a_message(String filling) {
        String text = filling.repeat(60_000 / filling.getBytes(StandardCharsets.UTF_8).length);
        ThreadMXBean clock = ManagementFactory.getThreadMXBean();
        long before = clock.getCurrentThreadCpuTime();

        assertThatCode(() -> readOrRefuse(text)).doesNotThrowAnyException();
        assertThatCode(() -> readOrRefuse("log = " + text)).doesNotThrowAnyException();
        assertThat(Duration.ofNanos(clock.getCurrentThreadCpuTime() - before)).isLessThan(Duration.ofSeconds(10));
    }

    private static void readOrRefuse(String text) {
        try {
            parse(text);
        } catch (ServiceConf.MistakenException e) {
            assertThat(e)
                    .hasMessageEndingWith("until it is corrected and read again, after sv exit, the file is not used");
        }
    }
}
