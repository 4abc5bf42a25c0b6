#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: bpf-stack.py OBJECT.bpf.o [LIMIT]

Prints the deepest stack of each program in bytes, with the chain of calls that
needs it. The verifier of kernels before 6.13 adds up the stacks of all functions,
each rounded up to 32. Exits with 1 if a program needs more than LIMIT (512)."""
import re, subprocess, sys

text = subprocess.run(["llvm-objdump", "-dr", sys.argv[1]],
                      check=True, stdout=subprocess.PIPE,
                      universal_newlines=True).stdout
limit = int(sys.argv[2]) if len(sys.argv) > 2 else 512
own, calls, programs = {}, {}, []
# {number of the first instruction: name of a function in .text}
starts = {}
jumps = []          # (caller, number of the called function's first instruction)
section = name = call = None
frames = set()      # registers that hold the frame's address


def note_call(target):
    """Notes the call of a function, which is known by its name or its number."""
    if isinstance(target, str):
        calls[name].add(target)
    else:
        jumps.append((name, target))


for line in text.splitlines():
    relocation = re.search(r"R_BPF_64_32\s+(\S+)", line)
    if call and relocation:
        # The relocation of a static function has a place in .text; others have
        # a name.
        note_call(call[1] + 1 if relocation[1] == ".text" else relocation[1])
    elif call:
        note_call(call[0] + call[1] + 1)
    call = None
    # Matches a call of a function of the program, not of a helper.
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
    """Returns (bytes, [the functions of the chain])."""
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
