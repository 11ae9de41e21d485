package io.github.pekkosupervisor;

/**
 * Where something stands in a tree: ids joined by {@code /}, the top is {@code /}. A {@code /} in an id is written
 * {@code ~1} and a {@code ~} is {@code ~0}, as in a JSON pointer (RFC 6901), so that no two places have the same path.
 */
final class TreePath {

    static final String TOP = "/";

    private TreePath() {}

    /** The path of a child. */
    static String below(String path, String id) {
        return prefix(path) + escaped(id);
    }

    /** What the paths of all below begin with. */
    static String prefix(String path) {
        return path.equals(TOP) ? TOP : path + "/";
    }

    /** The id that a last part of a path stands for. */
    static String id(String part) {
        return part.indexOf('~') < 0 ? part : part.replace("~1", "/").replace("~0", "~");
    }

    private static String escaped(String id) {
        boolean plain = id.indexOf('/') < 0 && id.indexOf('~') < 0;
        return plain ? id : id.replace("~", "~0").replace("/", "~1");
    }
}
