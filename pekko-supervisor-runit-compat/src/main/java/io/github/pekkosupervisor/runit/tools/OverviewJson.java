package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.look.ScanReport;
import io.github.pekkosupervisor.runit.look.ServiceReport;
import io.github.pekkosupervisor.runit.look.ServiceTree;
import io.github.pekkosupervisor.runit.look.TreePlace;
import io.github.pekkosupervisor.runit.supervise.Printable;
import io.github.pekkosupervisor.runit.supervise.Shortcomings.Shortcoming;
import io.github.pekkosupervisor.runit.supervise.StatusBytes;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The overview as one line of JSON: an array with an object for each service. Names are exact: a byte that is no UTF-8
 * is an escaped lone surrogate, as in {@link Printable#exact}.
 */
final class OverviewJson {

    private OverviewJson() {}

    static OsString of(List<ScanReport> reports, long nowLabel) {
        StringBuilder json = new StringBuilder("[");
        reports.forEach(report -> services(json, report, nowLabel));
        return OsString.of(json.append("]\n").toString());
    }

    /** Each before what is in its tree. */
    private static void services(StringBuilder json, ScanReport report, long nowLabel) {
        for (ServiceReport service : report.services()) {
            json.append(json.length() > 1 ? "," : "").append("{\"directory\":");
            string(json, Printable.exact(report.path()));
            json.append(',');
            members(json, service, nowLabel);
            json.append(",\"log\":");
            log(json, service.log(), nowLabel);
            json.append('}');
            report.insideOf(service).ifPresent(tree -> services(json, tree, nowLabel));
        }
    }

    /** The same with what is below each, as it is drawn. */
    static OsString tree(List<ScanReport> reports, long nowLabel) {
        StringBuilder json = new StringBuilder("[");
        for (ScanReport report : reports) {
            String separator = json.length() > 1 ? "," : "";
            int depth = -1;
            for (ServiceTree.Visit visit : ServiceTree.inOrder(ServiceTree.of(report))) {
                json.append(visit.depth() > depth ? separator : "]}".repeat(depth - visit.depth() + 1) + ",");
                separator = "";
                depth = visit.depth();
                json.append("{\"directory\":");
                string(json, Printable.exact(visit.node().report().path()));
                json.append(',');
                members(json, visit.node().service(), nowLabel);
                json.append(",\"log\":");
                log(json, visit.node().service().log(), nowLabel);
                json.append(",\"children\":[");
            }
            json.append("]}".repeat(depth + 1));
        }
        return OsString.of(json.append("]\n").toString());
    }

    private static void log(StringBuilder json, @Nullable ServiceReport log, long nowLabel) {
        if (log == null) {
            json.append("null");
            return;
        }
        json.append('{');
        members(json, log, nowLabel);
        json.append('}');
    }

    private static void members(StringBuilder json, ServiceReport service, long nowLabel) {
        StatusBytes status = service.status();
        json.append("\"name\":");
        string(json, Printable.exact(service.name()));
        json.append(",\"supervised\":").append(status != null);
        if (status == null) {
            json.append(",\"trouble\":");
            string(json, service.trouble());
        } else {
            json.append(",\"state\":");
            string(json, status.isDown() ? "down" : status.isRunning() ? "run" : "finish");
            json.append(",\"pid\":").append(Integer.toUnsignedString(status.pid()));
            json.append(",\"seconds\":").append(Long.toUnsignedString(status.ageAt(nowLabel)));
            json.append(",\"want\":");
            string(json, status.want() == 'u' ? "up" : "down");
            json.append(",\"paused\":").append(status.isPaused());
            json.append(",\"gotTerm\":").append(status.gotTerm());
            service.ready().ifPresent(isReady -> json.append(",\"ready\":").append(isReady));
            if (service.isHung()) {
                json.append(",\"hung\":true");
            }
            if (service.isDone()) {
                json.append(",\"done\":true");
            }
            service.phase().ifPresent(phase -> {
                json.append(",\"phase\":");
                string(json, phase.name().toLowerCase(Locale.ROOT));
            });
            record(json, service.record(), nowLabel);
        }
        json.append(",\"normallyUp\":").append(!service.hasDownFile());
        if (!service.shortcomings().isEmpty()) {
            shortcomings(json, service.shortcomings());
        }
        if (service.place().isSupervisor()) {
            supervision(json, service.place());
        }
    }

    private static void shortcomings(StringBuilder json, List<Shortcoming> shortcomings) {
        json.append(",\"shortcomings\":[");
        String separator = "";
        for (Shortcoming one : shortcomings) {
            json.append(separator).append("{\"what\":");
            string(json, one.what());
            json.append(",\"why\":");
            string(json, one.why());
            json.append('}');
            separator = ",";
        }
        json.append(']');
    }

    private static void supervision(StringBuilder json, TreePlace place) {
        json.append(",\"supervision\":{");
        String separator = "";
        for (Map.Entry<String, String> entry : place.supervision().entrySet()) {
            json.append(separator);
            string(json, entry.getKey());
            json.append(':');
            string(json, entry.getValue());
            separator = ",";
        }
        json.append('}');
    }

    private static void record(StringBuilder json, @Nullable UnitRecord record, long nowLabel) {
        if (record == null) {
            json.append(",\"restarts\":null,\"lastExit\":null,\"adopted\":null,\"supervisedSeconds\":null");
            return;
        }
        json.append(",\"restarts\":").append(record.past().restarts()).append(",\"lastExit\":");
        lastExit(json, record.past().lastEnd());
        json.append(",\"adopted\":").append(record.isAdopted());
        json.append(",\"supervisedSeconds\":").append(ServiceReport.supervisedFor(record, nowLabel));
    }

    private static void lastExit(StringBuilder json, Optional<UnitRecord.End> last) {
        if (last.isEmpty()) {
            json.append("null");
            return;
        }
        ExitStatus end = last.get().status();
        String hung = last.get().hung() ? ",\"hung\":true}" : "}";
        if (end.exited()) {
            json.append("{\"code\":").append(end.code()).append(hung);
        } else if (!end.isKnown()) {
            json.append("{\"code\":null").append(hung);
        } else {
            json.append("{\"signal\":");
            string(json, Signal.nameOf(end.signal()));
            json.append(",\"core\":").append(end.coreDumped()).append(hung);
        }
    }

    private static void string(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ' || isLone(text, i)) {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }

    /** Whether it stands for a byte that is no UTF-8. */
    private static boolean isLone(String text, int at) {
        char c = text.charAt(at);
        return Character.isLowSurrogate(c) && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
    }
}
