# SPDX-License-Identifier: Apache-2.0
# read-events.py STREAM: prints the stream's events as lines of JSON. It reads
# them with msgpack for Python, without our reader.
import json, msgpack, sys
kinds = ["call", "fork", "exec", "exit"]
images = []
for r in msgpack.Unpacker(open(sys.argv[1], "rb"), raw=False,
                          strict_map_key=False):
    if r[0] == 8:
        images.append(r[1])
    if r[0] != 7:
        continue
    ns, flat, ints = r[1], r[2], iter(r[3])
    contexts = [flat[i:i + 6] for i in range(0, len(flat), 6)]
    before = [[0] * 6 for c in contexts]
    for head in ints:
        what, flags, pid, tid, image, arch = contexts[head >> 6]
        ns += next(ints)
        nr = next(ints)
        args = before[head >> 6]
        for i in range(6):
            if not head >> i & 1:
                args[i] = next(ints)
        print(json.dumps([kinds[what], ns, pid, tid, nr, images[image],
              args if what == 0 and not flags else None],
              separators=(",", ":")))
