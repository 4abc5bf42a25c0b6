#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""strace-agrees.py OURS THEIRS: compares two logs in strace's form.

Times, addresses, and ids of processes and inodes differ between runs. sp-emit prints a
pointer where strace prints a string or a structure. So each of these is replaced by a
fixed sign. Then the lines of each task are compared, beginning with the first call that
opens /dev/zero. Prints the differences; the exit status is 1 if there is a difference.
"""
import re, sys

def plain(line):
    line = re.sub(r'"(?:[^"\\]|\\.)*"(\.\.\.)?', "P", line)      # a string
    line = re.sub(r" [<]\d+\.\d+[>]$", "", line)                  # a duration
    line = re.sub(r"(socket|pipe):\[\d+\]", r"\1", line)
    line = re.sub(r"0x[0-9a-f]{5,}", "P", line)
    line = re.sub(r"\[[^]]*\](?!>)", "P", line)                    # an array
    line = re.sub(r"\s+= ", " = ", line)
    return line

def tasks(name):
    lines = [line.rstrip("\n").split(None, 2) for line in open(name)]
    first = next(i for i, line in enumerate(lines) if "/dev/zero" in line[2])
    pids = list(dict.fromkeys(pid for pid, _, _ in lines[first:]))
    found, unfinished = {}, {}
    for pid, _, rest in lines[first:]:
        if rest.endswith(" <unfinished ...>"):
            unfinished[pid] = rest.removesuffix(" <unfinished ...>")
        elif not rest.startswith("---"):
            resumed = re.match(r"<... \w+ resumed>", rest)
            if resumed:
                rest = unfinished.pop(pid) + rest[resumed.end():]
            rest = re.sub(r"\b(%s)\b" % "|".join(pids), "PID", plain(rest))
            found.setdefault(pids.index(pid), []).append(rest)
    return found

ours, theirs = map(tasks, sys.argv[1:])
assert len(theirs.get(0, [])) > 30, "too few lines"
bad = 0
for i in sorted(ours.keys() | theirs.keys()):
    a, b = ours.get(i, []), theirs.get(i, [])
    for n in range(max(len(a), len(b))):
        x, y = (l[n] if n < len(l) else "-" for l in (a, b))
        if x != y:
            bad = 1
            print("ours:  ", x, "\ntheirs:", y)
sys.exit(bad)
