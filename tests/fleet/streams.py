# SPDX-License-Identifier: Apache-2.0
# streams.py MKSTREAM N CALLS: writes N streams of one run each to the directory
# runs. Each run makes CALLS calls. One half of them is the same in every run,
# and the other half is chosen at random.
import os, random, sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
sys.dont_write_bytecode = True
loader = SourceFileLoader("mkstream", sys.argv[1])
mk = module_from_spec(spec_from_loader("mkstream", loader))
loader.exec_module(mk)
n, calls = map(int, sys.argv[2:])
rnd = random.Random(5)
os.makedirs("runs", exist_ok=True)
for i in range(n):
    numbers = [*range(calls // 2), *rnd.sample(range(calls // 2, 300), calls - calls // 2)]
    lines = [f"run {rnd.getrandbits(128):x} test-{i}", "image /usr/bin/service 0102 {}:1:1"]
    lines[1] = lines[1].format(lines[0].split()[1])
    lines += [f"call {lines[0].split()[1]} {nr} {rnd.randint(1, 99)} first={rnd.randint(1, 10**9)}"
              for nr in numbers]
    with open(f"runs/{i}.sp", "wb") as out:
        mk.build(lines, out)
