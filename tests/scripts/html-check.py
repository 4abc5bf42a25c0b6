#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that a page of sp-emit --html is well-formed, needs no other file and is inert.

  html-check.py PAGE           prints each fault; exits with 1 if there is one
  html-check.py --text PAGE    prints the page's text
"""
import base64, hashlib, html.parser, sys

VOID = {"meta", "input", "br", "rect", "path"}
TAGS = VOID | {"html", "head", "title", "style", "body", "a", "header", "main", "h1", "h2", "h3",
               "section", "nav", "dl", "dt", "dd", "p", "span", "ul", "ol", "li", "strong", "code", "details", "summary",
               "table", "caption", "thead", "tbody", "tr", "th", "td", "label", "div", "svg",
               "text", "footer", "script"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.wrong, self.text, self.ids = [], [], [], []
        self.named, self.script, self.style, self.policy, self.scripts = [], "", "", "", 0

    def bad(self, what):
        self.wrong.append(f"line {self.getpos()[0]}: {what}")

    def handle_starttag(self, tag, attrs):
        if tag not in TAGS:
            self.bad(f"a tag <{tag}>")
        if len({name for name, _ in attrs}) < len(attrs):
            self.bad("an attribute twice")
        for name, value in attrs:
            if name.startswith("on") or name in ("src", "action") or \
                    (name == "href" and not value.startswith("#")):
                self.bad(f"an attribute {name}={value}")
        attrs = dict(attrs)
        self.ids += [attrs["id"]] if "id" in attrs else []
        self.named += [attrs[a] for a in ("aria-labelledby",) if a in attrs]
        if attrs.get("http-equiv") == "Content-Security-Policy":
            self.policy = attrs["content"]
        self.scripts += tag == "script"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.bad(f"</{tag}> ends another element")

    def handle_comment(self, data):
        self.bad("a comment")

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.script += data
        elif self.open and self.open[-1] == "style":
            self.style += data
        else:
            self.text.append(data)


def main():
    with open(sys.argv[-1], encoding="utf-8") as file:
        source = file.read()
    page = Page()
    page.feed(source)
    page.close()
    if sys.argv[1] == "--text":
        print("".join(page.text))
        return 0
    digest = base64.b64encode(hashlib.sha256(page.script.encode()).digest()).decode()
    checks = [
        (not page.open, f"open at the end: {page.open}"),
        (len(set(page.ids)) == len(page.ids), "an id twice"),
        (set(page.named) <= set(page.ids), "a name that no element has"),
        (page.scripts == 1, f"{page.scripts} scripts"),
        (f"script-src 'sha256-{digest}'" in page.policy, f"the hash of the script is sha256-{digest}"),
        (page.policy.startswith("default-src 'none';"), "no policy"),
        ("url(" not in page.style and "@import" not in page.style, "a style from elsewhere"),
    ]
    for wrong in page.wrong + [text for ok, text in checks if not ok]:
        print(wrong)
    return bool(page.wrong or not all(ok for ok, _ in checks))


sys.exit(main())
