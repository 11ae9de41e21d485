package io.github.pekkosupervisor.runit.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.SupervisionTree.StartFailedException;
import io.github.pekkosupervisor.runit.supervise.Modes;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a tree is shown, as a configuration says it, and where, if it says no place. */
final class ConfiguredExportTest {

    private static final int SOMEBODY = 1000;

    private static Config parsed(String text) {
        return ConfigFactory.parseString(text, ConfigParseOptions.defaults().setOriginDescription("application.conf"));
    }

    private static List<String> mistakes(String text) {
        InvalidSpecException refusal =
                catchThrowableOfType(InvalidSpecException.class, () -> ServiceExport.read(parsed(text)));
        return refusal == null
                ? List.of()
                : refusal.problems().stream().map(Problem::message).toList();
    }

    @Test
    void every_key_is_taken() {
        ExportSettings settings = ConfiguredExport.read(parsed("""
                directory = /run/app/service
                name = orders
                group = ops
                status = all
                control = group
                dynamic-children = 3
                down-files = ignore
                required = true
                access = [ { names = "workers.*", status = group }, { names = "*", status = owner } ]
                """));

        assertThat(settings)
                .isEqualTo(new ExportSettings(
                        ExportPlace.of(Path.of("/run/app/service")),
                        Optional.of("orders"),
                        Optional.of("ops"),
                        Optional.of(Modes.STATUS_FOR_ALL_CONTROL_FOR_GROUP),
                        List.of(
                                new ExportSettings.Rule("workers.*", Modes.STATUS_FOR_GROUP),
                                new ExportSettings.Rule("*", Modes.OF_OWNER)),
                        3,
                        false,
                        true,
                        false));
    }

    @Test
    void what_is_not_said_is_as_in_java() {
        ExportSettings settings = ConfiguredExport.read(parsed("directory = /run/app/service"));

        assertThat(settings).isEqualTo(ExportSettings.of(ExportPlace.of(Path.of("/run/app/service"))));
    }

    @Test
    void the_keys_that_are_shown_are_the_defaults() {
        Config shown = ConfigFactory.defaultReference().getConfig("pekko-supervisor.export-reference");

        assertThat(ConfiguredExport.read(shown.withFallback(parsed("directory = /d"))))
                .isEqualTo(ExportSettings.of(ExportPlace.of(Path.of("/d"))));
    }

    @Test
    void what_it_refers_to_is_looked_up() {
        assertThat(ConfiguredExport.read(parsed("directory = /run/${name}, name = orders"))
                        .directory())
                .isEqualTo(Path.of("/run/orders"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                                          | OF_OWNER",
                "group = ops                               | CONTROL_FOR_GROUP",
                "group = ops, status = group               | STATUS_FOR_GROUP",
                "group = ops, control = group              | CONTROL_FOR_GROUP",
                "group = ops, status = group, control = group | CONTROL_FOR_GROUP",
                "group = ops, status = owner               | OF_OWNER",
                "group = ops, control = owner              | OF_OWNER",
                "status = all                              | STATUS_FOR_ALL",
                "group = ops, status = all                 | STATUS_FOR_ALL",
                "status = all, control = owner             | STATUS_FOR_ALL",
                "group = 4711, status = all, control = group | STATUS_FOR_ALL_CONTROL_FOR_GROUP",
            })
    void who_may_use_it_is_one_of_the_five_rows(@Nullable String keys, String row) {
        ExportSettings settings =
                ConfiguredExport.read(parsed("directory = /d, " + (keys == null ? "required = false" : keys)));

        assertThat(settings.modes())
                .isEqualTo(ServiceExport.Access.valueOf(row.equals("OF_OWNER") ? "OWNER" : row)
                        .modes());
    }

    @Test
    void a_group_that_only_some_children_are_shown_to_is_not_let_in_to_the_others() {
        ExportSettings settings = ConfiguredExport.read(
                parsed("directory = /d, group = ops, status = owner, access = [{ names = w, control = group }]"));

        assertThat(settings.group()).contains("ops");
        assertThat(settings.modes()).isEqualTo(Modes.OF_OWNER);
        assertThat(settings.rules()).containsExactly(new ExportSettings.Rule("w", Modes.CONTROL_FOR_GROUP));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name = app, access = w | \"access\" must be a list of blocks, as in access = [ { names = \"workers.*\","
                        + " status = group, control = owner } ], was \"w\"",
                "name = app, access = [{ status = all }] | there are no \"names\" of children; as in names = \"workers.*\"",
                "name = app, access = [{ names = \"\", status = all }] | \"access.names\" must not be empty; * is for all",
                "name = app, access = [{ names = w, status = group }] | the group may look or command, and there is no"
                        + " \"group\"; name it, as in group = ops",
                "name = app, group = ops, access = [{ names = w, group = dev }] | key \"access.group\" is not known here; it"
                        + " belongs in pekko-supervisor.export { }",
                "direktory = /d | key \"direktory\" is not known here; did you mean \"directory\"?",
                "directory = /d, requierd = true | key \"requierd\" is not known here; did you mean \"required\"?",
                "directory = /d, SVDIR = /x | key \"SVDIR\" is not known here; here that is \"directory\"",
                "directory = /d, strategy = dynamic | key \"strategy\" is not known here; it is for trees",
                "directory = [] | \"directory\" must be text, was []",
                "directory = \"\" | \"directory\" must not be empty or have a NUL character, was \"\"",
                "directory = /d, name = \"\" | \"name\" must not be empty; leave it out for none",
                "name = \"a/b\" | \"name\" must be a name without a slash, and without a dot at its front, was \"a/b\"",
                "name = .. | \"name\" must be a name without a slash, and without a dot at its front, was \"..\"",
                "required = true | there is no \"directory\" to show the tree in, and no \"name\" of an application whose"
                        + " usual one that could be; as in directory = /run/app/service, or name = app",
                "name = app, dynamic-children = -1 | \"dynamic-children\" must be 0 to 1000000, was -1",
                "name = app, dynamic-children = 1000001 | \"dynamic-children\" must be 0 to 1000000, was 1000001",
                "name = app, dynamic-children = few | \"dynamic-children\" must be a whole number, was \"few\"",
                "name = app, down-files = yes | \"down-files\" must be one of obey, ignore, was \"yes\"",
                "name = app, required = maybe | \"required\" must be true or false, was \"maybe\"",
                "name = app, group = [] | \"group\" must be text, was []",
                "name = app, status = everybody | \"status\" must be one of owner, group, all, was \"everybody\"",
                "name = app, group = ops, control = all | \"control\" must be one of owner, group, was \"all\"",
                "name = app, control = group | the group may look or command, and there is no \"group\"; name it, as in"
                        + " group = ops",
                "name = app, status = group | the group may look or command, and there is no \"group\"; name it, as in"
                        + " group = ops",
                "name = app, group = ops, status = owner, control = group | who may command may look too: with control ="
                        + " group, status must be group or all",
            })
    void a_mistake_is_told_with_file_line_and_key(String text, String message) {
        assertThat(mistakes(text)).containsExactly("application.conf: 1: " + message);
    }

    @Test
    void all_mistakes_are_told_at_once() {
        assertThat(mistakes("directory = {}\nname = []\nstatus = none\nfoo = hunter2\n"))
                .hasSize(4)
                .allSatisfy(message -> assertThat(message).matches("application.conf: [1-4]: .*"))
                .noneSatisfy(message -> assertThat(message).contains("hunter2"));
    }

    // ---- the usual place

    @ParameterizedTest
    @CsvSource(
            value = {
                "0, /run/user/0, /run/app/service",
                "0, NONE, /run/app/service",
                "1000, /run/user/1000, /run/user/1000/app/service",
            },
            nullValues = "NONE")
    void usual_place_is_below_the_directory_for_what_runs(int user, @Nullable String runtime, Path expected) {
        assertThat(ExportPlace.ofApplication("app", user, runtime).directory()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            value = {"NONE, names none", "'', names none", "run/user, names none", "/no/such, /no/such is not there"},
            nullValues = "NONE")
    void where_there_is_none_a_line_says_how_to_name_a_place(@Nullable String runtime, String why) {
        assertThat(ExportPlace.ofApplication("app", SOMEBODY, runtime).whyNowhere())
                .hasValueSatisfying(line -> assertThat(line)
                        .contains(why)
                        .endsWith("; name a place with ServiceExport.to(PATH), or in the settings with"
                                + " pekko-supervisor.export.directory = PATH"));
        assertThat(ExportPlace.of(Path.of("/no/such")).whyNowhere()).isEmpty();
    }

    @Test
    void a_tree_is_shown_in_the_usual_place_which_is_made(@TempDir Path base) throws IOException {
        ExportPlace place = ExportPlace.ofApplication("app", SOMEBODY, base.toString());
        ServiceExport export = new ServiceExport(ExportSettings.of(place));
        try (SupervisionTree tree = start(export)) {
            ShownTree.get(export.written().thenApply(done -> true));

            assertThat(place.directory().resolve("cache/supervise/status")).exists();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(base.resolve("app"))))
                    .isEqualTo("rwxr-xr-x");
            assertThat(tree.root().path()).isEqualTo("/");
        }
    }

    @Test
    void without_a_place_the_tree_runs_and_is_not_shown_unless_that_is_required() {
        ExportSettings nowhere = ExportSettings.of(ExportPlace.ofApplication("app", SOMEBODY, null));
        ServiceExport export = new ServiceExport(nowhere);
        try (SupervisionTree tree = start(export)) {
            ShownTree.get(export.written().thenApply(done -> true));

            assertThat(ShownTree.get(tree.root().children())).hasSize(1);
        }

        assertThatExceptionOfType(StartFailedException.class)
                .isThrownBy(() -> start(new ServiceExport(nowhere).withRequired()))
                .withStackTraceContaining("$XDG_RUNTIME_DIR names none");
    }

    private static SupervisionTree start(ServiceExport export) {
        return SupervisionTree.start(
                ShownTree.oneForOne(ShownTree.actor("cache")),
                Options.defaults().withLogging(false).withJvmShutdownHook(false).withExport(export));
    }

    @Test
    void a_name_that_leads_elsewhere_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ServiceExport.named("../etc"))
                .withMessage("an application's name must be a name without a slash, and without a dot at its front,"
                        + " was \"../etc\"");
    }
}
