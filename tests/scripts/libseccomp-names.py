# SPDX-License-Identifier: Apache-2.0
# libseccomp-names.py <PROFILE: checks that libseccomp knows every name on at
# least one of the profile's architectures.
import ctypes, json, sys
lib = ctypes.CDLL("libseccomp.so.2")
p = json.load(sys.stdin)
archs = [lib.seccomp_arch_resolve_name(a[10:].lower().encode())
         for a in p["architectures"]]
assert all(archs)
for rule in p["syscalls"]:
    assert rule["names"] == sorted(set(rule["names"]))
    for name in rule["names"]:
        if not any(lib.seccomp_syscall_resolve_name_arch(
                ctypes.c_uint32(a), name.encode()) >= 0 for a in archs):
            sys.exit(name)
