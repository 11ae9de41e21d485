package io.github.pekkosupervisor.runit.imports;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The variables of a service: {@code environment} in both of its forms, and {@code env_file}. */
final class ComposeEnvironment {

    private final Yaml service;
    private final ComposeContext context;
    private final Child child;

    ComposeEnvironment(Yaml service, ComposeContext context, Child child) {
        this.service = service;
        this.context = context;
        this.child = child;
    }

    void write() throws ForeignFileException {
        Optional<Yaml> given = service.get("environment");
        Block variables = new Block();
        if (given.isPresent() && given.get().isMapping()) {
            for (Yaml.Entry entry : given.get().entries()) {
                // one without a value is that of the environment, which it has here anyway
                if (!entry.value().isNull()) {
                    variables.set(Hocon.word(entry.key()), context.text(entry.value(), child));
                }
            }
        } else if (given.isPresent()) {
            for (Yaml item : given.get().items()) {
                String pair = item.text();
                int equals = pair.indexOf('=');
                if (equals >= 0) {
                    variables.set(
                            Hocon.word(pair.substring(0, equals)),
                            context.interpolate(pair.substring(equals + 1), item.line(), child));
                }
            }
        }
        child.process().put("environment", variables);
        Optional<Yaml> files = service.get("env_file");
        if (files.isPresent()) {
            files(files.get());
        }
    }

    private void files(Yaml given) throws ForeignFileException {
        List<String> files = new ArrayList<>();
        for (Yaml item : given.isMapping() ? List.of(given) : given.items()) {
            Yaml path = item.isMapping()
                    ? item.get("path").orElseThrow(() -> context.mistake(item.line(), "env_file has no path"))
                    : item;
            Text where = context.text(path, child);
            if (item.isMapping() && isOptional(item) && !isThere(where)) {
                child.tell(
                        path.line(),
                        "env_file: " + where.shown() + " is not there now, and so left out; here each must be there");
            } else {
                files.add(context.path(where).hocon());
            }
        }
        if (!files.isEmpty()) {
            child.process().set("environment-files", Hocon.list(files));
        }
    }

    private static boolean isOptional(Yaml item) throws ForeignFileException {
        Optional<Yaml> required = item.get("required");
        return required.isPresent() && required.get().text().equals("false");
    }

    private boolean isThere(Text path) {
        return path.isLiteral() && context.file().hasBeside(path.shown());
    }
}
