#!/usr/bin/env python3
"""Looks for what must not be in the tree: paths of one machine, hosts of package registries.

usage: tools/check_tree.py [ROOT]

A path below somebody's home works on one machine only; a registry's host in a lock file or script
sends everyone to it, mirrors or not. Where registries are is the business of each machine's
own apt, npm and pip settings.
"""

import pathlib
import re
import subprocess
import sys

# Written in pieces, as this file is in the tree too.
HOMES = ['/' + 'work', '/' + 'root', '/' + 'farm', '/' + 'Users/[a-z]', '/' + 'home/[a-z]']
HOSTS = ['registry.' + 'npmjs', 'registry.' + 'yarnpkg', 'deb.' + 'debian.org', 'snapshot.' + 'debian',
         'files.' + 'pythonhosted', 'pypi' + '.org', 'proxy.' + 'golang', 'repo1.' + 'maven',
         'static.' + 'crates.io', 'index.' + 'crates.io']
RULES = [
    (re.compile(r'(?<![\w.~$}/-])(?:' + '|'.join(HOMES) + r')(?:/|\b(?=["\s\']))'), 'a path of one machine'),
    (re.compile('|'.join(re.escape(host) for host in HOSTS)), "a package registry's host"),
    (re.compile(r'^\s*"resolved": "https?:', re.MULTILINE),
     'a download address in a lock file (npm config set omit-lockfile-registry-resolved true)'),
]
PRIVATE_KEY = re.compile('-----BEGIN [A-Z ]*PRIVATE ' + 'KEY-----')
MOST_BYTES = 1 << 20  # Of one file: pictures for the README fit, builds and data sets do not.


def tracked_files(root):
    names = subprocess.run(['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
                           cwd=root, stdout=subprocess.PIPE, check=True).stdout
    return [root / name.decode() for name in names.split(b'\0') if name]


def faults_of(root, path):
    where = path.relative_to(root)
    if not path.is_file():
        return
    size = path.stat().st_size
    if size > MOST_BYTES:
        yield f'{where}: {size} bytes, more than {MOST_BYTES}: generate it instead'
        return
    data = path.read_bytes()
    if b'\0' in data:
        return
    text = data.decode(errors='replace')
    for rule, what in RULES:
        for match in rule.finditer(text):
            line = text.count('\n', 0, match.start()) + 1
            yield f'{where}:{line}: {what}: {match[0].strip()}'
    if PRIVATE_KEY.search(text) and '/testdata/' not in f'/{where.as_posix()}':
        yield f'{where}: a private key'


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1]).resolve()
    files = tracked_files(root)
    faults = [fault for path in files for fault in faults_of(root, path)]
    for fault in faults:
        print(fault)
    print(f'tree: {len(faults)} faults' if faults else f'tree: {len(files)} files, nothing of one machine')
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
