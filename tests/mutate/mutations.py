# SPDX-License-Identifier: Apache-2.0
"""Draws small mutations of C sources with a seed.

The sources are only split into tokens. In kernel style, the braces of a function
are in the first column, so that functions and statements can be found.
"""
import collections
import random
import re

TOKEN = re.compile(r'''
    (?P<comment>/\*.*?\*/|//[^\n]*)
  | (?P<directive>^[ \t]*\#(?:[^\n\\]|\\.)*)
  | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
  | (?P<number>\b(?:0[xX][0-9a-fA-F]+|[0-9]+)[uUlL]*\b)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<sign><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|[<>=!+\-*/%&|^]=|&&|\|\||[^\s\w])
''', re.X | re.S | re.M)
NUMBER_IN_DEFINE = re.compile(r'^\s*#\s*define\s+\w+\s+\(?(\d+)\)?\s*$')

SWAPS = {
    '<': ('<=', '>'), '<=': ('<', '>'), '>': ('>=', '<'), '>=': ('>', '<'),
    '==': ('!=',), '!=': ('==',), '&&': ('||',), '||': ('&&',),
    '<<': ('>>',), '>>': ('<<',), '+=': ('-=',), '-=': ('+=',),
    '|=': ('&=',), '&=': ('|=',),
}
BINARY_SWAPS = {'+': ('-',), '-': ('+',), '&': ('|',), '|': ('&',)}
KEYWORDS = {'if', 'for', 'while', 'switch', 'return', 'else', 'do', 'case',
            'default', 'goto', 'break', 'continue', 'sizeof', 'static',
            'const', 'struct', 'union', 'enum', 'typedef', 'extern'}

Token = collections.namedtuple('Token', 'kind text start end')
Mutation = collections.namedtuple(
    'Mutation', 'file line function kind start end new')


def tokens(text):
    return [Token(m.lastgroup, m.group(), m.start(), m.end())
            for m in TOKEN.finditer(text) if m.lastgroup != 'comment']


def functions(text):
    """Returns [(start, end, name, type of the result or None)]; the offsets are those
        of the body."""
    found = []
    for m in re.finditer(r'^\{\n.*?^\}$', text, re.M | re.S):
        head = re.split(r'\n\s*\n|;\s*\n|^\}|\*/', text[:m.start()],
                        flags=re.M)[-1]
        head = re.sub(r'\b(SEC|__attribute__)\s*\(.*\)', '', head)
        name = re.search(r'(\w+)\s*\(', head)
        if name:
            found.append((m.start(), m.end(), name.group(1),
                          zero_of(head[:name.start()])))
    return found


def zero_of(kind):
    """Returns a value that a function with this result type can return early."""
    if '*' in kind or 'scmp_filter_ctx' in kind:
        return 'NULL'
    if 'struct' in kind:
        return None
    if re.search(r'\bvoid\b', kind):
        return ''
    return 'false' if re.search(r'\bbool\b', kind) else '0'


def closing(toks, i):
    """Returns the index of the bracket that closes the bracket at i."""
    depth = 0
    for j in range(i, len(toks)):
        if toks[j].text in ('(', '[', '{'):
            depth += 1
        elif toks[j].text in (')', ']', '}'):
            depth -= 1
            if not depth:
                return j
    return len(toks) - 1


def statement_end(toks, i):
    depth = 0
    for j in range(i, len(toks)):
        if toks[j].text in ('(', '[', '{'):
            depth += 1
        elif toks[j].text in (')', ']', '}'):
            depth -= 1
        elif toks[j].text == ';' and not depth:
            return j
        if depth < 0:
            return None
    return None


def moved(number):
    digits = re.match(r'0[xX][0-9a-fA-F]+|\d+', number).group()
    value, rest = int(digits, 0) if not re.match(r'0\d', digits) \
        else int(digits, 8), number[len(digits):]
    form = hex if digits[:2] in ('0x', '0X') else str
    return [form(v) + rest for v in (value + 1, value - 1) if v >= 0]


class Source:
    """The mutations that are possible in a source file."""

    def __init__(self, name, text):
        self.name, self.text, self.found = name, text, []
        self.toks = tokens(text)
        self.bodies = functions(text)
        loops = self.loop_heads()
        for i, tok in enumerate(self.toks):
            body = next((b for b in self.bodies
                         if b[0] <= tok.start < b[1]), None)
            self.constant(i, body)
            if body and i not in loops:
                self.sign(i, body)
                self.condition(i, body)
                self.statement(i, body)

    def loop_heads(self):
        """Finds loop counters: with a changed sign, the loop would not end."""
        inside = set()
        for i, tok in enumerate(self.toks):
            if tok.text == 'for' and i + 1 < len(self.toks):
                end = closing(self.toks, i + 1)
                semis = [j for j in range(i, end)
                         if self.toks[j].text == ';']
                inside.update(range(semis[-1] if semis else i, end))
        return inside

    def add(self, kind, body, start, end, new):
        line = self.text.count('\n', 0, start) + 1
        self.found.append(Mutation(self.name, line,
                                   body[2] if body else '', kind,
                                   start, end, new))

    def constant(self, i, body):
        tok = self.toks[i]
        if tok.kind == 'directive':
            m = NUMBER_IN_DEFINE.match(tok.text)
            if m:
                for new in moved(m.group(1)):
                    self.add('constant', body, tok.start + m.start(1),
                             tok.start + m.end(1), new)
        elif tok.kind == 'number' and (i == 0 or
                                       self.toks[i - 1].text != '['):
            for new in moved(tok.text):
                self.add('constant', body, tok.start, tok.end, new)

    def sign(self, i, body):
        tok = self.toks[i]
        if tok.kind != 'sign':
            return
        before = self.toks[i - 1]
        binary = (before.kind in ('word', 'number') and
                  before.text not in KEYWORDS) or before.text in (')', ']')
        for new in SWAPS.get(tok.text, ()):
            self.add('operator', body, tok.start, tok.end, new)
        if binary:
            for new in BINARY_SWAPS.get(tok.text, ()):
                self.add('operator', body, tok.start, tok.end, new)
        if tok.text == '!':
            self.add('not', body, tok.start, tok.end, '')

    def condition(self, i, body):
        if self.toks[i].text != 'if' or self.toks[i + 1].text != '(':
            return
        first, last = self.toks[i + 1], self.toks[closing(self.toks, i + 1)]
        inner = self.text[first.start:last.end]
        self.add('negated', body, first.start, last.end, '(!%s)' % inner)

    def is_label(self, i):
        """Returns whether the colon follows a label; otherwise it is part of
                `a ? b : c`."""
        line = self.text[:self.toks[i].start].rsplit('\n', 1)[-1]
        return re.match(r'\t*(case\b|default$)|\w+$', line)

    def statement(self, i, body):
        tok, before = self.toks[i], self.toks[i - 1].text
        if before not in (';', '{', '}', ')', 'else') and not (
                before == ':' and self.is_label(i - 1)):
            return
        end = statement_end(self.toks, i)
        if end is None or self.toks[end].end > body[1]:
            return
        text = self.text[tok.start:self.toks[end].end]
        if tok.text in ('break', 'goto', 'continue'):
            new = 'break;' if tok.text == 'continue' else ';'
            self.add(tok.text, body, tok.start, self.toks[end].end, new)
        elif tok.text == 'return' and body[3]:
            inner = text[len('return'):-1].strip()
            if inner != body[3]:
                self.add('result', body, tok.start, self.toks[end].end,
                         'return %s;' % body[3])
            if body[3] == 'false':
                self.add('result', body, tok.start, self.toks[end].end,
                         'return !(%s);' % inner)
        elif tok.kind == 'word' and tok.text not in KEYWORDS:
            follows = self.toks[i + 1].text
            if follows == '(' and 'free' in tok.text:
                return      # the sanitizers find memory that is not freed
            if follows in ('(', '->', '.', '[', '=', '+=', '-=', '|=',
                           '&=', '++', '--'):
                kind = 'call' if follows == '(' else 'assignment'
                self.add(kind, body, tok.start, self.toks[end].end, ';')
                if before in (';', '}') and body[3] is not None:
                    self.add('early', body, tok.start, tok.start,
                             'return %s; ' % body[3])


def draw(files, half, seed, count):
    """Draws the mutations 1 to count; those with odd numbers are in files that `half`
        selects.

        `files` is {name: text}. First a line that can be changed is drawn, then a kind of
        change, and then the mutation, so that tables of numbers are not drawn too often.
        """
    lines = ({}, {})
    for name in sorted(files):
        for m in Source(name, files[name]).found:
            lines[bool(half(name))].setdefault((name, m.line), []).append(m)
    drawn, seen = [], set()
    keys = [sorted(part) for part in lines]
    for number in range(1, count + 1):
        dice = random.Random('%s:%d' % (seed, number))
        part = number % 2
        if not keys[part]:
            part = 1 - part
        while True:
            there = lines[part][dice.choice(keys[part])]
            kind = dice.choice(sorted({m.kind for m in there}))
            one = dice.choice([m for m in there if m.kind == kind])
            if one not in seen:
                break
        seen.add(one)
        drawn.append(one)
    return drawn


def apply(text, mutation):
    return text[:mutation.start] + mutation.new + text[mutation.end:]
