#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Measures how many of the calls that a recording misses are in the list of
sp-emit --possible.

  possible.py BIN SEEDS

From each suite of the file `suites`, half of the runs is picked at random. The
misses are the calls that only the other half makes, except calls that groups of
sp-emit add. The list is made from the executables that `objects` names. A suite
whose executables this machine lacks is left out, and its name is printed.
sp-emit ranks a call by how many other programs make it, and its table of these
programs contains the suites. So the list is ranked again here in the same way,
but without the table's figures about the measured suite. Each line has the name
of a suite and
  misses     the number of misses, on average
  listed     the number of calls in the list, on average
  10, 20, 30 the share of the misses among the first 10, 20 and 30 calls of the list
  recall     the share of the misses in the whole list
The last line is about the misses of all suites. The exit status is 1 if the
figures are not within the bounds of sandprint-possible(7).
"""
import io, os, random, re, subprocess, sys, tempfile

sys.dont_write_bytecode = True
from recorded import load_mkstream, read_suites

HERE = os.path.dirname(os.path.abspath(__file__))
TOPS = (10, 20, 30)
ROW = re.compile(r"x86_64 +(\d+) +(\S+) +EPERM +possible +\d+: (.*)")

mkstream = load_mkstream()

def list_possible(tools, own, mapped=()):
    """Returns [(number, name, why)] of the calls in the files except exit_group,
        the likeliest first."""
    text = "run 1 x\n"
    for path in own:
        text += f"image {path} 1:1:1\ncall 1 exit_group 1\n"
    for path in mapped:
        text += f"path 1 {0x100} 0 {path} 1\n"
    with tempfile.NamedTemporaryFile(suffix=".sp") as stream:
        mkstream.build(io.StringIO(text), stream)
        stream.flush()
        out = subprocess.run([f"{tools}/sp-emit", "--explain", "--possible=all", "--exact", stream.name],
                             capture_output=True, text=True)
    if out.returncode:
        raise RuntimeError(out.stderr)
    return [(int(row[1]), row[2], row[3]) for row in map(ROW.match, out.stdout.splitlines()) if row]

def read_objects():
    objects = {}
    for line in open(f"{HERE}/objects"):
        if line[0] != "#":
            suite, kind, path = line.split()
            objects.setdefault(suite, {"own": [], "mapped": []})[kind].append(path)
    return objects

def read_popular():
    """Returns {name: (suites, programs)}."""
    table = open(f"{HERE}/../../sp-emit/possible/popular.h").read()
    return {name: (int(s), int(p)) for name, s, p in re.findall(r'{ "(\w+)", (\d+), (\d+) }', table)}

def rank(listed, own, popular, seen=()):
    """Ranks as possible.c does, but without the suite whose calls are in `seen`."""
    def key(row):
        nr, name, why = row
        suites, programs = popular.get(name, (0, 0))
        return (why.split()[0] not in own, "which can make this call" in why,
                -(suites - (nr in seen)), -programs, nr)
    return sorted(listed, key=key)

def groups(tools):
    """Returns the calls that sp-emit adds to a recording of execve alone."""
    with tempfile.NamedTemporaryFile(suffix=".sp") as stream:
        mkstream.build(io.StringIO("run 1 x\nimage /bin/x\ncall 1 execve 1\n"), stream)
        stream.flush()
        out = subprocess.run([f"{tools}/sp-emit", "--explain", stream.name],
                             capture_output=True, text=True, check=True)
    return {int(line.split()[1]) for line in out.stdout.splitlines()[1:] if line.split()[3] == "allow"}

class Tally:
    def __init__(self):
        self.misses = self.listed = self.found = self.halves = 0
        self.top = dict.fromkeys(TOPS, 0)

    def add(self, misses, ranked):
        self.halves += 1
        self.misses += len(misses)
        self.listed += len(ranked)
        self.found += len(misses & set(ranked))
        for n in TOPS:
            self.top[n] += len(misses & set(ranked[:n]))

    def show(self, name):
        print(f"{name:>8}  misses {self.misses / self.halves:4.1f}  listed {self.listed / self.halves:3.0f} ",
              *(f"{n}: {self.top[n] / self.misses:.2f} " for n in TOPS),
              f"recall {self.found / self.misses:.2f}")

def measure(ranked, runs, known, seeds, draw, tallies):
    for _ in range(seeds):
        names = draw.sample(sorted(runs), len(runs))
        half = len(names) // 2
        has = known.union(*(runs[name] for name in names[:half]))
        misses = set().union(*(runs[name] for name in names[half:])) - has
        for tally in tallies:
            tally.add(misses, [nr for nr in ranked if nr not in has])

def main():
    tools, seeds = sys.argv[1], int(sys.argv[2])
    known, total = groups(tools), Tally()
    objects, popular = read_objects(), read_popular()
    for suite, runs in read_suites().items():
        files = objects[suite]
        lacking = [path for path in files["own"] if not os.path.exists(path)]
        if lacking:
            print(f"{suite:>8}  left out: {lacking[0]} does not exist")
            continue
        mapped = [path for path in files["mapped"] if os.path.exists(path)]
        listed = list_possible(tools, files["own"], mapped)
        if rank(listed, files["own"], popular) != listed:
            sys.exit(f"{suite}: sp-emit ranks the calls differently")
        seen = set().union(*runs.values())
        ranked = [nr for nr, _, _ in rank(listed, files["own"], popular, seen)]
        tally = Tally()
        measure(ranked, runs, known, seeds, random.Random(f"{suite} possible"), (tally, total))
        tally.show(suite)
    if not total.misses:
        return
    total.show("all")
    sys.exit(0 if total.found >= 0.95 * total.misses and total.top[30] >= LEAST_30 * total.misses else 1)

LEAST_30 = 0.80

if __name__ == "__main__":
    main()
