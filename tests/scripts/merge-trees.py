# SPDX-License-Identifier: Apache-2.0
# merge-trees.py MKSTREAM: makes random streams with few runs, so that many
# facts occur twice. Merging them in random trees must write the same bytes as
# merging one by one.
import random, subprocess, sys
mk = sys.argv[1]
rnd = random.Random(7)
def stream(n):
    runs = rnd.sample(range(9), rnd.randint(1, 4))
    text = "".join(f"run {i} name{rnd.randint(0, 1)} lost.{rnd.choice(['call', 'new'])}="
                   f"{rnd.randint(0, 3)} complete={rnd.choice(['yes', 'no'])} "
                   f"status={rnd.choice(['nil', '-9', '0', '200'])} label.k={rnd.choice('ab')}\n"
                   for i in runs)
    for i in ("", "aa", "aabb", "bb"):
        text += f"image /bin/{rnd.choice('xyz')} '{i}' {runs[0]}:{rnd.randint(0, 3)}:1\n"
    for _ in range(rnd.randint(1, 12)):
        call = (rnd.choice(runs), rnd.choice([0, 1, 127, 128, 300, 70000, -1]))
        if f"call {call[0]} {call[1]} " not in text:
            text += (f"call {call[0]} {call[1]} {rnd.choice([1, 200, 2**32, 2**63])} "
                     f"first={rnd.choice([0, 5, 2**40])} flags={rnd.randint(0, 3)}\n")
    for kind, keys in (("denial", ["0 -1", "0 -4095", "0 9", "-1 31"]),
                       ("operation", ["0", "18", "255"]),
                       ("argument", ["41 '0:0xff:2 1:15:1'", "41 ''",
                                     f"41 0:{2**64 - 1}:{2**63}", "-1 5:1:0"]),
                       ("path", ["1 0 /a", "1 -2 /a", "0x8000001 0 /a%FF%0A", "1 0 b"]),
                       ("socket", ["2 1 0 01bb7f000001", "1 0 -98 ''", "1 0 0 0061"]),
                       ("privilege", ["49 10", "49 74", "-1 21", "435 256"])):
        for key in rnd.sample(keys, rnd.randint(0, 2)):
            text += (f"{kind} {rnd.choice(runs)} {key} {rnd.choice([1, 2**40])} "
                     f"first={rnd.choice([0, 5])} image=/bin/{rnd.choice('xyz')}\n")
    if rnd.random() < .3:
        text += 'record [77, {"a": [1]}]\n'
    with open(f"s{n}", "wb") as f:
        f.write(subprocess.run([mk], input=text.encode(), stdout=-1, check=True).stdout)
def merge(paths, out):
    if len(paths) > 3 or (len(paths) > 1 and rnd.random() < .5):
        at = rnd.randint(1, len(paths) - 1)
        paths = [merge(p, f"{out}{k}") for k, p in enumerate((paths[:at], paths[at:]))]
        rnd.shuffle(paths)
    with open(out, "wb") as f:
        subprocess.run(["sp-merge", *paths], stdout=f, check=True)
    return out
for _ in range(8):
    for n in range(7):
        stream(n)
    paths = [f"s{n}" for n in range(7)]
    expected = subprocess.run([mk, "--fold", *paths], stdout=-1, check=True).stdout
    for _ in range(6):
        rnd.shuffle(paths)
        got = open(merge(paths, "t"), "rb").read()
        if got != expected:
            sys.exit(f"differs: {paths}")
