package io.github.pekkosupervisor.posix;

import java.io.File;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which open descriptors are not this program's own but whoever started it handed over.
 *
 * <p>A descriptor that is closed on exec cannot have been handed over. One of the rest is the JVM's if it leads to a
 * file that every JVM opens for itself: it takes the lowest free number, so a standard descriptor that was closed leads
 * to the JDK's classes. A script that starts the JVM can tell what was open, which leaves nothing to guess.
 */
public final class InheritedDescriptors {

    /** Set by such a script: the numbers, with commas between. */
    static final String LIST = Succession.DESCRIPTORS;

    private static final int STANDARD = 3;
    private static final OsString OWN = OsString.of("/proc/self/fd");

    private final Set<Integer> numbers;

    private InheritedDescriptors(Set<Integer> numbers) {
        this.numbers = numbers;
    }

    private static final class Holder {
        static final InheritedDescriptors OF_THIS_JVM = look();
    }

    /**
     * Notes what is open, where no script has told. To be called before anything else, even before the native library
     * is loaded, since the JDK opens files and sockets for that which are not closed on exec.
     *
     * @return whether a script has told
     */
    public static boolean note() {
        if (System.getProperty(LIST) != null) {
            return true;
        }
        String[] names = new File(OWN.toString()).list();
        if (names != null) {
            StringBuilder list = new StringBuilder();
            for (String name : names) {
                // all but the one that the list was read through
                if (new File(OWN.toString(), name).exists()) {
                    list.append(name).append(',');
                }
            }
            System.setProperty(LIST, list.toString());
        }
        return false;
    }

    /**
     * Those of this JVM, as they are found when first asked for, which has to be before the program opens anything that
     * is not closed on exec; the standard three where there is no {@code /proc} to look in.
     */
    public static InheritedDescriptors ofThisJvm() {
        return Holder.OF_THIS_JVM;
    }

    private static InheritedDescriptors look() {
        Set<Integer> numbers = new TreeSet<>();
        try (Directory open = Directory.open(OWN)) {
            String listed = System.getProperty(LIST);
            for (OsString name : open.list()) {
                int number = Integer.parseInt(name.toString());
                boolean toldOf = listed == null || ("," + listed).contains("," + number + ",");
                if (toldOf && DescriptorCalls.staysOnExec(number) && !isTheJvms(open, name)) {
                    numbers.add(number);
                }
            }
        } catch (PosixException e) {
            for (int number = 0; number < STANDARD; number++) {
                numbers.add(number);
            }
        }
        return new InheritedDescriptors(numbers);
    }

    /**
     * Its own files, and what its threads read there is to know of memory: at each compilation, and not closed on exec,
     * so that one may have been open when the list was made, or when this process began anew.
     */
    private static boolean isTheJvms(Directory open, OsString name) {
        try {
            OsString target = open.readLink(name);
            if (target.startsWith(System.getProperty("java.home") + "/")
                    || target.startsWith("/sys/fs/cgroup/")
                    || target.startsWith("/proc/")) {
                return true;
            }
            FileStatus.Id id = open.status(name).id();
            for (String jar : System.getProperty("java.class.path", "").split(File.pathSeparator, -1)) {
                FileStatus known = FileCalls.statIfPresent(FileCalls.AT_FDCWD, OsString.of(jar), 0);
                if (known != null && known.id().equals(id)) {
                    return true;
                }
            }
            return false;
        } catch (PosixException e) {
            // nothing that has a path
            return false;
        }
    }

    /** Whether a descriptor was handed over. */
    public boolean contains(int number) {
        return numbers.contains(number);
    }

    /** Those beside the standard ones, in ascending order. */
    public List<Integer> further() {
        return numbers.stream().filter(number -> number >= STANDARD).toList();
    }

    /**
     * Sees to it that no file of the JVM or of ours stands where a standard descriptor was closed: then this process
     * begins anew, as the same program with the same arguments, and has {@code /dev/null} there. For a JVM that no
     * script has started, which sees to it itself. Comes back if all is well or nothing can be done.
     */
    public static void replaceClosedStandardOnes() {
        InheritedDescriptors given = ofThisJvm();
        if (given.contains(0) && given.contains(1) && given.contains(2)) {
            return;
        }
        try (Descriptor nothing = Descriptor.open(FileCalls.AT_FDCWD, OsString.of("/dev/null"), FileCalls.O_RDWR, 0)) {
            // loads all that is needed while there is still a place to load it from
            Exec.startAgain(OsString.of("/dev/null/nothing"));
            for (int number = 0; number < STANDARD; number++) {
                if (!given.contains(number)) {
                    DescriptorCalls.duplicate(nothing.number(), number);
                }
            }
            given.keepOnlyThese();
            for (int number = 0; number < STANDARD; number++) {
                DescriptorCalls.keepOnExec(number);
            }
            Exec.startAgain(OsString.of("/proc/self/exe"));
        } catch (PosixException e) {
            // no /dev/null here: a program that finds the descriptor closed can do no better
        }
    }

    /**
     * From now on only these, of what is open now, reach a program that is started or that this process becomes. Where
     * there is no {@code /proc} nobody can tell which others there are, and they reach it.
     */
    public void keepOnlyThese() {
        try (Directory open = Directory.open(OWN)) {
            for (OsString name : open.list()) {
                int number = Integer.parseInt(name.toString());
                if (!numbers.contains(number)) {
                    // one that is closed by now is none
                    DescriptorCalls.closeOnExec(number);
                }
            }
        } catch (PosixException e) {
            // no /proc: see above
        }
    }
}
