#!/usr/bin/env python3
"""Builds, in one CMake preset, only the binaries that the tests of one ctest label run.

usage: tools/build_labelled.py PRESET LABEL [-DNAME=VALUE...]

A sanitizer build of everything takes minutes more than one of what is then run.
"""

import json
import os
import pathlib
import subprocess
import sys


def main():
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    preset, label, options = sys.argv[1], sys.argv[2], sys.argv[3:]
    root = pathlib.Path(__file__).resolve().parents[1]
    build = root / 'build' / preset
    if subprocess.run(['cmake', '--preset', preset, *options], cwd=root,
                      stdout=subprocess.DEVNULL, check=False).returncode:
        return 1
    listing = json.loads(subprocess.run(
        ['ctest', '--test-dir', str(build), '-L', f'^{label}$', '--show-only=json-v1'],
        stdout=subprocess.PIPE, check=True).stdout)
    # Before the first build a test whose binary is missing is listed with its command all the same.
    targets = sorted({os.path.relpath(test['command'][0], build) for test in listing['tests']
                      if pathlib.Path(test['command'][0]).is_relative_to(build)})
    if not targets:
        print(f'no test of preset {preset} has the label {label} and a binary of ours', file=sys.stderr)
        return 1
    return subprocess.run(['ninja', '-C', str(build), '--quiet', *targets], check=False).returncode


if __name__ == '__main__':
    sys.exit(main())
