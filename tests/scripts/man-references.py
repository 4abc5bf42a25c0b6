# SPDX-License-Identifier: Apache-2.0
"""usage: man-references.py PAGE...
Prints each reference in these manuals to a missing section, or to a missing page of
sandprint. The exit status is 1 if there is one."""
import os
import re
import sys


def sections(text):
    return set(re.findall(r"^\.S[hs] (.*)$", text, re.M))


def references(text):
    """Yields (section or None, page or None) for each reference."""
    name = r"\.?Xr ([a-z-]+) (\d)"
    text = re.sub(r"^\.\\\".*$", "", text, flags=re.M)
    sx = re.compile(r"Sx (.+?)(?:(?: No in |\nin\n)" + name + r")?[ .,;:)]*$", re.M)
    for m in sx.finditer(text):
        yield m[1], m[2] and f"{m[2]}.{m[3]}"
    for m in re.finditer(r"Xr ((?:sp-|sandprint)[a-z-]*) (\d)", text):
        yield None, f"{m[1]}.{m[2]}"


def main(paths):
    pages = {}
    for path in paths:
        with open(path, encoding="utf-8") as file:
            pages[os.path.basename(path)] = file.read()
    bad = 0
    for name, text in pages.items():
        for section, page in references(text):
            page = page or name
            if page not in pages:
                print(f"{name}: no page {page}")
            elif section and section not in sections(pages[page]):
                print(f"{name}: no section {section!r} in {page}")
            else:
                continue
            bad = 1
    return bad


sys.exit(main(sys.argv[1:]))
