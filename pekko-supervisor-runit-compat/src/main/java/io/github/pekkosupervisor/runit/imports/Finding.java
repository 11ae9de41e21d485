package io.github.pekkosupervisor.runit.imports;

/**
 * Something that has no counterpart here, or not quite the same meaning.
 *
 * @param line where it stands
 * @param what it is, why, and what to do instead
 */
record Finding(int line, String what) {

    /** What is in a file is shown on terminals. */
    Finding {
        what = what.replaceAll("\\p{Cntrl}", "?");
    }

    String in(String file) {
        return file + ":" + line + ": " + what;
    }
}
