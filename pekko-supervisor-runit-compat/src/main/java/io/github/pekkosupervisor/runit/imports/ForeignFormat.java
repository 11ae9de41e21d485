package io.github.pekkosupervisor.runit.imports;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Whose file it is. */
public enum ForeignFormat {
    /** As foreman and Heroku read it. */
    PROCFILE,
    /** supervisord's configuration. */
    SUPERVISORD,
    /** Of docker compose. */
    COMPOSE;

    /** As it is called on a command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one of this name. */
    public static Optional<ForeignFormat> named(String word) {
        for (ForeignFormat format : values()) {
            if (format.word().equals(word)) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }

    /** By the name of the file, which says it as these files are usually called. */
    public static Optional<ForeignFormat> ofFile(Path file) {
        Path last = file.getFileName();
        String name = last == null ? "" : last.toString().toLowerCase(Locale.ROOT);
        if (name.startsWith("procfile") || name.endsWith(".procfile")) {
            return Optional.of(PROCFILE);
        }
        if (name.endsWith(".yaml") || name.endsWith(".yml")) {
            return Optional.of(COMPOSE);
        }
        return name.endsWith(".conf") || name.endsWith(".ini") ? Optional.of(SUPERVISORD) : Optional.empty();
    }

    /**
     * A file as a tree.
     *
     * @throws ForeignFileException if it is not what its format says
     */
    public Translation translate(ForeignFile file) throws ForeignFileException {
        return switch (this) {
            case PROCFILE -> new Procfile(file).translate();
            case SUPERVISORD -> new SupervisordFile(file).translate();
            case COMPOSE -> new ComposeFile(file).translate();
        };
    }
}
