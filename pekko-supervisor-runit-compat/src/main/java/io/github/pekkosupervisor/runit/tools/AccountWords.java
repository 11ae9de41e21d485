package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.Account;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.UserDatabase;
import io.github.pekkosupervisor.runit.supervise.FatalException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A user and groups, by name or by number, as {@code -u} of {@code chpst(8)} takes them, with its messages.
 *
 * <p>Differs from {@link Account#of}: what is wrong is said in runit's words, names are bytes, and a number that is too
 * large or a group too many is taken as runit takes it.
 */
final class AccountWords {

    private static final int MOST_GROUPS = 60;

    private AccountWords() {}

    /** {@code user}, {@code user:group:…} or {@code :uid:gid:…}. */
    static Account parse(OsString text) throws FatalException {
        if (text.startsWith(":")) {
            OsString numbers = text.slice(1, text.length());
            Account account = byNumber(numbers);
            if (account == null) {
                throw new FatalException(OsString.of("invalid uid/gids: ").plus(numbers));
            }
            return account;
        }
        Account account;
        try {
            account = byName(text);
        } catch (PosixException e) {
            throw new FatalException("unable to get password/group file entry", e);
        }
        if (account == null) {
            throw new FatalException(OsString.of("unknown user/group: ").plus(text));
        }
        return account;
    }

    /** A user's name and nothing else. */
    static Account ofUser(OsString name) throws FatalException {
        UserDatabase.User user;
        try {
            user = UserDatabase.user(name);
        } catch (PosixException e) {
            throw new FatalException("unable to get password file entry", e);
        }
        if (user == null) {
            throw new FatalException(OsString.of("unknown account: ").plus(name));
        }
        return new Account(user.id(), List.of(user.group()));
    }

    private static @Nullable Account byName(OsString text) throws PosixException {
        List<OsString> names = split(text);
        UserDatabase.User user = UserDatabase.user(names.get(0));
        if (user == null) {
            return null;
        }
        if (names.size() == 1) {
            return new Account(user.id(), List.of(user.group()));
        }
        // as in the original, groups beyond the sixtieth are not looked at
        List<Integer> groups = new ArrayList<>();
        for (int i = 1; i < names.size() && i <= MOST_GROUPS; i++) {
            long group = UserDatabase.group(names.get(i));
            if (group < 0) {
                return null;
            }
            groups.add((int) group);
        }
        return new Account(user.id(), groups);
    }

    private static @Nullable Account byNumber(OsString text) {
        List<OsString> numbers = split(text);
        if (numbers.size() < 2 || numbers.size() > MOST_GROUPS + 1) {
            return null;
        }
        for (OsString number : numbers) {
            if (Numbers.end(number, 0) != number.length()) {
                return null;
            }
        }
        List<Integer> groups = new ArrayList<>();
        for (int i = 1; i < numbers.size(); i++) {
            groups.add((int) Numbers.at(numbers.get(i), 0));
        }
        return new Account((int) Numbers.at(numbers.get(0), 0), groups);
    }

    private static List<OsString> split(OsString text) {
        List<OsString> parts = new ArrayList<>();
        int from = 0;
        while (from <= text.length()) {
            int colon = text.indexOf(':', from);
            int to = colon < 0 ? text.length() : colon;
            parts.add(text.slice(from, to));
            from = to + 1;
        }
        return parts;
    }
}
