# SPDX-License-Identifier: Apache-2.0
# junit.py: checks the JUnit reports of verify.bats.
import xml.etree.ElementTree as xml
def failures(name):
    suite = xml.parse(name).getroot()
    cases = suite.findall("testcase")
    assert suite.tag == "testsuite" and int(suite.get("tests")) == len(cases)
    found = [(c.get("name"), f.get("message")) for c in cases for f in c.findall("failure")]
    assert int(suite.get("failures")) == len(found)
    return found
assert failures("j.xml") == [("x86_64 ptrace", 'EPERM, 2 times by /opt/<a>&"b')]
assert failures("l.xml") == [("fs.read_file /etc/<x>", 'denied 4 times to /opt/<a>&"b')]
assert failures("none.xml") == []
