#!/usr/bin/env python3
"""Runs the client library's JudgesTest with a Python that has the judges' packages.

usage: client/judges.py CLIENT_TEST

The packages are those of test/interop, installed once below build/interop.
"""

import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'test/interop'))
import installed  # noqa: E402 (found by the line above)

NO_JUDGE = 'SKIPPED'


def main():
    done = subprocess.run([sys.argv[1], '--gtest_filter=JudgesTest.*'], check=False, text=True,
                          stdout=subprocess.PIPE,
                          env={**os.environ, 'GLINT_TEST_PYTHON': str(installed.flask_python())})
    print(done.stdout)
    if NO_JUDGE in done.stdout:
        print('a judge is missing: all of them belong to the test setup')
        return 1
    return done.returncode


if __name__ == '__main__':
    sys.exit(main())
