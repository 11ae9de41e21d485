package io.github.pekkosupervisor.examples.guide;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.StartFailedException;
import io.github.pekkosupervisor.config.ConfiguredTree;
import io.github.pekkosupervisor.examples.guide.Page.Block;
import io.github.pekkosupervisor.protocol.TreeHealth;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is wrong with the blocks of a page, but for sessions, which {@link Session} plays. */
final class Judge {

    private static final String SORTS =
            "it is neither LANGUAGE FILE#REGION, nor hocon tree, nor LANGUAGE file=PATH, nor" + " console";

    private final Regions regions;

    Judge(Regions regions) {
        this.regions = regions;
    }

    /** A sentence for each block that is not so. */
    List<String> problems(Page page) {
        List<String> problems = new ArrayList<>();
        boolean played = page.blocks().stream().anyMatch(Block::isSession);
        for (Block block : page.blocks()) {
            problem(block, played)
                    .ifPresent(problem -> problems.add(block.where() + ": [" + block.sort() + "] " + problem));
        }
        return problems;
    }

    private Optional<String> problem(Block block, boolean played) {
        if (block.isSession()) {
            return Optional.empty();
        }
        if (block.isFile()) {
            return played ? Optional.empty() : Optional.of("no session of this page uses it");
        }
        if (block.isRegion()) {
            return ofRegion(block);
        }
        return block.isTree() ? ofTree(block.text()) : Optional.of(SORTS);
    }

    private Optional<String> ofRegion(Block block) {
        try {
            String wanted = regions.find(block.source());
            return wanted.equals(block.text())
                    ? Optional.empty()
                    : Optional.of("is not what the source says:\n" + wanted);
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Reads it, starts it, and looks whether all is well. */
    private static Optional<String> ofTree(String text) {
        try {
            Config config = ConfigFactory.parseString(text).resolve();
            try (SupervisionTree tree = SupervisionTree.start(
                    ConfiguredTree.read(config.hasPath("tree") ? config.getConfig("tree") : config))) {
                TreeHealth health = tree.health().toCompletableFuture().join();
                return health.ready() ? Optional.empty() : Optional.of("is not ready: " + health.notReady());
            }
        } catch (ConfigException | InvalidSpecException | StartFailedException e) {
            return Optional.of("cannot be started: " + e.getMessage());
        }
    }
}
