"""The server of the original example, written anew for tests: Flask, prometheus_client, OpenTelemetry.

Each request works for a Pareto-distributed time inside a child span `do_work` and observes it with
an exemplar of the current span, if that span is sampled. `python app.py PORT_FILE` serves on a free
port, whose number it writes to PORT_FILE, until SIGTERM; then it sends the spans that it still has.
"""

import os
import random
import signal
import sys
import threading
import time

from flask import Flask
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from prometheus_client import Histogram, make_wsgi_app
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import WSGIRequestHandler, make_server

LONGEST_WORK_S = 2.0  # The distribution has no mean; a test has an end.

provider = TracerProvider(sampler=ParentBased(TraceIdRatioBased(1 / 100)),
                          resource=Resource.create({'service.name': 'prometheus_exemplars'}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(insecure=True)))
trace.set_tracer_provider(provider)
tracer = trace.get_tracer(__name__)

histogram = Histogram('my_prom_hist_seconds', 'Time that a request worked', ['name'])
app = Flask(__name__)
FlaskInstrumentor().instrument_app(app)


def exemplar_of_current_span():
    context = trace.get_current_span().get_span_context()
    if not (context.is_valid and context.trace_flags.sampled):
        return None
    return {'trace_id': trace.format_trace_id(context.trace_id),
            'span_id': trace.format_span_id(context.span_id)}


@app.route('/')
def work():
    with tracer.start_as_current_span('do_work'):
        seconds = min(random.paretovariate(0.75) / 100, LONGEST_WORK_S)
        time.sleep(seconds)
        histogram.labels('foo').observe(seconds, exemplar_of_current_span())
    return 'done\n'


class QuietHandler(WSGIRequestHandler):
    def log_request(self, code='-', size='-'):
        pass


def main():
    site = DispatcherMiddleware(app, {'/metrics': make_wsgi_app()})
    server = make_server('127.0.0.1', 0, site, threaded=True, request_handler=QuietHandler)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with open(sys.argv[1] + '.part', 'w') as file:
        file.write(str(server.port))
    os.rename(sys.argv[1] + '.part', sys.argv[1])
    stop.wait()
    server.shutdown()
    provider.shutdown()


if __name__ == '__main__':
    main()
