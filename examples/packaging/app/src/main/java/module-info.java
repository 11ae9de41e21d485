/** What an application on the module path has to require: names as in the jars' manifests. */
module shop {
    requires io.github.pekkosupervisor;
    requires io.github.pekkosupervisor.runit; // service directories, and the export of a tree
    // The two above are automatic modules, which do not say what they need. Other automatic modules come by themselves;
    // these do not.
    requires org.slf4j;
    requires jdk.unsupported; // sun.misc.Unsafe, for Pekko
}
