#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: nri-runtime.py SOCKET START...

Acts as containerd does with an NRI plugin: waits for a plugin at SOCKET, lets it
register, configures it, and sends a StateChange for each START. A START is JSON: {"pid",
"id", "name", "pod", "namespace", "annotations", "labels", "event", "rpc"}. Prints each
answer with the seconds that it took. A START can also be a word: "garbage" sends
garbage, "flood" sends as many messages as fit into one frame, and "closed" waits until
the plugin has closed its connection.
"""
import json
import os
import socket
import struct
import sys
import time


def varint(n):
    out = b""
    while n > 0x7F:
        out += bytes([n & 0x7F | 0x80])
        n >>= 7
    return out + bytes([n])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, str):
        value = value.encode()
    return varint(number << 3 | 2) + varint(len(value)) + value


def entries(number, pairs):
    return b"".join(field(number, field(1, k) + field(2, v))
                    for k, v in pairs.items())


class Plugin:
    def __init__(self, path):
        server = socket.socket(socket.AF_UNIX)
        if os.path.exists(path):
            os.unlink(path)
        server.bind(path)
        server.listen()
        server.settimeout(20)
        self.s, _ = server.accept()
        self.s.settimeout(60)
        self.stream = 0
        server.close()

    def frame(self, connection, stream, kind, body):
        data = struct.pack(">IIBB", len(body), stream, kind, 0) + body
        # The message is sent in two frames, because a stream may be cut at any
        # place.
        for part in (data[:7], data[7:]):
            self.s.sendall(struct.pack(">II", connection, len(part)) + part)

    def read(self):
        data = b""
        while len(data) < 18 or len(data) < 8 + struct.unpack(
                ">I", data[4:8])[0]:
            more = self.s.recv(65536)
            if not more:
                sys.exit("the plugin has closed the connection")
            data += more
        return data[0:4], data[8:18], data[18:]

    def call(self, method, payload):
        self.stream += 2
        start = time.time()
        self.frame(1, self.stream - 1, 1, field(
            1, "nri.pkg.api.v1alpha1.Plugin") + field(2, method) +
            field(3, payload))
        _, head, body = self.read()
        assert struct.unpack(">I", head[4:8])[0] == self.stream - 1
        return body, time.time() - start


def container(start):
    return (field(1, start["id"]) + field(3, start.get("name", "")) +
            entries(5, start.get("labels", {})) +
            entries(6, start.get("annotations", {})) +
            field(7, "sh") + field(11, field(5, "/x")) +
            field(12, start.get("pid", 0)))


def main():
    p = Plugin(sys.argv[1])
    _, head, body = p.read()
    assert b"RegisterPlugin" in body and b"sandprint" in body, body
    p.frame(2, 1, 2, field(2, b""))
    body, _ = p.call("Configure", field(2, "containerd") +
                     field(3, "v1.7.24") + field(4, 5000) + field(5, int(os.environ.get("NRI_TIMEOUT_MS", 2000))))
    print("subscribed", body.hex())
    # The configuration is sent in two parts. The first part says that another
    # one follows.
    for more, answer in (1, field(2, field(2, 1))), (0, field(2, b"")):
        body, _ = p.call("Synchronize", field(1, field(1, "pod")) +
                         (field(3, 1) if more else b""))
        assert body == answer, body
    for arg in sys.argv[2:]:
        if arg == "garbage":
            p.s.sendall(b"\0\0\0\1\0\0\0\x0a\0\0\0\0\0\0\0\1\1\0")
            continue
        if arg == "flood":
            one = struct.pack(">IIBB", 0, 1, 2, 0)
            p.s.sendall(struct.pack(">II", 1, 4000000) + one * 400000)
            continue
        if arg == "closed":
            assert not p.s.recv(1)
            print("closed")
            continue
        start = json.loads(arg)
        pod = (field(1, "p") + field(2, start.get("pod", "")) +
               field(4, start.get("namespace", "")) +
               entries(6, start.get("pod_annotations", {})))
        if start.get("rpc"):
            body, took = p.call("StartContainer", field(1, pod) +
                                field(2, container(start)))
        else:
            body, took = p.call("StateChange", field(
                1, start.get("event", 6)) + field(2, pod) +
                field(3, container(start)))
        print("answer", body.hex(), "%.3f" % took, flush=True)


main()
