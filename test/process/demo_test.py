#!/usr/bin/env python3
"""`make demo`, on free ports: a dot comes and opens, and whatever ends it, nothing is left running."""

import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from dots import assert_every_dot_opens  # noqa: E402
from glint_program import Glint, ROOT, wait_for  # noqa: E402


def children_of(pid):
    """{name: pid} of the direct children of a process."""
    names = {}
    for child in pathlib.Path(f'/proc/{pid}/task/{pid}/children').read_text().split():
        try:
            command = pathlib.Path(f'/proc/{child}/cmdline').read_bytes().split(b'\0')
        except OSError:
            continue  # It has ended meanwhile.
        if not command[0]:
            continue  # It has ended and waits to be asked for.
        name = os.path.basename(command[0].decode())
        names['load' if b'load' in command[1:2] else name] = int(child)
    return names


def is_running(pid):
    try:
        return pathlib.Path(f'/proc/{pid}/stat').read_text().rsplit(')', 1)[1].split()[0] != 'Z'
    except OSError:
        return False


class DemoTest(unittest.TestCase):
    def start(self, *arguments):
        folder = tempfile.TemporaryDirectory(prefix='glint-demo-')
        self.addCleanup(folder.cleanup)
        command = [str(ROOT / 'tools/demo'), '--folder', folder.name, '--clients', '20']
        for flag in ('--listen', '--otlp-grpc', '--otlp-http'):
            command += [flag, '127.0.0.1:0']
        self.demo = subprocess.Popen([*command, '--port', '0', '--shop-port', '0', *arguments],
                                     stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT, text=True)
        self.addCleanup(self.end_demo)

    def end_demo(self):
        if self.demo.poll() is None:
            self.demo.terminate()
            self.demo.wait(60)
        self.demo.stdout.close()

    def running(self, all_of_them=True):
        """Reads until the address is printed; the children by then."""
        said = ''
        for line in self.demo.stdout:
            said += line
            match = re.search(r'http://(127\.0\.0\.1:\d+)/', line)
            if match:
                self.address = match[1]
                children = children_of(self.demo.pid)
                if all_of_them:
                    self.assertEqual(sorted(children), ['glint', 'glint-demo', 'load'])
                return children
        raise AssertionError(f'ended with {self.demo.wait()} before it ran:\n{said}')

    def assert_nothing_left(self, children):
        for name, pid in children.items():
            wait_for(f'{name} is gone', lambda p=pid: not is_running(p))
        host, port = self.address.rsplit(':', 1)
        with socket.socket() as probe:
            self.assertNotEqual(probe.connect_ex((host, int(port))), 0, 'its port still answers')

    def test_the_first_dots_open_and_ctrl_c_ends_all_of_it(self):
        self.start()
        children = self.running()
        glint = Glint()  # Not started: only its way of asking.
        self.addCleanup(glint.__exit__, None, None, None)
        glint.ports = {'listen': self.address}
        selector = 'my_prom_hist_seconds_bucket{name="foo"}'
        wait_for('three dots', lambda: len(glint.exemplars(selector)) >= 3)
        assert_every_dot_opens(self, glint, selector, 3)
        self.demo.send_signal(signal.SIGINT)
        self.assertEqual(self.demo.wait(60), 0)
        self.assert_nothing_left(children)

    def test_it_ends_by_itself_when_told_to(self):
        self.start('--seconds', '1')
        # Some may have ended by the time that we look.
        children = self.running(all_of_them=False)
        self.assertEqual(self.demo.wait(60), 0)
        self.assert_nothing_left(children)

    def test_the_death_of_one_ends_all_and_is_told(self):
        self.start()
        children = self.running()
        os.kill(children['glint-demo'], signal.SIGKILL)
        self.assertEqual(self.demo.wait(60), 1)
        self.assertIn('glint-demo ended', self.demo.stdout.read())
        self.assert_nothing_left(children)

    def test_kill_9_of_the_script_leaves_nothing(self):
        self.start()
        children = self.running()
        self.demo.kill()
        self.demo.wait(60)
        self.assert_nothing_left(children)

    def test_a_port_in_use_is_a_sentence_and_what_to_do(self):
        with socket.socket() as taken:
            taken.bind(('127.0.0.1', 0))
            taken.listen()
            address = f'127.0.0.1:{taken.getsockname()[1]}'
            self.start('--listen', address)
            said = self.demo.stdout.read()
            self.assertEqual(self.demo.wait(60), 1, said)
            self.assertIn(address, said)
            self.assertIn('choose another', said)


if __name__ == '__main__':
    unittest.main()
