#!/usr/bin/env python3
"""The checks of the tree must be able to fail: each gets a small tree with one fault in it."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOLS = pathlib.Path(__file__).resolve().parent


class Tree:
    """A git repository in a temporary folder, with the few files a check looks at."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix='glint-checks-')
        self.root = pathlib.Path(self._folder.name)
        subprocess.run(['git', 'init', '-q', str(self.root)], check=True)
        self.write('src/LAYERS', 'base 0\nmodel 1\nnet 1\nstorage 2\n')
        self.write('src/base/status.h', '#pragma once\n')
        self.write('src/base/CMakeLists.txt', 'glint_module(base)\n')
        self.write('src/model/label.h', '#pragma once\n\n#include "base/status.h"\n')
        self.write('src/model/CMakeLists.txt', 'glint_module(model DEPS base)\n')
        self.write('client/include/glint/span.h', '#pragma once\n')
        self.write('.clang-format', 'BasedOnStyle: Google\n')
        self.write('Makefile', 'demo: ui\ntest:\nui:\n')
        self.write('README.md', 'Run `make demo` or `make test`.\n')
        self.write('ARCHITECTURE.md', 'base/ model/\n')

    def remove(self):
        self._folder.cleanup()

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def run(self, check):
        done = subprocess.run([str(TOOLS / check), str(self.root)], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout


class ChecksTest(unittest.TestCase):
    def setUp(self):
        self.tree = Tree()
        self.addCleanup(self.tree.remove)

    def assert_clean(self, check):
        code, said = self.tree.run(check)
        self.assertEqual(code, 0, said)

    def assert_fault(self, check, *parts):
        code, said = self.tree.run(check)
        self.assertEqual(code, 1, said)
        for part in parts:
            self.assertIn(part, said)

    def test_a_tree_without_faults_passes_every_check(self):
        for check in ('check_layers.py', 'check_tree.py', 'check_docs.py', 'check_format'):
            self.assert_clean(check)

    def test_an_include_upwards_names_file_line_and_both_numbers(self):
        self.tree.write('src/base/file.h', '#pragma once\n#include "model/label.h"\n')
        self.assert_fault('check_layers.py', 'src/base/file.h:2', 'base (0)', 'model is 1')

    def test_directories_of_equal_number_do_not_see_each_other(self):
        self.tree.write('src/net/http.h', '#include "model/label.h"\n')
        self.assert_fault('check_layers.py', 'src/net/http.h:1', 'net (1)')

    def test_tests_are_held_to_the_layers_too(self):
        self.tree.write('src/base/file_test.cc', '#include "model/label.h"\n')
        self.assert_fault('check_layers.py', 'src/base/file_test.cc:1')

    def test_a_directory_needs_a_line_in_layers(self):
        self.tree.write('src/extra/thing.h', '#pragma once\n')
        self.assert_fault('check_layers.py', 'src/extra: no line')

    def test_deps_must_name_what_is_included(self):
        self.tree.write('src/model/CMakeLists.txt', 'glint_module(model)\n')
        self.assert_fault('check_layers.py', 'DEPS lack base', 'src/model/label.h:3')

    def test_deps_must_not_name_what_is_not_included(self):
        self.tree.write('src/storage/CMakeLists.txt', 'glint_module(storage DEPS base)\n')
        self.tree.write('src/storage/store.cc', '\n')
        self.assert_fault('check_layers.py', 'DEPS name base, which no source includes')

    def test_what_only_tests_include_belongs_into_test_deps(self):
        self.tree.write('src/storage/store_test.cc', '#include "base/status.h"\n')
        self.tree.write('src/storage/CMakeLists.txt', 'glint_module(storage DEPS base)\n')
        self.assert_fault('check_layers.py', 'only tests do: TEST_DEPS')
        self.tree.write('src/storage/CMakeLists.txt', 'glint_module(storage TEST_DEPS base)\n')
        self.assert_clean('check_layers.py')

    def test_the_client_sees_nothing_of_src(self):
        self.tree.write('client/src/span.cc', '#include "base/status.h"\n')
        self.assert_fault('check_layers.py', 'client/src/span.cc:1', 'of src/')

    def test_src_sees_only_public_headers_of_the_client(self):
        self.tree.write('client/src/stripe.h', '#pragma once\n')
        self.tree.write('src/model/label.h', '#include "base/status.h"\n#include "glint/stripe.h"\n')
        self.assert_fault('check_layers.py', 'src/model/label.h:2', 'no public header')

    def test_a_bare_include_is_a_fault(self):
        self.tree.write('src/model/label.h', '#include "base/status.h"\n#include "ids.h"\n')
        self.assert_fault('check_layers.py', 'write "model/ids.h"')

    def test_a_header_that_lacks_an_include_does_not_compile_alone(self):
        self.assert_clean('check_headers.py')
        self.tree.write('src/model/ids.h', '#pragma once\ninline std::string Name() { return {}; }\n')
        self.assert_fault('check_headers.py', 'model/ids.h does not compile on its own')

    def test_a_header_without_pragma_once_is_a_fault(self):
        self.tree.write('src/model/ids.h', 'struct Id {};\n')
        self.assert_fault('check_headers.py', 'model/ids.h')

    def test_a_file_not_formatted_is_a_fault(self):
        self.tree.write('src/model/ids.h', '#pragma once\nstruct   Id{};\n')
        self.assert_fault('check_format', 'src/model/ids.h:2')

    def test_a_path_of_one_machine_is_a_fault(self):
        self.tree.write('tools/run', 'cd /' + 'work/main\n')
        self.assert_fault('check_tree.py', 'tools/run:1', 'a path of one machine')

    def test_a_relative_path_with_the_same_words_is_none(self):
        self.tree.write('tools/run', 'cd $HOME/' + 'work/main ./' + 'root/x a/' + 'home/b/\n')
        self.assert_clean('check_tree.py')

    def test_a_registry_host_and_a_lock_file_with_addresses_are_faults(self):
        self.tree.write('ui/package-lock.json', '{\n  "resolved": "https://example.com/a.tgz"\n}\n')
        self.tree.write('tools/get', 'curl https://registry.' + 'npmjs.org/a\n')
        self.assert_fault('check_tree.py', 'ui/package-lock.json:2', 'tools/get:1')

    def test_a_dead_link_and_an_unknown_target_are_faults(self):
        self.tree.write('docs/a.md', 'See [b](b.md). Run `make everything`.\n')
        self.assert_fault('check_docs.py', 'link to b.md', '`make everything` is no target')

    def test_the_documents_must_name_commands_and_directories(self):
        self.tree.write('README.md', 'Run `make demo`.\n')
        self.tree.write('src/model/label.cc', '\n')
        self.tree.write('ARCHITECTURE.md', 'base/\n')
        self.assert_fault('check_docs.py', 'README.md does not name make test',
                          'ARCHITECTURE.md does not name model/')


if __name__ == '__main__':
    sys.exit(unittest.main())
