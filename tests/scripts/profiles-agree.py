#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: profiles-agree.py COUNT TRACE…
Makes COUNT profiles of container engines and Kubernetes, and compiles each with
libseccomp's binding for Python. Compares the answers of the compiled filter to the calls
of the traces with the answers that sp-verify finds for the profile. The exit status is 1
if an answer differs."""
import json, random, re, subprocess, sys, tempfile
import seccomp, yaml

HEADER = "/usr/include/asm/unistd_64.h", \
    "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"
OTHERS = ["send", "recv", "no_such_call", "waitpid", "mmap2"]
ACTIONS = {"SCMP_ACT_ALLOW": seccomp.ALLOW, "SCMP_ACT_LOG": seccomp.LOG,
           "SCMP_ACT_KILL": seccomp.KILL, "SCMP_ACT_TRAP": seccomp.TRAP,
           "SCMP_ACT_KILL_PROCESS": seccomp.KILL_PROCESS}
OPS = {"SCMP_CMP_EQ": seccomp.EQ, "SCMP_CMP_NE": seccomp.NE,
       "SCMP_CMP_GE": seccomp.GE, "SCMP_CMP_MASKED_EQ": seccomp.MASKED_EQ}
ARCHS = {"SCMP_ARCH_X86": seccomp.Arch.X86, "SCMP_ARCH_X32": seccomp.Arch.X32}
# A JSON library with signed integers can represent only the first of these
# numbers.
LARGE = [2 ** 63 - 1, 2 ** 63, 2 ** 64 - 2, 2 ** 64 - 1]
FOREIGN = ["SCMP_ARCH_MIPSEL", "SCMP_ARCH_LOONGARCH64"]


def names():
    for header in HEADER:
        try:
            with open(header) as file:
                return re.findall(r"#define __NR_(\w+)", file.read()) + OTHERS
        except FileNotFoundError:
            pass
    sys.exit("profiles-agree: no asm/unistd_64.h")


def action(rng, kinds):
    """Returns the members of a rule in the profile, and its action for libseccomp."""
    kind = rng.choice(kinds + ["SCMP_ACT_ERRNO"])
    if kind != "SCMP_ACT_ERRNO":
        return kind, None, ACTIONS[kind]
    error = rng.choice([None, 5, 13, 38])
    return kind, error, seccomp.ERRNO(error or 1)


def condition(rng):
    op = rng.choice(list(OPS))
    value = rng.choice([rng.randint(0, 20), rng.choice(LARGE)])
    index = rng.randint(0, 2)
    values = (value, value & 3) if op == "SCMP_CMP_MASKED_EQ" else (value,)
    return {"index": index, "value": value, "valueTwo": value & 3, "op": op}, \
        seccomp.Arg(index, OPS[op], *values)


def add_rules(rng, profile, own):
    pool = names()
    rng.shuffle(pool)
    for _ in range(rng.randint(1, 8)):
        kind, error, answer = action(rng, list(ACTIONS))
        rule = {"names": pool[:rng.randint(0, 30)], "action": kind}
        args = []
        if error or (kind == "SCMP_ACT_ALLOW" and rng.random() < 0.2):
            rule["errnoRet"] = error or 1
        if rng.random() < 0.3:
            member, arg = condition(rng)
            rule["args"], args = [member], [arg]
        profile["syscalls"].append(rule)
        del pool[:len(rule["names"])]
        for name in rule["names"]:
            try:
                own.add_rule(answer, name, *args)
            except (RuntimeError, OSError, ValueError):
                pass        # the call is unknown, or the rule has the default action


def make(rng):
    kind, error, answer = action(rng, ["SCMP_ACT_ALLOW", "SCMP_ACT_KILL",
                                       "SCMP_ACT_LOG"])
    known = rng.sample(list(ARCHS), rng.randint(0, 2))
    profile = {"defaultAction": kind, "syscalls": [], "architectures": [
        "SCMP_ARCH_X86_64", *known, *rng.sample(FOREIGN, rng.randint(0, 2))]}
    if error:
        profile["defaultErrnoRet"] = error
    own = seccomp.SyscallFilter(answer)
    for arch in known:
        own.add_arch(ARCHS[arch])
    add_rules(rng, profile, own)
    return profile, own


def written(form, profile):
    if form == 0:
        return json.dumps(profile)
    if form == 1:
        return json.dumps({"linux": {"seccomp": profile}})
    return "---\n---\n" + yaml.safe_dump({
        "kind": "SeccompProfile", "metadata": {"name": "a"},
        "spec": profile}) + "---\n"


def answers(file, trace):
    done = subprocess.run(["sp-verify", "--json", "-p", file, trace],
                          capture_output=True, text=True)
    return done.stderr if done.returncode > 1 else sorted(
        (row["arch"], row["nr"], row["answer"])
        for row in json.loads(done.stdout))


def main():
    rng, bad = random.Random(1), 0
    with tempfile.TemporaryDirectory() as place:
        for n in range(int(sys.argv[1])):
            profile, own = make(rng)
            text = written(n % 3, profile)
            with open(f"{place}/read", "w") as file:
                file.write(text)
            with open(f"{place}/own", "wb") as file:
                own.export_bpf(file)
            for trace in sys.argv[2:]:
                if answers(f"{place}/read", trace) != \
                        answers(f"{place}/own", trace):
                    print(f"{text}\n# {n}: {trace}: they differ")
                    bad += 1
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
