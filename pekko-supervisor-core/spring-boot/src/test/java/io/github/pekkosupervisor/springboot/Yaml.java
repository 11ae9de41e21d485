package io.github.pekkosupervisor.springboot;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;

/** Properties as Spring Boot reads them from a YAML file. */
final class Yaml {

    private Yaml() {}

    /** An environment with nothing but this file. */
    static ConfigurableEnvironment environment(String text) {
        ConfigurableEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().remove(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
        environment.getPropertySources().remove(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
        return add(environment, text);
    }

    /** One more file, with less precedence than what is there. */
    static ConfigurableEnvironment add(ConfigurableEnvironment environment, String text) {
        String name = "application" + environment.getPropertySources().size() + ".yml";
        try {
            new YamlPropertySourceLoader()
                    .load(name, new ByteArrayResource(text.getBytes(UTF_8), name))
                    .forEach(environment.getPropertySources()::addLast);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return environment;
    }
}
