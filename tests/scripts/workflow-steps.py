# SPDX-License-Identifier: Apache-2.0
# workflow-steps.py FILE: writes the `run:` steps of the workflow to ./1, ./2 …,
# and their names to ./names.
import re, sys, yaml
flow = yaml.safe_load(open(sys.argv[1]))
assert set(flow) == {"name", True, "jobs"}	# "on" is a boolean of YAML 1.1
(job,) = flow["jobs"].values()
assert job["runs-on"] == "ubuntu-24.04"
known = {"name", "env", "if", "run", "uses", "with"}
for step in job["steps"]:
    assert set(step) <= known and ("run" in step) != ("uses" in step)
    assert re.fullmatch(r"actions/[a-z-]+@v\d+", step.get("uses", "actions/x@v1"))
runs = [s for s in job["steps"] if "make install" not in s.get("run", "make install")]
for n, step in enumerate(runs, 1):
    open(str(n), "w").write(step["run"])
open("names", "w").write("".join(s["name"] + "\n" for s in runs))
