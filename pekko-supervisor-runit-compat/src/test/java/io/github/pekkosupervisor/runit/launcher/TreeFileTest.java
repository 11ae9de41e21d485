package io.github.pekkosupervisor.runit.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.pekkosupervisor.runit.page.PageSettings;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TreeFileTest {

    private static final String CHILD = "{ id = a, process.command = [sleep, 1d] }";
    private static final String TREE = "tree { children = [" + CHILD + "] }\n";

    @TempDir
    Path temp;

    private Path file(String text) throws IOException {
        return Files.writeString(temp.resolve("shop.conf"), text);
    }

    private List<String> mistakes(String text) throws IOException {
        Path file = file(text);
        InvalidSpecException refusal = catchThrowableOfType(InvalidSpecException.class, () -> TreeFile.read(file));
        return refusal.problems().stream()
                .map(Problem::message)
                .map(message -> message.replace(file.toString(), "shop.conf"))
                .toList();
    }

    @Test
    void a_tree_is_enough_and_is_shown_under_the_name_of_the_file() throws IOException {
        TreeFile file = TreeFile.read(file(TREE));

        assertThat(file.spec().children())
                .singleElement()
                .satisfies(child -> assertThat(child.id()).isEqualTo("a"));
        assertThat(file.export()).get().asString().endsWith("shop/service");
        assertThat(file.state()).contains(new TreeFile.State(Optional.empty(), "shop"));
    }

    @Test
    void what_is_not_utf_8_is_refused_with_its_line() throws IOException {
        Path file = temp.resolve("shop.conf");
        Files.write(
                file,
                ("home = here\n# caf\u00e9\n" + TREE.replace("id = a", "id = caf\u00e9"))
                        .getBytes(StandardCharsets.ISO_8859_1));

        assertThat(catchThrowableOfType(InvalidSpecException.class, () -> TreeFile.read(file))
                        .problems())
                .singleElement()
                .extracting(Problem::message)
                .isEqualTo(file
                        + ": 3: what is said here is not UTF-8; write the file in that, as iconv -f LATIN1 -t UTF-8"
                        + " does with one in Latin-1");
    }

    @Test
    void a_key_that_is_not_utf_8_is_refused_in_what_is_included_too() throws IOException {
        Files.write(temp.resolve("more.conf"), "\ncaf\u00e9 = x".getBytes(StandardCharsets.ISO_8859_1));

        assertThat(mistakes("include \"more.conf\"\n" + TREE))
                .singleElement()
                .asString()
                .contains("more.conf: 2: what is said here is not UTF-8; ");
    }

    @Test
    void what_is_not_utf_8_may_be_a_secret_and_is_not_shown() throws IOException {
        Path file = Files.write(
                temp.resolve("secret.conf"),
                (TREE + "\nsecret = \"geheim\u00e9\"\n").getBytes(StandardCharsets.ISO_8859_1));

        assertThat(catchThrowableOfType(InvalidSpecException.class, () -> TreeFile.read(file)))
                .hasMessageContaining("is not UTF-8")
                .hasMessageNotContaining("geheim");
    }

    @Test
    void utf_8_is_read_as_it_is() throws IOException {
        TreeFile file = TreeFile.read(file(TREE.replace("id = a", "id = caf\u00e9")));

        assertThat(file.spec().children().get(0).id()).isEqualTo("caf\u00e9");
    }

    @Test
    void all_of_hocon_is_read() throws IOException {
        Files.writeString(temp.resolve("more.conf"), "program = [sleep, 1d]");

        TreeFile file = TreeFile.read(file("""
            include "more.conf"
            home = ${HOME}
            never-used = ${no.such.thing}
            tree { children = [ { id = a, process { command = ${program}, environment { H = ${home} } } } ] }
            """));

        assertThat(file.said()
                        .toConfig()
                        .getObjectList("children")
                        .get(0)
                        .toConfig()
                        .getStringList("process.command"))
                .containsExactly("sleep", "1d");
    }

    @Test
    void service_directories_are_children() throws IOException {
        TreeFile file = TreeFile.read(file("tree { children = [ { id = web, service-directory = /etc/sv/web },"
                + " { id = all, services-directory = /etc/service } ] }"));

        assertThat(file.spec().children())
                .extracting(child -> child.kindName())
                .containsExactly("service directory", "service directories");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            export = none                          | false | shop
            export { name = web }                  | true  | web
            export { directory = /run/x/service }  | true  | shop
            export { group = ops }                 | true  | shop
            """)
    void what_is_shown_can_be_said(String said, boolean isShown, String application) throws IOException {
        TreeFile file = TreeFile.read(file(TREE + "pekko-supervisor { " + said + " }"));

        assertThat(file.export().isPresent()).isEqualTo(isShown);
        assertThat(file.state()).contains(new TreeFile.State(Optional.empty(), application));
    }

    @Test
    void state_directory_can_be_said() throws IOException {
        assertThat(TreeFile.read(file(TREE + "pekko-supervisor.state-directory = /var/x"))
                        .state())
                .contains(new TreeFile.State(Optional.of(Path.of("/var/x")), "shop"));
        assertThat(TreeFile.read(file(TREE + "pekko-supervisor.state-directory = none"))
                        .state())
                .isEmpty();
    }

    @Test
    void recordings_can_be_said() throws IOException {
        assertThat(TreeFile.read(file(TREE)).recorded()).isFalse();
        assertThat(TreeFile.read(file(TREE + "pekko-supervisor.flight-recorder = true"))
                        .recorded())
                .isTrue();
        assertThat(mistakes(TREE + "pekko-supervisor.flight-recorder = 3"))
                .singleElement()
                .asString()
                .contains("flight-recorder");
    }

    @Test
    void a_page_can_be_said_and_is_none_otherwise() throws IOException {
        assertThat(TreeFile.read(file(TREE)).page()).isEmpty();
        assertThat(TreeFile.read(file(TREE + "pekko-supervisor.page = none")).page())
                .isEmpty();
        assertThat(TreeFile.read(file(TREE + "pekko-supervisor.page { commands = true }"))
                        .page())
                .contains(PageSettings.loopback().withCommands(true));
        assertThat(mistakes(TREE + "pekko-supervisor.page { listen = \"tcp:0.0.0.0:80\" }"))
                .singleElement()
                .asString()
                .contains("\"listen\" must be an address of this machine");
    }

    @Test
    void all_mistakes_are_told_at_once_with_their_lines() throws IOException {
        assertThat(mistakes("""
            tree {
              strategie = one-for-all
              children = [
                { id = a, process.command = redis }
                { id = b, process { command = [sleep, 1], output = log, when-supervisor-dies = keep } }
                { id = c, process { command = [${no.such.program}] } }
              ]
            }
            pekko-supervisor {
              exports { }
              export { status = everybody }
              state-directory = {}
            }
            """))
                .anySatisfy(one -> assertThat(one).startsWith("shop.conf: 2: key \"strategie\" is not known here"))
                .anySatisfy(one -> assertThat(one).startsWith("shop.conf: 4: \"command\" must be a list"))
                .anySatisfy(one -> assertThat(one)
                        .startsWith("shop.conf: 6: \"command\" uses ${no.such.program}, which is not known"))
                .anySatisfy(one -> assertThat(one).startsWith("shop.conf: 10: key \"pekko-supervisor.exports\""))
                .anySatisfy(one -> assertThat(one).startsWith("shop.conf: 11: \"status\" must be one of"))
                .anySatisfy(one -> assertThat(one).startsWith("shop.conf: 12: \"pekko-supervisor.state-directory\""))
                .hasSize(6);
    }

    @Test
    void one_that_is_kept_and_would_break_is_told() throws IOException {
        String kept = "tree { children = [ { id = b, process { command = [sleep, 1], output = log,"
                + " when-supervisor-dies = keep } } ] }\n";

        assertThat(mistakes(kept)).singleElement().asString().contains("output");
        assertThat(TreeFile.read(file(kept + "pekko-supervisor.state-directory = none"))
                        .state())
                .isEmpty();
    }

    @Test
    void file_without_a_tree_is_told_what_to_do() throws IOException {
        assertThat(mistakes(""))
                .containsExactly("shop.conf: there is no tree { }, and so nothing to run; is this the right file?");
        assertThat(mistakes("tree = 7"))
                .containsExactly("shop.conf: 1: \"tree\" must be a block, as in tree { children = [] }");
        assertThat(mistakes("tree { children = [")).singleElement().asString().startsWith("shop.conf: 1: ");
        assertThat(mistakes("tre { children = [] }"))
                .containsExactly(
                        "shop.conf: there is no tree { }, and so nothing to run; did you mean \"tree\" by \"tre\"?");
        assertThat(mistakes("children = []"))
                .containsExactly("shop.conf: there is no tree { }, and so nothing to run; put all of it in tree { }");
        assertThat(mistakes(TREE + "pekko-supervisr { export = none }"))
                .containsExactly("shop.conf: 2: key \"pekko-supervisr\" is not known here; did you mean"
                        + " \"pekko-supervisor\"?");
    }

    @Test
    void file_that_is_not_there_is_told() {
        Path none = temp.resolve("none.conf");

        assertThat(catchThrowableOfType(InvalidSpecException.class, () -> TreeFile.read(none))
                        .problems())
                .extracting(Problem::message)
                .containsExactly(
                        none + ": there is no such file; correct its path, or begin with what pekko-supervisor template"
                                + " prints");
        assertThat(catchThrowableOfType(InvalidSpecException.class, () -> TreeFile.read(temp))
                        .problems())
                .extracting(Problem::message)
                .singleElement()
                .asString()
                .startsWith(temp + ": it cannot be read");
    }

    @Test
    void what_is_included_by_required_and_not_there_is_named() throws IOException {
        Path path = file("include required(\"more.conf\")\ntree { children = [] }\n");

        assertThat(catchThrowableOfType(InvalidSpecException.class, () -> TreeFile.read(path))
                        .problems())
                .extracting(Problem::message)
                .containsExactly(path + ": what it includes by required is not there: more.conf; make that file, or"
                        + " correct its name, which is from the directory of this one");
    }

    /** What is behind a number sign and no blank is a setting: all of them together are right too. */
    @Test
    void template_is_right_as_it_is_and_with_all_that_it_offers() throws IOException {
        Files.writeString(temp.resolve("more.conf"), "");
        String text = Template.text().toString();
        String all = text.replaceAll("(?m)^( *)#(?=[^ \\n])", "$1");

        assertThat(TreeFile.read(file(text)).spec().children()).hasSize(3);
        assertThat(TreeFile.read(file(all)).spec().children()).hasSize(4);
        assertThat(all).isNotEqualTo(text);
        assertThat(all.lines().filter(line -> line.strip().startsWith("#")))
                .allSatisfy(line -> assertThat(line.strip()).matches("#( .*)?"));
        assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(120));
    }

    @ParameterizedTest
    @CsvSource({
        "shop.conf,shop",
        "/etc/shop.conf,shop",
        "shop,shop",
        "shop.json,shop.json",
        ".conf,tree",
        ".x.conf,tree"
    })
    void name_is_that_of_the_file(Path file, String name) {
        assertThat(TreeFile.nameOf(file)).isEqualTo(name);
    }
}
