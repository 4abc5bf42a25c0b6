#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: commands.py README — prints the commands of its indented blocks that a test
can run, one in each line: the exit statuses that they may have, a tab, and the
command.

Fails if a row below does not match any command."""
import re
import sys

# Commands that no test runs, with the reason.
NOT_RUN = {
    "git clone …": "needs a network",
    "make demo": "installs packages",
    "make check": "is this suite",
    "make bench": "takes twenty minutes",
    "make bench-plot": "draws what make bench measured",
    "docker run": "needs dockerd",
    "podman run": "needs podman: make check-engines",
    "sp-record -o run.sp --unit": "needs a systemd: make check-units",
    "sp-record -o run.sp --container": "needs an engine: make check-engines",
    "sp-record -o c.sp -- runc run": "needs a bundle: container.bats",
    "sp-emit --systemd --install": "writes to /etc: units.bats",
    "systemctl cat": "needs a systemd",
    "sp-verify --pid=$(pgrep": "needs a running nginx",
    "sp-verify --audit": "needs the kernel's records: audit.bats",
    "journalctl": "needs a journal: audit.bats",
}
# Commands whose exit status is not 0.
STATUS = {
    "sp-verify -p seccomp.json -- ls -l /tmp": "1",
    "sp-diff ls.sp both.sp": "1",
    "sp-diff": "01",
    "sp-verify --landlock policy.json -- cat /etc/passwd": "1",
    "sp-verify -p /lib/systemd": "01",
    "sp-verify -p docker.json": "01",
    "sp-verify -p seccomp.json": "01",
}
NO_COMMAND = ("stream → trace",)


def blocks(lines):
    block, fenced = [], False
    for line in lines + [""]:
        fenced ^= line.startswith("```")
        if line.startswith("    ") and not fenced:
            block.append(line[4:])
        elif block:
            yield block
            block = []


def commands(lines):
    for block in blocks(lines):
        session = any(line.startswith("$ ") for line in block)
        for line in block:
            if session:
                line = line[2:] if line.startswith("$ ") else ""
            line = re.sub(r"\s*# .*$", "", line)
            if line and not line.startswith(NO_COMMAND):
                yield line


used = set()
for command in commands(open(sys.argv[1], encoding="utf-8").read().splitlines()):
    rows = [row for row in NOT_RUN if command.startswith(row)]
    used.update(rows)
    if not rows:
        rows = [row for row in STATUS if command.startswith(row)][:1]
        used.update(rows)
        print(STATUS[rows[0]] if rows else "0", command, sep="\t")
unused = [row for row in [*NOT_RUN, *STATUS] if row not in used]
if unused:
    sys.exit(f"no command in {sys.argv[1]} begins with {unused}")
