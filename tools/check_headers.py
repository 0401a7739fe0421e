#!/usr/bin/env python3
"""Compiles every header on its own, so that none works only after another one.

usage: tools/check_headers.py [ROOT] [--compiler CXX]

Each header gets a file of one line that includes it twice (a missing #pragma once shows too),
compiled through ccache where it is there: only what changed costs time. The compiler is clang++
where it is there, as the build itself is GCC's.
"""

import argparse
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

FLAGS = ['-std=c++20', '-O0', '-Wall', '-Wextra', '-Werror', '-Wno-missing-field-initializers', '-c']


def headers_below(root):
    """(include directories, path as a source would write it) of each header."""
    src, include = root / 'src', root / 'client/include'
    private, demo = root / 'client/src', root / 'demo'
    for base, seen in ((src, [src, include]), (include, [include]),
                       (private, [private, root / 'client', include]), (demo, [demo, root, include])):
        for path in sorted(base.rglob('*.h')) if base.is_dir() else []:
            yield seen, path.relative_to(base)


def compile_alone(compiler, root, scratch, include_dirs, header):
    """What the compiler says of one header, empty when it is content."""
    unit = scratch / (str(include_dirs[0].relative_to(root) / header).replace('/', '__') + '.cc')
    unit.write_text(f'#include "{header}"\n#include "{header}"\n')
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
    headers = list(headers_below(root))
    build = root / 'build'
    build.mkdir(exist_ok=True)
    failed = 0
    # A fixed folder would be overwritten by a second run at the same time; ccache looks at contents.
    with tempfile.TemporaryDirectory(dir=build, prefix='headers-') as scratch, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        said = pool.map(lambda job: compile_alone(compiler, root, pathlib.Path(scratch), *job), headers)
        for (_, header), text in zip(headers, said):
            if text:
                failed += 1
                print(f'{header} does not compile on its own:\n{text}')
    print(f'headers: {failed} of {len(headers)} do not compile on their own' if failed
          else f'headers: each of {len(headers)} compiles on its own')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
