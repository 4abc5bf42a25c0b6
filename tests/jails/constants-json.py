#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: constants-json.py — writes the constants.json of this x86-64 machine,
which compile_seccomp_policy.py reads, from the C headers."""
import json, pathlib, re, subprocess, tempfile

top = pathlib.Path(__file__).resolve().parents[2]
names = re.findall(r"^C\((\w+)\)", subprocess.run([top / "lib/kernel/constants", "cc", "-D_GNU_SOURCE"],
                                                   text=True, check=True, stdout=subprocess.PIPE).stdout, re.M)
with tempfile.TemporaryDirectory() as d:
    source = pathlib.Path(d, "all.c")
    source.write_text("#include <stdio.h>\n#include \"constant-headers.h\"\nint main(void) {\n" + "".join(
        f'printf("%llu {n}\\n", (unsigned long long)({n}));\n' for n in names) + "}\n")
    subprocess.run(["cc", "-w", "-D_GNU_SOURCE", f"-I{top}/lib/kernel", source, "-o", f"{d}/all"], check=True)
    output = subprocess.run([f"{d}/all"], text=True, stdout=subprocess.PIPE).stdout
headers = subprocess.run(["cc", "-dM", "-E", "-include", "asm/unistd_64.h", "-x", "c", "/dev/null"],
                         text=True, check=True, stdout=subprocess.PIPE).stdout
print(json.dumps({
    "arch_nr": 0xc000003e, "arch_name": "x86_64", "bits": 64,
    "syscalls": {n: int(v) for n, v in re.findall(r"^#define __NR_(\w+) (\d+)$", headers, re.M)},
    "constants": {n: int(v) for v, n in (line.split() for line in output.splitlines())},
}))
