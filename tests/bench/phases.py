#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""phases.py ROUNDS LIBRARY TOOL[,TOOL…] ARGUMENT…: prints where sp-record
spends its time, in ms: the medians of each phase and of the whole.

Several builds take turns. The CPU time is that of sp-record alone; the time of
the whole includes its children. The rows named `load/…` are parts of `load`.
The rows named after a BPF program are parts of `load/programs`. libbpf itself
spends the rest of `load`."""
import os, statistics, sys, tempfile, time

rounds, library, arguments = int(sys.argv[1]), sys.argv[2], sys.argv[4:]
tools = sys.argv[3].split(",")
rows = {}


def add(tool, name, cpu, wall):
    row = rows.setdefault(name, {t: ([], []) for t in tools})[tool]
    for column, value in zip(row, (cpu, wall)):
        if value is not None:
            column.append(value)


def run(tool, file, environment, null):
    time.sleep(0.06)
    file.truncate(0)
    start = last = time.monotonic_ns()
    pid = os.posix_spawnp(tool, [tool, *arguments], environment, file_actions=[
        (os.POSIX_SPAWN_DUP2, null, fd) for fd in (0, 1, 2)])
    _, status, usage = os.wait4(pid, 0)
    end = time.monotonic_ns()
    if status:
        sys.exit("phases.py: %s: status %d" % (tool, status))
    for line in open(file.name):
        name, cpu, ended = line.split()
        wall = None
        if ended != "-":
            wall = (int(ended) - last) / 1e6
            last = int(ended)
        add(tool, name, int(cpu) / 1e3, wall)
    add(tool, "exit", None, (end - last) / 1e6)
    add(tool, "all", (usage.ru_utime + usage.ru_stime) * 1e3,
        (end - start) / 1e6)


def cell(column):
    return "%8.2f" % statistics.median(column) if column else " " * 8


with tempfile.NamedTemporaryFile() as file:
    environment = dict(os.environ, LD_PRELOAD=os.path.abspath(library),
                       PHASES=file.name)
    null = os.open(os.devnull, os.O_RDWR)
    for _ in range(rounds):
        for tool in tools:
            run(tool, file, environment, null)

print("%-18s" % "phase, ms", *["%8s %8s" % ("cpu", "wall")] * len(tools))
for name, row in rows.items():
    print("%-18s" % name, *[cell(c) for t in tools for c in row[t]])
