package io.github.pekkosupervisor.runit.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Orders, letters and answers in any order that they may come in; {@link OrdersTest} has the tables. */
class OrdersWalkTest {

    private static final ExitStatus EXIT_3 = ExitStatus.ofCode(3);

    static LongStream seeds() {
        return LongStream.range(0, 400);
    }

    /** Orders, letters and answers as they may come: what is ordered is told once, and nothing else is started. */
    @ParameterizedTest
    @MethodSource("seeds")
    void each_order_is_told_to_be_over_once_and_nothing_runs_without_one(long seed) {
        Walk walk = new Walk(new Random(seed));
        for (int i = 0; i < 200; i++) {
            walk.step();
        }
        walk.toTheEnd();

        assertThat(walk.faults).as("%s", walk.story).isEmpty();
        assertThat(walk.isOrdered).as("%s", walk.story).isFalse();
    }

    private static final class Walk {
        final Random random;
        final RunsvPuppet runsv;
        final List<String> story = new ArrayList<>();
        final Set<String> faults = new HashSet<>();
        boolean isOrdered;
        boolean isUp;
        boolean starting;
        boolean alive;
        boolean reading;
        String script = "";
        long now;

        Walk(Random random) {
            this.random = random;
            this.runsv = RunsvPuppet.of(RunsvPuppet.wanted(Want.UP)).byOrders();
            heard("begin", runsv.begin());
        }

        void step() {
            runsv.at(now += random.nextInt(1_500));
            if (!script.isEmpty() && random.nextBoolean()) {
                endScript();
            } else if (starting && random.nextBoolean()) {
                answer(random.nextInt(8));
            } else if (alive && random.nextInt(4) == 0) {
                end();
            } else if (!isOrdered) {
                isOrdered = true;
                heard("start", runsv.order(random.nextBoolean()));
            } else if (random.nextInt(3) == 0) {
                heard("stop", runsv.stop(random.nextBoolean(), random.nextBoolean()));
            } else if (reading) {
                reading = false;
                char letter = "udotkpch".charAt(random.nextInt(8));
                heard("letter " + letter, runsv.read(letter));
            }
        }

        private void endScript() {
            char letter = script.charAt(0);
            script = "";
            heard("script " + letter, random.nextBoolean() ? runsv.scriptEnded(letter) : runsv.scriptVetoed(letter));
        }

        private void answer(int how) {
            starting = false;
            if (how == 0) {
                heard("refused", runsv.refused(Role.SERVICE));
            } else {
                alive = true;
                heard("started", runsv.started(Role.SERVICE, 7));
            }
        }

        private void end() {
            alive = false;
            heard("ended", runsv.ended(EXIT_3, random.nextBoolean()));
        }

        void toTheEnd() {
            heard("stop", runsv.stop(false, false));
            for (int i = 0; i < 20; i++) {
                runsv.at(now += 6_000);
                if (!script.isEmpty()) {
                    endScript();
                } else if (starting) {
                    answer(1);
                } else if (alive) {
                    end();
                } else {
                    heard("time", runsv.throttleElapsed(Role.SERVICE));
                }
            }
        }

        private void heard(String event, String actions) {
            story.add(event + " -> " + actions);
            for (String action : actions.isEmpty() ? new String[0] : actions.split("; ")) {
                if (action.equals("run service")) {
                    check(isOrdered && !alive && !starting, "a start that was not ordered");
                    starting = true;
                } else if (action.startsWith("finish")) {
                    starting = true;
                } else if (action.startsWith("script ")) {
                    script = action.substring(7);
                } else if (action.startsWith("read")) {
                    reading = true;
                } else if (action.equals("up")) {
                    check(isOrdered && !isUp && alive, "up");
                    isUp = true;
                } else if (action.equals("over")) {
                    check(isOrdered && !alive && !starting, "over");
                    isOrdered = false;
                    isUp = false;
                }
            }
        }

        private void check(boolean holds, String what) {
            if (!holds) {
                faults.add(what);
            }
        }
    }
}
