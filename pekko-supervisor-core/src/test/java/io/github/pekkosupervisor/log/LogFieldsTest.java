package io.github.pekkosupervisor.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.LogEntry;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.TreeEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** The manual names each field that an entry about supervisors has, and none that no entry has. */
final class LogFieldsTest {

    private static final Path MANUAL = Path.of("../docs/operating.md");
    private static final Pattern NAME = Pattern.compile("`([a-z][a-z_0-9]*)`");

    /** What stands in parentheses are no names of fields. */
    private static Set<String> named(String from, String to) throws IOException {
        String manual = Files.readString(MANUAL);
        int begin = manual.indexOf(from);
        int end = manual.indexOf(to, begin);
        assertThat(begin).as(from).isPositive();
        assertThat(end).as(to).isPositive();
        return NAME.matcher(manual.substring(begin, end).replaceAll("\\([^)]*\\)", ""))
                .results()
                .map((MatchResult name) -> name.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Each event often enough to be counted. */
    private static Set<String> written() {
        List<LogEntry> entries = new ArrayList<>();
        EventLog log = new EventLog(
                new EventLog.Writer() {
                    @Override
                    public boolean writes(Level level) {
                        return true;
                    }

                    @Override
                    public boolean wantsAll() {
                        return false;
                    }

                    @Override
                    public void write(LogEntry entry) {
                        entries.add(entry);
                    }
                },
                () -> 0,
                (Duration wait, Runnable work) -> {});
        SupervisorWordsTest.events()
                .map(row -> (TreeEvent) row.get()[0])
                .flatMap(event -> Stream.generate(() -> event).limit(Repeats.LINES + 2))
                .forEach(event -> {
                    log.tell(event);
                    log.begins(event.path(), 2, false);
                });
        SupervisorWordsTest.events()
                .map(row -> SupervisorWords.of((SupervisorEvent) row.get()[0]))
                .forEach(entries::add);
        return entries.stream()
                .flatMap(entry -> entry.fields().keySet().stream())
                .map(name -> name.replaceAll("^counted_[0-9]+$", "counted_1"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void the_manual_names_each_field_and_no_other() throws IOException {
        assertThat(named("* The same is in key-value pairs", "Of service directories further"))
                .isEqualTo(written());
    }
}
