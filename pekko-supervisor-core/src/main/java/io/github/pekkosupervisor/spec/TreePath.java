package io.github.pekkosupervisor.spec;

/**
 * Where something stands in a tree: ids joined by {@code /}, the top is {@code /}. A {@code /} in an id is written
 * {@code ~1} and a {@code ~} is {@code ~0}, as in a JSON pointer (RFC 6901), so that no two places have the same path.
 */
public final class TreePath {

    /** The top. */
    public static final String TOP = "/";

    private TreePath() {}

    /** The path of a child. */
    public static String below(String path, String id) {
        return prefix(path) + escaped(id);
    }

    /** What the paths of all below begin with. */
    public static String prefix(String path) {
        return path.equals(TOP) ? TOP : path + "/";
    }

    /** How many ids lead there from the top. */
    public static int level(String path) {
        return path.equals(TOP) ? 0 : (int) path.chars().filter(c -> c == '/').count();
    }

    /** The path of the supervisor that this is a child of. */
    public static String above(String path) {
        int end = path.lastIndexOf('/');
        return end <= 0 ? TOP : path.substring(0, end);
    }

    /** The id of the child that this is the path of. */
    public static String lastId(String path) {
        String part = path.substring(path.lastIndexOf('/') + 1);
        return part.indexOf('~') < 0 ? part : part.replace("~1", "/").replace("~0", "~");
    }

    private static String escaped(String id) {
        boolean plain = id.indexOf('/') < 0 && id.indexOf('~') < 0;
        return plain ? id : id.replace("~", "~0").replace("/", "~1");
    }
}
