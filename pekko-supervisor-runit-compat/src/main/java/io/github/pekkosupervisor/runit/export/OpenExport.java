package io.github.pekkosupervisor.runit.export;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The directory of a tree while it is open.
 *
 * @param rights by whom a child's files may be used there
 */
record OpenExport(ExportDirectory directory, Rights rights) {

    /** Opens the directory that is to be shown in. Takes as long as the file system does. */
    static OpenExport open(ExportSettings settings) throws IOException {
        ExportDirectory directory = ExportDirectory.open(settings.place());
        return new OpenExport(directory, Rights.of(settings, directory));
    }

    /** The same where it holds up nobody else; fails with an {@link IOException}. */
    static CompletableFuture<OpenExport> open(ExportSettings settings, Executor files) {
        CompletableFuture<OpenExport> opening = new CompletableFuture<>();
        files.execute(() -> {
            try {
                opening.complete(open(settings));
            } catch (IOException e) {
                opening.completeExceptionally(e);
            } catch (RuntimeException | Error e) {
                opening.completeExceptionally(new IOException(e.toString(), e));
            }
        });
        return opening;
    }

    OpenExport withRights(Rights other) {
        return new OpenExport(directory, other);
    }
}
