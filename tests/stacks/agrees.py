#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: agrees.py BINDIR COMMAND… — checks that stacks agree with strace -k

Each stack of sp-record --stacks, and each chain that sp-verify prints for a violation,
must be a stack that strace -f -k prints for this call: each frame has the same file and
address. A chain of sp-verify may end early. Prints the stacks that differ, and exits
with 1 if these are more than one in twenty.
"""
import functools, json, os, re, struct, subprocess, sys, tempfile

bindir, *command = sys.argv[1:]
directory = tempfile.TemporaryDirectory()    # Python removes it at the end
log, stream, profile, listed = (os.path.join(directory.name, name)
                                for name in ("log", "s.sp", "p.json", "v.json"))
quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
subprocess.run(["strace", "-f", "-k", "-o", log, *command], **quiet, timeout=300)
subprocess.run([f"{bindir}/sp-record", "-q", "--stacks", "-o", stream, "--", *command],
               **quiet, timeout=300)
out = subprocess.run([f"{bindir}/sp-emit", "--json", stream], capture_output=True, check=True)
stacks = json.loads(out.stdout)["stacks"]
with open(profile, "w") as file:        # every call is a violation
    json.dump({"defaultAction": "SCMP_ACT_ERRNO"}, file)
subprocess.run([f"{bindir}/sp-verify", "-p", profile, "--json", "-o", listed, "--", *command],
               **quiet, timeout=300)
chains = [{"name": call["name"], "frames": site["frames"]} for call in json.load(open(listed))
          for site in call["sites"] if "frames" in site]

calls, last = {}, []        # {name of the call: [stacks]}
for line in open(log, errors="replace"):
    call = re.match(r"(\d+) +(?:<\.\.\. )?(\w+)[( ]", line)
    frame = re.match(r" > (.*?)(?:\(.*\))? \[0x([0-9a-f]+)\]$", line)
    if call:
        last = calls.setdefault(call[2], [])
        last.append([])
    elif frame and last:
        last[-1].append((os.path.basename(frame[1]), int(frame[2], 16)))
seen = {name: {tuple(c) for c in chains} for name, chains in calls.items()}

@functools.cache
def segments(path):
    """Returns the p_offset, p_vaddr and p_filesz of each PT_LOAD."""
    data = open(path, "rb").read() if os.path.isfile(path) else bytes(64)
    at, (size, n) = struct.unpack_from("<Q", data, 32)[0], struct.unpack_from("<HH", data, 54)
    headers = (struct.unpack_from("<IIQQQQ", data, at + i * size) for i in range(n))
    return [(h[2], h[3], h[5]) for h in headers if h[0] == 1]

def offset(path, address):
    """Returns the offset of an address in the file, which strace prints."""
    return next((address - v + o for o, v, n in segments(path) if v <= address <= v + n), address)

def chain(stack):
    return tuple((os.path.basename(f["file"]), offset(f["file"], int(f["address"])))
                 for f in stack["frames"])

# strace unwinds when a call returns. So it has no stack for a call that ends
# its thread. It may also print frames beyond the function with which a program
# or a thread begins.
OUTERMOST = {"_start", "__clone3", "clone3", "clone"}
def agrees(mine, theirs, outermost):
    return mine in theirs or outermost in OUTERMOST and any(c[:len(mine)] == mine for c in theirs)

def compare(what, stacks, may_end_early):
    """Counts the stacks that agree, and prints the others. Returns False if too few
        agree."""
    stacks = [s for s in stacks if any(seen.get(s["name"], ()))]
    same = early = 0
    for stack in stacks:
        mine, theirs = chain(stack), seen[stack["name"]]
        if agrees(mine, theirs, stack["frames"][-1]["function"]):
            same += 1
            continue
        if may_end_early and any(c[:len(mine)] == mine for c in theirs):
            early += 1
            continue
        best = max(theirs, key=lambda c: sum(a == b for a, b in zip(c, mine)), default=())
        at = next((i for i, (a, b) in enumerate(zip(best, mine)) if a != b),
                  min(len(best), len(mine)))
        print(f"# {stack['name']}: {len(mine)} frames, strace {len(best)}, the first {at} agree:",
              *(f"{f['function']}" for f in stack["frames"][max(0, at - 1):at + 2]))
    print(f"{os.path.basename(command[0])}: {same} of {len(stacks)} {what} agree with strace -k",
          *([f"and {early} end early"] if may_end_early else []))
    return stacks and (same + early) * 20 >= len(stacks) * 19

good = [compare("stacks", stacks, False), compare("chains of violations", chains, True)]
sys.exit(not all(good))
