#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: cri.py SOCKET NAME ANNOTATIONS SECONDS COMMAND...

What the kubelet asks of a runtime: a pod in the host's network with one
container, whose command runs for some seconds, while an exec runs in it.
Prints the answers' times.
"""
import json
import sys
import time

import grpc


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


def first_text(message):
    """The first field of an answer, an id."""
    return message[2:2 + message[1]].decode()


def main():
    sock, name, annotations, seconds, *command = sys.argv[1:]
    channel = grpc.insecure_channel("unix://" + sock)

    def call(method, request):
        start = time.time()
        answer = channel.unary_unary("/runtime.v1.RuntimeService/" + method)(
            request, timeout=60)
        print(method, "%.3f" % (time.time() - start), flush=True)
        return answer

    network = field(1, 2)
    pod = (field(1, field(1, "pod-" + name) + field(2, "uid-" + name) +
                 field(3, "default")) +
           field(3, "/tmp/logs-" + name) +
           b"".join(field(7, field(1, k) + field(2, v))
                    for k, v in json.loads(annotations).items()) +
           field(8, field(1, "/kubepods/pod-" + name) +
                 field(2, field(1, network))))
    pod_id = first_text(call("RunPodSandbox", field(1, pod)))
    container = (field(1, field(1, name)) + field(2, field(1, "localhost/bb:1")) +
                 b"".join(field(3, c) for c in command) +
                 field(11, name + ".log") +
                 field(15, field(2, field(3, network))))
    cid = first_text(call("CreateContainer", field(1, pod_id) +
                          field(2, container) + field(3, pod)))
    call("StartContainer", field(1, cid))
    call("ExecSync", field(1, cid) + field(2, "/bin/busybox") +
         field(2, "id") + field(3, 20))
    time.sleep(float(seconds))
    call("StopContainer", field(1, cid) + field(2, 5))
    call("RemoveContainer", field(1, cid))
    call("StopPodSandbox", field(1, pod_id))
    call("RemovePodSandbox", field(1, pod_id))


main()
