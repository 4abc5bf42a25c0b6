#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: bpf-stack.py OBJECT.bpf.o [LIMIT]

Prints the deepest stack of each program in bytes, with the calls that need it. The
verifier of kernels before 6.13 adds up the stacks of all functions, each rounded up
to 32. Exits with 1 if a program needs more than LIMIT (512)."""
import re, subprocess, sys

text = subprocess.run(["llvm-objdump", "-dr", sys.argv[1]],
                      check=True, stdout=subprocess.PIPE,
                      universal_newlines=True).stdout
limit = int(sys.argv[2]) if len(sys.argv) > 2 else 512
own, calls, programs = {}, {}, []
# the functions of .text, by the number of their first instruction
starts = {}
jumps = []          # the calls of these, by that number
section = name = call = None
frames = set()      # the registers that hold the frame's address


def note_call(target):
    """The call before this line leads to a function, which has a name or a
    number."""
    if isinstance(target, str):
        calls[name].add(target)
    else:
        jumps.append((name, target))


for line in text.splitlines():
    relocation = re.search(r"R_BPF_64_32\s+(\S+)", line)
    if call and relocation:
        # a static function has a place in .text, another one a name
        note_call(call[1] + 1 if relocation[1] == ".text" else relocation[1])
    elif call:
        note_call(call[0] + call[1] + 1)
    call = None
    # an instruction that calls a function of the program, not a helper
    if found := re.match(r"\s*(\d+):\s+85 10 .*\tcall (-?\d+)", line):
        call = int(found[1]), int(found[2])
    elif found := re.match(r"Disassembly of section (\S+):", line):
        section = found[1]
    elif re.match(r"[0-9a-f]+ <LBB", line):
        frames = set()
    elif found := re.match(r"([0-9a-f]+) <(\S+)>:", line):
        name, frames = found[2], set()
        own[name], calls[name] = 0, set()
        if section == ".text":
            starts[int(found[1], 16) // 8] = name
        else:
            programs.append(name)
    elif name:
        for depth in re.findall(r"\(r10 - (0x[0-9a-f]+|\d+)\)", line):
            own[name] = max(own[name], int(depth, 0))
        if found := re.search(r"\b(r\d) = r10\b", line):
            frames.add(found[1])
        elif found := re.search(r"\b(r\d) \+= -(0x[0-9a-f]+|\d+)", line):
            if found[1] in frames:
                own[name] = max(own[name], int(found[2], 0))
        elif found := re.search(r"\b(r\d) = ", line):
            frames.discard(found[1])
for caller, target in jumps:
    calls[caller].add(starts[target])


def deepest(function):
    """Returns (bytes, the chain of calls)."""
    size = (max(own[function], 1) + 31) // 32 * 32
    below = [deepest(f) for f in calls[function] if f in own]
    depth, chain = max(below, default=(0, []))
    return size + depth, [f"{function} {size}"] + chain


status = 0
for program in programs:
    depth, chain = deepest(program)
    print(depth, " > ".join(chain))
    status |= depth > limit
sys.exit(status)
