/** A tree in recordings of the JVM, JDK Flight Recorder. */
@NullMarked
package io.github.pekkosupervisor.jfr;

import org.jspecify.annotations.NullMarked;
