package io.github.pekkosupervisor.examples.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.examples.house.Sources.Source;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Files that cannot be read one after another, since each needs the others: only where they are one idea. An import is
 * not needed inside a package, so the names that a file uses are counted. Floors between packages are held by the
 * architecture tests of the modules.
 */
class CirclesTest {

    private static final String ROOT = "io.github.pekkosupervisor.";

    /**
     * A circle that stays.
     *
     * @param place the package, below the first one
     * @param why it is one idea
     */
    private record Allowed(String place, Set<String> files, String why) {}

    /** A new one has to be argued for here, and one that has gone is taken out. */
    private static final List<Allowed> ALLOWED = List.of(
            new Allowed(
                    "junit",
                    Set.of("Declared", "Postgres", "Redis", "RunningServer", "Server", "Servers", "ServersExtension"),
                    "an annotation of JUnit names the extension that reads it, and starts what it says"),
            new Allowed(
                    "process",
                    Set.of("FramedConnection", "ProcessConnection"),
                    "a connection, and the same for who talks in messages"),
            new Allowed(
                    "protocol",
                    Set.of("ChildHandle", "Request", "SupervisorCommand", "SupervisorRef", "SupervisorResult"),
                    "a child may be a supervisor, so its handle leads to requests, which name handles"),
            new Allowed("protocol", Set.of("SnapshotText", "TreeSnapshot"), "a snapshot and how it is written"),
            new Allowed(
                    "rule",
                    Set.of(
                            "Asking",
                            "AtGate",
                            "Doing",
                            "GoingDown",
                            "HangRule",
                            "Restarts",
                            "Starting",
                            "Stopping",
                            "StoppingAll",
                            "SupervisorRule",
                            "UrgentRule"),
                    "a rule and its states: each state says what follows, and the rule which state is next; its parts"
                            + " for restarts, for the end and for what does not wait go on from there"),
            new Allowed(
                    "rule", Set.of("Child", "Incarnation"), "a child has one incarnation, and it knows whose it is"),
            new Allowed(
                    "spec",
                    Set.of("ChildSpec", "SupervisorKind", "SupervisorSpec"),
                    "a supervisor has children, which may be supervisors"),
            new Allowed(
                    "runit",
                    Set.of(
                            "ServiceEvent",
                            "ServiceHappenings",
                            "ServiceNodeChanges",
                            "ServiceNodes",
                            "ServiceSnapshot",
                            "ServiceWords",
                            "Trouble"),
                    "what happens, the words for it, and what it makes of how things are, and are shown"),
            new Allowed(
                    "runit",
                    Set.of("Remains", "Runsv", "RunsvProcesses", "Runsvdir", "Takeover", "TreeActor", "UserTree"),
                    "a services directory has service directories, and one of these may have a services directory in"
                            + " the place of its run"),
            new Allowed("runit.look", Set.of("Inside", "ScanReport"), "a report, and one of what is inside"),
            new Allowed(
                    "posix",
                    Set.of("NativePosix", "Posix"),
                    "an interface opens the one of its two implementations that works here"));

    @Test
    void files_of_a_package_go_round_in_no_circle_but_the_allowed_ones() throws IOException {
        assertThat(complaints(Sources.ofMain(), ALLOWED)).isEmpty();
    }

    @Test
    void a_planted_circle_is_reported() {
        List<Source> files = List.of(
                file("A", "class A { B b; }"),
                file("B", "class B { void c() { C.c(); } }"),
                file("C", "class C { D d; A a; }"),
                file("D", "class D { }"));

        assertThat(complaints(files, List.of()))
                .containsExactly("a circle in p: [A, B, C]; cut it, or say why it is one idea");
    }

    @Test
    void an_allowed_circle_that_has_gone_or_is_another_now_is_reported() {
        List<Source> files = List.of(
                file("A", "class A { B b; }"), file("B", "class B { A a; C c; }"), file("C", "class C { A a; }"));

        assertThat(complaints(files, List.of(new Allowed("p", Set.of("A", "B"), "one idea"))))
                .containsExactly(
                        "a circle in p: [A, B, C]; cut it, or say why it is one idea",
                        "no circle any more in p: [A, B]; take it out");
    }

    @Test
    void names_in_comments_and_strings_make_no_circle() {
        List<Source> files = List.of(
                file("A", "/** {@link B} */ class A { B b; }"),
                file("B", "import p.A;\nclass B { // A\n /* A */ String s = \"A\"; char c = 'A'; }"));

        assertThat(complaints(files, List.of())).isEmpty();
    }

    @Test
    void each_allowed_one_has_its_reason() {
        assertThat(ALLOWED).allSatisfy(allowed -> assertThat(allowed.why()).isNotBlank());
    }

    private static Source file(String type, String text) {
        return Sources.source(type + ".java", "package " + ROOT + "p;\n" + text);
    }

    private static List<String> complaints(List<Source> files, List<Allowed> allowed) {
        Map<String, Set<Set<String>>> found = Sources.circles(files);
        List<String> complaints = new ArrayList<>();
        found.forEach((name, circles) -> {
            Set<Set<String>> left = new HashSet<>(circles);
            allowed.stream()
                    .filter(one -> name.equals(ROOT + one.place()))
                    .map(Allowed::files)
                    .forEach(left::remove);
            left.forEach(circle -> complaints.add("a circle in " + name.replace(ROOT, "") + ": "
                    + circle.stream().sorted().toList() + "; cut it, or say why it is one idea"));
        });
        for (Allowed one : allowed) {
            if (!found.getOrDefault(ROOT + one.place(), Set.of()).contains(one.files())) {
                complaints.add("no circle any more in " + one.place() + ": "
                        + one.files().stream().sorted().toList() + "; take it out");
            }
        }
        return complaints;
    }
}
