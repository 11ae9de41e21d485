package io.github.pekkosupervisor.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.ProcessRun;
import io.github.pekkosupervisor.junit.Postgres;
import io.github.pekkosupervisor.junit.PostgresServer;
import io.github.pekkosupervisor.junit.Server;
import io.github.pekkosupervisor.junit.TestServer;
import org.junit.jupiter.api.Test;

/** Servers for tests, as the guide has them. That PostgreSQL is there in CI is for the module's own tests to see. */
@SuppressWarnings("NullAway.Init") // the field is filled by the extension
class OrdersTest {

    // guide: postgres
    @Postgres(optional = true) // skipped, and not failed, where PostgreSQL is not installed
    static PostgresServer postgres;

    @Test
    void orders_are_kept() throws Exception {
        String database = postgres.newDatabase(); // nobody else's tables are in it
        // DriverManager.getConnection(postgres.jdbcUrl(database)), or with psql:
        ProcessRun.of("psql", "-qc", "create table orders (id int)", postgres.url(database))
                .run()
                .orThrow();

        postgres.restart(); // what does the application do when its database goes away for a moment?
    }
    // guide: end

    // guide: any
    @Server(
            id = "mail",
            command = {"sh", "-c", "echo \"listening at {port}\"; exec sleep 1d"},
            line = "^listening")
    static class MailTest {
        @Test
        void letters_are_sent(TestServer mail) {
            assertThat(mail.output()).contains("listening at " + mail.port());
        }
    }
    // guide: end
}
