package io.github.pekkosupervisor.runit.imports;

import io.github.pekkosupervisor.runit.imports.ComposeService.Need;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** A file of docker compose: services as children, started in the order in which they need each other. */
final class ComposeFile {

    /** Beside the services. */
    private static final Map<String, String> OTHERS = Map.of(
            "volumes", "there are no volumes: processes see the machine's files",
            "networks", "there are no networks: all are in the machine's, each with its own ports",
            "configs", "a file has to be where the process looks for it",
            "secrets", "a file has to be where the process looks for it",
            "models", "there are none here",
            "include", "it is not followed; docker compose config prints one file with all put in");

    private static final Set<String> WITHOUT_MEANING = Set.of("services", "version", "name");

    private final ForeignFile file;
    private final Conversion to;
    private final ComposeContext context;
    private final Map<String, ComposeService> services = new LinkedHashMap<>();
    private final Set<String> ordered = new LinkedHashSet<>();

    ComposeFile(ForeignFile file) {
        this.file = file;
        to = new Conversion(file.name());
        context = new ComposeContext(file, to);
    }

    Translation translate() throws ForeignFileException {
        Yaml root = Yaml.read(file.text(), to);
        for (Yaml.Entry entry : root.entries()) {
            if (OTHERS.containsKey(entry.key())) {
                to.tell(entry.line(), entry.key() + ": " + OTHERS.get(entry.key()));
            } else if (!WITHOUT_MEANING.contains(entry.key()) && !entry.key().startsWith("x-")) {
                to.tell(entry.line(), entry.key() + " is no key of a compose file that is known here");
            }
        }
        Yaml all = root.get("services")
                .orElseThrow(() -> to.mistake(root.line(), "there are no services in it, and so nothing to run"));
        for (Yaml.Entry entry : all.entries()) {
            services.put(entry.key(), new ComposeService(entry.key(), entry.line(), entry.value(), context));
        }
        for (ComposeService service : services.values()) {
            order(service, new LinkedHashSet<>());
        }
        for (String name : ordered) {
            to.add(to.written(service(name).child()));
        }
        remarks();
        return to.finish(file.name());
    }

    private void remarks() {
        to.remark("Each process runs on the machine itself: no image, no network and no volume is around it, and it");
        to.remark("has the environment of pekko-supervisor run. Children are started in the order of depends_on, each");
        to.remark("when the one before it is ready; one that is not ready in time keeps the tree from being started.");
        if (context.usesVariables()) {
            to.remark(
                    "compose looks up variables in a file .env as well: for that, set -a; . ./.env; set +a before run.");
        }
        if (context.usesDefaultsForEmpty()) {
            to.remark(
                    "A variable that is set, and empty, is empty here; with compose it has what stands behind :- then.");
        }
    }

    private ComposeService service(String name) {
        ComposeService service = services.get(name);
        if (service == null) {
            throw new IllegalStateException("no service " + name);
        }
        return service;
    }

    /** It comes after all that it needs, and tells them how they are needed. */
    private void order(ComposeService service, Set<String> above) throws ForeignFileException {
        if (ordered.contains(service.name())) {
            return;
        }
        if (!above.add(service.name())) {
            throw to.mistake(service.line(), "these need each other in a circle: " + String.join(", ", above));
        }
        for (Need need : service.needs()) {
            ComposeService other = services.get(need.name());
            if (other != null) {
                other.isNeeded(need);
                order(other, above);
            } else if (need.isRequired()) {
                throw to.mistake(need.line(), service.name() + " depends on " + need.name() + ", which is not there");
            }
        }
        above.remove(service.name());
        ordered.add(service.name());
    }
}
