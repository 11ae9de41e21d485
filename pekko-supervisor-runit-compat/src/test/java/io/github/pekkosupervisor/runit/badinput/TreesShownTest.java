package io.github.pekkosupervisor.runit.badinput;

import static io.github.pekkosupervisor.runit.badinput.Yard.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.runit.conformance.BuiltDist;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What {@code pekko-supervisor status} and {@code tree}, asked by root, show of a tree in a service directory. */
@Tag("dist")
class TreesShownTest extends InYard {

    private static final String USER = "64733";

    private Path home() {
        return yard.root().resolve("home");
    }

    private Path app(String user) throws IOException {
        Path app = Files.createDirectories(yard.service("app"));
        Files.setPosixFilePermissions(app, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(app.resolve("service.conf"), "tree { directory = \"" + home() + "\"" + user + " }\n");
        Yard.sleeper(home().resolve("web"));
        // a logger ends when nobody writes any more
        script(Files.createDirectories(home().resolve("deep/log")).resolve("run"), "exec cat >/dev/null");
        Yard.sleeper(home().resolve("deep"));
        return app;
    }

    private Path appOfUser() throws IOException {
        assumeTrue(Yard.isRoot(), "only root can have a tree of another user");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "no setpriv to become another user with");
        assumeTrue(BuiltDist.othersReachTemporaryFiles(), "other users do not reach the temporary directory");
        return app(", user = \":" + USER + ":" + USER + "\"");
    }

    private void give() {
        assertThat(Yard.command("chown", "-hR", USER + ":" + USER, home().toString()))
                .isEmpty();
    }

    private String shown(String... words) {
        String[] all = new String[words.length + 2];
        all[0] = Yard.dist().resolve("pekko-supervisor").toString();
        System.arraycopy(words, 0, all, 1, words.length);
        all[all.length - 1] = yard.services().toString();
        return Yard.command(all);
    }

    @Test
    void a_tree_of_the_launchers_own_user_is_shown_below_its_service() throws IOException {
        app("");
        yard.start();
        int web = yard.awaitRun(home().resolve("web"));
        yard.awaitRun(home().resolve("deep"));

        assertThat(shown("tree")).containsSubsequence(" app run ", "   ", " deep run ", "   ", " web run " + web + ",");
        assertThat(shown("status")).containsPattern("(?m)^app/web +run +" + web + " ");
        assertThat(shown("tree", "--json"))
                .contains("\"name\":\"app\"", "\"children\":[{\"directory\":\"" + home() + "\",\"name\":\"deep\"");
        assertThat(shown("status", "--json"))
                .contains("{\"directory\":\"" + home() + "\",\"name\":\"web\",\"supervised\":true");

        Yard.control(yard.service("app"), new byte[] {'d'});
        Yard.patiently().until(() -> Yard.pid(yard.service("app")) == 0);
        assertThat(shown("tree")).contains("app down").doesNotContain("web");
    }

    /** Whatever a user has put there, root looks at it as that user. */
    @Test
    void a_tree_of_another_user_is_looked_at_as_that_user() throws IOException {
        appOfUser();
        Path secret = Yard.sleeper(yard.root().resolve("secret/hidden"));
        Files.setPosixFilePermissions(secret.getParent(), PosixFilePermissions.fromString("rwx------"));
        Files.createSymbolicLink(home().resolve("linked"), secret);
        Path good = yard.healthy("good");
        Path forged = Files.createDirectories(home().resolve("forged"));
        Files.createSymbolicLink(forged.resolve("supervise"), good.resolve("supervise"));
        Path odd = Files.createDirectories(home().resolve("odd\033[31m\nname"));
        Files.createDirectories(odd.resolve("supervise"));
        Yard.command("mkfifo", odd.resolve("supervise/ok").toString());
        script(home().resolve("web/finish"), "exit 0");
        give();
        yard.start();
        int own = yard.awaitRun(good);
        int web = yard.awaitRun(home().resolve("web"));
        yard.awaitRun(home().resolve("deep"));
        // a record of a tree by the user himself
        Path planted = home().resolve("web/supervise/.tree");
        Files.writeString(planted, "-\n" + secret.getParent());
        give();

        String tree = shown("tree");
        String table = shown("status");

        assertThat(tree).contains(" web run " + web + ",", "good run " + own + ",", "odd\\x1b[31m\\nname ");
        assertThat(tree.lines().filter(line -> line.contains(" forged ")))
                .singleElement()
                .asString()
                .contains("access denied")
                .doesNotContain(Integer.toString(own));
        assertThat(tree + table).doesNotContain("linked", "hidden", "\033");
        assertThat(table).containsPattern("(?m)^app/web +run +" + web + " ");
    }

    @Test
    void what_cannot_be_read_is_said_and_the_rest_is_shown() throws IOException {
        appOfUser();
        Path good = yard.healthy("good");
        give();
        yard.start();
        yard.awaitRun(home().resolve("web"));
        int own = yard.awaitRun(good);

        Files.setPosixFilePermissions(home(), PosixFilePermissions.fromString("---------"));

        assertThat(shown("tree"))
                .containsPattern("app run .*, its tree cannot be read: unable to read services directory " + home()
                        + ": access denied")
                .contains("good run " + own);
        assertThat(shown("status")).contains("its tree cannot be read: unable to read services directory " + home());
        Files.setPosixFilePermissions(home(), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void of_very_many_the_first_are_shown() throws IOException {
        appOfUser();
        for (int i = 0; i < 1100; i++) {
            Files.createDirectories(home().resolve("x" + i));
        }
        give();
        yard.start();
        yard.awaitRun(home().resolve("web"));

        assertThat(shown("status")).contains("its tree has 102 more, which are not shown");
    }
}
