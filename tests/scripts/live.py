#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""live.py ROWS COLUMNS KEYS FILE COMMAND…: runs COMMAND on a terminal of this size.

Types the characters of KEYS one by one, half a second apart. The first one is typed
a second after the view began to draw. Three characters are not typed:
  +  makes the terminal larger
  !  sets 65,535 lines and one column, as a hostile program with the terminal could
  -  hangs up the terminal; fails if the command, which ignores SIGHUP, then takes
     much CPU time
Writes the output on the terminal, with its control sequences, to stdout, and the
command's stdout to FILE. Exits with the status of the command, or with 124.
"""
import fcntl, os, pty, select, signal, struct, sys, termios, time

rows, columns, keys, name, *command = sys.argv[1:]
size = lambda r, c: struct.pack("HHHH", int(r), int(c), 0, 0)
SIZES = {"+": size(int(rows) * 2, int(columns) * 2), "!": size(65535, 1)}
pid, fd = pty.fork()
if not pid:
    fcntl.ioctl(2, termios.TIOCSWINSZ, size(rows, columns))
    os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
    if "-" in keys:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    os.environ["TERM"] = os.environ.get("LIVE_TERM", "xterm")
    os.execvp(command[0], command)
due, end = None, time.monotonic() + 30
while time.monotonic() < end:
    if keys and due and time.monotonic() >= due:
        due += 0.5
        if keys[0] == "-":
            os.close(fd)
            used = os.wait4(pid, 0)[2]
            sys.exit(used.ru_utime + used.ru_stime > 1.5)
        if keys[0] in SIZES:
            fcntl.ioctl(fd, termios.TIOCSWINSZ, SIZES[keys[0]])
        else:
            os.write(fd, keys[0].encode())
        keys = keys[1:]
    if not select.select([fd], [], [], 0.1)[0]:
        continue
    try:
        data = os.read(fd, 65536)
    except OSError:
        break
    if not due and b"\x1b" in data:
        due = time.monotonic() + 1
    os.write(1, data)
else:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    sys.exit(124)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
