package io.github.pekkosupervisor.runit.launcher;

import static io.github.pekkosupervisor.runit.launcher.RunningFile.command;
import static io.github.pekkosupervisor.runit.launcher.RunningFile.exitCodeIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A launcher that finds all inotify instances of its user used says so and ends. */
@Tag("dist")
@Execution(ExecutionMode.CONCURRENT)
class WithoutEventLoopTest {

    /** In a name space of its own, where there is none for anybody. */
    private static final String WITHOUT =
            "unshare -U -r sh -c 'echo 0 >/proc/sys/user/max_inotify_instances && exec \"$@\"' sh ";

    @TempDir
    private Path temp;

    @ParameterizedTest
    @ValueSource(strings = {"pekko-supervisor run shop.conf", "runsvdir service", "runsv service/web"})
    void it_says_so_and_ends(String words) throws IOException {
        assumeTrue(command("sh", "-c", WITHOUT + "true; echo $?").strip().equals("0"), "no user name space");
        Files.createDirectories(temp.resolve("service/web"));
        Files.writeString(temp.resolve("shop.conf"), "tree.children = []\n");

        String code =
                exitCodeIn(temp, "timeout -s KILL 60 " + WITHOUT + "\"$1\"/" + words + " >said 2>told </dev/null");

        assertThat(code).as(Files.readString(temp.resolve("told"))).isEqualTo("111");
        assertThat(Files.readString(temp.resolve("told")))
                .contains(": fatal: ")
                .contains("fs.inotify.max_user_instances")
                .doesNotContain("\tat ");
    }
}
