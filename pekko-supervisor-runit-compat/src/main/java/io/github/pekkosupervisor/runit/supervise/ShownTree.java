package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.Account;
import io.github.pekkosupervisor.posix.Custody;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Which services directory is supervised in the place of {@code run}, and with whose rights, for who looks from
 * outside: {@code supervise/.tree}. The user, in numbers as {@code chpst} has them, or a dash; and in the rest, behind
 * a newline, the path.
 *
 * @param directory the services directory
 * @param user as whom it is to be read; empty for the launcher's own user
 */
public record ShownTree(OsString directory, Optional<Account> user) {

    private static final OsString SUPERVISE = OsString.of("supervise");
    private static final OsString NAME = OsString.of(".tree");
    private static final OsString FILE = OsString.of("supervise/.tree");
    private static final OsString NEXT = OsString.of("supervise/.tree.new");
    private static final String NO_USER = "-";

    /** It names another user's directory to root, so nobody else need know. */
    private static final int FOR_OWNER = 0600;

    private static final int LONGEST = 8 * 1024;

    /** Leaves it in a service directory. */
    public void write(Directory home) throws PosixException {
        String who = user.map(ShownTree::numbers).orElse(NO_USER);
        try (Descriptor opened = home.openNew(NEXT, FOR_OWNER)) {
            opened.write(OsString.of(who + "\n").plus(directory).bytes());
        }
        home.rename(NEXT, FILE);
    }

    /** There is none any more. */
    public static void remove(Directory home) throws PosixException {
        if (home.linkStatusIfPresent(FILE).isPresent()) {
            home.remove(FILE);
        }
    }

    /**
     * What a service directory has; empty if it is not known, or somebody else could have said it: who may write there
     * could have root read whatever he likes.
     */
    public static Optional<ShownTree> read(Directory home) {
        try (Directory supervise = home.directory(SUPERVISE)) {
            if (supervise.linkStatusIfPresent(NAME).isEmpty()
                    || Custody.breach(home).isPresent()
                    || Custody.breach(supervise).isPresent()
                    || Custody.breach(supervise, NAME).isPresent()) {
                return Optional.empty();
            }
            return parse(OsString.of(supervise.readFile(NAME, LONGEST, Directory.Links.REFUSE)));
        } catch (PosixException e) {
            // it is not for everybody to see
            return Optional.empty();
        }
    }

    private static Optional<ShownTree> parse(OsString text) throws PosixException {
        int end = text.indexOf('\n', 0);
        OsString path = text.slice(end + 1, text.length());
        if (end <= 0 || !path.startsWith("/")) {
            return Optional.empty();
        }
        String who = new String(text.slice(0, end).bytes(), StandardCharsets.US_ASCII);
        if (who.equals(NO_USER)) {
            return Optional.of(new ShownTree(path, Optional.empty()));
        }
        return who.startsWith(":") && Account.mistake(who).isEmpty()
                ? Optional.of(new ShownTree(path, Optional.of(Account.of(who))))
                : Optional.empty();
    }

    private static String numbers(Account account) {
        StringBuilder numbers = new StringBuilder(":").append(Integer.toUnsignedString(account.user()));
        account.groups().forEach(group -> numbers.append(':').append(Integer.toUnsignedString(group)));
        return numbers.toString();
    }
}
