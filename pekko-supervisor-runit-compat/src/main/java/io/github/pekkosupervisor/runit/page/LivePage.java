package io.github.pekkosupervisor.runit.page;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.posix.OsString;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A tree in a browser, as it is now, on this machine:
 *
 * <pre>{@code
 * LivePage page = LivePage.open(tree, PageSettings.loopback().withCommands(true));
 * log.info("the tree is at {}", page.url());
 * }</pre>
 *
 * <p>It is there until it is closed, also when the tree has ended, which it shows then. It has threads of its own, so
 * that nobody who watches can hold up the tree; what it does not know of the tree it shows as it was last. What it
 * sends and who may see it is in {@code docs/page.md}.
 */
public final class LivePage implements AutoCloseable {

    /** 256 bits. */
    private static final int BYTES_OF_TOKEN = 32;

    private static final int BYTES_OF_NONCE = 16;

    /** Streams, two for each of them where there is a door, and as many requests as come at a time. */
    private static final int MOST_THREADS = 4 * Streams.MOST;

    private static final int SECONDS_IDLE = 10;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Optional<String> token;
    private final PageServer server;
    private final Optional<UnixDoor> door;
    private final Optional<PageMetrics> metrics;
    private final Watch watch;
    private final Runnable unfollow;
    private final ScheduledThreadPoolExecutor timer;
    private final ExecutorService threads;
    private final AtomicBoolean isClosed = new AtomicBoolean();

    private LivePage(
            Optional<String> token,
            PageServer server,
            Optional<UnixDoor> door,
            Optional<PageMetrics> metrics,
            Watch watch,
            Runnable unfollow,
            ScheduledThreadPoolExecutor timer,
            ExecutorService threads) {
        this.token = token;
        this.server = server;
        this.door = door;
        this.metrics = metrics;
        this.watch = watch;
        this.unfollow = unfollow;
        this.timer = timer;
        this.threads = threads;
    }

    /**
     * Opens the page of a tree, which may be starting. What has happened before is not shown, but for how each child
     * ended last. With the option {@link SupervisionTree.Options#withTransitions} of the tree it also shows who is
     * starting and stopping.
     *
     * @throws IOException nobody can listen there: the port or the file is in use for example
     */
    public static LivePage open(SupervisionTree tree, PageSettings settings) throws IOException {
        Objects.requireNonNull(tree, "there is no tree");
        return open(
                settings,
                watch -> new Followed(
                        new TreeSource(tree, watch), Optional.of(tree), () -> tree.subscribe(watch)::close));
    }

    /**
     * Opens the page of a services directory, whoever supervises it: our launcher, runit's, or an application that
     * shows its tree. It is looked at from outside, as by {@code pekko-supervisor status}, four times a second while
     * somebody watches; of an end it is seen that there was one, and how only if the supervisor is ours. Commands are
     * written to {@code supervise/control} with the rights of this JVM.
     *
     * @param services whose entries are service directories, or a service directory
     * @throws IOException nobody can listen there, or the directory cannot be read
     * @throws IllegalArgumentException if it is to have metrics, which are of a tree
     */
    public static LivePage ofServices(Path services, PageSettings settings) throws IOException {
        Objects.requireNonNull(services, "there is no directory");
        return ofServices(OsString.of(services.toString()), settings);
    }

    /**
     * The same, of a directory whose name need not be UTF-8.
     *
     * @param services whose entries are service directories, or a service directory
     * @throws IOException nobody can listen there, or the directory cannot be read
     * @throws IllegalArgumentException if it is to have metrics, which are of a tree
     */
    public static LivePage ofServices(OsString services, PageSettings settings) throws IOException {
        Objects.requireNonNull(services, "there is no directory");
        if (settings.metrics()) {
            throw new IllegalArgumentException("the page of a services directory has no metrics; leave them away");
        }
        ServicesSource source = ServicesSource.of(services, InstantSource.system());
        return open(
                settings,
                watch -> new Followed(source.seenBy(watch), Optional.empty(), () -> {
                    source.begin(new ScheduledThreadPoolExecutor(1, new Threads()));
                    return source::close;
                }));
    }

    /**
     * What a page is of.
     *
     * @param tree if it is one of this JVM, which metrics are of
     * @param follow begins to follow it; what that gives ends it
     */
    private record Followed(Source source, Optional<SupervisionTree> tree, Supplier<Runnable> follow) {}

    private static LivePage open(PageSettings settings, Function<Watch, Followed> of) throws IOException {
        ThreadFactory made = new Threads();
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, made);
        timer.setRemoveOnCancelPolicy(true);
        ExecutorService threads =
                new ThreadPoolExecutor(0, MOST_THREADS, SECONDS_IDLE, TimeUnit.SECONDS, new SynchronousQueue<>(), made);
        Watch watch = new Watch(settings.commands(), timer, InstantSource.system(), System::nanoTime);
        Followed followed = of.apply(watch);
        BoundedWrites writes = new BoundedWrites(timer, System::nanoTime);
        Door behind = new Door(settings.socket().isPresent());
        @Nullable PageServer server = null;
        @Nullable PageMetrics metrics = null;
        Optional<String> token;
        try {
            token = token(settings);
            if (settings.metrics() && followed.tree().isPresent()) {
                metrics = PageMetrics.of(followed.tree().get());
            }
            server = new PageServer(
                    new InetSocketAddress(InetAddress.getByName(settings.host()), settings.port()),
                    new Guard(token, settings.commands()),
                    followed.source(),
                    new Streams(watch, writes),
                    writes,
                    Optional.ofNullable(metrics),
                    behind::isLetIn,
                    () -> random(BYTES_OF_NONCE),
                    threads);
            if (settings.socket().isPresent()) {
                behind.opened = UnixDoor.open(settings.socket().get(), server.address(), writes, threads);
            }
        } catch (IOException e) {
            if (server != null) {
                server.close();
            }
            if (metrics != null) {
                metrics.close();
            }
            timer.shutdownNow();
            threads.shutdownNow();
            throw inWords(e, settings);
        }
        Runnable unfollow = followed.follow().get();
        return new LivePage(
                token,
                server,
                Optional.ofNullable(behind.opened),
                Optional.ofNullable(metrics),
                watch,
                unfollow,
                timer,
                threads);
    }

    private static IOException inWords(IOException refused, PageSettings settings) {
        String where =
                settings.socket().map(Object::toString).orElseGet(() -> settings.host() + " port " + settings.port());
        boolean isOfPort = settings.socket().isEmpty() && refused instanceof BindException;
        return new IOException(
                "the page cannot be at " + where + ": " + refused.getMessage()
                        + (isOfPort ? "; name another port, such as 0, which is any that is free" : ""),
                refused);
    }

    private static Optional<String> token(PageSettings settings) throws IOException {
        if (settings.socket().isPresent()) {
            return Optional.empty();
        }
        return Optional.of(
                settings.tokenFile().isPresent()
                        ? TokenFile.read(settings.tokenFile().get(), () -> random(BYTES_OF_TOKEN))
                        : random(BYTES_OF_TOKEN));
    }

    private static String random(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    /** Who is let in, which is known when there is a door. */
    private static final class Door {
        private final boolean isNeeded;
        private volatile @Nullable UnixDoor opened;

        Door(boolean isNeeded) {
            this.isNeeded = isNeeded;
        }

        boolean isLetIn(SocketAddress from) {
            UnixDoor there = opened;
            return !isNeeded || (there != null && there.isFrom(from));
        }
    }

    /** They end with the JVM. */
    private static final class Threads implements ThreadFactory {
        private final AtomicInteger number = new AtomicInteger();

        @Override
        public Thread newThread(Runnable work) {
            Thread thread = new Thread(work, "pekko-supervisor-page-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        }
    }

    /**
     * What a browser is to open, with the token behind {@code #}, which it sends to nobody; whoever has it may see all,
     * and command if that is on. Behind a socket with a file there is no token, and this is what to open where the
     * socket is forwarded to, at port 80 as it is written.
     */
    public URI url() {
        if (door.isPresent()) {
            return URI.create("http://localhost/");
        }
        InetSocketAddress address = server.address();
        String host = address.getAddress().getHostAddress();
        return URI.create("http://" + (host.contains(":") ? "[::1]" : host) + ":" + address.getPort() + "/#token="
                + token.orElse(""));
    }

    /** Where the server is, also if that is behind a door. */
    URI behind() {
        return URI.create("http://127.0.0.1:" + server.address().getPort() + "/");
    }

    /** Closes the page, and all that is open of it. The tree goes on. */
    @Override
    public void close() {
        if (isClosed.getAndSet(true)) {
            return;
        }
        unfollow.run();
        watch.close();
        door.ifPresent(UnixDoor::close);
        server.close();
        metrics.ifPresent(PageMetrics::close);
        timer.shutdownNow();
        threads.shutdownNow();
    }
}
