package io.github.pekkosupervisor.runit;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.github.pekkosupervisor.config.ConfigSection;
import io.github.pekkosupervisor.config.ConfigValues;
import io.github.pekkosupervisor.config.ConfiguredLiveness;
import io.github.pekkosupervisor.config.ConfiguredReadiness;
import io.github.pekkosupervisor.config.Oneshots;
import io.github.pekkosupervisor.config.Place;
import io.github.pekkosupervisor.config.Problems;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.process.Liveness;
import io.github.pekkosupervisor.process.ProcessSpec.OneshotAgain;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.runit.supervise.Grants;
import io.github.pekkosupervisor.runit.supervise.Printable;
import io.github.pekkosupervisor.runit.svlogd.LogOptions;
import io.github.pekkosupervisor.runit.svlogd.Timestamps;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What {@code service.conf} in a service directory says; ours, runit does not look at it. Without it a service is
 * exactly as runit has it.
 *
 * @param log where we write the service's log ourselves; empty for runit's way
 * @param access who else may use the files in {@code supervise/}; empty for runit's way
 * @param live how it is known whether {@code run} still works; empty if nobody looks, which is runit's way
 * @param oneshot if {@code run} is over when it has ended well, whether it is run again at the next start; empty for
 *     runit's way, which starts it again after each end
 * @param ready by which sign it is ready; empty for runit's way, or s6's
 * @param startTimeout how long it may take until then; empty for any time
 * @param end how {@code run} ends, and who with it
 * @param conditions as whom {@code run} runs, with which variables, and how it is held
 * @param restarts when {@code run} is started again
 * @param needs which others are to be ready before it
 * @param tree what is supervised in the place of {@code run}; empty for runit's way
 */
record ServiceConf(
        Optional<Log> log,
        Optional<Grants> access,
        Optional<Liveness> live,
        Optional<OneshotAgain> oneshot,
        Optional<Readiness> ready,
        Optional<Duration> startTimeout,
        EndPolicy end,
        RunConditions conditions,
        RestartConf restarts,
        NeedsConf needs,
        Optional<TreeConf> tree) {

    static final OsString FILE = OsString.of("service.conf");

    /** What to do where somebody else could have written it. */
    static final String MEND =
            "only root and the launcher's own user may be able to change it and the directories above"
                    + " it: chown and chmod go-w";

    /** As if there were no file. */
    static final ServiceConf NONE = new ServiceConf(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            EndPolicy.RUNIT,
            RunConditions.RUNIT,
            RestartConf.RUNIT,
            NeedsConf.RUNIT,
            Optional.empty());

    /**
     * A log that the launcher writes.
     *
     * @param directory from the directory {@code log}
     * @param options of its lines
     */
    record Log(OsString directory, LogOptions options) {}

    /** The file is of no use; the message lists all that is wrong with it. */
    static final class MistakenException extends Exception {
        private static final long serialVersionUID = 1;

        private static final int MOST_TOLD = 10;
        private static final int LONGEST_TOLD = 500;

        private final transient List<String> lines;

        MistakenException(List<String> mistakes) {
            this(mistakes, mistakes.size() - MOST_TOLD);
        }

        private MistakenException(List<String> mistakes, int more) {
            this(
                    mistakes.stream()
                            .limit(MOST_TOLD)
                            .map(MistakenException::shown)
                            .toList(),
                    ending(more));
        }

        private MistakenException(List<String> told, String ending) {
            super(String.join("; ", told) + ending);
            int last = told.size() - 1;
            this.lines = Stream.concat(told.subList(0, last).stream(), Stream.of(told.get(last) + ending))
                    .toList();
        }

        private static String ending(int more) {
            return (more > 0 ? "; and " + more + " more" : "")
                    + "; until it is corrected and read again, after sv exit, the file is not used";
        }

        /** The same in parts, each for a line of its own; whatever the file is full of, each of them can be read. */
        List<String> lines() {
            return lines;
        }

        private static String shown(String mistake) {
            String line = Printable.oneLine(mistake);
            int[] beginning = line.codePoints().limit(LONGEST_TOLD).toArray();
            String shown = new String(beginning, 0, beginning.length);
            return shown.length() < line.length() ? shown + "…" : shown;
        }
    }

    /** Reads the bytes of the file, HOCON in UTF-8. */
    static ServiceConf parse(byte[] file) throws MistakenException {
        return parse(file, false);
    }

    /**
     * The same.
     *
     * @param isOfAnother whether it is in a tree of another user than the launcher's own
     */
    static ServiceConf parse(byte[] file, boolean isOfAnother) throws MistakenException {
        return parse(FILE, file, Place.SERVICE, top -> {
            ServiceConf conf = of(top);
            if (isOfAnother) {
                TreeConf.refuseWhatIsForRoot(top, conf.end(), conf.ready(), conf.live());
            }
            return conf;
        });
    }

    private static ServiceConf of(ConfigSection top) {
        ServiceConf conf = new ServiceConf(
                top.section("log", Place.LOG).map(ServiceConf::log),
                access(top),
                top.section("live", Place.SERVICE_LIVE).flatMap(ConfiguredLiveness::read),
                oneshot(top),
                top.section("ready", Place.SERVICE_READY).flatMap(ConfiguredReadiness::read),
                top.get("start-timeout", ConfigValues::positiveOrInfinite).flatMap(limit -> limit),
                EndPolicy.read(top),
                RunConditions.read(top),
                RestartConf.read(top),
                NeedsConf.read(top),
                TreeConf.read(top));
        conf.conditions().check("ready", conf.ready(), top);
        conf.conditions().check("live", conf.live().flatMap(Liveness::sign), top);
        return conf;
    }

    /** Reads the bytes of a file of this name. */
    static <T> T parse(OsString name, byte[] file, Place place, Function<ConfigSection, T> reading)
            throws MistakenException {
        try {
            return read(name, file, place, reading);
        } catch (RuntimeException | Error e) {
            // a defect of ours is no reason to go without the service; its text may hold a secret
            throw new MistakenException(List.of(name + " cannot be read; please report this: "
                    + e.getClass().getSimpleName()));
        }
    }

    private static <T> T read(OsString name, byte[] file, Place place, Function<ConfigSection, T> reading)
            throws MistakenException {
        Problems problems = new Problems();
        ConfigObject root = ForeignHocon.parse(name.toString(), file, problems);
        ConfigSection top = new ConfigSection(root, place, name.toString(), problems);
        T read = reading.apply(top);
        top.end();
        List<String> mistakes = problems.byLine();
        if (!mistakes.isEmpty()) {
            throw new MistakenException(mistakes);
        }
        return read;
    }

    /** What a block {@code access} says; one that is there and grants nothing has the files for the owner alone. */
    static Optional<Grants> access(ConfigSection top) {
        return top.section("access", Place.ACCESS).map(block -> {
            Optional<Grants> grants = Grants.read(block);
            block.end();
            return grants.orElse(Grants.NONE);
        });
    }

    private static Optional<OneshotAgain> oneshot(ConfigSection top) {
        Optional<OneshotAgain> oneshot = Oneshots.read(top);
        if (oneshot.isPresent() && top.has("live")) {
            top.problem("live", "\"live\" is for what goes on, and not for a oneshot; leave out one of them");
        }
        if (oneshot.isPresent() && top.has("ready")) {
            top.problem(
                    "ready",
                    "\"ready\" is for what goes on: a oneshot is ready when it is done; leave out one of them");
        }
        return oneshot;
    }

    private static Log log(ConfigSection block) {
        if (block.lacks("directory")) {
            block.problem("\"log\" needs \"directory\", as in log { directory = main }");
        }
        OsString directory = block.get("directory", ServiceConf::directory).orElse(OsString.of(""));
        LogOptions options = LogOptions.DEFAULT.withKeepUnfinished(true);
        options = block.get("timestamps", ConfigValues.oneOf(List.of(Timestamps.values())))
                .map(options::withTimestamps)
                .orElse(options);
        options = block.get("line-length", ServiceConf::lineLength)
                .map(options::withLineLength)
                .orElse(options);
        block.end();
        return new Log(directory, options);
    }

    private static OsString directory(ConfigValue value) {
        String text = String.valueOf(value.unwrapped());
        if (value.valueType() != ConfigValueType.STRING || text.isEmpty() || text.contains("\0")) {
            throw new IllegalArgumentException("must be the name of a directory, was " + ConfigValues.text(value));
        }
        return OsString.of(text);
    }

    private static int lineLength(ConfigValue value) {
        final int most = 1 << 20;
        if (value.unwrapped() instanceof Integer number && number >= 1 && number <= most) {
            return number;
        }
        throw new IllegalArgumentException("must be 1 to " + most + " bytes, was " + ConfigValues.text(value));
    }
}
