package io.github.pekkosupervisor.posix;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import jnr.posix.SpawnAttribute;
import jnr.posix.SpawnFileAction;
import jnr.posix.util.DefaultPOSIXHandler;

/**
 * One call of {@code posix_spawnp(3)} by jnr-posix, with what any C library has of it.
 *
 * <p>Descriptors are closed one by one, as they are open in the moment of the start; a shell goes to the directory that
 * the process is to begin in, by a descriptor of it, and becomes the program.
 */
final class PortableSpawn implements SpawnSteps {

    private static final int STANDARD = 3;

    /** The numbers that any shell can name. */
    private static final int LAST_NUMBER = 9;

    private static final String SHELL = "/bin/sh";

    /** See {@link Posix#limitations}. */
    static final List<String> LIMITATIONS = List.of(
            "names, arguments and variables must be text in the JVM's character set; what is not so of the JVM's own"
                    + " environment is not passed on",
            "no signal is blocked in a process, and those that this JVM ignores are passed on",
            "a process that begins in another directory than the JVM is a shell for a moment: it has PWD set, and loses"
                    + " variables whose name a shell cannot hold",
            "what other code of this JVM opens in the moment of a start, without close-on-exec, may be passed on",
            "starting takes some times as long, and longer the more descriptors are open");

    private static final class Library {
        static final POSIX CALLS = POSIXFactory.getPOSIX(new DefaultPOSIXHandler(), true);
    }

    /**
     * A copy that the child makes.
     *
     * @param source of what
     * @param target what it becomes there
     */
    private record Copy(int source, int target) {}

    private final String program;
    private final List<String> arguments;
    private final List<String> environment;
    private final List<Copy> copies = new ArrayList<>();
    private final Set<Integer> withheld = new TreeSet<>();
    private int directory = ChildDescriptors.NONE;
    private int copiesBeforeDirectory;
    private int end = Integer.MAX_VALUE;
    private short flags;

    private PortableSpawn(String program, List<String> arguments, List<String> environment) {
        this.program = program;
        this.arguments = arguments;
        this.environment = environment;
    }

    /** As {@link SpawnSteps.Way}. */
    static SpawnSteps begin(OsString program, List<byte[]> arguments, List<byte[]> environment) throws PosixException {
        return new PortableSpawn(
                text(program.toString(), program.cString()), texts(program, arguments), texts(program, environment));
    }

    private static List<String> texts(OsString program, List<byte[]> strings) throws PosixException {
        List<String> texts = new ArrayList<>(strings.size());
        for (byte[] string : strings) {
            texts.add(text(program.toString(), string));
        }
        return texts;
    }

    private static String text(String program, byte[] string) throws PosixException {
        return text(string)
                .orElseThrow(() -> new PosixException(
                        "spawn",
                        program,
                        "EILSEQ",
                        "the portable process backend passes on only what the JVM's character set "
                                + Charset.defaultCharset()
                                + " can hold, and its name, an argument or a variable is not so; start the JVM with"
                                + " -Dfile.encoding=UTF-8 or use the native backend"));
    }

    /** Of a C string; empty if it would not reach the process as it is. */
    private static Optional<String> text(byte[] string) {
        byte[] bytes = Arrays.copyOf(string, string.length - 1);
        try {
            String text = Charset.defaultCharset()
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return Arrays.equals(text.getBytes(Charset.defaultCharset()), bytes) ? Optional.of(text) : Optional.empty();
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** Of these C strings those that reach a process as they are. */
    static List<byte[]> passable(List<byte[]> strings) {
        return strings.stream().filter(string -> text(string).isPresent()).toList();
    }

    @Override
    public void duplicate(int source, int target) {
        copies.add(new Copy(source, target));
    }

    @Override
    public void begin(int place) {
        directory = place;
        copiesBeforeDirectory = copies.size();
    }

    @Override
    public void withhold(int descriptor) {
        withheld.add(descriptor);
    }

    @Override
    public void withholdFrom(int first) throws PosixException {
        end = first;
        for (int open : openDescriptors()) {
            if (open >= first) {
                withheld.add(open);
            }
        }
    }

    private static List<Integer> openDescriptors() throws PosixException {
        List<Integer> numbers = new ArrayList<>();
        try (Directory descriptors = Directory.open(OsString.of("/proc/self/fd"))) {
            for (OsString name : descriptors.list()) {
                numbers.add(Integer.parseInt(name.toString()));
            }
        }
        return numbers;
    }

    /** No signal is blocked in it, and those that the JVM ignores stay ignored: jnr-posix sets neither. */
    @Override
    public void attributes(int which, long blocked, long defaults) {
        flags = (short) (which & ~SpawnCall.SETSIGDEF);
    }

    @Override
    public int spawnByName() throws PosixException {
        int number = directory < 0 ? ChildDescriptors.NONE : freeNumber();
        List<SpawnFileAction> actions = new ArrayList<>();
        for (int i = 0; i < copies.size(); i++) {
            if (number >= 0 && i == copiesBeforeDirectory) {
                actions.add(SpawnFileAction.dup(directory, number));
            }
            actions.add(
                    SpawnFileAction.dup(copies.get(i).source(), copies.get(i).target()));
        }
        if (number >= 0 && copiesBeforeDirectory == copies.size()) {
            actions.add(SpawnFileAction.dup(directory, number));
        }
        withheld.stream()
                .filter(descriptor -> descriptor != number)
                .forEach(descriptor -> actions.add(SpawnFileAction.close(descriptor)));
        return number < 0 ? spawn(program, arguments, actions) : spawn(SHELL, from(number), actions);
    }

    private int spawn(String file, List<String> words, List<SpawnFileAction> actions) throws PosixException {
        JdkCall.SPAWN.pass();
        Library.CALLS.errno(0);
        long pid = Library.CALLS.posix_spawnp(file, actions, List.of(SpawnAttribute.flags(flags)), words, environment);
        if (pid <= 0) {
            int errno = Library.CALLS.errno();
            throw PosixException.of("spawn", program, errno == 0 ? Errno.EIO.number() : errno);
        }
        return Math.toIntExact(pid);
    }

    /** What has the shell that begins elsewhere become the program. */
    private List<String> from(int number) {
        List<String> words = new ArrayList<>(List.of(
                SHELL,
                "-c",
                "cd -P /dev/fd/" + number + " || exit 111; exec " + number + "<&-; unset OLDPWD; exec \"$@\"",
                SHELL,
                program));
        words.addAll(arguments.subList(1, arguments.size()));
        return words;
    }

    /** One that the child has no use for, and that is none of those which are still to be copied. */
    private int freeNumber() throws PosixException {
        for (int number = STANDARD; number <= LAST_NUMBER; number++) {
            int candidate = number;
            boolean isTaken =
                    copies.stream().anyMatch(copy -> copy.source() == candidate || copy.target() == candidate);
            if (!isTaken && (number >= end || withheld.contains(number))) {
                return number;
            }
        }
        throw new PosixException(
                "spawn",
                program,
                "EINVAL",
                "descriptors 3 to 9 are all passed on, and the portable process backend needs one of them to begin in"
                        + " another directory; pass on fewer");
    }

    @Override
    public void close() {
        // nothing stays open
    }
}
