package io.github.pekkosupervisor.runit.page;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;

/**
 * A socket with a file, behind which is a server that knows TCP only: what comes in is passed on to it, from a port
 * that it can ask about. Who connects has to be our own user, or root, which the kernel says, whatever the file's mode.
 */
final class UnixDoor implements AutoCloseable {

    /** Of connections at a time; more wait, or are refused by the kernel. */
    private static final int MOST = 64;

    private static final int CHUNK = 32 * 1024;
    private static final String ROOT = "root";

    private final Path file;
    private final ServerSocketChannel server;
    private final InetSocketAddress behind;
    private final BoundedWrites writes;
    private final Executor threads;
    private final String ourselves;
    private final Set<SocketAddress> passed = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

    private UnixDoor(
            Path file,
            ServerSocketChannel server,
            InetSocketAddress behind,
            BoundedWrites writes,
            Executor threads,
            String ourselves) {
        this.file = file;
        this.server = server;
        this.behind = behind;
        this.writes = writes;
        this.threads = threads;
        this.ourselves = ourselves;
    }

    /**
     * Opens it. A file that somebody who is gone has left is replaced.
     *
     * @param behind who is to get what comes in
     * @param writes by which all is passed on
     * @param threads one for the door, and two for each connection
     * @throws IOException if it cannot be, or somebody answers there already
     */
    static UnixDoor open(Path file, InetSocketAddress behind, BoundedWrites writes, Executor threads)
            throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(file);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            bind(server, address);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            UnixDoor door = new UnixDoor(file, server, behind, writes, threads, userOf(server, address));
            threads.execute(door::accept);
            return door;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private static void bind(ServerSocketChannel server, UnixDomainSocketAddress address) throws IOException {
        try {
            server.bind(address, MOST);
        } catch (BindException e) {
            if (isAnswered(address)) {
                throw new BindException(address.getPath() + " is in use by another; choose another file");
            }
            if (!Boolean.TRUE.equals(Files.getAttribute(address.getPath(), "basic:isOther"))) {
                throw new BindException(address.getPath() + " is there and is no socket; choose another file");
            }
            Files.delete(address.getPath());
            server.bind(address, MOST);
        }
    }

    private static boolean isAnswered(SocketAddress address) {
        try (SocketChannel asked = SocketChannel.open(address)) {
            return asked.isConnected();
        } catch (IOException e) {
            // who has left it is gone
            return false;
        }
    }

    /** As whom we are seen by the kernel: the peer of a connection to ourselves. */
    private static String userOf(ServerSocketChannel server, SocketAddress address) throws IOException {
        try (SocketChannel asking = SocketChannel.open(address);
                SocketChannel asked = server.accept()) {
            return asked.isOpen() ? user(asking) : "";
        }
    }

    private static String user(SocketChannel connection) throws IOException {
        return connection.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
    }

    /**
     * Whether the connection from this address is one that has come in here. Its port alone would say nothing: of
     * another address of this machine, as 127.0.0.2, everybody may have the same one.
     */
    boolean isFrom(SocketAddress address) {
        return passed.contains(address);
    }

    private void accept() {
        try {
            boolean isClosed = false;
            while (!isClosed) {
                isClosed = !acceptOne() && closed.await(1, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            // its threads are to end
            Thread.currentThread().interrupt();
        }
    }

    /** Whether there was one; there is none when it is closed, or where descriptors are used up. */
    private boolean acceptOne() {
        try {
            takeIn(server.accept());
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void takeIn(SocketChannel from) {
        try {
            if (isLetIn(from)) {
                passOn(from);
                return;
            }
        } catch (IOException e) {
            // nobody is there any more
        }
        end(from);
    }

    private boolean isLetIn(SocketChannel from) throws IOException {
        String user = user(from);
        return open.size() < 2 * MOST && (user.equals(ourselves) || user.equals(ROOT));
    }

    private void passOn(SocketChannel from) throws IOException {
        SocketChannel to = SocketChannel.open();
        SocketAddress ours;
        try {
            ours = to.bind(new InetSocketAddress(behind.getAddress(), 0)).getLocalAddress();
        } catch (IOException e) {
            end(to);
            throw e;
        }
        try {
            passed.add(ours);
            open.add(from);
            open.add(to);
            to.connect(behind);
            threads.execute(() -> copyIn(from, to, ours));
            threads.execute(() -> copyOut(to, from, ours));
        } catch (IOException | RejectedExecutionException e) {
            endBoth(from, to, ours);
        }
    }

    /**
     * What comes from outside may end before the answer has: the server hears that, and the connection goes on. Who is
     * gone without a word is noticed when something is sent next.
     */
    private void copyIn(SocketChannel from, SocketChannel to, SocketAddress ours) {
        try {
            pump(from, to);
            to.shutdownOutput();
        } catch (IOException e) {
            // one of them is gone, and so is what they had to say to one another
            endBoth(from, to, ours);
        }
    }

    /** The end of what comes from the server is the end of all. */
    private void copyOut(SocketChannel from, SocketChannel to, SocketAddress ours) {
        try {
            pump(from, to);
        } catch (IOException e) {
            // as above
        } finally {
            endBoth(from, to, ours);
        }
    }

    private void pump(SocketChannel from, SocketChannel to) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        while (from.read(chunk) >= 0) {
            chunk.flip();
            writes.write(() -> writeAll(chunk, to));
            chunk.clear();
        }
    }

    private static void writeAll(ByteBuffer chunk, ByteChannel to) throws IOException {
        while (chunk.hasRemaining()) {
            to.write(chunk);
        }
    }

    /** Before they are closed it is forgotten: from then on the address may be anybody's. */
    private void endBoth(SocketChannel one, SocketChannel other, SocketAddress ours) {
        passed.remove(ours);
        end(one);
        end(other);
    }

    private void end(SocketChannel channel) {
        open.remove(channel);
        try {
            channel.close();
        } catch (IOException e) {
            // it is closed all the same
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            server.close();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // the next one finds that nobody answers
        }
        open.forEach(this::end);
    }
}
