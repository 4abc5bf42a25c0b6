# SPDX-License-Identifier: Apache-2.0
"""Reads the rows of the table, and runs them."""
import glob, os, re, shlex, shutil, signal, subprocess, sys, time

# Only the mount namespace of `run` has this directory.
TOP = "/srv/sandprint"
SECONDS = int(os.environ.get("SP_ROUNDTRIP_SECONDS", 10))   # the time limit of a command
HERE = os.path.dirname(os.path.abspath(__file__))
PATH = f"{TOP}/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ENV = {"PATH": PATH, "LC_ALL": "C", "HOME": "/root"}
SHELLS = ("setup", "again", "clean", "beside", "ready", "then", "unit")
NEAR = ("near", "near-read", "near-exec", "near-net")


class Row:
    def __init__(self, name):
        self.name, self.dir = name, f"{TOP}/{name}"
        self.run, self.call = None, [number("getpriority")]
        self.args = self.trust = False
        self.image = "*/act"
        self.near, self.exempt, self.xfail = {}, {}, {}
        for key in SHELLS:
            setattr(self, key, "")

    def set(self, key, value):
        if key in SHELLS:
            setattr(self, key, getattr(self, key) + value + "\n")
        elif key in NEAR:
            self.near[key] = words(value, self.dir)
        elif key in ("not", "xfail"):
            formats, why = value.split(" : ")
            table = self.exempt if key == "not" else self.xfail
            table.update(dict.fromkeys(formats.split(), why))
        elif key == "run":
            self.run = words(value, self.dir)
        elif key == "call":
            name, *arguments = value.split()
            self.call = [number(name), *arguments]
        elif key == "image":
            self.image = value
        elif key in ("args", "trust"):
            setattr(self, key, True)
        else:
            sys.exit(f"table: {self.name}: there is no key {key}")


def number(call, known={}):
    """Returns the number of a system call as text."""
    if not known:
        for file in glob.glob("/usr/include/*/asm/unistd_64.h"):
            known.update(re.findall(r"__NR_(\w+) (\d+)", open(file).read()))
    return known[call]


def words(command, directory):
    """Returns the words of a command, with the full path of its program."""
    argv = shlex.split(command)
    if "/" in argv[0]:
        argv[0] = os.path.join(directory, argv[0])
    else:
        argv[0] = f"{TOP}/bin/act" if argv[0] == "act" else \
            os.path.realpath(shutil.which(argv[0], path=PATH) or argv[0])
    return argv


def rows():
    found = []
    for line in open(f"{HERE}/table"):
        if line[0] not in "#\n\t":
            found.append(Row(line.strip()))
        elif line[0] == "\t":
            key, _, value = line.strip().partition("\t")
            found[-1].set(key, value)
    return found


class Result:
    """The status and the output of a command."""
    def __init__(self, status, output, errors, beside=""):
        self.status, self.output, self.errors = status, output, errors
        self.beside = beside

    def same(self, other):
        return (self.status, self.output, self.beside) == \
            (other.status, other.output, other.beside)

    def __str__(self):
        error = self.errors.strip().split("\n")[0]
        status = f"signal {-self.status}" if self.status < 0 else \
            f"status {self.status}"
        return f"{status}{': ' * bool(error)}{error}"


def shell(row, script):
    subprocess.run(["sh", "-euc", script], cwd=row.dir, env=ENV, check=True,
                   stdin=subprocess.DEVNULL)


def prepare(row, again):
    """Makes the directory as the program expects it at its start."""
    shutil.rmtree(row.dir, ignore_errors=True)
    for name in "in", "out":
        os.makedirs(f"{row.dir}/{name}")
    shell(row, row.setup)
    if again:
        shell(row, row.again)


def finish(process, seconds):
    try:
        output, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        # Processes that the command started may outlive it, and keep the pipes
        # open.
        os.killpg(process.pid, signal.SIGKILL)
        output, errors = process.communicate()
        errors = f"ended after {seconds} s\n".encode() + errors
    return output.decode(errors="replace"), errors.decode(errors="replace")


def start(argv, row, env=ENV):
    return subprocess.Popen(argv, cwd=row.dir, env=env, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            start_new_session=True)


def start_beside(row):
    """Starts the process outside of the sandbox, and waits until it is ready."""
    process = start(["timeout", "-k", "1", str(SECONDS - 1), "sh", "-c",
                     row.beside], row)
    for _ in range(200):
        if not row.ready or subprocess.run(["sh", "-c", row.ready]).returncode == 0:
            break
        time.sleep(0.02)
    return process


def execute(row, argv, again=True, alone=False, env=ENV):
    """Runs the command in a new directory, with the process outside of the sandbox."""
    prepare(row, again)
    beside = None
    if row.beside and not alone:
        beside = start_beside(row)
    process = start(argv, row, env)
    output, errors = finish(process, SECONDS)
    beside_output = ""
    if beside:
        beside_output = finish(beside, SECONDS)[0]
    if row.clean:
        shell(row, row.clean)
    return Result(process.returncode, output, errors, beside_output)
