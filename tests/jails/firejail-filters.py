#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: firejail-filters.py PROFILE DIR — builds in DIR the filters that the
installed firejail loads for a profile, and prints their paths in the order of
loading. firejail prints which filters it loads, and the arguments with which it
runs its program fseccomp to build them. This script runs fseccomp in the same
way."""
import glob, os, pty, re, subprocess, sys

profile, where = sys.argv[1:]
tools = [f for place in ("/usr/lib/*/", "/usr/lib/", "/usr/lib64/")
         for f in glob.glob(place + "firejail/fseccomp")][0].removesuffix("fseccomp")

def lines(command):
    """Returns the lines that firejail prints to a terminal. If it printed to a
        pipe, its children would print its buffered lines again."""
    ours, its = pty.openpty()
    subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=its, stderr=its)
    os.close(its)
    output = b""
    try:
        while more := os.read(ours, 65536):
            output += more
    except OSError:  # the last process has closed the terminal
        pass
    return output.decode(errors="replace").splitlines()

output = lines(["firejail", "--debug", f"--profile={profile}", "true"])
action = re.findall(r"^seccomp-error-action (\S+)", open(profile).read(), re.M)
env = {"FIREJAIL_SECCOMP_ERROR_ACTION": action[-1]} if action else {}

def moved(path):
    return path.replace("/run/firejail/mnt/seccomp/", where + "/")

loaded = []
for line in output:
    if m := re.match(r"sbox run: \S+/(fseccomp|fsec-optimize) (.*)", line):
        args = [moved(a) for a in m[2].split()]
        subprocess.run([tools + m[1], *args], env=env, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    elif m := re.match(r"configuring \d+ seccomp entries in (\S+)", line):
        path = moved(m[1])
        if not os.path.exists(path):
            name = os.path.basename(path)
            if name == "seccomp" and "allow-debuggers" in open(profile).read():
                name = "seccomp.debug"
            path = tools + name
        loaded.append(path)
for path in os.listdir(where):
    if path.startswith("seccomp.postexec") and os.path.getsize(f"{where}/{path}"):
        # firejail loads this filter last, after the exec.
        loaded.insert(0, f"{where}/{path}")
# If a file is built again after it was loaded, the memory that firejail mapped
# from it changes, and the kernel refuses that filter.
loaded = [p for p in dict.fromkeys(loaded)
          if not (p.startswith(tools) and f"{where}/{os.path.basename(p)}" in loaded)]
print("\n".join(reversed(loaded)))
