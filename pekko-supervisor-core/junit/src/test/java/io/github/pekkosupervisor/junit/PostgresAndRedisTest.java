package io.github.pekkosupervisor.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkosupervisor.ProcessRun;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The two that have an annotation of their own, as this machine has them. */
class PostgresAndRedisTest {

    /** As a user writes it. */
    @Postgres(settings = "max_connections=7")
    @Redis(arguments = {"--maxmemory", "64mb"})
    static class Shop {
        @Test
        void both_answer(PostgresServer postgres, RedisServer redis) throws Exception {
            assertThat(psql(postgres.url(), "show max_connections")).isEqualTo("7\n");
            assertThat(psql(postgres.url(), "select current_user")).isEqualTo(postgres.user() + "\n");
            assertThat(ask(redis, "CONFIG GET maxmemory")).isEqualTo("*2");
            assertThat(redis.url()).isEqualTo("redis://127.0.0.1:" + redis.port());
            assertThat(postgres.jdbcUrl())
                    .isEqualTo("jdbc:postgresql://127.0.0.1:" + postgres.port() + "/postgres?user=app");
        }

        @Test
        void a_database_is_one_test_s_alone(PostgresServer postgres) throws Exception {
            String one = postgres.newDatabase();
            String other = postgres.newDatabase();
            psql(postgres.url(one), "create table orders (id int)");

            assertThat(psql(postgres.url(one), "select count(*) from orders")).isEqualTo("0\n");
            assertThat(psql(postgres.url(other), "select to_regclass('orders') is null"))
                    .isEqualTo("t\n");
        }

        @Test
        void what_was_committed_is_there_after_a_restart(PostgresServer postgres) throws Exception {
            String database = postgres.newDatabase();
            psql(postgres.url(database), "create table orders as select 42 as id");

            postgres.restart();

            assertThat(psql(postgres.url(database), "select id from orders")).isEqualTo("42\n");
        }
    }

    @Postgres
    static class Second {
        @Test
        void it_has_a_cluster_of_its_own(PostgresServer postgres) throws Exception {
            assertThat(psql(postgres.url(), "select count(*) from pg_database where datname like 'test%'"))
                    .isEqualTo("0\n");
        }
    }

    @Test
    void postgres_and_redis_are_there_for_tests() {
        installed(Installed::postgres);
        installed(Installed::redis);

        var results = ServersTest.play(Shop.class, Second.class);

        assertThat(ServersTest.failures(results)).isEmpty();
        assertThat(results.testEvents().succeeded().count()).isEqualTo(4);
    }

    @Test
    void half_a_cluster_is_not_copied(@TempDir Path place) throws Exception {
        Path template = place.resolve("template");
        assertThatThrownBy(() -> PostgresRecipe.whole(template, made -> {
                    assertThat(made.toFile().mkdir()).isTrue();
                    throw new IllegalStateException("the disk is full");
                }))
                .hasMessage("the disk is full");
        assertThat(template).doesNotExist();

        PostgresRecipe.whole(template, made -> assertThat(made.toFile().mkdir()).isTrue());

        assertThat(template).isEmptyDirectory();
        assertThat(place.toFile().list()).containsExactly("template");
    }

    @Test
    void of_several_versions_the_newest_is_taken(@TempDir Path place) throws Exception {
        for (String version : new String[] {"9.6", "10", "15", "beta"}) {
            Files.createDirectories(place.resolve("pg-" + version + "/bin"));
        }
        assertThat(Installed.newestFirst(place + "/pg-*/bin"))
                .startsWith(place.resolve("pg-15/bin"), place.resolve("pg-10/bin"), place.resolve("pg-9.6/bin"))
                .hasSize(4);
    }

    /** In CI both are. */
    private static void installed(Supplier<Path> program) {
        try {
            assertThat(program.get()).exists();
        } catch (MissingProgramException e) {
            if (System.getenv("CI") == null) {
                Assumptions.abort(e.getMessage());
            }
            throw e;
        }
    }

    private static String psql(String url, String sql) throws Exception {
        return ProcessRun.of(Installed.postgres().resolve("psql").toString(), "-XAtqc", sql, url)
                .run()
                .orThrow()
                .stdout()
                .text();
    }

    private static String ask(RedisServer redis, String command) throws Exception {
        try (Socket socket = new Socket(redis.host(), redis.port())) {
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
        }
    }
}
