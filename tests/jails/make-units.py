#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: make-units.py DIR N NAME… — writes N drop-ins of systemd into DIR that
restrict system calls but allow the named calls. One half is random. The other
half has lines of installed units, if enough units are installed."""
import glob, pathlib, random, re, sys

where, count, needed = pathlib.Path(sys.argv[1]), int(sys.argv[2]), " ".join(sys.argv[3:])
where.mkdir(parents=True, exist_ok=True)
WORDS = """@system-service @mount @network-io @privileged @resources @clock @debug @file-system
@io-event @ipc @keyring @module @obsolete @process @raw-io @reboot @setuid @signal @swap @timer
chmod chown ptrace mount umount2 keyctl bpf socket socketpair bind connect listen setuid setgid
personality kexec_load perf_event_open memfd_create sched_yield sync getdents64 rename""".split()
FAMILIES = "AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET".split()
KEYS = "SystemCallFilter|SystemCallErrorNumber|SystemCallArchitectures|RestrictAddressFamilies"

def words(chance, denied):
    some = chance.sample(WORDS, chance.randrange(1, 7))
    errnos = ["", "", "", ":EIO", ":ENOSYS"] if denied else [""]
    return " ".join(w + chance.choice(errnos) for w in some)

def made_up(chance):
    lines = []
    for _ in range(chance.randrange(1, 4)):
        tilde = chance.choice(["", "~"])
        lines.append(f"SystemCallFilter={tilde}" + words(chance, tilde))
    if chance.random() < 0.2:
        lines.insert(1, "SystemCallFilter=")
    if chance.random() < 0.6:
        lines.append("SystemCallErrorNumber=" + chance.choice(["EPERM", "ENOSYS", "EACCES"]))
    if chance.random() < 0.5:
        lines.append("SystemCallArchitectures=" + chance.choice(["native", "native x86", "x86-64"]))
    if chance.random() < 0.4:
        lines.append("RestrictAddressFamilies=" + chance.choice(["", "~"]) +
                     " ".join(chance.sample(FAMILIES, chance.randrange(1, 4))))
    return lines

def installed():
    for path in sorted(glob.glob("/usr/lib/systemd/system/*.service")):
        text = pathlib.Path(path).read_text(errors="replace").replace("\\\n", " ")
        lines = [m[0] for m in re.finditer(rf"^({KEYS})=.*$", text, re.M)]
        if any(line.startswith("SystemCallFilter=") for line in lines):
            yield lines

def main():
    units = list(installed())[:count // 2]
    units += [made_up(random.Random(i)) for i in range(count - len(units))]
    for i, lines in enumerate(units):
        (where / f"{i}.conf").write_text("[Service]\n" + "\n".join(lines) +
                                         f"\nSystemCallFilter={needed}\n")

main()
