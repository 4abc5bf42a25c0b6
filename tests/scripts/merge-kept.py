# SPDX-License-Identifier: Apache-2.0
# merge-kept.py MKSTREAM [SEED]: makes random streams of whole runs. Merging
# them in random trees, with and without --keep-runs, must write the same bytes
# as one merge of all. Also checks which runs are kept.
# merge of all. Also checks which runs that merge keeps.
import random, subprocess, sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
sys.dont_write_bytecode = True
loader = SourceFileLoader("mkstream", sys.argv[1])
mk = module_from_spec(spec_from_loader("mkstream", loader))
loader.exec_module(mk)
rnd = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 12)
KEEP = 3

def mix(x):
    for shift, factor in ((30, 0xbf58476d1ce4e5b9), (27, 0x94d049bb133111eb)):
        x = (x ^ x >> shift) * factor % 2**64
    return x ^ x >> 31

def rank(id):
    half = [int.from_bytes(id[i:i + 8], "big") for i in (0, 8)]
    return mix(mix(half[0]) ^ half[1]), id

def one(rare):
    """Returns a recording of one run, or of one run with two phases."""
    id = rnd.getrandbits(124) * 16
    phases = [f"{id:032x}"] + [f"{id + 1:032x}"] * (rnd.random() < .15)
    how = rnd.choice(["command"] * 8 + ["attached pid", "command split harness"])
    options = (f"how='{how}' lost.call={rnd.choice([0] * 50 + [1])} "
               f"complete={rnd.choice(['yes'] * 50 + ['no'])} "
               f"kernel={rnd.choice(['6.1'] * 40 + ['6.12', '5.15'])}")
    lines = [f"run {i} name{rnd.randint(0, 5)} {options}" for i in phases]
    if len(phases) > 1:
        lines += [f"part {i} {phases[0]} {n} {'m' if n else '-'}" for n, i in enumerate(phases)]
    for path in rnd.sample(["/bin/a", "/bin/b", "/bin/c"], rnd.randint(1, 3)):
        lines.append(f"image {path} aa " + " ".join(f"{i}:{rnd.randint(0, 1)}:1" for i in phases))
        for i in phases:
            for nr in {0, 1, 59, rnd.randint(2, 8), *rare}:
                count = rnd.randint(1, 3)
                flags = rnd.choice([0] * 60 + [2, 4, 8])
                lines.append(f"call {i} {nr} {count} flags={flags} image={path}")
                if nr < 4:
                    known = count - (rnd.random() < .03)
                    if known:
                        lines.append(f"argument {i} {nr} 0:255:{rnd.randint(0, 1)} {known} image={path}")
            if rnd.random() < .3:
                lines.append(f"start {i} /bin/a 1 image={path}")
    return lines

def merge(paths, out, *options):
    with open(out, "wb") as f:
        subprocess.run(["sp-merge", *options, *paths], stdout=f, check=True, stderr=subprocess.DEVNULL)
    return out

def tree(paths, out):
    if len(paths) > 4 or (len(paths) > 1 and rnd.random() < .5):
        at = rnd.randint(1, len(paths) - 1)
        paths = [tree(p, f"{out}{k}") for k, p in enumerate((paths[:at], paths[at:]))]
        rnd.shuffle(paths)
    return merge(paths, out, *rnd.choice([(), ("--keep-runs=3",), ("--keep-runs=9",)]))

def facts(path):
    """Returns the record of each run and, for each fact and image, the data of
        each run."""
    runs, ids, images, table, keep = {}, [], [], {}, None
    for record in mk.read(path):
        kind, *f = record
        if kind == 17:
            keep = f[0]
        elif kind == 2:
            ids.append(f[0])
            runs[f[0]] = f
        elif kind == 3:
            images.append((f[0], f[1]))
            table[("image", *images[-1])] = {ids[u[0]]: u[1:] for u in f[2]}
        elif kind in mk.KEY:
            n = mk.KEY[kind]
            key = (kind, images[f[0]], *(tuple(v) if isinstance(v, list) else v for v in f[1:n]))
            table[key] = {ids[s[0]]: s[1:] for s in f[n]}
    return keep, runs, table

for _ in range(2):
    paths = []
    for n in range(9):
        paths.append(f"s{n}")
        with open(paths[-1], "wb") as out:
            mk.build([line for r in range(rnd.randint(5, 15))
                      for line in one([100 + n] * (r == 0))], out)
    paths.append(paths[0])
    whole = merge(paths, "whole")
    expected = open(merge(paths, "kept", f"--keep-runs={KEEP}"), "rb").read()
    for i in range(3):
        rnd.shuffle(paths)
        got = merge([tree(paths, "t")], "got", f"--keep-runs={KEEP}")
        if open(got, "rb").read() != expected:
            sys.exit(f"differs: {paths}")
    _, runs, table = facts("whole")
    keep, kept, few = facts("kept")
    assert keep == KEEP and len(kept) < len(runs), (keep, len(kept), len(runs))
    assert all(runs[id] == run for id, run in kept.items())
    assert few == {key: {id: v for id, v in seen.items() if id in kept}
                   for key, seen in table.items()}
    first = lambda ids: set(sorted(ids, key=rank)[:KEEP])
    assert all(first(seen) <= set(kept) for seen in [runs, *table.values()])
    other = lambda id: id[:15] + bytes([id[15] ^ 1])     # the id of the other phase
    assert all(other(id) in kept for id in kept if other(id) in runs)
    # sp-emit refuses or changes policies depending on these properties, so
    # merging must keep them.
    for key, seen in table.items():
        special = lambda v: v[0] != 0 if key[0] == "image" else (v[2], v[0] > 1)
        assert {special(v) for v in seen.values()} == {special(v) for v in few[key].values()}
    for field in 6, 15, 16, 18:     # kernel, rlimits, how, complete
        assert {str(r[field]) for r in runs.values()} == {str(r[field]) for r in kept.values()}
    assert any(r[19]["call"] for r in runs.values()) == any(r[19]["call"] for r in kept.values())
    def unknown(seen, args):
        return any(v[0] > sum(a.get(id, [0])[0] for a in args) for id, v in seen.items())
    for key, seen in table.items():
        if key[0] == 4:
            args = [k for k in table if k[0] == 9 and k[1:4] == key[1:4]]
            assert unknown(seen, [table[k] for k in args]) == unknown(few[key], [few[k] for k in args])
