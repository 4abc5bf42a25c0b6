#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Measures how well sp-diff --coverage predicts runs that it did not see.

  accuracy.py SP-DIFF SEEDS [DIR]

From each suite of the file `suites`, m runs are picked at random, and sp-diff
predicts from these alone. The other runs show whether the prediction is true. A
run breaks if it makes a call that the m runs did not make and that no group of
sp-emit adds. For each m, a line has figures over all suites and seeds:
  predicted  the mean share of runs that were expected to break
  broke      the mean share of runs that really broke
  within     how often that share was inside the 95 % interval
  below      how often that share was not above the upper bound
The last line is about new kinds of runs: all runs of some programs of the suite
`core` are left out, and sp-diff predicts by label. Streams are written below
DIR, or to a temporary directory. The exit status is 1 if the figures are not
within the bounds of sandprint-coverage(7).
"""
import io, json, random, re, subprocess, sys, tempfile

sys.dont_write_bytecode = True
from recorded import load_mkstream, read_suites

SIZES = (5, 10, 20, 40, 0)              # 0 means half of the suite

def kind_of(name):
    """Returns the kind of a run of core: "143-rmdir_e" is of the kind rmdir."""
    return re.match(r"\d*-?([^_]*)", name)[1]

def write_streams(suites, directory):
    mkstream, number = load_mkstream(), 0
    for suite, runs in suites.items():
        for name, calls in runs.items():
            number += 1
            lines = [f"run {number:x} {name} argv={name} start={number} label.kind={kind_of(name)}", "image /bin/x"]
            lines += [f"call {number:x} {nr} 1" for nr in sorted(calls)]
            with open(f"{directory}/{suite}-{name}.sp", "wb") as out:
                mkstream.build(io.StringIO("\n".join(lines) + "\n"), out)

class Tool:
    def __init__(self, path, directory):
        self.path, self.directory = path, directory

    def coverage(self, suite, names, *options):
        files = [f"{self.directory}/{suite}-{name}.sp" for name in names]
        out = subprocess.run([self.path, "--coverage", "--json", *options, *files], check=True,
                             capture_output=True, text=True)
        return json.loads(out.stdout)

    def find_groups(self, suites):
        """A call that only one run makes is unique, unless a group adds it."""
        self.groups = set()
        mkstream = load_mkstream()
        for number in sorted(set().union(*(c for runs in suites.values() for c in runs.values()))):
            path = f"{self.directory}/call.sp"
            with open(path, "wb") as out:
                mkstream.build(io.StringIO(f"run 1 x\nimage /bin/x\ncall 1 {number} 1\n"), out)
            out = subprocess.run([self.path, "--coverage", "--json", path], check=True, capture_output=True)
            if not json.loads(out.stdout)["unique"]:
                self.groups.add(number)

def measure(tool, suite, runs, picked, others, *options):
    """Returns predicted, broke, within and below, or None without a
    prediction."""
    known = tool.groups.union(*(runs[name] for name in picked))
    broke = sum(not runs[name] <= known for name in others) / len(others)
    risk = tool.coverage(suite, picked, f"--more={len(others)}", *options)["risk"]
    if not risk:
        return None
    return (risk["mean"], broke, risk["lower"] - 1e-9 <= broke <= risk["upper"] + 1e-9,
            broke <= risk["upper"] + 1e-9)

def halves(tool, suites, size, seeds):
    for suite, runs in suites.items():
        draw = random.Random(f"{suite} {size}")
        for _ in range(seeds):
            names = draw.sample(sorted(runs), len(runs))
            m = size or len(names) // 2
            yield measure(tool, suite, runs, names[:m], names[m:])

def new_kinds(tool, suites, seeds):
    runs, draw = suites["core"], random.Random("kinds")
    kinds = sorted({kind_of(name) for name in runs})
    for _ in range(seeds):
        seen = set(draw.sample(kinds, len(kinds) // 2))
        picked = [name for name in runs if kind_of(name) in seen]
        yield measure(tool, "core", runs, picked, [n for n in runs if n not in picked], "--unit=label:kind")

def mean(rows):
    return [sum(column) / len(rows) for column in zip(*rows)]

def show(name, rows):
    rows = [row for row in rows if row]
    if not rows:
        print(f"{name:>10}  too few runs for a prediction")
        return None
    figures = mean(rows)
    print(f"{name:>10}  predicted {figures[0]:.3f}  broke {figures[1]:.3f}"
          f"  within {figures[2]:.2f}  below {figures[3]:.2f}  of {len(rows)}")
    return figures

def check(tool, suites, seeds):
    everything, fine = [], True
    near = 0.02 if seeds >= 50 else 0.05        # means of few samples vary more
    for size in SIZES:
        rows = list(halves(tool, suites, size, seeds))
        figures = show(f"m = {size}" if size else "m = N/2", rows)
        everything += [row for row in rows if row]
        fine &= not figures if size == 5 else size == 10 or abs(figures[0] - figures[1]) <= near
    figures = show("all", everything)
    fine &= figures[2] >= 0.9 and figures[3] >= 0.95
    figures = show("new kinds", list(new_kinds(tool, suites, seeds)))
    return fine and abs(figures[0] - figures[1]) <= near + 0.03

sys.dont_write_bytecode = True

def main():
    with tempfile.TemporaryDirectory() as directory:
        suites, tool = read_suites(), Tool(sys.argv[1], directory)
        write_streams(suites, directory)
        tool.find_groups(suites)
        sys.exit(0 if check(tool, suites, int(sys.argv[2])) else 1)

main()
