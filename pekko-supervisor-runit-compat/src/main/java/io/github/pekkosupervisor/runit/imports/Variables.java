package io.github.pekkosupervisor.runit.imports;

import com.typesafe.config.ConfigUtil;
import java.util.LinkedHashMap;
import java.util.Map;

/** Values that are said once, at the top, where they can be changed, or come from the environment. */
final class Variables {

    private static final String BLOCK = "variables";

    /** What is said of one: by its name in the block. */
    private final Map<String, Block> said = new LinkedHashMap<>();

    /** The same directory each time. */
    Text here(String directory) {
        return put("here", new Block().set("here", ConfigUtil.quoteString(directory)));
    }

    /** From the environment, or else this. */
    Text withDefault(String name, Text otherwise) {
        return put(name, new Block().set(name, otherwise).set(name, "${?" + name + "}"));
    }

    /** From the environment, and without it the file is refused. */
    Text needed(String name, String why) {
        Block block = new Block();
        if (!why.isEmpty()) {
            block.say(new Finding(0, why).what());
        }
        return put(name, block.set(name, "${" + name + "}"));
    }

    private Text put(String name, Block block) {
        String free = name;
        for (int next = 2; said.containsKey(free) && !isSame(said.get(free), block, name, free); next++) {
            free = name + "-" + next;
        }
        String key = free;
        said.computeIfAbsent(free, absent -> renamed(block, name, key));
        return Text.reference(BLOCK + "." + free);
    }

    private static boolean isSame(Block there, Block block, String name, String free) {
        return there.lines().equals(renamed(block, name, free).lines());
    }

    private static Block renamed(Block block, String from, String to) {
        Block renamed = new Block();
        for (String line : block.lines()) {
            String start = from + " = ";
            if (line.startsWith(start)) {
                renamed.set(to, line.substring(start.length()));
            } else {
                renamed.lines().add(line);
            }
        }
        return renamed;
    }

    Block written() {
        Block all = new Block();
        said.values().forEach(all::add);
        return new Block().putInLines(BLOCK, all);
    }
}
