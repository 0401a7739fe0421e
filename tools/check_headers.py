#!/usr/bin/env python3
"""Compiles every header on its own, so that none works only after another one.

usage: tools/check_headers.py [ROOT] [--compiler CXX]

A header that is the first #include of its own .cc was compiled alone by the build already. Each of
the others gets a file of one line, compiled through ccache where it is there: only what changed
costs time. The compiler is clang++ where it is there, as the build itself is GCC's.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

FIRST_INCLUDE = re.compile(r'^#include ["<]([^">]+)[">]', re.MULTILINE)
FLAGS = ['-std=c++20', '-O0', '-Wall', '-Wextra', '-Werror', '-Wno-missing-field-initializers', '-c']


def first_include(path):
    match = FIRST_INCLUDE.search(path.read_text(errors='replace')) if path.exists() else None
    return match[1] if match else None


def built_alone(root, base, header):
    """Does a source that the build compiles include this header before anything else?"""
    places = [base / header.parent, root / 'client/src']
    return any(first_include(place / f'{header.stem}{ending}') == header.as_posix()
               for place in places for ending in ('.cc', '_test.cc'))


def headers_below(root):
    """(base directory, include directories, path as a source would write it) of each header."""
    src, include = root / 'src', root / 'client/include'
    private, demo = root / 'client/src', root / 'demo'
    for base, seen in ((src, [src, include]), (include, [include]),
                       (private, [private, root / 'client', include]), (demo, [demo, root, include])):
        for path in sorted(base.rglob('*.h')) if base.is_dir() else []:
            yield base, seen, path.relative_to(base)


def compile_alone(compiler, root, scratch, include_dirs, header):
    """What the compiler says of one header, empty when it is content."""
    unit = scratch / (str(include_dirs[0].relative_to(root) / header).replace('/', '__') + '.cc')
    unit.write_text(f'#include "{header}"\n')
    includes = [f'-I{directory}' for directory in include_dirs]
    environment = dict(os.environ, CCACHE_BASEDIR=str(root), CCACHE_NOHASHDIR='1')
    done = subprocess.run([*compiler, *FLAGS, *includes, str(unit), '-o', str(unit) + '.o'],
                          cwd=root, env=environment, text=True, errors='replace',
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.stdout if done.returncode else ''


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('root', nargs='?', default=pathlib.Path(__file__).parents[1], type=pathlib.Path)
    parser.add_argument('--compiler', default=shutil.which('clang++') or 'c++')
    arguments = parser.parse_args()
    root = arguments.root.resolve()
    compiler = [arguments.compiler]
    if shutil.which('ccache'):
        compiler.insert(0, 'ccache')
    every = list(headers_below(root))
    once = [f'{header}: no #pragma once' for base, _, header in every
            if '#pragma once' not in (base / header).read_text(errors='replace')]
    print(''.join(fault + '\n' for fault in once), end='')
    headers = [(seen, header) for base, seen, header in every if not built_alone(root, base, header)]
    build = root / 'build'
    build.mkdir(exist_ok=True)
    failed = len(once)
    # A fixed folder would be overwritten by a second run at the same time; ccache looks at contents.
    with tempfile.TemporaryDirectory(dir=build, prefix='headers-') as scratch, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        said = pool.map(lambda job: compile_alone(compiler, root, pathlib.Path(scratch), *job), headers)
        for (_, header), text in zip(headers, said):
            if text:
                failed += 1
                print(f'{header} does not compile on its own:\n{text}')
    print(f'headers: {failed} faults' if failed else
          f'headers: {len(every)} compile on their own, {len(headers)} of them tried here')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
