# SPDX-License-Identifier: Apache-2.0
"""The formats. Each writes a policy, loads it with its enforcer, and checks the
results of commands."""
import itertools, json, os, re, shlex, shutil, subprocess, threading

from corpus import ENV, HERE, TOP, Result, execute

BIN = os.environ["SP_BIN"]
# Only one process at a time can read the kernel's audit records.
AUDIT = threading.Lock()


class Failure(Exception):
    pass


def tool(name, *options):
    """Runs one of our tools, and returns its output. If it fails, the row fails."""
    done = subprocess.run([f"{BIN}/{name}", *options], capture_output=True)
    if done.returncode:
        raise Failure(f"{name}: status {done.returncode}: "
                      + done.stderr.decode(errors="replace").strip())
    return done.stdout


def compile_c(source, output, *options):
    with open(f"{output}.c", "w") as file:
        file.write(source)
    subprocess.run(["cc", "-O0", "-w", "-D_GNU_SOURCE", f"-I{HERE}", "-o",
                    output, f"{output}.c", *options], check=True)


class Format:
    """A format whose policy is loaded again for each command."""
    paths = False               # whether it is made from paths, not calls
    near = ("near", "near-read", "near-exec")
    options = ()
    packages = ()               # the programs that it needs

    def __init__(self, name, work):
        self.name, self.work = name, f"{work}/{name}"
        os.makedirs(self.work, exist_ok=True)

    def file(self, row):
        return f"{self.work}/{row.name}"

    def emit(self, row, stream):
        args = ["--args"] if row.args and not self.paths else \
            ["--trust-names"] if row.trust and self.paths else []
        tool("sp-emit", *self.options, *args, "-o", self.file(row), stream)

    def prepare(self, rows):
        """Prepares the enforcer, after all policies have been written."""

    def command(self, row, argv):
        raise NotImplementedError

    def env(self, row):
        return ENV

    def neighbours(self, row):
        if not self.paths:
            return [[f"{TOP}/bin/call", *row.call]]
        return [row.near[kind] for kind in self.near if kind in row.near]

    def attempt(self, row, argv, alone=False):
        return execute(row, self.command(row, argv), alone=alone,
                       env=self.env(row))

    def denied(self, row, argv, result):
        return result.status != 0

    def check(self, row, recorded):
        """Raises Failure if the policy denies the run or allows another act."""
        result = self.attempt(row, row.run)
        if not result.same(recorded):
            raise Failure(self.failure(row, result, recorded))
        for argv in self.neighbours(row):
            free = execute(row, argv, alone=True)
            if free.status:
                raise Failure(f"unconfined: {' '.join(argv)}: {free}")
            if not self.denied(row, argv, self.attempt(row, argv, True)):
                raise Failure(f"allows: {' '.join(argv)}")

    def failure(self, row, result, recorded):
        if result.status == recorded.status:
            return f"{result}: wrote {result.output!r} {result.beside!r}, " \
                f"not {recorded.output!r} {recorded.beside!r}"
        return str(result)


class Landlock(Format):
    """Enforces the policy with sp-verify, which lists denials."""
    paths = True
    near = Format.near + ("near-net",)
    options = ("--landlock",)

    def command(self, row, argv):
        return [f"{BIN}/sp-verify", "--landlock", self.file(row), "-o",
                f"{self.file(row)}.list", "--", *argv]

    def attempt(self, row, argv, alone=False):
        with AUDIT:
            return super().attempt(row, argv, alone)

    def list(self, row):
        with open(f"{self.file(row)}.list") as file:
            return [" ".join(line.split()[i] for i in (0, 2))
                    for line in file.readlines()[1:]]

    def failure(self, row, result, recorded):
        denials = self.list(row) if result.status == 1 else []
        return f"denied: {', '.join(denials)}" if denials else \
            super().failure(row, result, recorded)

    def denied(self, row, argv, result):
        return result.status == 1 and self.list(row)

    def check(self, row, recorded):
        super().check(row, recorded)
        stream = f"{os.path.dirname(self.work)}/{row.name}.sp"
        tool("sp-verify", "--landlock", self.file(row), stream)


class AppArmor(Format):
    """Loads the policy, for which the kernel needs AppArmor."""
    paths = True
    options = ("--apparmor",)
    packages = ("apparmor_parser", "aa-exec")

    def profile(self, row):
        return f"sandprint-{row.name}"

    def prepare(self, rows):
        for row in rows:
            with open(self.file(row)) as file:
                text = re.sub(r"^profile \S+", f"profile {self.profile(row)}",
                              file.read(), flags=re.M)
            with open(self.file(row), "w") as file:
                file.write(text)
        subprocess.run(["apparmor_parser", "-rK",
                        *(self.file(row) for row in rows)], check=True)

    def command(self, row, argv):
        return ["aa-exec", "-p", self.profile(row), "--", *argv]

    def failure(self, row, result, recorded):
        log = subprocess.run(["dmesg"], capture_output=True, text=True).stdout
        denials = [re.sub(r".*apparmor=\S+ | (pid|comm|fsuid|ouid)=\S+", "", line)
                   for line in log.split("\n") if 'apparmor="DENIED"' in line
                   and f'profile="{self.profile(row)}"' in line]
        return "; ".join([super().failure(row, result, recorded), *denials[:2]])


class Header(Format):
    """Puts the headers of all rows into one program, each with different names."""
    def source(self, rows, function):
        parts = []
        for n, row in enumerate(rows):
            with open(self.file(row)) as file:
                text = re.sub(r"\b(sandprint|SANDPRINT)_", rf"\1_{n}_",
                              file.read())
            parts.append(text)
        table = "".join(f'\t{{ "{row.name}", sandprint_{n}_{function} }},\n'
                        for n, row in enumerate(rows))
        parts.append("#include <stddef.h>\nstatic const struct policy {\n"
                     "\tconst char *name;\n\tint (*load)(void);\n"
                     f"}} policies[] = {{\n{table}\t{{ NULL, NULL }}\n}};\n")
        return "\n".join(parts)


class SelfLoading(Header):
    """Programs confine themselves: a preloaded library does it before main()."""
    function, libraries = "", ()

    def prepare(self, rows):
        compile_c(self.source(rows, self.function)
                  + '#include "preloaded.h"\n', f"{self.work}/.load.so",
                  "-shared", "-fPIC", *self.libraries)

    def command(self, row, argv):
        return argv

    def attempt(self, row, argv, alone=False):
        return execute(row, argv, alone=alone, env={
            **ENV, "SANDPRINT_POLICY": row.name,
            "LD_PRELOAD": f"{self.work}/.load.so"})


class LandlockHeader(SelfLoading):
    paths = True
    near = Landlock.near
    options = ("--landlock-header",)
    function = "landlock"


class Libseccomp(SelfLoading):
    options = ("--libseccomp",)
    function, libraries = "load", ("-lseccomp",)

    def neighbours(self, row):
        return [[f"{TOP}/bin/act", "call", *row.call]]


class Bpf(Format):
    """Loads the raw filter, under which a denied call kills the process."""
    options = ("--bpf", "--runtime=none", "--deny=kill")

    def command(self, row, argv):
        return [f"{TOP}/bin/loader", self.file(row), *argv]

    def denied(self, row, argv, result):
        return result.status == -31


class Bwrap(Format):
    packages = ("bwrap",)
    options = ("--bpf",)

    def command(self, row, argv):
        return ["sh", "-c", 'exec 9<"$0" && exec "$@"', self.file(row), "bwrap",
                "--bind", "/", "/", "--dev-bind", "/dev", "/dev", "--cap-add",
                "ALL", "--seccomp", "9", "--", *argv]


class Firejail(Format):
    packages = ("firejail",)
    options = ("--firejail",)

    def command(self, row, argv):
        return ["firejail", "--quiet", f"--profile={self.file(row)}", "--",
                *argv]


class Minijail(Format):
    packages = ("minijail0",)
    options = ("--minijail",)

    def command(self, row, argv):
        return [shutil.which("minijail0"), "-n", "-S", self.file(row), "--",
                *argv]


class Lxc(Format):
    """Runs the command with lxc-execute, with this machine's files and network."""
    packages = ("lxc-execute",)
    options = ("--lxc",)

    def __init__(self, name, work):
        super().__init__(name, work)
        self.count = itertools.count()

    def neighbours(self, row):
        """Returns the call that must be denied; LXC itself needs one of them."""
        made = str(row.call[0]) == "46"
        return [[f"{TOP}/bin/call", *(["110"] if made else row.call)]]

    def command(self, row, argv):
        name = f"sandprint-{os.getpid()}-{next(self.count)}"
        config = f"{self.work}/{name}.conf"
        with open(config, "w") as file:
            file.write("lxc.rootfs.path = dir:/\nlxc.net.0.type = none\n"
                       "lxc.mount.auto = proc:rw\nlxc.autodev = 0\n"
                       f"lxc.init.cwd = {row.dir}\n"
                       f"lxc.seccomp.profile = {self.file(row)}\n")
        return ["lxc-execute", "-n", name, "-P", self.work, "-f", config,
                *[word for key in ENV for word in ("-s",
                  f"lxc.environment={key}={ENV[key]}")], "--", *argv]


def capabilities():
    """Returns the names of this process's capabilities."""
    with open("/usr/include/linux/capability.h") as file:
        found = re.findall(r"#define (CAP_\w+)\s+(\d+)\n", file.read())
    with open("/proc/self/status") as file:
        held = int(re.search(r"CapPrm:\s+(\w+)", file.read())[1], 16)
    return [name for name, nr in found if held >> int(nr) & 1]


class Oci(Format):
    """Runs the command in a container with this machine's files and network."""
    runtime, nnp = "runc", False

    def __init__(self, name, work):
        super().__init__(name, work)
        self.packages = (self.runtime,)
        self.options = ("--oci", *["--nnp"] * self.nnp)
        self.count = itertools.count()

    def prepare(self, rows):
        self.root = f"{TOP}/root"
        if not os.path.isdir(self.root):
            os.mkdir(self.root)
            # crun 1.8 refuses a v1 hierarchy that contains a v2 mount.
            subprocess.run(["umount", "/sys/fs/cgroup/unified"],
                           stderr=subprocess.DEVNULL)
            subprocess.run(["mount", "--rbind", "/", self.root], check=True)

    def config(self, row, argv):
        held = capabilities()
        kinds = "bounding", "effective", "permitted", "inheritable"
        mounts = [("/proc", "proc", []), ("/dev", "tmpfs", ["mode=755"]),
                  ("/dev/pts", "devpts", ["newinstance", "ptmxmode=0666"]),
                  ("/dev/shm", "tmpfs", ["mode=1777"]),
                  ("/dev/mqueue", "mqueue", [])]
        with open(self.file(row)) as file:
            profile = json.load(file)
        return {
            "ociVersion": "1.0.2",
            "process": {
                "user": {"uid": 0, "gid": 0}, "cwd": row.dir, "args": argv,
                "env": [f"{key}={ENV[key]}" for key in ENV],
                "noNewPrivileges": self.nnp,
                "capabilities": {kind: held for kind in kinds}},
            "root": {"path": self.root},
            "mounts": [{"destination": to, "type": kind, "source": kind,
                        "options": options} for to, kind, options in mounts],
            "linux": {"seccomp": profile, "namespaces": [
                {"type": kind} for kind in ("pid", "ipc", "mount")]}}

    def command(self, row, argv):
        bundle = f"{self.file(row)}.bundle"
        os.makedirs(bundle, exist_ok=True)
        with open(f"{bundle}/config.json", "w") as file:
            json.dump(self.config(row, argv), file)
        return [self.runtime, "--root", f"{self.work}/.state", "run",
                "--bundle", bundle,
                f"sandprint-{os.getpid()}-{next(self.count)}"]


class OciNnp(Oci):
    nnp = True


class Crun(Oci):
    runtime = "crun"


class CrunNnp(OciNnp):
    runtime = "crun"


def unit_words(argv):
    """Quotes words for ExecStart= of a unit."""
    quoted = []
    for word in argv:
        for old, new in ("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), \
                ("%", "%%"), ("$", "$$"):
            word = word.replace(old, new)
        quoted.append(f'"{word}"')
    return " ".join(quoted)


class Systemd(Format):
    """Runs all rows as services of one booted systemd, each under its drop-in."""
    paths = True                # its drop-ins restrict calls, too
    packages = ("/lib/systemd/systemd",)
    near = ("near", "near-exec")

    def emit(self, row, stream):
        args = ["--args"] if row.args else []
        if row.unit:
            args.append(f"--image={row.image}")
        trust = ["--trust-names"] if row.trust else []
        for kind in ["--paths"], []:
            tool("sp-emit", "--systemd", *kind, *args, *(kind and trust), "-o",
                 self.file(row) + "".join(kind), stream)

    def drop_in(self, row, kind):
        with open(self.file(row) + kind) as file:
            return file.read()

    def services(self, row):
        """Returns {name of the service: (command, kind of drop-in)}."""
        found = {row.name: (row.run, "--paths")}
        for kind in self.near:
            if kind in row.near:
                found[f"{row.name}-{kind}"] = row.near[kind], "--paths"
        found[f"{row.name}-call"] = [f"{TOP}/bin/call", *row.call], ""
        return found

    def unit(self, row, name, argv):
        settings = row.unit if name == row.name else \
            re.sub(r"(?m)^(Type|Exec\w+|PIDFile)=.*\n", "", row.unit)
        return "\n".join([
            "[Service]", f"ExecStart={unit_words(argv)}", "Type=oneshot",
            f"WorkingDirectory={row.dir}", "TimeoutSec=10",
            *[f'Environment="{key}={ENV[key]}"' for key in ENV],
            f"StandardOutput=append:/out/{name}.out",
            f"StandardError=append:/out/{name}.err", settings])

    def script(self, row, name, before="", after=""):
        """Returns shell commands that start a service, and write how it ended."""
        own = name == row.name
        quote = shlex.quote
        return "\n".join([
            f"rm -rf {row.dir}; mkdir -p {row.dir}/in {row.dir}/out",
            f"cd {row.dir} && sh -euc {quote(row.setup)}",
            "" if before else f"sh -euc {quote(row.again)}",
            f"timeout -k 1 9 sh -c {quote(row.beside if own else '')}"
            f" >/out/{name}.beside & beside=$!",
            f"ready={quote(row.ready if own else '')}",
            'until sh -c "$ready"; do sleep 0.02; done', before,
            f"systemctl start {name}; echo $? >/out/{name}.started",
            f"sh -xc {quote(row.then if own else '')} 2>/out/{name}.then",
            "wait $beside; systemctl show -P Result -P ExecMainStatus "
            f"{name} | xargs >/out/{name}.result", after,
            f"sh -c {quote(row.clean)}", "cd /", ""])

    def boot(self, services, script):
        """Boots with services {name: (unit, drop-in)}, and runs the script."""
        shutil.rmtree(f"{self.work}/units", ignore_errors=True)
        for name, (unit, drop_in) in services.items():
            place = f"{self.work}/units/{name}.service"
            os.makedirs(f"{place}.d")
            with open(place, "w") as file:
                file.write(unit)
            with open(f"{place}.d/p.conf", "w") as file:
                file.write(drop_in)
        with open(f"{self.work}/test", "w") as file:
            file.write(f"export PATH={ENV['PATH']}\n" + "\n".join(script))
        shutil.copytree(f"{TOP}/bin", f"{self.work}/{TOP}/bin",
                        dirs_exist_ok=True)
        shutil.copy(f"{BIN}/sp-record", f"{self.work}/{TOP}/bin")
        subprocess.run([f"{HERE}/boot", str(60 + 3 * len(services))],
                       check=True, cwd=self.work)

    def record(self, rows):
        """Records rows that have a unit of their own, as services of a first boot. The
                recorder attaches to the slice of these services. Another service runs in the
                slice, so that it is never empty."""
        services, script = {}, []
        for row in rows:
            slice = "r" + row.name.replace("-", "") + ".slice"
            services[row.name] = self.unit(row, row.name, row.run), \
                f"[Service]\nSlice={slice}\n"
            script.append(self.script(row, row.name, "\n".join([
                f"systemd-run -q --unit keeper --slice {slice} sleep 60",
                "mkfifo /ready",
                f"sp-record -q --paths --unit {slice} --ready-fd=3 "
                f"-o /out/{row.name}.sp 3>/ready 2>/out/{row.name}.record &",
                "recorder=$!; cat /ready >/dev/null; rm /ready"]),
                "kill $recorder; systemctl stop keeper; wait $recorder"))
        self.boot(services, script)
        return {row: self.recorded(row) for row in rows}

    def recorded(self, row):
        """Returns (result, None), or (None, reason) if there is no recording."""
        result = self.result(row)
        messages = self.read(f"{row.name}.record").strip()
        stream = f"{row.name}.sp"
        if messages or not os.path.exists(f"{self.out}/{stream}"):
            return None, f"recording: {messages}"
        shutil.copy(f"{self.out}/{stream}", f"{os.path.dirname(self.work)}")
        if self.read(f"{row.name}.started") != "0\n" or result.status:
            return None, f"recording: {self.failure(row, result, result)}"
        return result, None

    def prepare(self, rows):
        services, script = {}, []
        for row in rows:
            for name, (argv, kind) in self.services(row).items():
                services[name] = self.unit(row, name, argv), \
                    self.drop_in(row, kind)
                script.append(self.script(row, name))
        self.boot(services, script)

    @property
    def out(self):
        return f"{self.work}/root/out"

    def result(self, row):
        ended = self.read(f"{row.name}.result").split()
        return Result(int((ended or [-1])[-1]), self.read(f"{row.name}.out"),
                      self.read(f"{row.name}.err"),
                      self.read(f"{row.name}.beside"))

    def read(self, name):
        try:
            with open(f"{self.out}/{name}", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def failure(self, row, result, recorded):
        with open(f"{self.work}/log", errors="replace") as file:
            lines = [line for line in file
                     if f"{row.name}.service: " in line]
        reason = super().failure(row, result, recorded)
        reason = [line.split(": ", 1)[1].strip() for line in lines
                  if "Failed at step" in line or "Failed to" in line]
        return ": ".join([self.read(f"{row.name}.result").strip(), reason,
                          *reason[:1]])

    def check(self, row, recorded):
        result = self.result(row)
        started = self.read(f"{row.name}.started") == "0\n"
        if not started or not result.same(recorded):
            raise Failure(self.failure(row, result, recorded))
        for name, (argv, kind) in self.services(row).items():
            ended = self.read(f"{name}.result").split()
            denied = ended[:1] == ["exit-code"]
            if name.endswith("-call"):
                denied = ended == ["exit-code", "1"]
            if name != row.name and not denied:
                raise Failure(f"allows: {' '.join(argv)}: {ended}")


FORMATS = {
    "landlock": Landlock,
    "landlock-header": LandlockHeader,
    "apparmor": AppArmor,
    "libseccomp": Libseccomp,
    "bpf": Bpf,
    "bwrap": Bwrap,
    "firejail": Firejail,
    "minijail": Minijail,
    "lxc": Lxc,
    "systemd": Systemd,
    "runc": Oci,
    "runc-nnp": OciNnp,
    "crun": Crun,
    "crun-nnp": CrunNnp,
}
