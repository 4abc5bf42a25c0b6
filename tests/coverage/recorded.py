# SPDX-License-Identifier: Apache-2.0
"""The recorded suites of the file `suites`, and tests/mkstream as a module."""
import importlib.machinery, importlib.util, os

HERE = os.path.dirname(os.path.abspath(__file__))

def load_mkstream():
    path = os.path.join(HERE, "..", "mkstream")
    spec = importlib.util.spec_from_loader("mkstream", importlib.machinery.SourceFileLoader("mkstream", path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

def read_suites():
    """Returns {suite: {run: the numbers of its calls}}."""
    suites, calls = {}, []
    for line in open(os.path.join(HERE, "suites")):
        words = line.split()
        if words[:1] == ["suite"]:
            calls = [int(word.split("=")[1]) for word in words[2:]]
            suite = suites[words[1]] = {}
        elif words and words[0] != "#":
            bits = int(words[1], 16)
            suite[words[0]] = {nr for i, nr in enumerate(calls) if bits >> i & 1}
    return suites
