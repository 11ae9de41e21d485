package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A listener that keeps what it hears, and says it in words: each pid has a name, by the order in which they come. */
final class Told implements Consumer<ServiceEvent> {

    private final List<ServiceEvent> events = new CopyOnWriteArrayList<>();

    @Override
    public void accept(ServiceEvent event) {
        events.add(event);
    }

    /** All that was told of this path. */
    List<ServiceEvent> of(String path) {
        return events.stream().filter(event -> event.path().equals(path)).toList();
    }

    List<String> paths() {
        return events.stream().map(ServiceEvent::path).distinct().toList();
    }

    List<String> words(String path) {
        return words(of(path));
    }

    static List<String> words(List<ServiceEvent> events) {
        Words words = new Words();
        return events.stream().map(words::of).toList();
    }

    /** Waits until this has been told last. */
    void awaitLast(String path, String words) {
        patiently().untilAsserted(() -> assertThat(words(path)).endsWith(words));
    }

    /** Waits until this has been told. */
    void await(String path, String words) {
        patiently().untilAsserted(() -> assertThat(words(path)).contains(words));
    }

    /** What was told from a certain number on. */
    List<String> wordsFrom(String path, int first) {
        List<String> all = new ArrayList<>(words(path));
        return all.subList(first, all.size());
    }

    private static final class Words {
        private final Map<Integer, String> pids = new HashMap<>();

        private String pid(int pid) {
            return pid == 0 ? "nobody" : pids.computeIfAbsent(pid, next -> "p" + (pids.size() + 1));
        }

        String of(ServiceEvent event) {
            if (event instanceof ServiceEvent.OfProgram ofProgram) {
                return ofProgram(ofProgram);
            } else if (event instanceof ServiceEvent.Ready ready) {
                return "ready " + pid(ready.pid());
            } else if (event instanceof ServiceEvent.StateChanged changed) {
                return unit(changed.unit()) + " " + status(changed.status());
            } else if (event instanceof ServiceEvent.SupervisionBegan began) {
                return "begun, service " + status(began.service())
                        + began.log().map(log -> ", log " + status(log)).orElse("");
            } else if (event instanceof ServiceEvent.SupervisionEnded ended) {
                return "ended with " + ended.exitCode();
            } else if (event instanceof ServiceEvent.SupervisionDelayed delayed) {
                return "delayed " + delayed.length().toSeconds() + " s";
            } else if (event instanceof ServiceEvent.SupervisionFailed failed) {
                return "failed: " + failed.cause().getMessage();
            } else if (event instanceof ServiceEvent.Throttled throttled) {
                return unit(throttled.unit()) + " throttled "
                        + throttled.length().toSeconds() + " s, " + throttled.why();
            } else if (event instanceof ServiceEvent.Warned warned) {
                return warned.severity() + ": " + warned.text();
            }
            return control(event);
        }

        private String ofProgram(ServiceEvent.OfProgram event) {
            String file = event.program().file();
            if (event instanceof ServiceEvent.Started started) {
                return file + " started " + pid(started.pid());
            } else if (event instanceof ServiceEvent.Adopted adopted) {
                return file + (adopted.runs() ? " adopted " : " left ") + pid(adopted.pid()) + ", restarts "
                        + adopted.restarts();
            } else if (event instanceof ServiceEvent.Ended ended) {
                return file + " ended " + pid(ended.pid()) + ", " + ended.status();
            } else if (event instanceof ServiceEvent.StartRefused refused) {
                return file + " refused, " + refused.cause().errno();
            } else if (event instanceof ServiceEvent.NotRun notRun) {
                return file + " not run, " + notRun.cause().errno();
            }
            throw new AssertionError("no words for " + event);
        }

        private static String control(ServiceEvent event) {
            if (event instanceof ServiceEvent.ControlByte read) {
                return unit(read.unit()) + " read " + read.letter();
            } else if (event instanceof ServiceEvent.ScriptStarted started) {
                return "control/" + started.letter() + " started";
            } else if (event instanceof ServiceEvent.ScriptEnded ended) {
                return "control/" + ended.letter() + " ended, " + ended.status() + (ended.vetoed() ? ", vetoed" : "");
            } else if (event instanceof ServiceEvent.ScriptNotRun notRun) {
                return "control/" + notRun.letter() + (notRun.refused() ? " refused, " : " not run, ")
                        + notRun.cause().errno();
            } else if (event instanceof ServiceEvent.SignalSent sent) {
                return unit(sent.unit()) + " sent " + sent.signal().name();
            } else if (event instanceof ServiceEvent.Paused paused) {
                return unit(paused.unit()) + " paused";
            } else if (event instanceof ServiceEvent.Continued continued) {
                return unit(continued.unit()) + " continued";
            }
            // Found, Renamed, Forgotten, EndRequested, SupervisionResumed, LogPipeClosed, LogPipeOpened have nothing to
            // add
            return event.getClass().getSimpleName();
        }

        private static String unit(ServiceEvent.Unit unit) {
            return unit.name().toLowerCase(Locale.ROOT);
        }

        private String status(ServiceStatus status) {
            return status.state().name().toLowerCase(Locale.ROOT)
                    + (status.state() == State.DOWN ? "" : " " + pid(status.pid()))
                    + (status.paused() ? ", paused" : "")
                    + (status.gotTerm() ? ", got TERM" : "")
                    + (status.want() == Want.UP
                            ? ""
                            : ", want " + status.want().name().toLowerCase(Locale.ROOT));
        }
    }
}
