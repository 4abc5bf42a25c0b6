#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: lxc-agrees.py COUNT TRACE…
Writes COUNT policies of LXC, and loads each with lxc-execute. Compares the answers
of the loaded filter to the calls of the traces with the answers that sp-verify finds
for the policy. Then tries policies that LXC refuses. The exit status is 1 if an
answer differs."""
import json, os, random, subprocess, sys, tempfile, time

# LXC and the waiting program do not make these calls.
CALLS = """chmod fchmod chown lchown mknod mknodat kexec_load swapon swapoff
    reboot acct add_key keyctl request_key bpf ptrace init_module vhangup quotactl
    delete_module finit_module perf_event_open iopl ioperm semop msgsnd send recv
    socket socketpair bind listen mseal cachestat no_such_call umount2 waitpid
    stime settimeofday adjtimex sync link symlink rename rmdir utime""".split()
ACTIONS = "errno 1", "errno 38", "trap", "kill", "errno 0"
OPS = "SCMP_CMP_NE", "<", "SCMP_CMP_LE", "==", ">=", "SCMP_CMP_GT", "!="
SECTIONS = "[all]", "[x86]", "[X86_64]", "[x32]", "[arm]", "[s390x]", "[ALL]"
REFUSED = (
    "2\ndenylist\nchmod allow\n",
    "2\ndenylist\nchmod errno 1 [0,1,==][0,2,==]\n",
    "2\ndenylist\nchmod log\n",
    "2\ndenylist\nchmod [0,1,==]\n",
    "2\ndenylist\nchmod errno 1 [0,1,==] # all\n",
    "2\ndenylist\nchmod errno 1 [0,1, ==]\n",
    "2\ndenylist\nchmod errno 1 [6,1,==]\n",
    "2\ndenylist\n[x86_64 ]\nchmod errno 1\n",
    "2\ndenylist\n[pdp11]\nchmod errno 1\n",
    "2\ndenylist # all\nchmod errno 1\n",
    "2\nmylist\nchmod errno 1\n",
    "1\nallowlist\nread\n",
    "1\ndenylist\n0\n",
    "3\nallowlist\n0\n")


def condition(rng):
    op = rng.choice(OPS + ("SCMP_CMP_MASKED_EQ", "&="))
    mask = f",{rng.choice(['0xff', '15', '0x7'])}" if op[-2:] in ("&=", "EQ") \
        else ""
    return f"[{rng.choice('012')},{rng.choice(['1', '0x10', '010'])},{op}{mask}]"


def policy(rng):
    names = rng.sample(CALLS, rng.randint(1, 12))
    lines = ["2", rng.choice(["denylist", "blacklist"]), "# a comment", ""]
    if rng.random() < 0.5:
        lines.append("reject_force_umount  # comment")
        names = [name for name in names if name != "umount2"]
    for name in names:
        if rng.random() < 0.2:
            lines.append(rng.choice(SECTIONS))
        action = rng.choice(ACTIONS)
        line = f"{name} {action}" if rng.random() < 0.8 else name
        if " " in line and rng.random() < 0.4:
            line += " " + condition(rng)
        lines.append(line)
    return "\n".join(lines) + "\n"


def answers(options, trace):
    done = subprocess.run(["sp-verify", "--json", *options, trace],
                          capture_output=True, text=True)
    if done.returncode > 1:
        return done.stderr.strip()
    return sorted((row["arch"], row["nr"], row["answer"])
                  for row in json.loads(done.stdout))


class Container:
    def __init__(self, place, text):
        self.name = f"sandprint-{os.getpid()}"
        self.place, self.file = place, f"{place}/policy"
        with open(self.file, "w") as file:
            file.write(text)
        with open(f"{place}/config", "w") as file:
            file.write("lxc.rootfs.path = dir:/\nlxc.net.0.type = none\n"
                       f"lxc.seccomp.profile = {self.file}\n")

    def run(self, command):
        return subprocess.Popen(
            ["lxc-execute", "-n", self.name, "-P", self.place, "-f",
             f"{self.place}/config", "--", *command],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def pid(self):
        for _ in range(100):
            pid = subprocess.run(
                ["lxc-info", "-n", self.name, "-P", self.place, "-p", "-H"],
                capture_output=True, text=True).stdout.strip()
            if pid not in ("", "-1"):
                with open(f"/proc/{pid}/status") as file:
                    if "Seccomp:\t2" in file.read():
                        return pid
            time.sleep(0.05)
        return None


def compare(place, text, traces):
    """Returns a description of the difference, or None."""
    container = Container(place, text)
    run = container.run(["sleep", "60"])
    try:
        pid = container.pid()
        if not pid:
            return "LXC does not start"
        for trace in traces:
            loaded = answers([f"--pid={pid}"], trace)
            read = answers(["-p", container.file], trace)
            if loaded != read:
                odd = set(loaded) ^ set(read) if isinstance(read, list) \
                    else read
                return f"{trace}: {odd}"
    finally:
        run.terminate()
        run.wait()
    return None


def refused(place, text, trace):
    container = Container(place, text)
    status = container.run(["true"]).wait()
    read = answers(["-p", container.file], trace)
    return None if status and isinstance(read, str) else \
        f"LXC: status {status}; sp-verify: {str(read)[:99]}"


def main():
    rng, bad = random.Random(1), 0
    with tempfile.TemporaryDirectory() as place:
        for n in range(int(sys.argv[1])):
            text = policy(rng)
            problem = compare(place, text, sys.argv[2:])
            if problem:
                print(f"{text}# {n}: {problem}\n")
                bad += 1
        for text in REFUSED:
            problem = refused(place, text, sys.argv[2])
            if problem:
                print(f"{text}# {problem}\n")
                bad += 1
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
