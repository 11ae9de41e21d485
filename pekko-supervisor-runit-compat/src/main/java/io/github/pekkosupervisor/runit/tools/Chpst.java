package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.Account;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Exec;
import io.github.pekkosupervisor.posix.InheritedDescriptors;
import io.github.pekkosupervisor.posix.Launch;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.FatalException;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes the state of its own process, then becomes the program, which so has the same process id. As
 * {@code chpst(8)}, and as the daemontools programs {@code setuidgid}, {@code envuidgid}, {@code envdir},
 * {@code pgrphack}, {@code setlock} and {@code softlimit} by name.
 */
final class Chpst implements Tool {

    private static final int USAGE = 100;
    private static final int FATAL = 111;
    private static final String[] STANDARD = {"stdin", "stdout", "stderr"};

    @Override
    public int run(OsString called, List<OsString> words) {
        OsString name = called.startsWith("d") ? called.slice(1, called.length()) : called;
        ChpstPlan plan;
        try {
            plan = ChpstWords.parse(name, called, words);
        } catch (UsageException e) {
            Out.complain(OsString.of("usage: ").plus(name).plus(e.text()).plus("\n\n"));
            return USAGE;
        }
        try {
            throw become(plan);
        } catch (FatalException e) {
            Out.complain(OsString.of("chpst: fatal: ").plus(e.text()).plus("\n"));
            return FATAL;
        } catch (SilentException e) {
            return 0;
        }
    }

    /** Applies all changes in the original's order; comes back only to say why there is no program. */
    private static FatalException become(ChpstPlan plan) throws FatalException, SilentException {
        Environment environment = new Environment(Launch.ofThisJvm().environment());
        Exec.Signals signals = new Exec.Signals(Launch.everyBlockedSignal(), Launch.everyIgnoredSignal());
        InheritedDescriptors inherited = InheritedDescriptors.ofThisJvm();
        inherited.keepOnlyThese();
        if (plan.ownSession) {
            Exec.leadSession();
        }
        if (plan.environmentDirectory != null) {
            EnvDirectory.apply(plan.environmentDirectory, plan.subdirectory, environment);
        }
        if (plan.root != null) {
            changeRoot(plan.root);
        }
        if (plan.nice != 0) {
            addNice(plan.nice);
        }
        if (plan.userForEnvironment != null) {
            nameInEnvironment(account(plan, plan.userForEnvironment), environment);
        }
        if (plan.user != null) {
            become(account(plan, plan.user));
        }
        if (plan.lock != null) {
            lock(plan, plan.lock);
        }
        for (int number = 0; number < plan.closed.length; number++) {
            if (plan.closed[number] && !(inherited.contains(number) && Exec.closeStandard(number))) {
                return new FatalException(
                        OsString.of("unable to close " + STANDARD[number] + ": file descriptor not open"));
            }
        }
        return execute(plan, environment, signals);
    }

    private static FatalException execute(ChpstPlan plan, Environment environment, Exec.Signals signals)
            throws SilentException {
        OsString program = plan.program.get(0);
        List<OsString> arguments = new ArrayList<>(plan.program);
        if (plan.argument0 != null) {
            arguments.set(0, plan.argument0);
        }
        try {
            throw Exec.become(
                    plan.limits(), environment.candidates(program), arguments, environment.entries(), signals);
        } catch (PosixException e) {
            if (plan.silent) {
                throw new SilentException();
            }
            OsString what = e.call().equals("execve")
                    ? OsString.of("unable to run: ").plus(arguments.get(0))
                    : OsString.of("unable to " + e.call() + "()");
            return new FatalException(what, e);
        }
    }

    private static void changeRoot(OsString root) throws FatalException {
        // whatever class a refusal needs is loaded while there is still a place to load it from
        Exec.prepareForAnotherRoot();
        try {
            Exec.changeRoot(root);
        } catch (PosixException e) {
            throw e.call().equals("chdir")
                    ? new FatalException(
                            OsString.of("unable to change directory: ").plus(root), e)
                    : new FatalException("unable to change root directory", e);
        }
    }

    private static void addNice(int increment) throws FatalException {
        try {
            Exec.addNice(increment);
        } catch (PosixException e) {
            throw new FatalException("unable to set nice level", e);
        }
    }

    private static Account account(ChpstPlan plan, OsString text) throws FatalException {
        return plan.plainUser ? AccountWords.ofUser(text) : AccountWords.parse(text);
    }

    private static void nameInEnvironment(Account account, Environment environment) {
        environment.set(
                OsString.of("GID"),
                OsString.of(Integer.toUnsignedString(account.groups().get(0))));
        environment.set(OsString.of("UID"), OsString.of(Integer.toUnsignedString(account.user())));
    }

    private static void become(Account account) throws FatalException {
        try {
            Exec.setGroups(account.groups());
            Exec.setGroup(account.groups().get(0));
            Exec.setUser(account.user());
        } catch (PosixException e) {
            throw new FatalException("unable to " + e.call(), e);
        }
    }

    private static void lock(ChpstPlan plan, OsString file) throws FatalException, SilentException {
        String step = "unable to open lock: ";
        try {
            // never closed: the program holds the lock for as long as it lives
            Descriptor descriptor = Descriptor.openAppend(file, 0600);
            Exec.keep(descriptor);
            step = "unable to lock: ";
            if (plan.locking == ChpstPlan.Locking.WAIT) {
                descriptor.awaitLock();
            } else {
                descriptor.lock();
            }
        } catch (PosixException e) {
            if (plan.silent) {
                throw new SilentException();
            }
            throw new FatalException(OsString.of(step).plus(file), e);
        }
    }

    /** There will be no program, and nobody wants to know. */
    private static final class SilentException extends Exception {
        private static final long serialVersionUID = 1;

        SilentException() {
            super("", null, false, false);
        }
    }
}
