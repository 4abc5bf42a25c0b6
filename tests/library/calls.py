#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: calls.py FILE — prints the calls of a stream as tests/library/calls.c does:
count, architecture, number and image. It was written from sp-stream(5) alone."""
import sys
import zlib

import msgpack

ARCHES = {0xC000003E: "x86_64", 0x40000003: "x86", 0xC00000B7: "aarch64"}


def raw(text):
    return text.encode() if isinstance(text, str) else text


def records(data):
    """Yields the records of a stream. Exits with an error if the checksum of a
        segment is wrong."""
    unpacker = msgpack.Unpacker(max_buffer_size=len(data) or 1, strict_map_key=False)
    unpacker.feed(data)
    start = at = n = 0
    for record in unpacker:
        if n == 0 and record != [0, "sandprint", 1]:
            sys.exit("calls: not a sandprint stream")
        if record[0] == 1:
            if record[1] != n or record[3] != zlib.crc32(data[start:at]):
                sys.exit("calls: corrupt")
            start, n = unpacker.tell(), -1
        at, n = unpacker.tell(), n + 1
        yield record
    if n or not at:
        sys.exit("calls: truncated")


def fold(data):
    """Returns {(image, arch, nr): {run: count}}. If two segments have a fact of the
        same run, the greater count is used."""
    facts = {}
    for kind, *fields in records(data):
        if kind == 0:
            runs, images = [], []
        elif kind == 2:
            runs.append(fields[0])
        elif kind == 3:
            path, build_id = fields[:2]
            images.append((path is not None, raw(path or ""), build_id or b""))
        elif kind == 4:
            image, arch, nr, sightings = fields
            counts = facts.setdefault((images[image], arch, nr), {})
            for run, count, _first, _flags in sightings:
                counts[runs[run]] = max(count, counts.get(runs[run], 0))
    return facts


def main():
    facts = fold(open(sys.argv[1], "rb").read())
    for (image, arch, nr), counts in sorted(facts.items()):
        total = min(sum(counts.values()), 2**64 - 1)
        name = "x32" if arch == 0xC000003E and nr >= 1 << 30 else ARCHES.get(arch, hex(arch))
        path = image[1].decode(errors="backslashreplace") if image[0] else "(other)"
        path = "".join(c if c.isprintable() else
                       "".join(f"\\x{b:02x}" for b in c.encode()) for c in path)
        print(total, name, nr, path)


main()
