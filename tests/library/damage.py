#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: damage.py STREAM CALLS CALLS.PY — damages the stream at every fifth
byte: cuts it there, or changes the byte. For each damaged copy, the program in C
must print what the program in Python prints, or refuse the copy with one line and
exit status 2."""
import random
import subprocess
import sys

stream, calls, reader = sys.argv[1:]
data = open(stream, "rb").read()
random.seed(1)


def try_on(damaged):
    with open("damaged.sp", "wb") as file:
        file.write(damaged)
    done = subprocess.run([calls, "damaged.sp"], capture_output=True, timeout=30)
    if done.returncode == 0:
        other = subprocess.run([reader, "damaged.sp"], capture_output=True)
        lines = [line.split(b" ") for line in done.stdout.splitlines()]
        mine = [b" ".join(words[:3] + words[4:]) for words in lines]
        return mine == other.stdout.splitlines()
    return (done.returncode == 2 and not done.stdout and
            done.stderr.startswith(b"calls: ") and done.stderr.count(b"\n") == 1)


for at in range(0, len(data), 5):
    damaged = bytearray(data)
    damaged[at] ^= 1 << random.randrange(8)
    for one in data[:at], bytes(damaged):
        if not try_on(one):
            sys.exit(f"the readers differ after damage at byte {at} of {stream}")
