# SPDX-License-Identifier: Apache-2.0
# path-calls.py: makes each kind of call that has a path, in the current
# directory.
import ctypes, fcntl, os, socket
os.mkdir("d")
d = os.open("d", os.O_RDONLY)
os.close(os.open("f", os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600, dir_fd=d))
os.symlink("f", "s", dir_fd=d)
os.link("f", "l", src_dir_fd=d, dst_dir_fd=d)
os.rename("l", "m", src_dir_fd=d, dst_dir_fd=d)
# Opens the file through the link.
os.close(os.open("s", os.O_RDWR, dir_fd=d))
os.mkfifo("p", dir_fd=d)
os.chmod("f", 0o644, dir_fd=d)
os.truncate("d/f", 1)
os.stat("../" + os.path.basename(os.getcwd()) + "/./d//f")
os.close(os.open("d/f", os.O_PATH))
t = os.open("d", os.O_TMPFILE | os.O_RDWR)
fcntl.flock(t, fcntl.LOCK_SH)
os.fchmod(t, 0o640)
# Python makes this with utimensat(2) without a name.
os.utime(t)
libc = ctypes.CDLL(None)
assert not libc.linkat(t, b"", -100, b"d/t", 0x1000)    # AT_EMPTY_PATH
assert not libc.linkat(-100, b"/proc/self/fd/%d" % t, d, b"t2", 0x400)
assert not libc.chmod(b"/proc/self/fd/%d" % t, 0o600)
os.close(t)
os.mkdir("d/e")
os.rename("d/t", "d/e/t")
os.rename("d/e/t", "d/e/t3")
assert not libc.syscall(316, d, b"t2", d, b"e/t3", 2)   # renameat2, exchange
f = os.open("d/f", os.O_CREAT | os.O_RDWR)
fcntl.lockf(f, fcntl.LOCK_EX)
fcntl.flock(f, fcntl.LOCK_UN)
os.fchmod(f, 0o644)
os.close(f)
for name in "e/t3", "t2":
    os.unlink("d/" + name)
os.rmdir("d/e")
os.close(os.memfd_create("memory"))
q = libc.mq_open(b"/sandprint-calls", os.O_CREAT | os.O_RDWR, 0o600, None)
assert q >= 0 and not libc.mq_unlink(b"/sandprint-calls")
assert libc.mq_open(b"/sandprint-calls", os.O_RDONLY) < 0
u = socket.socket(socket.AF_UNIX)
u.bind("d/u")
u.listen()
socket.socket(socket.AF_UNIX).connect("d/u")
a = socket.socket(socket.AF_UNIX)
a.bind("\0abs\0tract")
i = socket.socket(socket.AF_INET6)
i.bind(("::1", 0))
i.listen()
print(i.getsockname()[1])
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"", ("127.0.0.1", 9))
try:
    os.open("absent", os.O_RDONLY)
except OSError:
    pass
how = (ctypes.c_uint64 * 3)(os.O_RDWR, 0, 0)
os.close(libc.syscall(437, d, b"s", how, 24))       # openat2
if not os.fork():
    bin = os.open("/bin", os.O_PATH)
    libc.syscall(322, bin, b"true", (ctypes.c_char_p * 2)(b"true", None),
                 (ctypes.c_char_p * 1)(None), 0)    # execveat
os.wait()
libc.creat(b"absent/new", 0o600)
os.close(libc.creat(b"made", 0o600))
os.unlink("made")
try:
    os.stat(b"\x01" * 5000)
except OSError:
    pass
for name in "f", "s", "m", "p", "u":
    os.unlink(name, dir_fd=d)
os.rmdir("d")
