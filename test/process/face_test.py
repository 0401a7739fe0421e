#!/usr/bin/env python3
"""The program's face: flags, exit codes, signals, and what it says when something is in its way."""

import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from glint_program import Glint, binary, scrape_config, wait_for  # noqa: E402
from otlp_requests import span, trace_request  # noqa: E402


def run(*arguments, timeout=30):
    """(exit code, what it printed, both streams) of glint run to its end."""
    done = subprocess.run([binary(), *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=timeout, check=False)
    return done.returncode, done.stdout


class WithoutServingTest(unittest.TestCase):
    def test_version_is_one_line_with_a_number(self):
        code, said = run('--version')
        self.assertEqual(code, 0)
        self.assertRegex(said, r'^glint \d+\.\d+\.\d+[^\n]*\n$')

    def test_help_names_the_flags_that_an_operator_needs(self):
        code, said = run('--help')
        self.assertEqual(code, 0)
        for flag in ('--listen', '--otlp-grpc', '--otlp-http', '--data', '--config', '--version'):
            self.assertIn(flag, said)

    def test_an_unknown_flag_is_named_and_ends_with_2(self):
        code, said = run('--no-such-flag')
        self.assertEqual(code, 2, said)
        self.assertIn('no-such-flag', said)

    def test_a_bad_value_is_shown_and_ends_with_2(self):
        code, said = run('--listen', 'not an address', '--data', '/nonexistent/never/made')
        self.assertEqual(code, 2, said)
        self.assertIn('not an address', said)

    def test_a_broken_configuration_is_refused_by_file_and_line(self):
        with tempfile.TemporaryDirectory() as folder:
            config = pathlib.Path(folder) / 'prometheus.yml'
            config.write_text('scrape_configs:\n  - job_name: a\n    scrape_intervall: 5s\n')
            code, said = run('--config', str(config), '--data', f'{folder}/data', '--listen',
                             '127.0.0.1:0', '--otlp-grpc', '127.0.0.1:0', '--otlp-http', '127.0.0.1:0')
            self.assertNotEqual(code, 0)
            self.assertIn('prometheus.yml', said)
            self.assertIn('scrape_intervall', said)
            self.assertRegex(said, r'\b3\b')

    def test_a_configuration_that_is_not_there_is_named(self):
        code, said = run('--config', '/nonexistent/prometheus.yml')
        self.assertNotEqual(code, 0)
        self.assertIn('/nonexistent/prometheus.yml', said)


class ServingTest(unittest.TestCase):
    def test_a_second_process_on_the_same_data_says_who_holds_it(self):
        with Glint() as glint:
            code, said = run(*glint.command()[1:])
            self.assertNotEqual(code, 0)
            self.assertIn(str(glint.process.pid), said)
            self.assertIn(str(glint.data), said)
            self.assertEqual(glint.get('/-/healthy')[0], 200)  # The first one goes on.

    def test_data_left_by_kill_9_is_not_held(self):
        with Glint() as glint:
            glint.process.kill()
            glint.process.wait()
            glint.restart()
            self.assertEqual(glint.stop(), 0)

    def test_a_port_in_use_is_named_with_its_flag(self):
        with socket.socket() as taken, Glint() as other:
            taken.bind(('127.0.0.1', 0))
            taken.listen()
            address = f'127.0.0.1:{taken.getsockname()[1]}'
            for flag in ('--listen', '--otlp-grpc', '--otlp-http'):
                arguments = [other.command()[0], '--data', f'{other.folder}/second']
                for one in ('--listen', '--otlp-grpc', '--otlp-http'):
                    arguments += [one, address if one == flag else '127.0.0.1:0']
                code, said = run(*arguments[1:])
                self.assertNotEqual(code, 0, said)
                self.assertIn(address, said)
                self.assertIn(flag, said)

    def test_sigterm_and_sigint_end_it_with_0_and_keep_what_was_taken_in(self):
        with Glint() as glint:
            for number in (signal.SIGTERM, signal.SIGINT):
                sent = span('last words')
                self.assertEqual(glint.push('/v1/traces', trace_request([sent]))[0], 200)
                self.assertEqual(glint.stop(number), 0)
                with socket.socket() as again:  # The port is free again.
                    host, port = glint.ports['otlp_http'].rsplit(':', 1)
                    again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    again.bind((host, int(port)))
                glint.restart()
                self.assertEqual(len(glint.trace_spans(sent['traceId'])), 1)

    def test_sighup_reads_the_configuration_again(self):
        with Glint() as target, Glint(config=scrape_config({'first': target.ports['listen']})) as glint:
            wait_for('the first job is up', lambda: glint.value('up{job="first"}') == 1)
            glint.config_path.write_text(scrape_config({'second': target.ports['listen']}))
            glint.process.send_signal(signal.SIGHUP)
            wait_for('the second job is up', lambda: glint.value('up{job="second"}') == 1)
            wait_for('the first job has ended', lambda: glint.value('up{job="first"}') is None)

    def test_a_broken_configuration_at_sighup_leaves_the_old_one_at_work(self):
        with Glint() as target, Glint(config=scrape_config({'first': target.ports['listen']})) as glint:
            wait_for('the job is up', lambda: glint.value('up{job="first"}') == 1)
            glint.config_path.write_text('scrape_configs: 7\n')
            glint.process.send_signal(signal.SIGHUP)
            wait_for('the log tells', lambda: 'scrape_configs' in glint.log())
            before = glint.value('count_over_time(up{job="first"}[1h])')
            wait_for('scraping goes on',
                     lambda: glint.value('count_over_time(up{job="first"}[1h])') > before)

    def test_it_measures_itself(self):
        with Glint() as target, Glint(config=scrape_config({'self': target.ports['listen']})) as glint:
            wait_for('samples are counted', lambda: glint.metric('glint_samples_appended_total') > 0)
            self.assertGreater(glint.metric('glint_active_series'), 0)
            self.assertEqual(glint.get('/-/ready')[0], 200)
            self.assertEqual(glint.get('/-/healthy')[0], 200)


if __name__ == '__main__':
    unittest.main()
