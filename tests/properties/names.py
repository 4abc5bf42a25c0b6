#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: names.py [-n NAMES] [-s SEED] BIN FORMAT…

Writes policies for trees of random names, some of them hostile. Finds out with the
enforcer's own parser, or with the kernel, whether they allow exactly the recorded
names. Prints one line for each format. Exits with 1 and the first name that a
policy wrongly allows or denies, or with 77 if an enforcer's parser is missing.

  apparmor         compiled by apparmor_parser
  systemd          the drop-in, read by the parsers of libsystemd-shared
  landlock         the JSON, enforced by the kernel
  landlock-header  the compiled C header, enforced by the kernel"""
import sys
sys.dont_write_bytecode = True
import argparse, ctypes, glob, json, os, random, re, shutil, subprocess, tempfile

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, f"{TOP}/scripts")
READ, WRITE, REGULAR = 1, 2, 8 << 24            # sp-stream(5)
PARTS = [b"\x01", b"\x02", b"\x01\x03", b"*", b"?", b"[", b"]", b"{", b"}",
         b"{a,b}", b"^", b",", b"@", b"@{PROC}", b'"', b"'", b"\\", b"\\x2f",
         b"\\057", b"\\052", b"\\*", b"\\n", b"%", b"%%", b"%n", b"%2f", b"$HOME",
         b"${x}", b"#", b" ", b"  ", b"\t", b"\n", b"\r", b"-", b"+", b"!", b"~",
         b":", b";", b"=", b"..", b"...", b"caf\xc3\xa9", b"\xff", b"\xc3",
         b"\xed\xa0\x80", b"\xe2\x80\xa8", b"\x7f", b"\x1b[31m", b"_", b"a", b"b",
         b"0", b"9", b"Z", b"lib.so.1.2", b"x" * 40]


MEMORY = "/dev/shm" if os.path.isdir("/dev/shm") else None


class Wrong(Exception):
    pass


def name(rng):
    made = b"".join(rng.choice(PARTS) if rng.random() < 0.7 else
                    bytes([rng.choice([c for c in range(1, 256) if c != 47])])
                    for _ in range(rng.randint(1, 8)))
    if rng.random() < 0.01:
        made += b"l" * 255
    made = made[:255]
    return made if made not in (b".", b"..") else b"..."


def neighbours(rng, path):
    """Returns paths that a wrong policy could allow instead of this one."""
    parent, own = path.rsplit(b"/", 1)
    at = rng.randrange(len(own))
    changed = [own[:-1], own + b"x", own[:at] + b"y" + own[at + 1:], own.strip(),
               own[:at] + own[at + 1:], own.replace(b"\x01", b"anything"),
               own.replace(b"*", b"anything"), own.replace(b"?", b"q"),
               own.replace(b"\\", b""), own.replace(b"\\", b"\\\\"),
               own.replace(b"%%", b"%"), own.replace(b"%", b"%%"),
               own.replace(b'"', b""), own.split(b"\n")[0], own.swapcase(),
               own.replace(b"{a,b}", b"a"), own.replace(b"\\052", b"*"),
               own.split(b",")[0], own.replace(b"\x02", b"\x01")]
    paths = [parent + b"/" + n for n in changed
             if n and n not in (b".", b"..") and len(n) < 256]
    for slash in b"\\x2f", b"\\057", b"%2f":
        if slash in own:
            paths.append(path.replace(slash, b"/"))
    return paths


def tree(rng, top, n):
    """Returns directories, n paths in them that are recorded, and other paths next to
        these."""
    directories = [top]
    for _ in range(n // 20):
        directories.append(rng.choice(directories) + b"/d" + name(rng)[:60])
    directories = [d for d in directories if len(d) < 2000]
    recorded = {rng.choice(directories) + b"/" + name(rng) for _ in range(n)}
    recorded -= set(directories)
    others = {p for path in recorded for p in neighbours(rng, path)}
    others |= {rng.choice(directories) + b"/" + name(rng) for _ in range(n)}
    return directories, recorded, others - recorded - set(directories)


def quoted(path):
    return "".join(chr(c) if c < 128 and chr(c).isalnum() or c == 47 else f"%{c:02X}"
                   for c in path)


def emit(binary, paths, access, *options):
    lines = ['run 1 x how="command paths"', "image /usr/bin/x", "call 1 read 1"]
    lines += [f"path 1 {access | REGULAR} 0 {quoted(path)} 1" for path in paths]
    stream = subprocess.run([f"{TOP}/mkstream"], input="\n".join(lines).encode(),
                            capture_output=True, check=True).stdout
    return subprocess.run([f"{binary}/sp-emit", "--generalize=none", *options],
                          input=stream, capture_output=True)


def policy(*arguments):
    done = emit(*arguments)
    if done.returncode:
        raise Wrong(done.stderr.decode(errors="replace"))
    return done.stdout


def judge(allows, recorded, others):
    for path in recorded:
        if not allows(path):
            raise Wrong(f"denies {path}")
    for path in others:
        if allows(path):
            raise Wrong(f"allows {path}")


def apparmor(binary, rng, n):
    import importlib
    dfa = importlib.import_module("apparmor-dfa")
    if not shutil.which("apparmor_parser"):
        return None
    _, recorded, others = tree(rng, b"/srv", n)
    ask = dfa.allowed(policy(binary, recorded, READ, "--apparmor"))
    judge(lambda path: "r" in ask(path), recorded, others)
    return len(recorded)


class Systemd:
    """Reads a list of paths with the functions of systemd, as systemd.exec(5)
        describes it."""
    UNQUOTE = 1 << 5

    def __init__(self, path):
        self.lib = ctypes.CDLL(path)
        self.libc = ctypes.CDLL(None)
        self.libc.fmemopen.restype = ctypes.c_void_p
        self.libc.fmemopen.argtypes = [ctypes.c_char_p, ctypes.c_size_t,
                                       ctypes.c_char_p]
        self.libc.fclose.argtypes = [ctypes.c_void_p]
        P, S, I, U = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_uint
        self.Lookup = ctypes.CFUNCTYPE(I, P, S, S, ctypes.POINTER(P),
                                       ctypes.POINTER(I), ctypes.POINTER(P), P)
        self.Parser = ctypes.CFUNCTYPE(I, S, S, U, S, U, S, I, S, P, P)
        assert self.words(b'"a\\"b" c') == [b'a"b', b"c"]

    def words(self, text):
        at, word, found = ctypes.c_char_p(text), ctypes.c_char_p(), []
        while True:
            n = self.lib.extract_first_word(ctypes.byref(at), ctypes.byref(word),
                                            None, self.UNQUOTE)
            if n < 0:
                raise Wrong(f"extract_first_word: {n}: {text}")
            if not n:
                return found
            found.append(self.expanded(word.value))

    def expanded(self, word):
        text = ctypes.c_char_p()
        empty = (ctypes.c_char * 64)()
        n = self.lib.specifier_printf(word, ctypes.c_size_t(4096), empty, None,
                                      None, ctypes.byref(text))
        if n < 0:
            raise Wrong(f"specifier_printf: {n}: {word}")
        return text.value

    def lists(self, unit):
        found = {}

        def parsed(_unit, _file, _line, _section, _at, key, _type, value, _d, _u):
            if not value:
                found[key] = []
            else:
                found.setdefault(key, []).extend(self.words(value))
            return 0
        parser = self.Parser(parsed)

        def lookup(_table, _section, _key, function, kind, data, _user):
            function[0] = ctypes.cast(parser, ctypes.c_void_p).value
            kind[0] = 0
            data[0] = None
            return 1
        file = self.libc.fmemopen(unit, len(unit), b"r")
        n = self.lib.config_parse(None, b"x.conf", ctypes.c_void_p(file),
                                  b"Service\0Unit\0\0", self.Lookup(lookup), None,
                                  0, None, None)
        self.libc.fclose(file)
        if n < 0:
            raise Wrong(f"config_parse: {n}")
        return found


def holds(path):
    try:
        path.decode()
    except UnicodeDecodeError:
        return False
    return not set(b"\n\r") & set(path)


def systemd(binary, rng, n, kept=[]):
    found = glob.glob("/usr/lib/*/systemd/libsystemd-shared-*.so") + \
        glob.glob("/usr/lib/systemd/libsystemd-shared-*.so")
    if not found:
        return None
    if not kept:
        kept.append(Systemd(found[0]))
    _, recorded, others = tree(rng, b"/srv", n)
    for path in [path for path in recorded if not holds(path)][:3]:
        if emit(binary, [path], WRITE, "--systemd", "--paths").returncode != 2:
            raise Wrong(f"not refused: {path}")
    held = {path for path in recorded if holds(path)}
    unit = policy(binary, held, WRITE, "--systemd", "--paths")
    lists = kept[0].lists(unit)
    listed = {path.removeprefix(b"-") for path in lists[b"ReadWritePaths"]}

    def allows(path):
        while path:
            if path in listed:
                return True
            path = path.rpartition(b"/")[0]
        return b"/" in listed
    # A listed path allows all paths below it, so these are not judged.
    judge(allows, held, {p for p in others if not below(p, held)})
    return len(recorded)


def below(path, held):
    path = path.rpartition(b"/")[0]
    while path:
        if path in held:
            return True
        path = path.rpartition(b"/")[0]
    return False


def planted(rng, top, n):
    """Returns what tree() returns, but creates the files."""
    directories, recorded, others = tree(rng, top, n)
    others = rng.sample(sorted(others), min(len(others), 5 * n))
    made = set()
    for directory in directories:
        os.makedirs(directory, exist_ok=True)
    for path in sorted(recorded | set(others)):
        try:
            if os.path.isdir(os.path.dirname(path)):
                with open(path, "x"):
                    made.add(path)
        except OSError:     # too long, or the name of a directory
            pass
    return recorded & made, (made - recorded) | set(directories)


def opened(path):
    try:
        os.close(os.open(path, os.O_RDONLY))
        return True
    except PermissionError:
        return False


RULESET, RULE, RESTRICT, BENEATH = 444, 445, 446, 1
FS = ["execute", "write_file", "read_file", "read_dir", "remove_dir",
      "remove_file", "make_char", "make_dir", "make_reg", "make_sock",
      "make_fifo", "make_block", "make_sym", "refer", "truncate"]


def escaped(text):
    return re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes.fromhex(m[1].decode()),
                  text.encode())


def restrict(rules):
    syscall = ctypes.CDLL(None, use_errno=True).syscall
    libc = ctypes.CDLL(None)
    attr = (ctypes.c_uint64 * 1)(0x7fff)
    fd = syscall(RULESET, attr, ctypes.c_size_t(8), 0)
    assert fd >= 0
    for rule in rules:
        paths = [p.encode() for p in rule.get("parent", [])] + \
            [escaped(p) for p in rule.get("parentEscaped", [])]
        bits = sum(1 << FS.index(r) for r in rule["allowedAccess"] if r in FS)
        for path in paths:
            try:
                at = os.open(path, os.O_PATH)
            except FileNotFoundError:
                continue
            if not os.path.isdir(path):
                bits &= 0x4007
            raw = bits.to_bytes(8, "little") + at.to_bytes(4, "little")
            if bits and syscall(RULE, fd, BENEATH, raw, 0):
                raise OSError(ctypes.get_errno(), "rule")
            os.close(at)
    libc.prctl(38, 1, 0, 0, 0)
    assert not syscall(RESTRICT, fd, 0)


def in_child(work):
    """Runs the function in a child, because Landlock cannot be undone. Raises the
        child's Wrong."""
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            work()
        except BaseException as e:
            os.write(writer, f"{type(e).__name__}: {e}".encode()[:4000])
        os._exit(0)
    os.close(writer)
    with open(reader, "rb") as file:
        problem = file.read().decode(errors="replace")
    os.waitpid(pid, 0)
    if problem:
        raise Wrong(problem)


def has_landlock():
    return ctypes.CDLL(None).syscall(RULESET, None, ctypes.c_size_t(0), 1) > 2


def landlock(binary, rng, n):
    if not has_landlock():
        return None
    with tempfile.TemporaryDirectory(dir=MEMORY) as top:
        recorded, others = planted(rng, os.fsencode(top), n)
        rules = json.loads(policy(binary, recorded, READ, "--landlock"))

        def work():
            restrict(rules["pathBeneath"])
            judge(opened, recorded, others)
        in_child(work)
    return len(recorded)


MAIN = b"""
#include <stdio.h>
int main(void)
{
	char path[4097];
	unsigned short size;

	if (sandprint_landlock())
		return 3;
	while (fread(&size, sizeof(size), 1, stdin) == 1) {
		int fd;

		path[fread(path, 1, size, stdin)] = 0;
		fd = open(path, O_RDONLY);
		putchar(fd < 0 ? errno == EACCES ? '0' : '?' : '1');
		if (fd >= 0)
			close(fd);
	}
	return 0;
}
"""


def landlock_header(binary, rng, n):
    if not has_landlock() or not shutil.which("cc"):
        return None
    with tempfile.TemporaryDirectory(dir=MEMORY) as top, \
            tempfile.TemporaryDirectory() as work:
        recorded, others = planted(rng, os.fsencode(top), n)
        with open(f"{work}/main.c", "wb") as file:
            file.write(policy(binary, recorded, READ, "--landlock-header") + MAIN)
        subprocess.run(["cc", "-Wall", "-Wextra", "-Werror", "-O0", "-o",
                        f"{work}/main", f"{work}/main.c"], check=True)
        paths = list(recorded) + list(others)
        given = b"".join(len(p).to_bytes(2, "little") + p for p in paths)
        done = subprocess.run([f"{work}/main"], input=given, capture_output=True)
        if done.returncode or len(done.stdout) != len(paths):
            raise Wrong(f"status {done.returncode}")
        answers = dict(zip(paths, done.stdout))
        judge(lambda path: answers[path] != ord("0"), recorded, others)
    return len(recorded)


FORMATS = {"apparmor": (apparmor, 100), "systemd": (systemd, 500),
           "landlock": (landlock, 1000), "landlock-header": (landlock_header, 1000)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", type=int, default=2000)
    parser.add_argument("-s", type=int, default=1)
    parser.add_argument("bin")
    parser.add_argument("formats", nargs="+", choices=FORMATS)
    o = parser.parse_args()
    for format in o.formats:
        check, batch = FORMATS[format]
        done, seed = 0, o.s
        while done < o.n:
            try:
                n = check(o.bin, random.Random(f"{format} {seed}"),
                          min(batch, max(o.n - done, 20)))
            except Wrong as e:
                print(f"{format}: seed {seed}: {e}")
                return 1
            if n is None:
                print(f"{format}: its parser is not installed")
                return 77
            done, seed = done + n, seed + 1
        print(f"{format}: {done} names, {seed - o.s} policies")
    return 0


if __name__ == "__main__":
    sys.exit(main())
