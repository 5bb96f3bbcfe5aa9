# SPDX-License-Identifier: Apache-2.0
"""Runs the built program in an empty folder of its own."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

OSTEON = os.path.abspath(sys.argv[1])


class CliTest(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory(prefix="osteon-cli-")
        self.folder = pathlib.Path(self._folder.name)

    def tearDown(self):
        self._folder.cleanup()

    def osteon(self, *arguments, code=0, environment=None):
        """Runs a command, checks its exit code, returns the completed process."""
        done = subprocess.run([OSTEON, *map(str, arguments)], cwd=self.folder, text=True, capture_output=True,
                              env={**os.environ, **(environment or {})}, timeout=200)
        self.assertEqual(done.returncode, code, f"osteon {arguments}\n{done.stdout}\n{done.stderr}")
        return done

    def fails(self, code, says, *arguments):
        """The command fails with `code`, its message contains every text of `says`, and nothing new is left behind."""
        before = sorted(p.name for p in self.folder.iterdir())
        done = self.osteon(*arguments, code=code)
        for text in [says] if isinstance(says, str) else says:
            self.assertIn(text, done.stderr)
        self.assertEqual(before, sorted(p.name for p in self.folder.iterdir()))
        return done

    def block(self, name="block.mha", size=4):
        self.osteon("generate", "block", "-o", name, "--size", size)
        return name

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return name

    def summary(self, run):
        return json.loads((self.folder / run / "summary.json").read_text())


def write_npy(path, shape_zyx, values):
    """A uint8 .npy file without NumPy."""
    header = str({"descr": "|u1", "fortran_order": False, "shape": tuple(shape_zyx)}).encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(values))


def main():
    unittest.main(argv=sys.argv[:1])
