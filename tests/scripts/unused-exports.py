#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: unused-exports.py FILE… — prints the functions that a header declares, but that only
one source file uses. FILEs are the C files of the tree, with those of the tests."""
import re
import sys
from collections import defaultdict
from pathlib import Path

DECLARATION = re.compile(r"^(?!typedef)[a-z][\w ]*[ *]+(\w+)\(", re.M)
COMMENT = re.compile(r"/\*.*?\*/", re.S)

users = defaultdict(set)
headers = {}
for file in map(Path, sys.argv[1:]):
    code = COMMENT.sub("", file.read_text())
    for word in re.findall(r"\w+", code):
        users[word].add(file)
    if file.suffix == ".h":
        headers[file] = code
for header, code in sorted(headers.items()):
    for name in DECLARATION.findall(code):
        # A second use in the header is in a macro or an inline function.
        if len(users[name] - {header}) < 2 and len(re.findall(rf"\b{name}\b", code)) == 1:
            print(f"{header}: {name}: no other file uses it: make it static or remove it")
