#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: snap-filters.py SNAP-SECCOMP LIST DIR — compiles a list of snapd,
writes the filters that snap-confine loads into DIR and prints their paths.
Exits with 1 if snap-seccomp refuses the list."""
import pathlib, struct, subprocess, sys

# A header with the sizes in bytes precedes the filter of allowed calls and the
# filter of denied calls.
HEADER = 128
compiler, source, where = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
where.mkdir(parents=True, exist_ok=True)
if subprocess.run([compiler, "compile", source, where / "bin2"], stdout=2).returncode:
    sys.exit(1)
data = (where / "bin2").read_bytes()
magic, version, unrestricted, allow, deny = struct.unpack_from("=2sBB4xII", data)
assert (magic, version) == (b"SC", 1) and len(data) == HEADER + allow + deny
start = HEADER
for name, size in () if unrestricted else (("allow", allow), ("deny", deny)):
    (where / name).write_bytes(data[start:start + size])
    start += size
    print(where / name)
