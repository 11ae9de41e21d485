package io.github.pekkosupervisor.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.ClassSelector;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** Real servers for real test classes, which JUnit runs. */
class ServersTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @BeforeEach
    void nothing_given() {
        Samples.GIVEN.clear();
    }

    @AfterAll
    static void no_process_is_left() {
        await().atMost(PATIENCE)
                .until(() -> ProcessHandle.current().descendants().findAny().isEmpty());
    }

    static EngineExecutionResults play(Class<?>... samples) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(Stream.of(samples).map(sample -> selectClass(sample)).toArray(ClassSelector[]::new))
                .execute();
    }

    private static void passes(int tests, Class<?>... samples) {
        EngineExecutionResults results = play(samples);
        assertThat(failures(results)).isEmpty();
        assertThat(results.testEvents().succeeded().count()).isEqualTo(tests);
    }

    /** Each as it is printed, with what is suppressed. */
    static List<String> failures(EngineExecutionResults results) {
        return results.allEvents().failed().stream()
                .map(event -> event.getRequiredPayload(TestExecutionResult.class))
                .map(result -> result.getThrowable().map(ServersTest::text).orElse(""))
                .toList();
    }

    private static String text(Throwable failure) {
        StringBuilder text = new StringBuilder(String.valueOf(failure));
        Stream.of(failure.getSuppressed()).forEach(one -> text.append("\n").append(one));
        return text.toString();
    }

    private static void fails(String words, Class<?> sample) {
        assertThat(failures(play(sample)))
                .anySatisfy(failure -> assertThat(failure).contains(words));
    }

    private static void nothingIsLeftOf(TestServer server) {
        assertThat(server.directory().getParent()).doesNotExist();
    }

    @Test
    void a_class_has_a_server_of_its_own_while_its_tests_run() {
        passes(3, Samples.OfCommand.class, Samples.OfSameCommand.class);

        List<TestServer> given = Samples.GIVEN;
        assertThat(given).hasSize(3);
        assertThat(given.get(1)).isSameAs(given.get(0));
        assertThat(given.get(2).directory()).isNotEqualTo(given.get(0).directory());
        nothingIsLeftOf(given.get(0));
    }

    @Test
    void classes_share_one_that_lives_as_long_as_the_suite() {
        passes(2, Samples.SharesOne.class, Samples.SharesItToo.class);

        assertThat(Samples.GIVEN).hasSize(2);
        assertThat(Samples.GIVEN.get(1)).isSameAs(Samples.GIVEN.get(0));
        nothingIsLeftOf(Samples.GIVEN.get(0));
    }

    @Test
    void it_is_restarted_when_it_is_told_to_or_dies_with_the_same_port() {
        passes(1, Samples.OfRecipe.class);

        nothingIsLeftOf(Samples.GIVEN.get(0));
    }

    @Test
    void a_static_field_has_it_before_all_tests() {
        passes(1, Samples.InFields.class);
    }

    @Test
    void a_field_of_an_instance_has_it_before_each_test() {
        passes(2, Samples.InFieldOfAnInstance.class);
    }

    @Test
    void of_several_each_is_told_by_its_id_and_nested_classes_see_them() {
        passes(2, Samples.OfTwo.class);
    }

    @Test
    void mistakes_are_told_in_words() {
        fails("let it be of that type, and not final", Samples.InFieldOfAnotherType.class);
        fails("could be meant; say which by @FromServer", Samples.OfWhichOfTwo.class);
        fails("two servers with the id \"server\"; give one of them another", Samples.OfTwoAlike.class);
        fails("there is no RedisServer for it, only [server]", Samples.OfAnotherType.class);
        fails("no command and no recipe; say one", Samples.OfNothing.class);
        fails("it must be a path that begins with /", Samples.OfAWrongPath.class);
    }

    @Test
    void one_that_does_not_start_fails_its_class_with_what_it_wrote() {
        fails("the server server has not started: ", Samples.ThatDoesNotStart.class);
        fails("it wrote last:\n  no such luck", Samples.ThatDoesNotStart.class);
    }

    @Test
    void one_that_is_not_installed_fails_its_class_or_skips_it() {
        fails("there is no program no-such-program-anywhere in PATH", Samples.ThatIsMissing.class);

        EngineExecutionResults optional = play(Samples.ThatMayBeMissing.class);
        assertThat(failures(optional)).isEmpty();
        assertThat(optional.containerEvents().aborted().stream().map(Event::toString))
                .anyMatch(event -> event.contains("no-such-program-anywhere"));
    }

    @Test
    void a_line_of_the_process_before_says_nothing_of_the_next() {
        passes(1, Samples.ThatSaysItAgain.class);
    }

    @Test
    void a_test_that_fails_shows_what_the_server_has_written_meanwhile() {
        assertThat(failures(play(Samples.ThatFails.class)))
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .contains("the answer was 500")
                        .contains("it wrote last:\n  division by zero")
                        .doesNotContain("\n  up"));
    }

    @Test
    void nothing_is_left_of_a_jvm_that_was_killed(@TempDir Path place) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process jvm = new ProcessBuilder(
                        java,
                        "-Djava.io.tmpdir=" + place,
                        "-cp",
                        System.getProperty("java.class.path"),
                        ServersTest.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Path left = Path.of(lineOf(jvm, line -> line.startsWith(place.toString())));
        List<ProcessHandle> servers = jvm.descendants().toList();
        assertThat(servers).isNotEmpty();
        assertThat(left).exists();

        assertThat(jvm.destroyForcibly().waitFor()).isEqualTo(128 + 9);
        await().atMost(PATIENCE).until(() -> servers.stream().noneMatch(ProcessHandle::isAlive));

        TestDirectory.sweep(place);
        try (Stream<Path> all = Files.list(place)) {
            assertThat(all.filter(path -> path.getFileName().toString().startsWith("pekko-supervisor-junit-")))
                    .isEmpty();
        }
    }

    /** As in a container, where each JVM has the same number, with a directory that outlives it. */
    @Test
    void what_a_jvm_with_our_number_has_left_is_swept(@TempDir Path place) throws Exception {
        Path left = Files.createDirectory(place.resolve(
                "pekko-supervisor-junit-" + ProcessHandle.current().pid() + "-1234567890"));
        Files.createFile(left.resolve("lock"));

        TestDirectory.sweep(place);

        assertThat(left).doesNotExist();
    }

    @Test
    void the_directory_of_a_jvm_that_lives_is_not_swept(@TempDir Path place) throws Exception {
        try (TestDirectory lives = TestDirectory.make()) {
            Path ours = lives.resolve("lock");
            TestDirectory.sweep(Path.of(System.getProperty("java.io.tmpdir")));
            assertThat(ours).exists();
        }
        assertThat(place).isEmptyDirectory();
    }

    private static String lineOf(Process process, Predicate<String> wanted) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = lines.readLine();
        while (line != null && !wanted.test(line)) {
            line = lines.readLine();
        }
        return String.valueOf(line);
    }

    /** What the test kills. */
    public static void main(String[] arguments) {
        play(Samples.ThatWaits.class);
    }
}
