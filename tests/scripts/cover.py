# SPDX-License-Identifier: Apache-2.0
# cover.py MKSTREAM: checks that sp-diff --matrix finds a set of runs as small
# as the smallest one among all sets.
import itertools, random, re, subprocess, sys
mk, rnd = sys.argv[1], random.Random(11)
for trial in range(150):
    runs, calls = rnd.randint(1, 9), rnd.randint(1, 14)
    p = rnd.choice([.1, .2, .3, .5])
    made = [{c for c in range(calls) if rnd.random() < p} for _ in range(runs)]
    text = "".join(f"run {i + 1} r{i} start={i}\n" for i in range(runs))
    text += "".join(f"call {i + 1} {c} 1\n" for i, m in enumerate(made) for c in m)
    stream = subprocess.run([mk], input=text.encode(), stdout=-1, check=True).stdout
    out = subprocess.run(["sp-diff", "--matrix"], input=stream, stdout=-1, check=True).stdout.decode()
    smallest, rest = out.split("\nRuns that add nothing to it: ")
    names = lambda part: {int(r) for r in re.findall(r"^ +\d+  r(\d+)$", part, re.M)}
    chosen, all_calls = names(smallest), set().union(*made)
    best = next(n for n in range(runs + 1) for s in itertools.combinations(made, n)
                if set().union(*s) == all_calls)
    covered = set().union(*(made[r] for r in chosen))
    if len(chosen) != best or covered != all_calls or int(rest.split("\n")[0]) != runs - len(chosen):
        sys.exit(f"trial {trial}: {chosen} of {made}, best {best}")
