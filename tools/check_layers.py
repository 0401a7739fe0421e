#!/usr/bin/env python3
"""Holds every #include to the layers of src/LAYERS, and the DEPS lines to the #includes.

usage: tools/check_layers.py [ROOT]

A file in src/ sees its own directory, directories with a lower number, and client/'s public
headers (glint/...). client/ and demo/ see nothing of src/. The DEPS of a directory's
glint_module() name exactly the directories that its sources include; what only its tests,
benchmarks and fuzzers include may stand in TEST_DEPS instead.
"""

import pathlib
import re
import sys

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.MULTILINE)
MODULE = re.compile(r'glint_module\(([^)]*)\)')
KEYWORDS = ('DEPS', 'LIBS', 'TEST_DEPS', 'TEST_LIBS')
SOURCES = ('.h', '.cc')
TEST_ONLY = re.compile(r'_(test|bench|fuzz)\.cc$|/testing/')


def read_layers(path):
    """The number of each directory, from lines of `name number`."""
    layers = {}
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        words = line.split('#')[0].split()
        if not words:
            continue
        if len(words) != 2 or not words[1].isdigit():
            raise ValueError(f'{path}:{number}: want "directory number", got "{line}"')
        if words[0] in layers:
            raise ValueError(f'{path}:{number}: {words[0]} has a line already')
        layers[words[0]] = int(words[1])
    return layers


def includes_of(path):
    """(line, bracket, target) of each #include in a file."""
    text = path.read_text(errors='replace')
    for match in INCLUDE.finditer(text):
        yield text.count('\n', 0, match.start()) + 1, match[1], match[2]


def sources_below(folder):
    return sorted(p for p in folder.rglob('*') if p.suffix in SOURCES and p.is_file())


def read_module(path):
    """The arguments of glint_module() in a CMakeLists.txt by keyword, None where there is none."""
    text = re.sub(r'#[^\n]*', '', path.read_text()) if path.exists() else ''
    match = MODULE.search(text)
    if not match:
        return None
    words = match[1].split()
    module = {keyword: [] for keyword in KEYWORDS}
    module['name'] = words[0]
    keyword = None
    for word in words[1:]:
        if word in KEYWORDS:
            keyword = word
        elif keyword:
            module[keyword].append(word)
    return module


def check_directory(root, folder, layers, faults):
    """One directory of src/: what its files include, and whether its DEPS say the same."""
    own = folder.name
    used, used_by_tests = {}, {}
    for path in sources_below(folder):
        where = path.relative_to(root)
        for line, bracket, target in includes_of(path):
            first = target.split('/')[0]
            if first == 'glint':
                if not (root / 'client/include' / target).exists():
                    faults.append(f'{where}:{line}: {target} is no public header of client/include')
                continue
            if bracket == '<':
                if (root / 'src' / target).exists():
                    faults.append(f'{where}:{line}: our own {target} belongs in quotes')
                continue
            if first == 'client' or (root / 'client/src' / target).exists():
                faults.append(f'{where}:{line}: {target} is private to client/')
            elif '/' not in target:
                faults.append(f'{where}:{line}: write "{own}/{target}": includes start at src/')
            elif first not in layers:
                faults.append(f'{where}:{line}: {first}/ has no line in src/LAYERS ({target})')
            elif first != own:
                if layers[first] >= layers[own]:
                    faults.append(f'{where}:{line}: {own} ({layers[own]}) may not include {target} '
                                  f'({first} is {layers[first]})')
                test_only = TEST_ONLY.search(where.as_posix())
                (used_by_tests if test_only else used).setdefault(first, f'{where}:{line}')
    check_deps(root, folder, layers, used, used_by_tests, faults)


def check_deps(root, folder, layers, used, used_by_tests, faults):
    """The DEPS and TEST_DEPS of one directory against what its files include."""
    module = read_module(folder / 'CMakeLists.txt')
    if module is None:
        return
    cmake = (folder / 'CMakeLists.txt').relative_to(root)
    deps, test_deps = set(module['DEPS']), set(module['TEST_DEPS'])
    if module['name'] != folder.name:
        faults.append(f'{cmake}: glint_module({module["name"]}) in {folder.name}/')
    for name in sorted(deps | test_deps):
        if name not in layers:
            faults.append(f'{cmake}: {name} in DEPS has no line in src/LAYERS')
        elif layers[name] >= layers[folder.name]:
            faults.append(f'{cmake}: DEPS name {name} ({layers[name]}), not below '
                          f'{folder.name} ({layers[folder.name]})')
    for name, where in sorted(used.items()):
        if name not in deps:
            faults.append(f'{cmake}: DEPS lack {name}, included at {where}')
    for name, where in sorted(used_by_tests.items()):
        if name not in deps | test_deps:
            faults.append(f'{cmake}: neither DEPS nor TEST_DEPS name {name}, included at {where}')
    for name in sorted(deps - set(used)):
        better = ' (only tests do: TEST_DEPS)' if name in used_by_tests else ''
        faults.append(f'{cmake}: DEPS name {name}, which no source includes{better}')
    for name in sorted(test_deps - set(used_by_tests)):
        faults.append(f'{cmake}: TEST_DEPS name {name}, which no test includes')


def check_outside(root, name, layers, faults):
    """client/ and demo/ stand beside src/ and see nothing of it."""
    folder = root / name
    for path in sources_below(folder) if folder.is_dir() else []:
        for line, _, target in includes_of(path):
            at_home = any((base / target).exists()
                          for base in (path.parent, folder, folder / 'src', folder / 'include'))
            if not at_home and target.split('/')[0] in layers and (root / 'src' / target).exists():
                faults.append(f'{path.relative_to(root)}:{line}: {name}/ may not include {target} '
                              f'of src/')


def check(root):
    """All faults of the tree at `root`, as lines to print."""
    try:
        layers = read_layers(root / 'src/LAYERS')
    except (OSError, ValueError) as error:
        return [str(error)]
    faults = []
    for folder in sorted(p for p in (root / 'src').iterdir() if p.is_dir()):
        if not any(folder.iterdir()):
            continue
        if folder.name not in layers:
            faults.append(f'src/{folder.name}: no line in src/LAYERS')
            continue
        check_directory(root, folder, layers, faults)
    for name in ('client', 'demo'):
        check_outside(root, name, layers, faults)
    return faults


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1])
    faults = check(root.resolve())
    for fault in faults:
        print(fault)
    print(f'layers: {len(faults)} faults' if faults else 'layers: every include goes down')
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
