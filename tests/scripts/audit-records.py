# SPDX-License-Identifier: Apache-2.0
# audit-records.py COUNT EXE: prints COUNT seccomp records of the program EXE,
# as the kernel sends them.
import socket, sys
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 9)
s.setsockopt(socket.SOL_SOCKET, 33, 8 << 20)	# SO_RCVBUFFORCE
s.bind((0, 1))
print("ready", file=sys.stderr, flush=True)
n, s_timeout = 0, s.settimeout(20)
while n < int(sys.argv[1]):
    message = s.recv(16384)
    text = message[16:].rstrip(b"\0").decode()
    if int.from_bytes(message[4:6], "little") == 1326 and f'exe="{sys.argv[2]}"' in text:
        print(text)
        n += 1
