#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: exec-chain.py N >STREAM — writes a run of N executables, each of which the
one before it started; the last one makes a call."""
import importlib.machinery, importlib.util, pathlib, sys

path = str(pathlib.Path(__file__).resolve().parents[1] / "mkstream")
loader = importlib.machinery.SourceFileLoader("mkstream", path)
mkstream = importlib.util.module_from_spec(importlib.util.spec_from_loader("mkstream", loader))
sys.dont_write_bytecode = True
loader.exec_module(mkstream)

once = [[0, 1, 0, 0]]
n = int(sys.argv[1])
records = [mkstream.run("1", "chain", {})]
records += [[3, f"/bin/x{i}", None, [[0, 1, 1]]] for i in range(n)]
records += [[4, n - 1, mkstream.ARCH["x86_64"], 0, once]]
records += [[13, i, 0, f"/bin/x{i - 1}", once] for i in range(1, n)]
sys.stdout.buffer.write(mkstream.segment(records))
