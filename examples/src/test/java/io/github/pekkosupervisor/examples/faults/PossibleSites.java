package io.github.pekkosupervisor.examples.faults;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.github.pekkosupervisor.posix.BoundFunctions;
import io.github.pekkosupervisor.posix.CallSite;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where {@code process} and {@code runit} call something of {@code posix} that leads to a system call which may fail,
 * as the byte code has it: whether or not it is ever passed.
 */
final class PossibleSites {

    private static final String OURS = "io.github.pekkosupervisor.";
    private static final String POSIX = OURS + "posix";

    /** They lead to a call that cannot fail for want of anything. */
    private static final Set<String> HARMLESS = Set.of(
            "DescriptorCalls.setBlocking",
            "DescriptorCalls.staysOnExec",
            "DescriptorCalls.keepOnExec",
            "DescriptorCalls.closeOnExec",
            "Epoll.change",
            "Epoll.remove",
            "SignalCalls.stopIgnoring");

    /**
     * A call in our code.
     *
     * @param place class and method, without our common prefix
     * @param line in the file of the class
     * @param called the name of the method of {@code posix}
     * @param number the how manieth of these in the method it is, by line
     * @param isDouble whether the compiler has made it: where a resource is closed at the end of its block it says so
     *     twice
     */
    record Possible(String place, int line, String called, int number, boolean isDouble)
            implements Comparable<Possible> {
        /** As it stands in the list of those that are excused. */
        String key() {
            return place + " -> " + called + (number == 1 ? "" : " #" + number);
        }

        /** Whether one of these calls came from here. */
        boolean isAmong(Collection<CallSite> passed) {
            return passed.stream().anyMatch(site -> {
                CallSite.Frame caller = site.caller();
                boolean sameFile = outer(caller.type()).equals(outer(place.substring(0, place.lastIndexOf('.'))));
                List<CallSite.Frame> frames = site.frames();
                boolean sameCalled = frames.size() < 2
                        || called.equals("<init>")
                        || frames.get(frames.size() - 2).method().equals(called);
                boolean sameLine =
                        caller.line() == line || (isDouble && caller.place().equals(place));
                return sameFile && sameCalled && sameLine;
            });
        }

        private static String outer(String type) {
            int at = type.indexOf('$');
            return at < 0 ? type : type.substring(0, at);
        }

        @Override
        public int compareTo(Possible other) {
            return toString().compareTo(other.toString());
        }

        @Override
        public String toString() {
            return key() + ", line " + line;
        }
    }

    private final JavaClasses classes;
    private final Set<String> leading = new HashSet<>();

    /** Reads the byte code. */
    PossibleSites() {
        this(new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(POSIX, OURS + "process", OURS + "runit"));
    }

    /** The same, with a package of the tests. */
    static PossibleSites withTests(String planted) {
        return new PossibleSites(new ClassFileImporter().importPackages(POSIX, planted));
    }

    private PossibleSites(JavaClasses classes) {
        this.classes = classes;
        List<JavaCodeUnit> units = classes.stream()
                .filter(type -> type.getPackageName().equals(POSIX))
                .flatMap(type -> type.getCodeUnits().stream())
                .toList();
        Queue<JavaCodeUnit> news = new ArrayDeque<>(
                units.stream().filter(PossibleSites::callsTheSystem).toList());
        while (!news.isEmpty()) {
            JavaCodeUnit unit = news.remove();
            if (!HARMLESS.contains(unit.getOwner().getSimpleName() + "." + unit.getName())
                    && leading.addAll(names(unit))) {
                units.stream()
                        .filter(caller -> calls(caller).anyMatch(leading::contains))
                        .forEach(news::add);
            }
        }
    }

    private static boolean callsTheSystem(JavaCodeUnit unit) {
        boolean byTheJdk = unit.getFullName().contains("JdkCall.pass");
        boolean bindsFunctions = unit.getName().equals("<clinit>");
        boolean byUs = unit.getFieldAccesses().stream()
                .map(JavaFieldAccess::getTarget)
                .filter(field -> field.getRawType().getSimpleName().equals("CFunction"))
                .anyMatch(field ->
                        CallSite.mayFail(BoundFunctions.name(field.getOwner().getName(), field.getName())));
        return byTheJdk || (byUs && !bindsFunctions);
    }

    /** Its own, and those of what it implements. */
    private static Set<String> names(JavaCodeUnit unit) {
        String signature = "." + unit.getName()
                + unit.getRawParameterTypes().stream().map(JavaClass::getName).toList();
        Set<String> names = new HashSet<>();
        names.add(unit.getOwner().getName() + signature);
        if (!unit.isConstructor()) {
            unit.getOwner().getAllRawInterfaces().stream()
                    .filter(type -> type.getPackageName().equals(POSIX))
                    .forEach(type -> names.add(type.getName() + signature));
        }
        return names;
    }

    private static Stream<String> calls(JavaCodeUnit unit) {
        return Stream.concat(
                        unit.getCallsFromSelf().stream().map(call -> call.getTarget()),
                        Stream.concat(
                                unit.getMethodReferencesFromSelf().stream().map(reference -> reference.getTarget()),
                                unit.getConstructorReferencesFromSelf().stream()
                                        .map(reference -> reference.getTarget())))
                .map(target -> target.getOwner().getName() + "." + target.getName()
                        + target.getRawParameterTypes().stream()
                                .map(JavaClass::getName)
                                .toList());
    }

    /** All of these packages. */
    Set<Possible> in(Predicate<String> packages) {
        Set<Possible> found = new TreeSet<>();
        for (JavaClass type : classes) {
            if (packages.test(type.getPackageName()) && !type.getPackageName().equals(POSIX)) {
                for (JavaCodeUnit unit : type.getCodeUnits()) {
                    found.addAll(in(type.getName().substring(OURS.length()) + "." + unit.getName(), unit));
                }
            }
        }
        return found;
    }

    private List<Possible> in(String place, JavaCodeUnit unit) {
        Set<Integer> doubles = unit.getMethodCallsFromSelf().stream()
                .filter(call -> call.getTarget().getName().equals("addSuppressed"))
                .map(JavaAccess::getLineNumber)
                .collect(Collectors.toSet());
        Map<String, TreeSet<Integer>> lines = new TreeMap<>();
        unit.getAccessesFromSelf().stream()
                .filter(access -> access.getTargetOwner().getPackageName().equals(POSIX))
                .filter(this::leads)
                .forEach(access -> lines.computeIfAbsent(access.getTarget().getName(), first -> new TreeSet<>())
                        .add(access.getLineNumber()));
        List<Possible> found = new ArrayList<>();
        lines.forEach((called, at) -> {
            int number = 1;
            for (int line : at) {
                boolean isDouble = called.equals("close") && doubles.contains(line);
                found.add(new Possible(place, line, called, isDouble ? 1 : number, isDouble));
                number += isDouble ? 0 : 1;
            }
        });
        return found;
    }

    private boolean leads(JavaAccess<?> access) {
        return access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget target
                && leading.contains(target.getOwner().getName() + "." + target.getName()
                        + target.getRawParameterTypes().stream()
                                .map(JavaClass::getName)
                                .toList());
    }
}
