#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: cut-logs.py LOG… — cuts each log of strace at many places. sp-merge must
refuse the cut log, mark it as incomplete, or read all calls of the whole log.
With --allow-partial, it must read every call whose name is complete."""
import json, re, subprocess, sys, tempfile


def calls(log, *options):
    """Returns (complete, number of calls), or None if the log is refused."""
    merged = subprocess.run(["sp-merge", "--from=strace", *options, log],
                            capture_output=True)
    if merged.returncode:
        return None
    shown = json.loads(subprocess.run(["sp-emit", "--json", "--allow-partial"], check=True,
                                      input=merged.stdout, capture_output=True).stdout)
    return shown["runs"][0]["complete"], sum(c["count"] for c in shown["calls"])

def check(path):
    whole = open(path).read()
    complete, all_calls = calls(path)
    assert complete, path
    # The places are every 43rd byte, and the end of each line.
    for at in sorted({*range(1, len(whole), 43), *(m.end() for m in re.finditer("\n", whole))}):
        with tempfile.NamedTemporaryFile("w") as cut:
            cut.write(whole[:at])
            cut.flush()
            plain, partial = calls(cut.name), calls(cut.name, "--allow-partial")
        assert not plain or not plain[0] or plain[1] == all_calls, (path, at, plain)
        assert not plain or plain == partial, (path, at)
        assert partial or not whole[:at].count("("), (path, at)

for path in sys.argv[1:]:
    check(path)
