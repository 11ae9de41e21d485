/** What an operator sees; for supervision this is an application. */
@NullMarked
package io.github.pekkosupervisor.operator;

import org.jspecify.annotations.NullMarked;
