"""Others' libraries, installed once below build/interop and again when their pinned list changes."""

import fcntl
import hashlib
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parents[1] / 'build/interop'


def _once(folder, pins, install):
    """Runs install() unless `folder` was filled from the same pins; one process at a time."""
    BUILD.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(pins.read_bytes()).hexdigest()
    stamp = folder / '.pins'
    with open(BUILD / f'{folder.name}.lock', 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == digest:
            return
        shutil.rmtree(folder, ignore_errors=True)
        install()
        stamp.write_text(digest)


def _run(command, what, **options):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False, **options)
    if done.returncode:
        raise AssertionError(f'{what} could not be installed; is there a network?\n{done.stdout}')


def flask_python():
    """A Python that has the libraries of flask/requirements.txt."""
    folder = BUILD / 'venv'
    pins = HERE / 'flask/requirements.txt'
    python = folder / 'bin/python'

    def install():
        _run([sys.executable, '-m', 'venv', str(folder)], 'a virtual environment')
        _run([str(python), '-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary', ':all:',
              '-r', str(pins)], 'the libraries of the Flask application')

    _once(folder, pins, install)
    return python


def node_folder():
    """A folder with app.mjs and the libraries of node/package-lock.json."""
    folder = BUILD / 'node'

    def install():
        folder.mkdir(parents=True)
        for name in ('package.json', 'package-lock.json'):
            shutil.copy(HERE / 'node' / name, folder)
        _run(['npm', 'ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'],
             'the libraries of the Node application', cwd=folder)

    _once(folder, HERE / 'node/package-lock.json', install)
    shutil.copy(HERE / 'node/app.mjs', folder)
    return folder
