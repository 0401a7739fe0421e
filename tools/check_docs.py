#!/usr/bin/env python3
"""Holds the documents to the tree: what they name is there, what must be named is named.

usage: tools/check_docs.py [ROOT]

Relative links in Markdown lead somewhere; README.md names the two commands; ARCHITECTURE.md names
each directory of src/ that has code; `make X` in a document is a target of the Makefile.
"""

import pathlib
import re
import subprocess
import sys

LINK = re.compile(r'\]\(([^)\s#]+)(?:#[^)]*)?\)')
MAKE = re.compile(r'`make ([a-z]+)')
FENCE = re.compile(r'^```.*?^```', re.MULTILINE | re.DOTALL)


def documents(root):
    names = subprocess.run(['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard',
                            '--', '*.md'], cwd=root, stdout=subprocess.PIPE, check=True).stdout
    return [root / name.decode() for name in names.split(b'\0') if name]


def faults_of_document(root, path, targets):
    where = path.relative_to(root)
    text = path.read_text(errors='replace')
    for match in LINK.finditer(FENCE.sub('', text)):
        target = match[1]
        if re.match(r'[a-z]+:', target):
            continue
        if not (path.parent / target).exists():
            yield f'{where}: the link to {target} leads nowhere'
    for name in sorted(set(MAKE.findall(text)) - targets):
        yield f'{where}: `make {name}` is no target of the Makefile'


def check(root):
    targets = set(re.findall(r'^([a-z-]+):', (root / 'Makefile').read_text(), re.MULTILINE))
    faults = []
    for path in documents(root):
        faults += faults_of_document(root, path, targets)
    must_name = [('README.md', ['make demo', 'make test'])]
    directories = sorted({p.parent.name for p in (root / 'src').glob('*/*.cc')})
    must_name.append(('ARCHITECTURE.md', [f'{name}/' for name in directories]))
    for document, names in must_name:
        if not (root / document).exists():
            faults.append(f'{document} is missing')
            continue
        text = (root / document).read_text()
        faults += [f'{document} does not name {name}' for name in names if name not in text]
    return faults


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1]).resolve()
    faults = check(root)
    for fault in faults:
        print(fault)
    print(f'docs: {len(faults)} faults' if faults else 'docs: what they name is there')
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
