package io.github.pekkosupervisor.runit.imports;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Keys of a compose service that have no counterpart here: why, and what to do instead. */
final class ComposeOthers {

    private static final Set<String> HAVE_ONE = Set.of(
            "command",
            "entrypoint",
            "environment",
            "env_file",
            "working_dir",
            "user",
            "depends_on",
            "healthcheck",
            "restart",
            "stop_signal",
            "stop_grace_period",
            "ulimits",
            "oom_score_adj",
            "profiles");

    private static final Map<String, String> WHY = new HashMap<>();

    static {
        all("what is in it has to be installed on the machine, where the command looks for it", "image", "build");
        all(
                "the process opens its ports itself, by its own settings; nothing is mapped to another one, nor hidden",
                "ports",
                "expose");
        all("it sees the machine's own files; give it paths there", "volumes", "volumes_from", "tmpfs", "shm_size");
        all(
                "it is in the machine's own network; others are at 127.0.0.1, not under the names of their services",
                "networks",
                "network_mode",
                "links",
                "external_links",
                "extra_hosts",
                "hostname",
                "domainname",
                "dns",
                "dns_opt",
                "dns_search",
                "mac_address");
        all(
                "replicas are children of their own here; memory, processors and processes are limited by cgroup {"
                        + " memory-max, cpu-max, pids-max }, where the machine lets the launcher have control groups",
                "deploy",
                "scale",
                "mem_limit",
                "mem_reservation",
                "memswap_limit",
                "mem_swappiness",
                "cpus",
                "cpu_count",
                "cpu_percent",
                "cpu_shares",
                "cpu_period",
                "cpu_quota",
                "cpu_rt_runtime",
                "cpu_rt_period",
                "cpuset",
                "pids_limit",
                "blkio_config",
                "cgroup",
                "cgroup_parent",
                "oom_kill_disable");
        all(
                "there is no container around it, whose rights could be set; it has those of its user",
                "privileged",
                "cap_add",
                "cap_drop",
                "security_opt",
                "read_only",
                "devices",
                "device_cgroup_rules",
                "gpus",
                "ipc",
                "pid",
                "uts",
                "userns_mode",
                "sysctls",
                "credential_spec",
                "isolation",
                "runtime",
                "storage_opt",
                "use_api_socket");
        all("further groups are named behind the user: user = \"NAME:GROUP:GROUP\"", "group_add");
        all("there is no image of which this could be said", "platform", "pull_policy");
        all("nobody here reads it", "labels", "label_file", "annotations", "provider", "models");
        all("it is called as its service", "container_name");
        all("what it writes goes to standard output, line by line; output says where else", "logging", "attach");
        all("it has no terminal; stdin = inherit gives it the launcher's input", "stdin_open", "tty");
        all("a file has to be where the process looks for it", "secrets", "configs");
        all("it is not followed; docker compose config prints one file with all put in", "extends");
        all("whoever runs the tree as process 1 waits for orphans", "init");
        all("write it into the command, or into a oneshot before it", "post_start", "pre_stop");
        all("HUP to pekko-supervisor run does what has changed in its file", "develop");
    }

    private ComposeOthers() {}

    private static void all(String why, String... keys) {
        List.of(keys).forEach(key -> WHY.put(key, why));
    }

    /** What is to be told of a key; nothing of those that have a counterpart, and of extensions. */
    static Optional<String> of(String key) {
        if (HAVE_ONE.contains(key) || key.startsWith("x-")) {
            return Optional.empty();
        }
        return Optional.of(WHY.getOrDefault(key, "this is no key of a service that is known here"));
    }
}
