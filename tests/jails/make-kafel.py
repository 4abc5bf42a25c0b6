#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: make-kafel.py DIR N — writes N random policies of Kafel into DIR, which
follow its documented grammar. Beside each policy is a filter, N.raw, that gives
the documented answers: the first rule that applies decides. (Kafel itself is not
packaged.)"""
import pathlib, random, struct, sys

where, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
where.mkdir(parents=True, exist_ok=True)
# Each line has Kafel's name, the number on x86-64, and the arguments. An
# argument with * has 64 bits.
CALLS = {name: (int(nr), args) for name, nr, *args in (line.split() for line in """\
read 0 fd buf* count*
write 1 fd buf* count*
newfstat 5 fd statbuf*
mmap 9 addr* len* prot* flags* fd* off*
mprotect 10 start* len* prot*
ioctl 16 fd cmd arg*
madvise 28 start* len_in* behavior
socket 41 family type protocol
clone 56 clone_flags* newsp* parent_tidptr* child_tidptr* tls*
fcntl 72 fd cmd arg*
newuname 63 name*
chmod 90 filename* mode
personality 135 personality
prctl 157 option arg2* arg3* arg4* arg5*
umount 166 name* flags
getpid 39
exit_group 231 error_code
openat 257 dfd filename* flags mode
unshare 272 unshare_flags*
prlimit64 302 pid resource new_rlim* old_rlim*
""".splitlines())}
ACTIONS = {"ALLOW": 0x7fff0000, "LOG": 0x7ffc0000, "KILL": 0, "DENY": 0, "KILL_THREAD": 0,
           "KILL_PROCESS": 0x80000000, "USER_NOTIF": 0x7fc00000, "ERRNO(1)": 0x50001,
           "ERRNO(1337)": 0x50539, "TRAP(7)": 0x30007, "TRACE(0x10)": 0x7ff00010}
CONSTANTS = {"ZERO": 0, "SOME": 0o1777, "WIDE": 0x1ffffffff, "TOP": 2 ** 64 - 1, "MYCALL": 435}
ALL, LOW = 2 ** 64 - 1, 2 ** 32 - 1

def within(chance, text, level, least):
    """Adds parentheses if the precedence requires them, and otherwise in half of
        the cases."""
    return f"({text})" if level < least or chance.random() < 0.5 else text

# A value is a number, an argument, or two values joined by & or |.

class Value:
    def __init__(self, text, number=None, arg=None, wide=False, op=None, left=None, right=None):
        self.text, self.number, self.arg, self.op = text, number, arg, op
        self.left, self.right = left, right
        self.level = {"&": 2, "|": 1}.get(op, 3)
        self.wide = wide if number is None else number > LOW

    def folded(self):
        """Simplifies the value as Kafel does before it looks for 64-bit parts: joins
                numbers, and removes operands without effect and operations that
                are always 0."""
        if not self.op:
            return self
        a, b = self.left.folded(), self.right.folded()
        if a.number is not None and b.number is not None:
            return Value("", a.number & b.number if self.op == "&" else a.number | b.number)
        if a.number is not None:
            a, b = b, a
        if b.number is not None:
            neutral, absorbing = (ALL, 0) if self.op == "&" else (0, ALL)
            if b.number == neutral:
                return a
            if b.number == absorbing:
                return Value("", absorbing)
        return Value("", op=self.op, left=a, right=b, wide=a.wide or b.wide)

def number(chance):
    if chance.random() < 0.2:
        name = chance.choice(list(CONSTANTS))
        return Value(name, CONSTANTS[name])
    n = chance.choice([0, 1, 2, 3, 7, 8, 64, 0x5401, 0x7fffffff, 0x80000000, LOW, 0x100000000,
                       0x1ffffffff, 2 ** 63, ALL, chance.getrandbits(20), chance.getrandbits(48)])
    text = chance.choice([str(n), hex(n), "0%o" % n if n else "0", "0b" + bin(n)[2:]])
    if n > 2 ** 63 and chance.random() < 0.5:
        text = str(n - 2 ** 64)
    return Value(text, n)

def value(chance, args, depth=0):
    """Returns a random value, which has at most one argument."""
    if depth < 2 and chance.random() < 0.4:
        left, right = value(chance, args, depth + 1), number(chance)
        if chance.random() < 0.3:
            left, right = right, left
        op = chance.choice("&&&|")
        level = 2 if op == "&" else 1
        text = (within(chance, left.text, left.level, level) + f" {op} " +
                within(chance, right.text, right.level, level + 1))
        return Value(text, op=op, left=left, right=right)
    i = chance.randrange(len(args))
    return Value(args[i][0], arg=i, wide=args[i][1])

# A condition is (text, tree, level). The tree is ("and", a, b), ("or", a, b),
# ("not", a) or (op, value, number). The level is its precedence; a comma has
# the lowest.

def comparison(chance, args):
    op = chance.choice(["==", "==", "!=", "<", "<=", ">", ">="])
    left, right = value(chance, args), number(chance)
    if chance.random() < 0.2:
        left, right = right, left
    return f"{left.text} {op} {right.text}", (op, left, right), 3

def condition(chance, args, depth=0):
    kind = chance.random()
    if depth > 2 or kind < 0.4:
        return comparison(chance, args)
    if kind < 0.5:
        text, tree, level = condition(chance, args, depth + 1)
        return "!" + within(chance, text, level, 3), ("not", tree), 3
    if kind < 0.6:      # these test two bits of one argument
        name, wide = args[i := chance.randrange(len(args))]
        parts = []
        for _ in "ab":
            bit = 1 << chance.randrange(4)
            left = Value(f"({name} & {bit})", op="&", left=Value(name, arg=i, wide=wide),
                         right=Value("", bit))
            right = Value("", chance.choice([0, bit]))
            parts.append((f"{left.text} == {right.number}", ("==", left, right)))
        return f"{parts[0][0]} && {parts[1][0]}", ("and", parts[0][1], parts[1][1]), 2
    (a, x, left), (b, y, right) = (condition(chance, args, depth + 1) for _ in "ab")
    sign, level = (" && ", 2) if kind < 0.75 else chance.choice([(" || ", 1), (", ", 0)])
    text = within(chance, a, left, level) + sign + within(chance, b, right, level)
    return text, ("and" if level == 2 else "or", x, y), level

# The filter: each comparison jumps to one of two labels.

class Program:
    def __init__(self):
        self.code, self.labels, self.fixes = [], {}, []

    def emit(self, code, k=0, jt=0, jf=0):
        self.code.append([code, jt, jf, k])

    def label(self):
        self.labels[len(self.labels)] = None
        return len(self.labels) - 1

    def place(self, label):
        self.labels[label] = len(self.code)

    def go(self, label):
        self.fixes.append((len(self.code), label))
        self.emit(0x05)

    def jump(self, op, k, yes, no):
        self.emit(op, k, 0, 1)
        self.go(yes)
        self.go(no)

    def load(self, v, high):
        """Loads one half of a value into the accumulator."""
        if v.number is not None:
            self.emit(0x00, v.number >> 32 if high else v.number & LOW)
        elif v.op:
            a, b = (v.left, v.right) if v.right.number is not None else (v.right, v.left)
            self.load(a, high)
            self.emit(0x54 if v.op == "&" else 0x44, b.number >> 32 if high else b.number & LOW)
        else:
            self.emit(0x20, 16 + 8 * v.arg + 4 * high)

    def compare(self, op, left, right, yes, no):
        left, right = left.folded(), right.folded()
        if left.number is not None and right.number is not None:
            self.go(yes if eval(f"{left.number} {op} {right.number}") else no)
            return
        if left.number is not None:
            left, right = right, left
            op = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(op, op)
        if op in ("!=", "<", "<="):
            yes, no = no, yes
            op = {"!=": "==", "<": ">=", "<=": ">"}[op]
        if left.wide or right.wide:
            high = right.number >> 32
            self.load(left, True)
            if op != "==":
                less = self.label()
                self.jump(0x25, high, yes, less)
                self.place(less)
            same = self.label()
            self.jump(0x15, high, same, no)
            self.place(same)
        self.load(left, False)
        self.jump({"==": 0x15, ">": 0x25, ">=": 0x35}[op], right.number & LOW, yes, no)

    def condition(self, tree, yes, no):
        if tree[0] == "not":
            self.condition(tree[1], no, yes)
        elif tree[0] in ("and", "or"):
            middle = self.label()
            self.condition(tree[1], middle if tree[0] == "and" else yes,
                           no if tree[0] == "and" else middle)
            self.place(middle)
            self.condition(tree[2], yes, no)
        else:
            self.compare(*tree, yes, no)

    def bytes(self):
        for at, label in self.fixes:
            self.code[at][3] = self.labels[label] - at - 1
        return b"".join(struct.pack("=HBBI", *line) for line in self.code)

def compile_rules(rules, default):
    """Compiles a list of (number, tree or None, action); the first rule that applies
        decides."""
    p = Program()
    p.emit(0x20, 4)
    p.emit(0x15, 0xc000003e, 1, 0)
    # The filter kills at calls of another architecture.
    p.emit(0x06, 0)
    for nr, tree, action in rules:
        mine, answer, after = p.label(), p.label(), p.label()
        p.emit(0x20, 0)
        p.jump(0x15, nr & LOW, mine, after)
        p.place(mine)
        if tree:
            p.condition(tree, answer, after)
        p.place(answer)
        p.emit(0x06, ACTIONS[action])
        p.place(after)
    p.emit(0x06, ACTIONS[default])
    return p.bytes()

def rule(chance, action):
    """Returns the text of a rule, and a list with the rule to compile, which is
        empty if the rule is for another machine."""
    name = chance.choice(list(CALLS))
    nr, args = CALLS[name]
    args = [(a.rstrip("*"), a.endswith("*")) for a in args]
    text = name
    if chance.random() < 0.15:
        nr = chance.choice([332, 435, 451])
        text, args = ("MYCALL", []) if nr == 435 else (f"SYSCALL[{nr}]", [])
    if chance.random() < 0.25:
        args = [(a, True) for a in "abcdef"[:chance.randrange(1, 7)]]
        text += "(" + ", ".join(a for a, _ in args) + ")"
    guard = chance.choice([None] * 8 + ["x86_64", "{ arm, x86_64 }", "aarch64", "{ arm, mips64 }"])
    if guard:
        text += f" ON {guard}"
    tree = None
    if args and chance.random() < 0.6:
        inner, tree, _ = condition(chance, args)
        text += " { %s }" % inner
    elif chance.random() < 0.1:
        text += " {}"
    return text, [(nr, tree, action)] if not guard or "x86_64" in guard else []

def block(chance):
    action = chance.choice(["ALLOW"] * 6 + list(ACTIONS))
    made = [rule(chance, action) for _ in range(chance.randrange(0, 7))]
    return action + " { " + ",\n    ".join(t for t, _ in made) + " }", [r for _, rs in made for r in rs]

def statements(chance, policies):
    """Returns statements and their rules, which use each earlier policy at most
        once."""
    texts, parts = [], []
    for _ in range(chance.randrange(1, 4)):
        if policies and chance.random() < 0.4:
            name = chance.choice(list(policies))
            texts.append(f"USE {name}")
            parts.append(name)
        else:
            text, rules = block(chance)
            texts.append(text)
            parts.append(rules)
    return ",\n  ".join(texts), parts

def flat(parts, policies):
    return [r for part in parts
            for r in (flat(policies[part], policies) if isinstance(part, str) else part)]

def policy(chance, i):
    lines = [f"// policy {i}", "/* with *** stars and\n   lines */"]
    lines += [f"#define {name} {n}" for name, n in CONSTANTS.items()]
    policies, top = {}, []
    if i % 4 == 0:
        text, parts = statements(chance, {})
        (where / f"{i}.inc").write_text("POLICY included {\n  %s\n}\n" % text)
        policies["included"] = parts
        lines.append(f'#include "{i}.inc"')
    for name in "abc"[:chance.randrange(1, 4)]:
        text, parts = statements(chance, policies)
        lines.append("POLICY %s {\n  %s\n}" % (name, text))
        policies[name] = parts
    if chance.random() < 0.3:
        text, top = statements(chance, policies)
        lines.append(text)
    lines.append("USE " + name)
    top = top + [name]
    default = chance.choice(["KILL", "ALLOW", "ERRNO(1)", "KILL_PROCESS", "LOG"])
    lines.append(f"DEFAULT {default}")
    (where / f"{i}.policy").write_text("\n".join(lines) + "\n")
    (where / f"{i}.raw").write_bytes(compile_rules(flat(top, policies), default))

for i in range(count):
    policy(random.Random(i), i)
