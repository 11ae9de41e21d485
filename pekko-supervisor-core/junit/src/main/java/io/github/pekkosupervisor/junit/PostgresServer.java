package io.github.pekkosupervisor.junit;

import io.github.pekkosupervisor.ProcessRun;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.process.ProcessResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** A PostgreSQL that runs for tests; see {@link Postgres}. */
public final class PostgresServer extends TestServer {

    static final String USER = "app";
    private static final String FIRST_DATABASE = "postgres";

    private final Path programs;
    private final AtomicInteger databases = new AtomicInteger();

    PostgresServer(String id, ServerPlace place, SupervisionTree tree, Path programs) {
        super(id, place, tree);
        this.programs = programs;
    }

    /** Who may do everything in it: {@code app}, without a password. */
    public String user() {
        return USER;
    }

    /** For {@code DriverManager} and data sources: the database that is there from the beginning, as {@link #user}. */
    public String jdbcUrl() {
        return jdbcUrl(FIRST_DATABASE);
    }

    /**
     * The same for another database.
     *
     * @param database a name of letters, digits and underscores
     */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://" + host() + ":" + port() + "/" + database + "?user=" + USER;
    }

    /** For {@code psql} and drivers other than JDBC's. */
    public String url() {
        return url(FIRST_DATABASE);
    }

    /**
     * The same for another database.
     *
     * @param database a name of letters, digits and underscores
     */
    public String url(String database) {
        return "postgresql://" + USER + "@" + host() + ":" + port() + "/" + database;
    }

    /**
     * Makes one more database, which is empty: so tests that share a server do not see each other's tables.
     *
     * @return its name
     * @throws IllegalStateException if the server does not do that, with what it says
     */
    public String newDatabase() {
        String name = "test" + databases.incrementAndGet();
        ask("create database " + name);
        return name;
    }

    private void ask(String sql) {
        try {
            ProcessResult result = ProcessRun.of(
                            programs.resolve("psql").toString(), "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", sql, url())
                    .run();
            if (!result.isNormal()) {
                throw new IllegalStateException(
                        sql + ": " + result.stderr().text().strip());
            }
        } catch (IOException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(sql + ": interrupted", e);
        }
    }
}
