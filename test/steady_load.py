"""Requests to one URL from many threads at a time, until a condition holds."""

import http.client
import threading
import time


class SteadyLoad:
    """`with SteadyLoad(port, clients=50):` keeps that many requests in flight."""

    def __init__(self, port, path='/', clients=50):
        self._port, self._path = port, path
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(clients)]
        self.answered = 0  # Roughly: threads do not wait for each other to count.

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        """Ends when every request in flight is answered."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self):
        while not self._stop.is_set():
            connection = http.client.HTTPConnection('127.0.0.1', self._port, timeout=30)
            try:
                connection.request('GET', self._path)
                connection.getresponse().read()
                self.answered += 1
            except OSError:
                time.sleep(0.05)  # The server's backlog is full; not a reason to spin.
            finally:
                connection.close()
