#!/usr/bin/env python3
"""Builds, in one CMake preset, only the binaries that the tests of one ctest label run.

usage: tools/build_labelled.py PRESET LABEL [-DNAME=VALUE...]

A sanitizer build of everything takes minutes more than one of what is then run.
"""

import pathlib
import re
import subprocess
import sys


TEST = re.compile(r'^add_test\(\[=*\[(?P<name>.*?)\]=*\] "(?P<program>[^"]*)"', re.MULTILINE)
LABELS = re.compile(r'^set_tests_properties\(\[=*\[(?P<name>.*?)\]=*\] PROPERTIES [^\n]*?'
                    r'\bLABELS "(?P<labels>[^"]*)"', re.MULTILINE)


def targets_of(build, label):
    """The programs that tests of a label run, as targets of ninja.

    Read from the files that CMake writes for ctest: ctest itself tells no program that is not
    built yet.
    """
    targets = set()
    for path in build.rglob('CTestTestfile.cmake'):
        text = path.read_text()
        labelled = {match['name'] for match in LABELS.finditer(text)
                    if label in match['labels'].split(';')}
        for match in TEST.finditer(text):
            program = pathlib.Path(match['program'])
            if match['name'] in labelled and program.is_relative_to(build):
                targets.add(str(program.relative_to(build)))
    return sorted(targets)


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
    targets = targets_of(build, label)
    if not targets:
        print(f'no test of preset {preset} has the label {label} and a binary of ours', file=sys.stderr)
        return 1
    return subprocess.run(['ninja', '-C', str(build), '--quiet', *targets], check=False).returncode


if __name__ == '__main__':
    sys.exit(main())
