#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: btf-change.py {NAME | kind} FILE

Writes the running kernel's BTF to FILE with a change that a later kernel could
have: without the type or member NAME, or with a first type of an unknown kind."""
import struct, sys

UNKNOWN_KIND = 30       # linux/btf.h
change, out = sys.argv[1:]
with open("/sys/kernel/btf/vmlinux", "rb") as f:
    data = bytearray(f.read())
if change == "kind":
    header, types = struct.unpack_from("<I", data, 4)[0], 8
    at = header + struct.unpack_from("<I", data, types)[0] + 4
    info = struct.unpack_from("<I", data, at)[0]
    struct.pack_into("<I", data, at, info & ~(0x1f << 24) | UNKNOWN_KIND << 24)
else:
    name = change.encode()
    at = data.index(b"\0" + name + b"\0")
    data[at + len(name)] = ord("?")
with open(out, "wb") as f:
    f.write(data)
