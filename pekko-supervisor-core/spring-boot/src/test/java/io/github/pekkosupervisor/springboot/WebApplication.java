package io.github.pekkosupervisor.springboot;

import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A whole application with a web server, at a port of its own, in this JVM; and who asks it. */
final class WebApplication implements AutoCloseable {

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Places.PATIENCE).build();
    private final ConfigurableApplicationContext context;

    private WebApplication(ConfigurableApplicationContext context) {
        this.context = context;
    }

    static WebApplication start(Map<String, String> properties) {
        return new WebApplication(new SpringApplicationBuilder(Shop.class)
                .web(WebApplicationType.SERVLET)
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false)
                .registerShutdownHook(false)
                .run(properties.entrySet().stream()
                        .map(property -> "--" + property.getKey() + "=" + property.getValue())
                        .toArray(String[]::new)));
    }

    /** All that Spring Boot does by itself, and a tree. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Shop {
        @Bean
        SupervisorSpec supervision() {
            return SupervisorSpec.oneForOne()
                    .withIntensity(1, Duration.ofDays(30))
                    .withChild(ChildSpec.process("db", "sleep", "1000")
                            .withRestartDelay(RestartDelay.fixed(Duration.ofDays(1))))
                    .withChild(ChildSpec.process("fragile", "sleep", "1000"))
                    .withChild(ChildSpec.supervisor(
                            "jobs",
                            SupervisorSpec.oneForOne()
                                    .withChild(ChildSpec.process("mail/er", "sleep", "1000"))
                                    .withChild(ChildSpec.process("\u00e4 b;c=d?e%2Ff#g", "sleep", "1000"))));
        }
    }

    ApplicationTree tree() {
        return context.getBean(ApplicationTree.class);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(path, HttpRequest.newBuilder().GET());
    }

    HttpResponse<String> delete(String path) throws IOException, InterruptedException {
        return send(path, HttpRequest.newBuilder().DELETE());
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(
                path,
                HttpRequest.newBuilder()
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> send(String path, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        int port = ((WebServerApplicationContext) context).getWebServer().getPort();
        return client.send(
                request.uri(URI.create("http://127.0.0.1:" + port + "/actuator/" + path))
                        .timeout(Places.PATIENCE)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        context.close();
    }
}
