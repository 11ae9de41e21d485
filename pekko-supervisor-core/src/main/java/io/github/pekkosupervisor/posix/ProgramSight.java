package io.github.pekkosupervisor.posix;

import java.util.List;
import java.util.Optional;

/** What lies where a program is looked for, as far as it says why it cannot be run. */
public sealed interface ProgramSight {

    /** The path that was looked at. */
    String path();

    /** Nothing. */
    record Missing(String path) implements ProgramSight {}

    /**
     * A symbolic link that leads to nothing.
     *
     * @param target what it says
     */
    record LinkToNothing(String path, String target) implements ProgramSight {}

    /**
     * Nothing, since a part of the path before its last is not a directory.
     *
     * @param part the path as far as that
     */
    record NotBelow(String path, String part) implements ProgramSight {}

    /**
     * It cannot be seen, since a directory on the way may not be searched.
     *
     * @param directory which
     * @param user as whom this JVM runs
     */
    record Barred(String path, String directory, int user) implements ProgramSight {}

    /** A directory. */
    record IsDirectory(String path) implements ProgramSight {}

    /** Neither a file nor a directory: a FIFO, a socket, a device. */
    record Special(String path) implements ProgramSight {}

    /**
     * A file on a file system from which nothing may be executed.
     *
     * @param mountPoint where that is mounted
     */
    record MountedNoexec(String path, String mountPoint) implements ProgramSight {}

    /**
     * A file that this JVM may not execute.
     *
     * @param mode its permission bits
     * @param owner the number of the user who owns it
     * @param user as whom this JVM runs
     */
    record NoRight(String path, int mode, int owner, int user) implements ProgramSight {}

    /**
     * A script whose interpreter cannot be run.
     *
     * @param interpreter what lies where its first line says
     */
    record BadInterpreter(String path, ProgramSight interpreter) implements ProgramSight {}

    /** A program whose loader, which it names, is not there. */
    record NoLoader(String path, String loader) implements ProgramSight {}

    /** A program for other processors. */
    record OtherProcessor(String path) implements ProgramSight {}

    /** An empty file. */
    record Empty(String path) implements ProgramSight {}

    /** Neither a program nor a script that names its interpreter. */
    record NoFormat(String path) implements ProgramSight {}

    /** Nothing is wrong that can be seen. */
    record Fine(String path) implements ProgramSight {}

    /**
     * What was seen where a program was looked for.
     *
     * @param searched the directories of the JVM's {@code PATH}, if it was looked up there; else none
     * @param inItsOwn if it was looked up, and the process is given another {@code PATH}: where it is by that, or
     *     nothing if it is not there either; else empty
     * @param sight the file that was met; the missing one where there is none in all of them
     */
    record Found(List<String> searched, Optional<String> inItsOwn, ProgramSight sight) {
        /** Copies. */
        public Found {
            searched = List.copyOf(searched);
        }
    }
}
