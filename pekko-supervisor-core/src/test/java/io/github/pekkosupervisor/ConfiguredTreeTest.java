package io.github.pekkosupervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValueFactory;
import io.github.pekkosupervisor.config.ConfiguredTree;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.posix.SpawnRequest.Grouping;
import io.github.pekkosupervisor.process.NormalExits;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.ProcessSpec.ProcessGroup;
import io.github.pekkosupervisor.process.ProcessSpec.WhenSupervisorDies;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.process.Stdio;
import io.github.pekkosupervisor.process.StopSequence;
import io.github.pekkosupervisor.process.WorkingDirectory;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import io.github.pekkosupervisor.spec.ProcessKind;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.AutoShutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.event.Level;

final class ConfiguredTreeTest {

    private static final Map<String, ChildSpec> CODE = Map.of("api", ChildSpec.actor("any", Behaviors.empty()));

    private static Config config(String text) {
        return ConfigFactory.parseString(text, ConfigParseOptions.defaults().setOriginDescription("tree.conf"));
    }

    private static ProcessSpec process(ChildSpec child) {
        return ((ProcessKind) child.kind()).spec();
    }

    @Test
    void nothing_said_is_otps_defaults() {
        SupervisorSpec spec = ConfiguredTree.read(config("children = []"));

        assertThat(spec.strategy()).isEqualTo(Strategy.ONE_FOR_ONE);
        assertThat(spec.intensity()).isEqualTo(1);
        assertThat(spec.period()).isEqualTo(Duration.ofSeconds(5));
        assertThat(spec.children()).isEmpty();
    }

    @Test
    void every_key_means_something() {
        SupervisorSpec spec = ConfiguredTree.read(config("""
            strategy = rest-for-one, intensity = 3, period = 10s, auto-shutdown = any-significant
            children = [
              { id = db
                process {
                  command = [sleep, 9], name = base, directory = /tmp, environment { A = 1, B = null }
                  stdin = discard, output = log, stderr { logger = x, level = warn }
                  ready { tcp = 5432 }, start-timeout = 9s, stop = ["TERM 2s", "SIGINT 500ms", kill]
                  process-group = leader, when-supervisor-dies = keep, normal-exit-codes = [0, 3], normal-exit-signals = [HUP, "rtmin+3"]
                  ignore-exit-codes = [77]
                }
                restart = transient, significant = true, shutdown = 7s, start-timeout = 20s, on-abandon = escalate, kill-grace = 3s
                restart-delay { min = 200ms, max = 1s, factor = 3, jitter = 0, reset-after = 4s }
              }
              { id = workers, shutdown = infinite
                supervisor { strategy = one-for-all, children = [ { id = a, process.command = [sleep, 1] } ] } }
              { id = the api, from-code = api, restart = temporary, shutdown = brutal-kill, start-timeout = infinite }
            ]
            """), CODE);

        assertThat(spec.strategy()).isEqualTo(Strategy.REST_FOR_ONE);
        assertThat(spec.intensity() + " " + spec.period() + " " + spec.autoShutdown())
                .isEqualTo("3 PT10S " + AutoShutdown.ANY_SIGNIFICANT);
        ChildSpec db = spec.children().get(0);
        assertThat(db.restart()).isEqualTo(RestartType.TRANSIENT);
        assertThat(db.significant()).isTrue();
        assertThat(db.shutdown()).isEqualTo(Shutdown.timeout(Duration.ofSeconds(7)));
        assertThat(db.startTimeout()).hasValue(Duration.ofSeconds(20));
        assertThat(db.onAbandon()).isEqualTo(ChildSpec.OnAbandon.ESCALATE);
        assertThat(db.killGrace()).isEqualTo(Duration.ofSeconds(3));
        assertThat(spec.children().get(1).killGrace()).isEqualTo(Duration.ofSeconds(10));
        assertThat(db.restartDelay())
                .hasValue(new RestartDelay(Duration.ofMillis(200), Duration.ofSeconds(1), 3, 0, Duration.ofSeconds(4)));
        ProcessSpec process = process(db);
        assertThat(process.command()).containsExactly(OsString.of("sleep"), OsString.of("9"));
        assertThat(process.name()).isEqualTo("base");
        assertThat(process.directory()).isEqualTo(new WorkingDirectory.At(Path.of("/tmp")));
        assertThat(process.environment()).isEqualTo(Map.of("A", Optional.of("1"), "B", Optional.empty()));
        assertThat(process.stdin()).isEqualTo(Stdio.discard());
        assertThat(process.stdout()).isEqualTo(Stdio.logged());
        assertThat(process.stderr()).isEqualTo(Stdio.logged("x", Level.WARN));
        assertThat(process.ready()).isEqualTo(Readiness.tcp(5432));
        assertThat(process.startTimeout()).isEqualTo(Duration.ofSeconds(9));
        assertThat(process.stop())
                .isEqualTo(StopSequence.of(Signal.TERM)
                        .then(Duration.ofSeconds(2), Signal.INT)
                        .then(Duration.ofMillis(500), Signal.KILL));
        assertThat(process.grouping()).isEqualTo(Grouping.OWN_SESSION);
        assertThat(process.processGroup()).isEqualTo(ProcessGroup.LEADER);
        assertThat(process.whenSupervisorDies()).isEqualTo(WhenSupervisorDies.KEEP);
        assertThat(process.ignoreExitCodes()).containsExactly(77);
        assertThat(process.normalExits()).isEqualTo(NormalExits.ofCodes(0, 3).alsoBy(Signal.HUP, Signal.RTMIN_PLUS_3));
        ChildSpec workers = spec.children().get(1);
        assertThat(workers.isSupervisor()).isTrue();
        ChildSpec api = spec.children().get(2);
        assertThat(api.id() + " " + api.kindName() + " " + api.restart() + " " + api.startTimeout())
                .isEqualTo("the api actor " + RestartType.TEMPORARY + " Optional.empty");
        assertThat(api.shutdown()).isEqualTo(Shutdown.brutalKill());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "line = ready                          | a line with /ready/",
                "tcp = \"127.0.0.1:80\"                | a connection to 127.0.0.1:80",
                "unix-socket = /run/x                  | a connection to /run/x",
                "command = [test, -e, x], pause = 1s   | exit code 0 of [test, -e, x]",
                "notification-fd = 3                   | a newline on descriptor 3",
            })
    void every_sign_of_readiness_can_be_asked_for(String sign, String meaning) {
        SupervisorSpec spec = ConfiguredTree.read(
                config("children = [ { id = a, process { command = [sleep, 1], ready { " + sign + " } } } ]"));

        assertThat(process(spec.children().get(0)).ready()).hasToString(meaning);
    }

    @Test
    void the_reference_says_the_defaults() {
        Config reference = ConfigFactory.parseResources("reference.conf").getConfig("pekko-supervisor.tree-reference");
        Config child = reference.getConfig("child");
        Config process =
                reference.getConfig("process").withValue("command", ConfigValueFactory.fromAnyRef(List.of("true")));
        Config tree = reference
                .getConfig("supervisor")
                .withValue(
                        "children",
                        ConfigValueFactory.fromIterable(List.of(child.withValue("process", process.root())
                                .withValue("id", ConfigValueFactory.fromAnyRef("a"))
                                .root()
                                .unwrapped())));

        SupervisorSpec said = ConfiguredTree.read(tree);
        SupervisorSpec defaults = SupervisorSpec.of(Strategy.ONE_FOR_ONE);
        ChildSpec saidChild = said.children().get(0);
        ChildSpec defaultChild = ChildSpec.process("a", "true");

        assertThat(said.strategy() + " " + said.intensity() + " " + said.period() + " " + said.autoShutdown())
                .isEqualTo(defaults.strategy() + " " + defaults.intensity() + " " + defaults.period() + " "
                        + defaults.autoShutdown());
        assertThat(List.of(
                        saidChild.restart(),
                        saidChild.shutdown(),
                        saidChild.significant(),
                        saidChild.onAbandon(),
                        saidChild.startTimeout()))
                .isEqualTo(List.of(
                        defaultChild.restart(),
                        defaultChild.shutdown(),
                        defaultChild.significant(),
                        defaultChild.onAbandon(),
                        defaultChild.startTimeout()));
        assertThat(summary(process(saidChild))).isEqualTo(summary(process(defaultChild)));
    }

    private static List<Object> summary(ProcessSpec spec) {
        return List.of(
                spec.command(),
                spec.environment(),
                spec.stdin(),
                spec.stdout(),
                spec.stderr(),
                spec.ready(),
                spec.startTimeout(),
                spec.stop(),
                spec.grouping(),
                spec.processGroup(),
                spec.whenSupervisorDies(),
                spec.normalExits(),
                spec.ignoreExitCodes());
    }

    @Test
    void all_that_is_wrong_is_listed_with_file_and_line() {
        Config wrong = config("""
            strategie = one-for-all
            intensity = many
            period = 5
            children = [
              7
              { process.command = [sleep, 1] }
              { id = b, process { command = "sleep 1" } }
              { id = c, process { command = [no-such-program-anywhere], redy { tcp = 1 } } }
              { id = d, shutdown = soon, restart = always }
              { id = e, from-code = missing }
              { id = f, supervisor { children = [ { id = g, process { command = [sleep], stop = [TERM, INT] } } ] } }
              { id = h, process { command = [sleep], ready { tcp = 0 }, normal-exit-codes = [256] } }
              { id = h, process { command = [sleep], ready { line = "[" } } }
            ]
            """);

        assertThatExceptionOfType(InvalidSpecException.class)
                .isThrownBy(() -> ConfiguredTree.read(wrong, CODE))
                .satisfies(e -> assertThat(e.problems().stream().map(Problem::toString))
                        .anySatisfy(
                                is("/: tree.conf: 1: key \"strategie\" is not known here; did you mean \"strategy\"?"))
                        .anySatisfy(is("/: tree.conf: 2: \"intensity\" must be a whole number, was \"many\""))
                        .anySatisfy(is("/: tree.conf: 3: \"period\" must be a time with its unit"))
                        .anySatisfy(is("/: tree.conf: 5: a child must be an object in braces, was 7"))
                        .anySatisfy(is("/[1]: tree.conf: 6: the child has no \"id\""))
                        .anySatisfy(is("/b: tree.conf: 7: \"command\" must be a list of program and arguments"))
                        .anySatisfy(is("/c: tree.conf: 8: key \"redy\" is not known here; did you mean \"ready\"?"))
                        .anySatisfy(is("/d: tree.conf: 9: a child is one of \"process\", \"supervisor\","
                                + " \"service-directory\", \"services-directory\" and \"from-code\", this one is"
                                + " none"))
                        .anySatisfy(
                                is("/d: tree.conf: 9: \"shutdown\" must be \"brutal-kill\", \"infinite\" or a time"))
                        .anySatisfy(is("/d: tree.conf: 9: \"restart\" must be one of permanent, transient, temporary,"
                                + " was \"always\""))
                        .anySatisfy(is("/e: tree.conf: 10: \"from-code\" must name a child that the application"
                                + " gives, was \"missing\"; there are [api]"))
                        .anySatisfy(is("/f/g: tree.conf: 11: \"stop\" needs a wait behind TERM"))
                        .anySatisfy(is("/h: tree.conf: 12: \"ready.tcp\" must have a port from 1 to 65535, was 0"))
                        .anySatisfy(is(
                                "/h: tree.conf: 12: \"normal-exit-codes\" must be exit codes from 0 to 255, was 256"))
                        .anySatisfy(is(
                                "/h: tree.conf: 13: \"ready.line\" must be a regular expression, was \"[\": Unclosed"))
                        .anySatisfy(is("/h: tree.conf: 12 and tree.conf: 13: child \"h\" comes twice"))
                        .anySatisfy(is("/: tree.conf: 1: child \"api\" from code has no place in the tree")));
    }

    /** For a file that is not there the library has an empty configuration, which would be a tree that is up. */
    @Test
    void a_tree_without_children_is_refused_unless_calls_are_to_start_them() {
        assertThatExceptionOfType(InvalidSpecException.class)
                .isThrownBy(() -> ConfiguredTree.read(ConfigFactory.parseFile(new File("no-such-tree.conf"))))
                .withMessageContaining("no-such-tree.conf")
                .withMessageContaining("there is nothing to supervise, since \"children\" is missing; is this the right"
                        + " file, and is it there?");
        assertThat(mistakes("intensity = 3")).hasSize(1);
        assertThat(mistakes("chidren = [ { id = a, process.command = [x] } ]"))
                .singleElement()
                .asString()
                .endsWith("did you mean \"children\"?");
        assertThat(ConfiguredTree.read(config("strategy = dynamic")))
                .returns(Strategy.DYNAMIC, SupervisorSpec::strategy)
                .returns(SupervisorSpec.dynamic().intensity(), SupervisorSpec::intensity);
        assertThat(ConfiguredTree.read(config("children = [ { id = s, supervisor { intensity = 3 } } ]"))
                        .children())
                .hasSize(1);
    }

    private static List<String> mistakes(String text) {
        InvalidSpecException refusal =
                catchThrowableOfType(InvalidSpecException.class, () -> ConfiguredTree.read(config(text), Map.of()));
        return refusal.problems().stream().map(Problem::message).toList();
    }

    @Test
    void what_the_whole_tree_shows_has_the_line_of_its_key_and_names_it() {
        assertThat(mistakes("""

            intensity = -1

            period = 0s
            strategy = one-for-one
            max-children = 3
            children = [
              {
                id = a
                process {
                  command = [sleep, 1]
                  ignore-exit-codes = [3]
                }
                shutdown = 0s
                start-timeout = 0s
                significant = true
                restart-delay {
                  min = 2s
                  max = 1s
                }
              }
            ]
            """))
                .extracting(message -> message.replaceFirst("(\\d+: \"[a-z.-]+\"): .*", "$1"))
                .containsExactlyInAnyOrder(
                        "tree.conf: 2: \"intensity\"",
                        "tree.conf: 4: \"period\"",
                        "tree.conf: 6: \"max-children\"",
                        "tree.conf: 12: \"ignore-exit-codes\"",
                        "tree.conf: 14: \"shutdown\"",
                        "tree.conf: 15: \"start-timeout\"",
                        "tree.conf: 16: \"significant\"",
                        "tree.conf: 19: \"restart-delay.max\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "strategy = dynamc, max-children = 5 | \"strategy\" must be one of",
                "auto-shutdown = any, children = [ { id = a, restart = temporary, significant = true, process.command ="
                        + " [x] } ] | \"auto-shutdown\" must be one of",
                "auto-shutdown = any-significant, children = [ { id = a, restart = temprary, significant = true,"
                        + " process.command = [x] } ] | \"restart\" must be one of",
                "intensity = infinite, children = [ { id = a, restart-delay { min = soon }, process.command = [x] } ] |"
                        + " \"restart-delay.min\" must be a time",
                "children = [ { id = a, process { command = [x], ready { tcp = 0 }, ignore-exit-codes = [3] } } ] |"
                        + " \"ready.tcp\" must have a port",
                "children = [ { id = a, process { command = [x], ready { http = x } } } ] | \"ready.http\" is not"
                        + " right: \"x\" is no address",
            })
    void one_slip_is_one_mistake(String text, String message) {
        assertThat(mistakes(text)).singleElement().asString().startsWith("tree.conf: 1: " + message);
    }

    @Test
    void other_values_are_looked_up() {
        SupervisorSpec spec = ConfiguredTree.read(config(
                "period = 7s, children = [ { id = a, shutdown = ${period}," + " process.command = [sleep, 1] } ]"));

        assertThat(spec.children().get(0).shutdown()).isEqualTo(Shutdown.timeout(Duration.ofSeconds(7)));
    }

    @Test
    void what_is_set_nowhere_is_told_in_words_beside_all_other_mistakes() {
        String mend = " not known here; write the value itself, or have it set in the same file or in the environment;"
                + " an application is to resolve the whole configuration before it reads a part of it";
        String notKnown = " uses ${no.such.value}, which is" + mend;

        assertThat(mistakes("""
            strategy = ${no.such.value}
            foo = ${no.such.value}
            intensity = many
            children = [
              ${no.such.value}
              { id = ${no.such.value}, process { command = [sleep, ${no.such.value}] } }
              { id = b, process { command = [sleep], environment { A = ${no.such.value} }, name = ${no.such.value}x } }
              { id = c, process { command = [sh, -c, "${x} \\" ${y}", ${no."a}\\"b"}, ${z}${z}], name = "s"${z}${y}${z} } }
            ]
            period = ${period}
            """))
                .containsExactlyInAnyOrder(
                        "tree.conf: 1: \"strategy\"" + notKnown,
                        "tree.conf: 2: key \"foo\" is not known here; known are [auto-shutdown, children, intensity,"
                                + " max-children, period, strategy]",
                        "tree.conf: 3: \"intensity\" must be a whole number, was \"many\"; use infinite for no limit",
                        "tree.conf: 5: a child must be an object in braces, was another value",
                        "tree.conf: 6: \"id\"" + notKnown,
                        "tree.conf: 6: \"command\"" + notKnown,
                        "tree.conf: 7: \"environment\"" + notKnown,
                        "tree.conf: 7: \"name\"" + notKnown,
                        "tree.conf: 8: \"command\" uses ${no.\"a}\\\"b\"}, which is" + mend,
                        "tree.conf: 8: \"command\" uses ${z}, which is" + mend,
                        "tree.conf: 8: \"name\" uses ${z} and ${y}, which are" + mend,
                        "tree.conf: 10: \"period\" uses ${period}, which is" + mend);
    }

    @Test
    void mistakes_are_a_line_each_in_the_message() {
        assertThatExceptionOfType(InvalidSpecException.class)
                .isThrownBy(() -> ConfiguredTree.read(config("intensity = -1\nperiod = 0s\nchildren = []")))
                .withMessageMatching("2 mistakes:\n\t/: tree.conf: 1: .*\n\t/: tree.conf: 2: .*");
    }

    @Test
    void what_may_be_a_secret_is_not_shown() {
        Config wrong = config("""
            children = [
              { id = a, process { command = [sleep], environment = "PASSWORD=hunter2" } }
              { id = b, process { command = [sleep], environment { PASSWORD = [hunter2] } } }
              { id = c, process { command = [sleep], environment = ["PASSWORD=hunter2"] } }
              { id = d, process { command = [sleep], enviroment { PASSWORD = hunter2 } } }
              { id = e, process { command = [sleep], enviroment = "PASSWORD=hunter2" } }
              { id = f, process { command = [sleep], environment { "A=B" = "", PASSWORD = hunter2 } } }
            ]
            """);

        assertThatExceptionOfType(InvalidSpecException.class)
                .isThrownBy(() -> ConfiguredTree.read(wrong, Map.of()))
                .satisfies(e -> assertThat(e.problems())
                        .hasSize(6)
                        .allSatisfy(problem -> {
                            assertThat(problem.message()).doesNotContain("hunter2");
                            assertThat(problem.value()).doesNotContain("hunter2");
                        })
                        .anySatisfy(problem -> assertThat(problem.message())
                                .contains("\"environment\" sets PASSWORD to a list; it must be text")));
    }

    @Test
    void what_is_nearly_right_is_wrong_too() {
        String long1 = "x".repeat(100_000);
        Config wrong = config("""
            intensity = 1.5
            children = [
              { id = null, process { command = [sleep, 1] } }
              { id = "", process { command = [sleep, 1] } }
              { id = %1$s, restart = sometimes, process { command = [sleep, 1] } }
              { id = %1$s, process { command = [sleep, 1] } }
            ]
            """.formatted(long1));

        assertThatExceptionOfType(InvalidSpecException.class)
                .isThrownBy(() -> ConfiguredTree.read(wrong, Map.of()))
                .satisfies(e -> assertThat(e.problems().stream().map(Problem::toString))
                        .allMatch(text -> text.length() < 500)
                        .anySatisfy(is("/: tree.conf: 1: \"intensity\" must be a whole number, was 1.5"))
                        .anySatisfy(is("/null: tree.conf: 3: \"id\" is null"))
                        .anySatisfy(is("/[1]: tree.conf: 4: child \"\": the id is empty"))
                        .anyMatch(text -> text.contains("tree.conf: 5 and tree.conf: 6: child \"xxx")
                                && text.contains("100000 characters")));
    }

    @Test
    void what_is_shortened_is_cut_between_characters() {
        String smiles = "\ud83d\ude00".repeat(10_000);
        Config wrong = config("""
            intensity = "%1$s"
            children = [
              { id = "x%1$s", process { command = [sleep, 1] } }
            ]
            """.formatted(smiles));

        assertThatExceptionOfType(InvalidSpecException.class)
                .isThrownBy(() -> ConfiguredTree.read(wrong, Map.of()))
                .satisfies(e -> assertThat(e.problems().stream().map(Problem::toString))
                        .hasSize(2)
                        .allMatch(text -> text.length() < 500 && text.contains("\ud83d\ude00..."))
                        .noneMatch(text -> text.codePoints()
                                .anyMatch(character -> Character.getType(character) == Character.SURROGATE)));
    }

    private static Consumer<String> is(String beginning) {
        return text -> assertThat(text).startsWith(beginning);
    }
}
