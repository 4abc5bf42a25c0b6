# SPDX-License-Identifier: Apache-2.0
"""The formats: how each is written, loaded by what enforces it, and judged."""
import os, re, subprocess, threading

from corpus import ENV, HERE, TOP, execute

BIN = os.environ["SP_BIN"]
AUDIT = threading.Lock()        # one at a time reads the kernel's records


class Failure(Exception):
    pass


def tool(name, *options):
    """What a tool of ours writes; its complaint is the row's failure."""
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
    """One that is loaded anew for each command."""
    paths = False               # else it is one of calls
    near = ("near", "near-read", "near-exec")
    options = ()
    packages = ()               # commands that it takes

    def __init__(self, name, work):
        self.name, self.work = name, f"{work}/{name}"
        os.makedirs(self.work, exist_ok=True)

    def file(self, row):
        return f"{self.work}/{row.name}"

    def emit(self, row, stream):
        args = ["--args"] if row.args and not self.paths else []
        tool("sp-emit", *self.options, *args, "-o", self.file(row), stream)

    def prepare(self, rows):
        """Once, when all of these are emitted."""

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
        """Raises Failure with what is wrong."""
        result = self.attempt(row, row.run)
        if not result.same(recorded):
            raise Failure(self.told(row, result, recorded))
        for argv in self.neighbours(row):
            free = execute(row, argv, alone=True)
            if free.status:
                raise Failure(f"unconfined: {' '.join(argv)}: {free}")
            if not self.denied(row, argv, self.attempt(row, argv, True)):
                raise Failure(f"lets through: {' '.join(argv)}")

    def told(self, row, result, recorded):
        if result.status == recorded.status:
            return f"{result}: wrote {result.output!r} {result.beside!r}, " \
                f"not {recorded.output!r} {recorded.beside!r}"
        return str(result)


class Landlock(Format):
    """The policy, by sp-verify, which lists what is denied."""
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

    def told(self, row, result, recorded):
        denials = self.list(row) if result.status == 1 else []
        return f"denied: {', '.join(denials)}" if denials else \
            super().told(row, result, recorded)

    def denied(self, row, argv, result):
        return result.status == 1 and self.list(row)

    def check(self, row, recorded):
        super().check(row, recorded)
        stream = f"{os.path.dirname(self.work)}/{row.name}.sp"
        tool("sp-verify", "--landlock", self.file(row), stream)


class Header(Format):
    """Headers of all rows, each under names of its own, in one program."""
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


class LandlockHeader(Header):
    """Its program executes the command."""
    paths = True
    near = Landlock.near
    options = ("--landlock-header",)

    def prepare(self, rows):
        compile_c(self.source(rows, "landlock")
                  + '#include "landlock-header.h"\n', f"{self.work}/.loader")

    def command(self, row, argv):
        return [f"{self.work}/.loader", row.name, *argv]


class Libseccomp(Header):
    """A program that confines itself: the library does it before main."""
    options = ("--libseccomp",)

    def prepare(self, rows):
        compile_c(self.source(rows, "load")
                  + '#include "libseccomp-header.h"\n',
                  f"{self.work}/.load.so", "-shared", "-fPIC", "-lseccomp")

    def command(self, row, argv):
        return argv

    def neighbours(self, row):
        return [[f"{TOP}/bin/act", "call", *row.call]]

    def attempt(self, row, argv, alone=False):
        return execute(row, argv, alone=alone, env={
            **ENV, "SANDPRINT_POLICY": row.name,
            "LD_PRELOAD": f"{self.work}/.load.so"})


class Bpf(Format):
    """The raw filter, by a loader; what it denies is killed."""
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


FORMATS = {
    "landlock": Landlock,
    "landlock-header": LandlockHeader,
    "libseccomp": Libseccomp,
    "bpf": Bpf,
    "bwrap": Bwrap,
}
