# SPDX-License-Identifier: Apache-2.0
# minijail-rules.py POLICY: checks that the rules for socket, ioctl and similar
# calls are true for exactly the values that args.bats recorded. Evaluates
# atoms, && and || as minijail0(5) describes.
import re, sys
rules = dict(line.strip().split(": ", 1) for line in open(sys.argv[1])
             if not line.startswith("#"))
M = 2**64 - 1
def atom(text, args):
    i, op, value = re.fullmatch(r"arg([0-5]) (==|&|in) (~?0x[0-9a-f]+)", text).groups()
    value = ~int(value[1:], 16) & M if value[0] == "~" else int(value, 16)
    a = args[int(i)]
    return a == value if op == "==" else a & value != 0 if op == "&" else a & ~value & M == 0
def holds(call, *args):
    return any(all(atom(t.strip(), args) for t in part.split("&&"))
               for part in rules[call].split("||"))
for family in range(64):
    for kind in range(16):
        for flags in 0, 0x800, 0x80000, 0x80800:
            for protocol in range(20):
                want = (family, kind, protocol) in ((1, 1, 0), (16, 3, 9))
                assert holds("socket", family, kind | flags, protocol) == want
assert holds("socket", 1 | 5 << 32, 1, 0)
for cmd in 0x80045430, 0xffffffff80045430:
    assert holds("ioctl", 0, cmd)
for bit in range(32):
    assert not holds("ioctl", 0, 0x80045430 ^ 1 << bit)
