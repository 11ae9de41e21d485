package io.github.pekkosupervisor.examples.soak;

import static java.util.stream.Collectors.joining;

import io.github.pekkosupervisor.examples.soak.Standing.Told;
import io.github.pekkosupervisor.examples.soak.Standing.Wanted;
import java.util.List;
import java.util.stream.Stream;

/**
 * Says what is wrong in a look. What may be so for a moment, since one file or process is looked at after another,
 * counts when it lasts ({@link Lasting}); a second copy counts at once.
 */
enum Judge {
    /** At most one process of each {@code run}, and of each logger. */
    COPIES,
    /** What is wanted up is up, what is wanted down is down, and without a link nothing runs. */
    UP,
    /** A status says what runs. */
    STATUS,
    /** The launcher has waited for each of its children. */
    ZOMBIES;

    /** What is wrong, a sentence each, which stays the same for as long as the same is wrong. */
    List<String> wrongs(Look look) {
        Stream<Standing> services = look.services().stream();
        return (switch (this) {
                    case COPIES -> services.flatMap(Judge::copies);
                    case UP -> services.flatMap(Judge::notAsWanted);
                    case STATUS -> services.flatMap(Judge::lies);
                    case ZOMBIES -> zombies(look);
                })
                .toList();
    }

    private static Stream<String> zombies(Look look) {
        return look.all().stream()
                .filter(process -> process.parent() == look.launcher() && process.state() == 'Z')
                .map(zombie -> "process " + zombie.pid() + " has ended, and the launcher does not wait for it");
    }

    private static Stream<String> copies(Standing service) {
        return Stream.of(
                        moreThanOne(service.name() + " runs", service.runs()),
                        moreThanOne("the logger of " + service.name() + " runs", service.loggers()))
                .flatMap(wrongs -> wrongs);
    }

    private static Stream<String> moreThanOne(String what, List<Seen> processes) {
        return processes.size() < 2
                ? Stream.empty()
                : Stream.of(what + " " + processes.size() + " times: "
                        + processes.stream()
                                .map(process -> Long.toString(process.pid()))
                                .collect(joining(", ")));
    }

    private static Stream<String> notAsWanted(Standing service) {
        String wrong = switch (service.wanted()) {
            case UP -> service.isUp() ? "" : "is wanted up, and does not run";
            case DOWN -> service.isUp() ? "is wanted down, and runs" : "";
            case NOTHING -> service.isUp() || !service.loggers().isEmpty() ? "has no link any more, and runs" : "";
            case ANYTHING -> "";
        };
        return wrong.isEmpty() ? Stream.empty() : Stream.of(service.name() + " " + wrong);
    }

    private static Stream<String> lies(Standing service) {
        Told told = service.told().orElse(null);
        if (told == null) {
            return service.isUp() && service.wanted() != Wanted.NOTHING
                    ? Stream.of(service.name() + " runs, and has no status")
                    : Stream.empty();
        }
        String wrong = switch (told.state()) {
            case 'r' -> isOneOf(told.pid(), service.runs()) ? "" : "runs as " + told.pid();
            case 'd' -> service.isUp() ? "is down" : "";
            default -> service.isUp() ? "is finishing" : "";
        };
        return wrong.isEmpty()
                ? Stream.empty()
                : Stream.of("the status of " + service.name() + " says that it " + wrong + ", but what runs is "
                        + service.runs().stream().map(Seen::pid).toList());
    }

    private static boolean isOneOf(long pid, List<Seen> processes) {
        return processes.stream().anyMatch(process -> process.pid() == pid);
    }
}
