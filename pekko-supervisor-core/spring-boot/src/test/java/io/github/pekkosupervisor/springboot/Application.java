package io.github.pekkosupervisor.springboot;

import io.github.pekkosupervisor.spec.ChildSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A whole application, in a JVM of its own; its tree is in a file. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class Application {

    /** What it says when it runs. */
    static final String RUNS = "the application runs";

    public static void main(String[] arguments) throws InterruptedException {
        SpringApplication application = new SpringApplication(Application.class);
        // there is one on the class path, for ActuatorOverHttpTest
        application.setWebApplicationType(WebApplicationType.NONE);
        application.run(arguments);
        System.out.println(RUNS);
        // as a web server would
        new CountDownLatch(1).await();
    }

    /** Notes in a file that it is opened and closed. */
    @Bean
    ChildSpec notes(@Value("${notes}") Path notes) {
        return ChildSpec.service(
                "notes",
                () -> {
                    note(notes, "open");
                    return notes;
                },
                file -> note(file, "close"));
    }

    /** Is not up before the JVM is told to exit. */
    @Bean
    @ConditionalOnProperty("endless")
    ChildSpec endless(@Value("${notes}") Path notes) {
        return ChildSpec.service(
                "endless",
                () -> {
                    note(notes, "opening");
                    new CountDownLatch(1).await();
                    return notes;
                },
                file -> {});
    }

    /** Is closed after the tree. */
    @Bean
    AutoCloseable store(@Value("${notes}") Path notes) {
        return () -> note(notes, "close store");
    }

    private static void note(Path notes, String line) throws IOException {
        Files.writeString(notes, line + "\n", StandardOpenOption.APPEND, StandardOpenOption.CREATE);
    }
}
