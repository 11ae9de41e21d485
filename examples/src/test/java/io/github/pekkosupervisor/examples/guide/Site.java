package io.github.pekkosupervisor.examples.guide;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * The guide and all that it leads to in this repository, as a site of HTML: pages where they are in the repository,
 * with {@code index.html} for {@code README.md}; sources that a page links to are shown as they are. A link to what is
 * not there, or to a heading that is not there, is a mistake.
 */
public final class Site {

    private static final List<Extension> EXTENSIONS = List.of(TablesExtension.create());
    private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();

    private static final int MANY_PARTS = 6;

    private final Path root;
    private final Map<Path, Node> pages = new TreeMap<>();
    private final Map<Path, Map<Heading, String>> headings = new HashMap<>();
    private final Set<Path> shown = new TreeSet<>();
    private final List<String> mistakes = new ArrayList<>();
    private final String template;

    /** Reads all pages of the repository that is there. */
    Site(Path root) throws IOException {
        this.root = root.toAbsolutePath().normalize();
        this.template = Files.readString(this.root.resolve("examples/src/test/resources/guide/page.html"));
        read(this.root.resolve("README.md"));
        read(this.root.resolve("CHANGELOG.md"));
        try (Stream<Path> files = Files.walk(this.root.resolve("docs"))) {
            for (Path file : files.filter(Site::isPage).toList()) {
                read(file);
            }
        }
        pages.forEach((page, node) ->
                visitLinks(node, link -> link.setDestination(target(page, link.getDestination()))));
        pages.forEach((page, node) -> visitImages(node, image -> target(page, image.getDestination())));
    }

    /** Writes the site of the repository that the first word names to the directory that the second one names. */
    public static void main(String[] words) throws IOException {
        Site site = new Site(Path.of(words[0]));
        site.mistakes().forEach(System.err::println);
        if (!site.mistakes().isEmpty()) {
            throw new IllegalStateException(site.mistakes().size() + " dead links; see above");
        }
        Path to = Path.of(words[1]).toAbsolutePath().normalize();
        site.write(to);
        System.out.println("The guide is in " + to.resolve("docs/guide/index.html"));
    }

    /** A sentence for each dead link. */
    List<String> mistakes() {
        return List.copyOf(mistakes);
    }

    void write(Path to) throws IOException {
        for (Map.Entry<Path, Node> page : pages.entrySet()) {
            Map<Heading, String> ids = of(page.getKey());
            HtmlRenderer renderer = HtmlRenderer.builder()
                    .extensions(EXTENSIONS)
                    .attributeProviderFactory(context -> (node, tag, attributes) -> {
                        if (node instanceof Heading heading) {
                            attributes.put("id", ids.getOrDefault(heading, ""));
                        }
                    })
                    .build();
            String body = renderer.render(page.getValue())
                    .replace("<table>", "<div class=\"wide\"><table>")
                    .replace("</table>", "</table></div>");
            put(to, page.getKey(), title(page.getValue()), withContents(page.getValue(), ids, body));
        }
        for (Path source : shown) {
            if (Files.isDirectory(source)) {
                put(
                        to,
                        source,
                        name(source),
                        "<h1>" + escaped(name(source)) + "</h1>\n<ul>" + entries(source) + "</ul>");
            } else if (name(source).endsWith(".svg")) {
                Path copy = to.resolve(root.relativize(source));
                Files.createDirectories(copy.getParent());
                Files.writeString(copy, Files.readString(source));
            } else {
                String text = "<pre><code>" + escaped(Files.readString(source)) + "</code></pre>";
                put(to, source, name(source), "<h1>" + escaped(name(source)) + "</h1>\n" + text);
            }
        }
    }

    private void put(Path to, Path source, String title, String body) throws IOException {
        Path html = to.resolve(root.relativize(html(source)));
        Files.createDirectories(html.getParent());
        Files.writeString(
                html,
                template.replace("{title}", escaped(title))
                        .replace("{navigation}", navigation(source))
                        .replace("{body}", body));
    }

    // ---- reading

    private static boolean isPage(Path file) {
        return name(file).endsWith(".md");
    }

    private void read(Path file) throws IOException {
        pages.put(file, PARSER.parse(Files.readString(file)));
    }

    private static void visitLinks(Node node, Consumer<Link> link) {
        node.accept(new AbstractVisitor() {
            @Override
            public void visit(Link found) {
                link.accept(found);
                visitChildren(found);
            }
        });
    }

    private static void visitImages(Node node, Consumer<Image> image) {
        node.accept(new AbstractVisitor() {
            @Override
            public void visit(Image found) {
                image.accept(found);
            }
        });
    }

    private static String text(Node node) {
        StringBuilder text = new StringBuilder();
        node.accept(new AbstractVisitor() {
            @Override
            public void visit(Text found) {
                text.append(found.getLiteral());
            }

            @Override
            public void visit(Code found) {
                text.append(found.getLiteral());
            }
        });
        return text.toString();
    }

    private static String title(Node page) {
        return page.getFirstChild() instanceof Heading heading ? text(heading) : "";
    }

    /** Each heading of a page with the name by which links know it, which is that of forges. */
    private Map<Heading, String> of(Path page) {
        return headings.computeIfAbsent(page, read -> {
            Map<Heading, String> ids = new HashMap<>();
            Node node = pages.get(page);
            if (node != null) {
                node.accept(new AbstractVisitor() {
                    @Override
                    public void visit(Heading heading) {
                        ids.put(heading, unused(ids, id(text(heading))));
                    }
                });
            }
            return ids;
        });
    }

    private static String unused(Map<Heading, String> ids, String wanted) {
        String id = wanted;
        for (int i = 1; ids.containsValue(id); i++) {
            id = wanted + "-" + i;
        }
        return id;
    }

    static String id(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }

    // ---- links

    /** Where a link leads to in the site. */
    private String target(Path page, String link) {
        if (link.matches("[a-z]+:.*")) {
            return link;
        }
        String[] words = link.split("#", 2);
        Path named = words[0].isEmpty() ? page : page.resolveSibling(words[0]).normalize();
        Path source = pages.containsKey(named.resolve("README.md")) ? named.resolve("README.md") : named;
        if (!source.startsWith(root) || !Files.exists(source)) {
            mistakes.add(root.relativize(page) + ": [" + link + "] leads nowhere");
            return link;
        }
        if (words.length > 1 && !of(source).containsValue(words[1])) {
            mistakes.add(root.relativize(page) + ": [" + link + "] leads to no heading");
        }
        if (!pages.containsKey(source)) {
            shown.add(source);
        }
        return link(page, source) + (words.length > 1 ? "#" + words[1] : "");
    }

    /** From one page to another, or to a source. */
    private String link(Path from, Path to) {
        return html(from).resolveSibling("").relativize(html(to)).toString();
    }

    private Path html(Path source) {
        String name = name(source);
        if (name.endsWith(".svg")) {
            return source;
        }
        if (Files.isDirectory(source)) {
            return source.resolve("index.html");
        }
        return source.resolveSibling(
                name.equals("README.md")
                        ? "index.html"
                        : name.endsWith(".md") ? name.replace(".md", ".html") : name + ".html");
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    // ---- around the text

    /** The pages of the guide as its first page has them, and the rest of what is to be read. */
    private String navigation(Path from) {
        Path guide = root.resolve("docs/guide/README.md");
        List<Path> listed = new ArrayList<>(List.of(guide));
        Node first = pages.get(guide);
        if (first != null) {
            visitLinks(
                    first,
                    link -> pages.keySet().stream()
                            .filter(page -> link(guide, page).equals(link.getDestination()))
                            .filter(page -> !listed.contains(page))
                            .forEach(listed::add));
        }
        listed.add(root.resolve("README.md"));
        return listed.stream()
                .map(page -> "<li" + (page.equals(from) ? " class=\"here\"" : "") + "><a href=\"" + link(from, page)
                        + "\">" + escaped(title(pages.getOrDefault(page, PARSER.parse("")))) + "</a></li>")
                .collect(joining("\n"));
    }

    /** The same with a list of its headings before the first one, if there are many. */
    private static String withContents(Node page, Map<Heading, String> ids, String body) {
        List<Heading> parts = new ArrayList<>();
        for (Node node = page.getFirstChild(); node != null; node = node.getNext()) {
            if (node instanceof Heading heading && heading.getLevel() == 2) {
                parts.add(heading);
            }
        }
        int first = body.indexOf("<h2");
        if (parts.size() < MANY_PARTS || first < 0) {
            return body;
        }
        String list = parts.stream()
                .map(part -> "<li><a href=\"#" + ids.get(part) + "\">" + escaped(text(part)) + "</a></li>")
                .collect(joining("\n", "<ul class=\"contents\">\n", "\n</ul>\n"));
        return body.substring(0, first) + list + body.substring(first);
    }

    private static String entries(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(Site::name)
                    .sorted()
                    .map(name -> "<li>" + escaped(name) + "</li>")
                    .collect(joining("\n"));
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
