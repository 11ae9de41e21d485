package io.github.pekkosupervisor.runit.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.rule.UnrecordedRule.Adopt;
import io.github.pekkosupervisor.runit.rule.UnrecordedRule.Doubt;
import io.github.pekkosupervisor.runit.rule.UnrecordedRule.Listed;
import io.github.pekkosupervisor.runit.rule.UnrecordedRule.Nobody;
import io.github.pekkosupervisor.runit.rule.UnrecordedRule.Trace;
import io.github.pekkosupervisor.runit.rule.UnrecordedRule.Traces;
import io.github.pekkosupervisor.runit.rule.UnrecordedRule.Verdict;
import io.github.pekkosupervisor.runit.rule.UnrecordedRule.Where;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import io.github.pekkosupervisor.runit.supervise.StateFile;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is made of processes that no record names: each row of the table, and the words. */
class UnrecordedRuleTest {

    private static final String BOOT = "11111111-2222-3333-4444-555555555555";
    private static final Instant STAMP = InWords.START.plusSeconds(60);
    private static final Instant WRITTEN = STAMP.plus(Duration.ofHours(1));
    private static final String TORN = "neither of its two records is whole";

    private static Trace process(int pid) {
        return process(pid, Duration.ofMillis(-10));
    }

    /** Started so long after the time that {@code status} tells. */
    private static Trace process(int pid, Duration after) {
        return new Trace(new Known(new ProcessIdentity(pid, 6_000L + pid, BOOT), 0, false), STAMP.plus(after));
    }

    private static Optional<ServiceStatus> told(State state, int pid) {
        return Optional.of(new ServiceStatus(STAMP, pid, true, true, Want.DOWN, state));
    }

    private static Verdict decide(
            Optional<String> unread, Optional<ServiceStatus> told, Optional<Trace> named, Trace... there) {
        return UnrecordedRule.decide(new Traces(Role.SERVICE, unread, told, WRITTEN, named, List.of(there)), BOOT);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            7, 7,   true
            7, 8 7, true
            7, 8,   false
            7, -,   false
            -, 7,   false
            """)
    void who_is_named_is_among_those_that_are_there_or_not(String named, String there, boolean expected) {
        assertThat(traces(named, there).namedIsThere()).isEqualTo(expected);
    }

    /** It has been asked for once more: it is there, if it is, and nobody else is in its place. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            7, 7,   7, 7
            7, 8 7, 7, 7 8
            7, 8,   7, 7 8
            7, 7 8, -, 8
            7, -,   -, -
            -, 8,   7, 7 8
            -, 8,   -, 8
            """)
    void what_has_become_known_of_who_is_named_counts(String named, String there, String known, String expected) {
        Traces now = traces(named, there).named(processes(known).findFirst());

        assertThat(now).isEqualTo(traces(known, expected));
    }

    private static Stream<Trace> processes(String pids) {
        return Stream.of(pids.split(" ", -1))
                .filter(pid -> !pid.equals("-"))
                .map(pid -> process(Integer.parseInt(pid)));
    }

    private static Traces traces(String named, String there) {
        return new Traces(
                Role.SERVICE,
                Optional.of(TORN),
                told(State.RUN, 7),
                WRITTEN,
                processes(named).findFirst(),
                processes(there).toList());
    }

    /**
     * @param record torn, or fine
     * @param named whether a process has the number that status tells, and was started then, or at another time
     * @param there the processes in the directory; 7 is the one that is named
     */
    @ParameterizedTest
    @CsvSource(textBlock = """
            torn, then,    7,   adopt
            torn, then,    7 8, adopt
            torn, then,    8,   doubt
            torn, then,    -,   doubt
            torn, another, 7,   doubt
            torn, another, 7 8, doubt
            torn, another, 8,   doubt
            torn, another, -,   nobody
            torn, nobody,  8,   doubt
            torn, nobody,  8 9, doubt
            torn, nobody,  -,   nobody
            fine, then,    7,   adopt
            fine, then,    -,   doubt
            fine, another, 7,   doubt
            fine, another, -,   nobody
            fine, another, 8,   nobody
            fine, nobody,  8,   nobody
            """)
    void only_who_is_all_that_status_says_is_adopted(String record, String named, String there, String expected) {
        Duration after = Duration.ofMillis(named.equals("then") ? -10 : 5_000);
        Trace[] processes = Stream.of(there.split(" ", -1))
                .filter(pid -> !pid.equals("-"))
                .map(Integer::valueOf)
                .map(pid -> pid == 7 ? process(7, after) : process(pid))
                .toArray(Trace[]::new);

        Traces traces = new Traces(
                Role.SERVICE,
                record.equals("torn") ? Optional.of(TORN) : Optional.empty(),
                told(State.RUN, 7),
                WRITTEN,
                named.equals("nobody") ? Optional.empty() : Optional.of(process(7, after)),
                List.of(processes));

        Verdict verdict = UnrecordedRule.decide(traces, BOOT);

        assertThat(verdict.getClass().getSimpleName()).isEqualToIgnoringCase(expected);
        assertThat(traces.isSure()).isEqualTo(expected.equals("adopt"));
    }

    @ParameterizedTest
    @CsvSource({
        "RUN, -30000, true",
        "RUN, -30001, false",
        "RUN, 2000, true",
        "RUN, 2001, false",
        "FINISH, 3602000, true",
        "FINISH, 3602001, false",
        "FINISH, -30001, false",
        "DOWN, 0, false"
    })
    void time_that_status_tells_is_that_of_the_start_within_reason(State state, long millis, boolean fits) {
        Trace named = process(7, Duration.ofMillis(millis));

        Verdict verdict = decide(Optional.of(TORN), told(state, 7), Optional.of(named), named);

        assertThat(verdict instanceof Adopt).isEqualTo(fits);
    }

    @Test
    void garbage_without_a_status_leaves_doubt_about_whoever_is_there() {
        assertThat(decide(Optional.of(TORN), Optional.empty(), Optional.empty(), process(8)))
                .isInstanceOf(Doubt.class);
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void where_there_is_nothing_to_read_who_seems_to_be_left_is_named(Role role) {
        String log = role == Role.LOG ? "log/" : "";
        String nothing = "there is neither " + log + "supervise/.state nor " + log + "supervise/status, and ";

        assertThat(nothingToRead(role, process(8)))
                .isEqualTo(new Doubt(nothing + "process 8, which was here before, may be " + log
                        + "run: nothing is started; end it, or make an empty " + log
                        + "supervise/status if it is not"));
        assertThat(nothingToRead(role, process(8), process(9)))
                .isEqualTo(new Doubt(nothing + "each of the processes 8, 9, which were here before, may be " + log
                        + "run: nothing is started; end them, or make an empty " + log
                        + "supervise/status if none of them is"));
        assertThat(nothingToRead(role)).isEqualTo(new Nobody(Optional.empty()));
    }

    @Test
    void into_whom_it_cannot_be_looked_is_named_with_what_speaks_for_him() {
        assertThat(UnrecordedRule.decide(Traces.ofHidden(Role.SERVICE, List.of(process(8))), BOOT))
                .isEqualTo(new Doubt("there is neither supervise/.state nor supervise/status, and process 8, into which"
                        + " it cannot be looked and which by name is a program of it, may be run: nothing is started;"
                        + " end it, or make an empty supervise/status if it is not"));
        assertThat(UnrecordedRule.decide(Traces.ofHidden(Role.LOG, List.of(process(8), process(9))), BOOT))
                .isEqualTo(new Doubt("there is neither log/supervise/.state nor log/supervise/status, and each of the"
                        + " processes 8, 9, into which it cannot be looked and which by name is a program of it, may"
                        + " be log/run: nothing is started; end them, or make an empty log/supervise/status if none of"
                        + " them is"));
    }

    private static Verdict nothingToRead(Role role, Trace... there) {
        return UnrecordedRule.decide(
                new Traces(role, Optional.empty(), Optional.empty(), WRITTEN, Optional.empty(), List.of(there)), BOOT);
    }

    @Test
    void what_is_adopted_is_as_status_says() {
        Adopt adopt = (Adopt) decide(Optional.of(TORN), told(State.RUN, 7), Optional.of(process(7)), process(7));

        assertThat(adopt.record().status()).isEqualTo(told(State.RUN, 7).orElseThrow());
        assertThat(adopt.record().process()).contains(process(7).who());
        assertThat(adopt.record().past().started()).contains(STAMP);
        assertThat(adopt.record().supervisor().identity().bootId()).isEqualTo(BOOT);
        assertThat(adopt.record().pending().finishing()).isEmpty();
    }

    @Test
    void of_a_finish_nobody_knows_what_for() {
        Adopt adopt = (Adopt) decide(Optional.of(TORN), told(State.FINISH, 7), Optional.of(process(7)), process(7));

        assertThat(adopt.record().pending().finishing()).contains(ExitStatus.UNKNOWN);
        assertThat(adopt.record().past().started()).isEmpty();
    }

    // ---- whom the list of services names

    private static Traces listed(Role role, Optional<String> unread, Optional<ServiceStatus> told, Where where) {
        return listed(role, unread, told, where, process(7));
    }

    private static Traces listed(
            Role role, Optional<String> unread, Optional<ServiceStatus> told, Where where, Trace run) {
        return new Traces(
                role,
                unread,
                told,
                WRITTEN,
                Optional.empty(),
                List.of(process(8)),
                Optional.of(new Listed(run, where)));
    }

    /**
     * @param told what status says: nothing, that this process runs since then or since another time, that another one
     *     does, or that this number is a finish
     */
    @ParameterizedTest
    @CsvSource(textBlock = """
            torn, READER,    nothing, adopt
            torn, READER,    then,    adopt as told
            torn, READER,    late,    adopt
            fine, READER,    nothing, adopt
            torn, OURS,      nothing, adopt
            torn, OURS,      then,    adopt as told
            torn, OURS,      late,    adopt
            torn, OURS,      another, adopt
            torn, OURS,      finish,  adopt
            fine, OURS,      nothing, adopt
            fine, OURS,      then,    adopt as told
            torn, ELSEWHERE, nothing, doubt
            torn, ELSEWHERE, then,    adopt as told
            torn, ELSEWHERE, late,    doubt
            torn, ELSEWHERE, another, doubt
            torn, ELSEWHERE, finish,  doubt
            fine, ELSEWHERE, nothing, doubt
            fine, ELSEWHERE, then,    adopt as told
            torn, HIDDEN,    nothing, doubt
            torn, HIDDEN,    then,    adopt as told
            fine, HIDDEN,    nothing, doubt
            fine, HIDDEN,    another, doubt
            """)
    void who_is_listed_is_adopted_if_he_is_certain_or_status_names_him_too(
            String record, Where where, String told, String expected) {
        Optional<ServiceStatus> status = switch (told) {
            case "nothing" -> Optional.empty();
            case "another" -> told(State.RUN, 9);
            case "finish" -> told(State.FINISH, 7);
            default -> told(State.RUN, 7);
        };
        Trace run = process(7, told.equals("late") ? Duration.ofHours(1) : Duration.ofMillis(-10));
        ServiceStatus fresh = new ServiceStatus(run.started(), 7, false, false, Want.UP, State.RUN);
        Traces traces =
                listed(Role.SERVICE, record.equals("torn") ? Optional.of(TORN) : Optional.empty(), status, where, run);

        Verdict verdict = UnrecordedRule.decide(traces, BOOT);

        assertThat(traces.surelyListed()).isEqualTo(expected.equals("doubt") ? Optional.empty() : Optional.of(run));
        assertThat(traces.isSure()).isEqualTo(!expected.equals("doubt"));
        assertThat(as(verdict, status, fresh)).isEqualTo(expected);
    }

    private static String as(Verdict verdict, Optional<ServiceStatus> told, ServiceStatus fresh) {
        if (!(verdict instanceof Adopt adopt)) {
            return verdict instanceof Doubt ? "doubt" : "nobody";
        }
        assertThat(adopt.record().process()).contains(adopt.who().who());
        ServiceStatus status = adopt.record().status();
        return status.equals(fresh) ? "adopt" : Optional.of(status).equals(told) ? "adopt as told" : "" + status;
    }

    @Test
    void of_who_is_listed_what_has_become_known_of_him_counts() {
        Trace known = new Trace(
                new Known(process(7).who().identity(), 4711, true), process(7).started());

        Traces now = listed(Role.SERVICE, Optional.empty(), Optional.empty(), Where.OURS)
                .listed(known);

        assertThat(now.surelyListed()).contains(known);
        assertThat(now.there()).containsExactly(process(8));
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void who_is_listed_is_named_with_the_list(Role role) {
        String log = role == Role.LOG ? "log/" : "";
        String torn = log + "supervise/.state is not used, since neither of its two records is whole";

        assertThat(((Adopt) UnrecordedRule.decide(
                                listed(role, Optional.of(TORN), told(State.RUN, 7), Where.OURS), BOOT))
                        .line())
                .isEqualTo(torn + ": " + log + "run is adopted, pid 7, which the list of services names");
        assertThat(UnrecordedRule.decide(listed(role, Optional.of(TORN), Optional.empty(), Where.ELSEWHERE), BOOT))
                .isEqualTo(new Doubt("the list of services says that " + log
                        + "run is process 7, which goes on in another directory, and " + torn
                        + ": nothing is started while it runs; end it if it is not to go on"));
        assertThat(UnrecordedRule.decide(listed(role, Optional.empty(), Optional.empty(), Where.HIDDEN), BOOT))
                .isEqualTo(new Doubt("the list of services says that " + log
                        + "run is process 7, which goes on in a directory that cannot be seen, and " + log
                        + "supervise/.state does not name it: nothing is started while it runs; end it if it is not to"
                        + " go on"));
    }

    // ---- who reads from the pipe

    @Test
    void logger_that_alone_reads_from_the_pipe_is_adopted() {
        Traces traces = Traces.ofReaders(Optional.empty(), List.of(process(7)));

        Adopt adopt = (Adopt) UnrecordedRule.decide(traces, BOOT);

        assertThat(adopt.who()).isEqualTo(process(7));
        assertThat(adopt.record().status())
                .isEqualTo(new ServiceStatus(process(7).started(), 7, false, false, Want.UP, State.RUN));
        assertThat(adopt.line())
                .isEqualTo("log/supervise/.state does not name it: log/run is adopted, pid 7, which reads what run"
                        + " writes");
    }

    @Test
    void of_several_that_read_from_the_pipe_none_is_adopted() {
        Traces traces = Traces.ofReaders(Optional.of(TORN), List.of(process(7), process(8)));

        assertThat(traces.isSure()).isFalse();
        assertThat(UnrecordedRule.decide(traces, BOOT))
                .isEqualTo(new Doubt("log/supervise/.state is not used, since neither of its two records is whole, and"
                        + " each of the processes 7, 8 reads what run writes: nothing is started; end those that are"
                        + " not log/run"));
    }

    @Test
    void who_reads_stays_what_it_is_with_what_has_become_known() {
        Traces several = Traces.ofReaders(Optional.empty(), List.of(process(7), process(8)));
        Traces one = Traces.ofReaders(Optional.empty(), List.of(process(7)));

        assertThat(several.listed(process(9))).isEqualTo(several);
        assertThat(several.named(Optional.empty())).isEqualTo(several);
        assertThat(one.listed(process(9)).surelyListed()).contains(process(9));
    }

    // ---- who goes on beside one that is adopted by its record

    /**
     * @param named who has the number that status tells: another one, the one that is adopted, or nobody
     * @param there whether he is where the unit is
     * @param then whether he was started when status says so
     */
    @ParameterizedTest
    @CsvSource({
        "7, true,  true,  true",
        "7, false, true,  false",
        "7, true,  false, false",
        "9, true,  true,  false",
        "-, false, true,  false"
    })
    void second_copy_of_a_supervisor_without_records_is_named(
            String named, boolean there, boolean then, boolean expected) {
        Duration after = Duration.ofMillis(then ? -10 : 5_000);
        List<Trace> those = named.equals("-") ? List.of() : List.of(process(Integer.parseInt(named), after));
        Traces traces = new Traces(
                Role.SERVICE,
                Optional.empty(),
                told(State.RUN, 7),
                WRITTEN,
                those.stream().findFirst(),
                there ? those : List.of());

        assertThat(UnrecordedRule.beside(traces, process(9).who().identity()))
                .isEqualTo(
                        expected
                                ? Optional.of("run is adopted, pid 9, which supervise/.state names; supervise/status"
                                        + " names another one, process 7, which a supervisor has started that knows"
                                        + " nothing of that: it goes on beside it and is left alone; end it")
                                : Optional.empty());
    }

    @Test
    void second_logger_is_named_too() {
        Traces traces = new Traces(
                Role.LOG, Optional.empty(), told(State.RUN, 7), WRITTEN, Optional.of(process(7)), List.of(process(7)));

        assertThat(UnrecordedRule.beside(traces, process(9).who().identity()))
                .hasValueSatisfying(line -> assertThat(line)
                        .startsWith("log/run is adopted, pid 9, which log/supervise/.state names; log/supervise/status"
                                + " names another one, process 7"));
    }

    // ---- words

    @ParameterizedTest
    @EnumSource(Role.class)
    void adoption_is_told_with_the_name_of_the_file(Role role) {
        Traces traces = new Traces(
                role, Optional.of(TORN), told(State.RUN, 7), WRITTEN, Optional.of(process(7)), List.of(process(7)));
        String log = role == Role.LOG ? "log/" : "";

        assertThat(((Adopt) UnrecordedRule.decide(traces, BOOT)).line())
                .isEqualTo(log + "supervise/.state is not used, since neither of its two records is whole: " + log
                        + "run is adopted by " + log + "supervise/status, pid 7");
    }

    @Test
    void adoption_without_a_record_is_told_too() {
        assertThat(((Adopt) decide(Optional.empty(), told(State.FINISH, 7), Optional.of(process(7)), process(7)))
                        .line())
                .isEqualTo("supervise/.state does not name it: finish is adopted by supervise/status, pid 7");
    }

    @Test
    void doubt_names_who_is_there_and_what_to_do() {
        assertThat(decide(Optional.of(TORN), told(State.RUN, 7), Optional.empty(), process(8), process(9)))
                .isEqualTo(new Doubt("supervise/.state is not used, since neither of its two records is whole, and each"
                        + " of the processes 8, 9 may be run: nothing is started; end them, or make an empty"
                        + " supervise/status if none of them is"));
        assertThat(decide(Optional.of(TORN), told(State.RUN, 7), Optional.empty(), process(8)))
                .isEqualTo(new Doubt("supervise/.state is not used, since neither of its two records is whole, and"
                        + " process 8 may be run: nothing is started; end it, or make an empty supervise/status if it"
                        + " is not"));
        assertThat(decide(Optional.empty(), told(State.RUN, 7), Optional.of(process(7))))
                .isEqualTo(new Doubt("supervise/status says that run is process 7, which is not certain, and"
                        + " supervise/.state does not name it: nothing is started; end it, or make an empty"
                        + " supervise/status if it is not"));
    }

    @Test
    void of_nobody_is_said_what_was_said_ever_since_and_nothing_where_the_file_is_told_of_elsewhere() {
        assertThat(decide(Optional.of(TORN), Optional.empty(), Optional.empty()))
                .isEqualTo(new Nobody(Optional.of("supervise/.state is not used, since neither of its two records is"
                        + " whole: what it was written for counts as not running")));
        assertThat(decide(Optional.of(StateFile.NOT_REGULAR), Optional.empty(), Optional.empty()))
                .isEqualTo(new Nobody(Optional.empty()));
        assertThat(decide(Optional.empty(), told(State.RUN, 7), Optional.of(process(7, Duration.ofDays(1)))))
                .isEqualTo(new Nobody(Optional.empty()));
    }
}
