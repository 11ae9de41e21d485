package io.github.pekkosupervisor.examples.release;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** A pom as its reader finds it, without any other. */
record Pom(Element project, String text) {

    static Pom read(Path file) throws IOException {
        String text = Files.readString(file);
        try {
            return new Pom(
                    DocumentBuilderFactory.newInstance()
                            .newDocumentBuilder()
                            .parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))
                            .getDocumentElement(),
                    text);
        } catch (SAXException | ParserConfigurationException e) {
            throw new IOException(file + " is no XML", e);
        }
    }

    boolean has(String path) {
        return elements(path).findAny().isPresent();
    }

    /** The text of the first element there, empty if there is none. */
    String text(String path) {
        return elements(path).findFirst().map(Node::getTextContent).orElse("").strip();
    }

    /** All elements there, each as the texts of those in it. */
    List<Map<String, String>> all(String path) {
        return elements(path)
                .map(element -> children(element)
                        .collect(Collectors.toMap(
                                Element::getTagName,
                                child -> child.getTextContent().strip())))
                .toList();
    }

    private Stream<Element> elements(String path) {
        Stream<Element> found = Stream.of(project);
        for (String name : path.split("/", -1)) {
            found = found.flatMap(Pom::children)
                    .filter(element -> element.getTagName().equals(name));
        }
        return found;
    }

    private static Stream<Element> children(Element element) {
        NodeList nodes = element.getChildNodes();
        return IntStream.range(0, nodes.getLength())
                .mapToObj(nodes::item)
                .filter(Element.class::isInstance)
                .map(Element.class::cast);
    }
}
