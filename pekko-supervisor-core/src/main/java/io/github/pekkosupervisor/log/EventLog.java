package io.github.pekkosupervisor.log;

import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.posix.Excerpt;
import io.github.pekkosupervisor.protocol.LogEntry;
import io.github.pekkosupervisor.protocol.LogEntry.Topic;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.TreeEvent;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.event.Level;

/**
 * Tells what happens in one tree in words, to whoever writes them down; a listener that may be called from any thread.
 * Stacks are cut and repeats counted, unless the writer wants everything.
 */
public final class EventLog {

    private final Writer writer;
    private final LongSupplier clock;
    private final Timer timer;
    private final Repeats<LogEntry> repeats = new Repeats<>();
    private final Places places = new Places();
    private boolean wakes;

    /** Who writes entries down. */
    public interface Writer {
        /** Whether it writes entries of this level. */
        boolean writes(Level level);

        /** Whether it wants whole stacks, and each repeat. */
        boolean wantsAll();

        /** Writes one. */
        void write(LogEntry entry);
    }

    /** Who does something later. */
    interface Timer {
        /** Does it after a while. */
        void after(Duration wait, Runnable work);
    }

    /**
     * One that has told nothing.
     *
     * @param clock nanoseconds that never go back
     * @param threads what is still to be told when nothing more happens is written on one of these
     */
    public EventLog(Writer writer, LongSupplier clock, Executor threads) {
        this(
                writer,
                clock,
                (wait, work) -> CompletableFuture.delayedExecutor(wait.toNanos(), TimeUnit.NANOSECONDS, threads)
                        .execute(work));
    }

    EventLog(Writer writer, LongSupplier clock, Timer timer) {
        this.writer = writer;
        this.clock = clock;
        this.timer = timer;
    }

    /** Tells of an event, if it is one that there are words for. */
    public void tell(TreeEvent event) {
        if (event instanceof SupervisorEvent own) {
            if (writer.writes(SupervisorWords.level(own))) {
                tell(own.path(), SupervisorWords.of(own));
            }
        } else {
            event.logEntry()
                    .filter(entry -> writer.writes(entry.level()))
                    .ifPresent(entry -> tell(event.path(), entry));
        }
    }

    /**
     * Another incarnation of a supervisor is at work, which tells from now on.
     *
     * @param isFirst whether it is the first of its child, or no child at all
     */
    public synchronized void begins(String path, long incarnation, boolean isFirst) {
        places.begins(path, incarnation, isFirst, clock.getAsLong());
    }

    private synchronized void tell(String plainPath, LogEntry plain) {
        LogEntry entry = placed(plainPath, plain);
        if (writer.wantsAll()) {
            writer.write(entry);
            return;
        }
        String path = places.counted(plainPath);
        long now = clock.getAsLong();
        write(repeats.due(now));
        Topic topic = entry.topic().orElse(null);
        if (topic == null) {
            // at the end of a supervisor nothing is to be open of all that was below it
            write(repeats.told(other -> Places.isWithin(path, other.path()), now));
            write(entry, Repeats.Verdict.WHOLE);
            return;
        }
        if (repeats.isNews(topic, now)) {
            write(repeats.told(other -> isOfTheSame(topic, other), now));
        }
        write(entry, repeats.happens(topic, brief(entry), now));
        if (!wakes) {
            wakeUp(now);
        }
    }

    /** Where a supervisor on the way there is not the first incarnation, its number is said. */
    private LogEntry placed(String path, LogEntry entry) {
        String shown = places.shown(path);
        if (shown.equals(path)) {
            return entry;
        }
        String text = entry.text();
        String there = Excerpt.shown("[" + path + "]");
        int begin = text.indexOf(there);
        if (begin >= 0) {
            text = text.substring(0, begin) + "[" + shown + "]" + text.substring(begin + there.length());
        }
        Map<String, Object> fields = new LinkedHashMap<>(entry.fields());
        fields.put("path", shown);
        Optional<Topic> topic =
                entry.topic().map(of -> new Topic(of.kind(), places.counted(of.path()), of.child(), of.why()));
        return new LogEntry(entry.level(), text, fields, entry.cause(), topic);
    }

    /** What is said of a place itself is said after all that is open of what is below. */
    private static boolean isOfTheSame(Topic one, Topic other) {
        return one.child().isEmpty()
                ? Places.isWithin(one.path(), other.path())
                : one.path().equals(other.path()) && one.child().equals(other.child());
    }

    private void write(LogEntry entry, Repeats.Verdict how) {
        switch (how) {
            case WHOLE ->
                writer.write(new LogEntry(
                        entry.level(),
                        entry.text(),
                        entry.fields(),
                        entry.cause().map(CutStack::of),
                        entry.topic()));
            case BRIEF -> writer.write(entry.cause().isPresent() ? asBefore(brief(entry)) : entry);
            case COUNTED -> {}
        }
    }

    /** Without what was thrown, which is not to be kept. */
    private static LogEntry brief(LogEntry entry) {
        return entry.cause().isEmpty()
                ? entry
                : new LogEntry(entry.level(), entry.text(), entry.fields(), Optional.empty(), entry.topic());
    }

    private static LogEntry asBefore(LogEntry entry) {
        return new LogEntry(
                entry.level(), entry.text() + "; as before", entry.fields(), Optional.empty(), entry.topic());
    }

    private void write(List<Repeats.Count<LogEntry>> counts) {
        counts.forEach(count -> writer.write(counted(count)));
    }

    private static LogEntry counted(Repeats.Count<LogEntry> count) {
        LogEntry last = count.last();
        Map<String, Object> fields = new LinkedHashMap<>(last.fields());
        fields.put("times", count.number());
        fields.put("within_ms", count.within().toMillis());
        String times = count.number() == 1 ? "once" : count.number() + " times";
        return new LogEntry(
                last.level(),
                last.text() + "; as before, " + times + " in " + DurationText.of(count.within()),
                fields,
                Optional.empty(),
                last.topic());
    }

    // ---- when nothing more happens

    private void wakeUp(long now) {
        OptionalLong due = repeats.nextDue();
        if (due.isPresent()) {
            wakes = true;
            timer.after(Duration.ofNanos(Math.max(0, due.getAsLong() - now)), this::wake);
        }
    }

    private synchronized void wake() {
        wakes = false;
        long now = clock.getAsLong();
        write(repeats.due(now));
        wakeUp(now);
    }
}
