// A service of the test's own: a histogram that grows by the same counts with every scrape, its exemplars,
// and the spans behind them. The exemplars of one bucket name traces that are never sent.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

// Upper bound -> how many more with every scrape.
const GROWTH = [[0.005, 1], [0.01, 20], [0.05, 60], [0.1, 30], [0.5, 8], [1, 3], [Infinity, 1]];
// Upper bound -> value of its exemplars, and whether their traces are sent.
const EXEMPLARS = new Map([[0.01, { value: 0.008, sent: true }], [0.1, { value: 0.07, sent: true }], [1, { value: 0.9, sent: false }], [Infinity, { value: 2.5, sent: true }]]);
// A new exemplar every so many scrapes keeps the dots apart on the chart.
const EVERY = 8;

export class Target {
  constructor(tracesUrl) {
    this.tracesUrl = tracesUrl;
    this.counts = GROWTH.map(() => 0);
    this.scrapes = 0;
    this.exemplars = new Map();
    this.traces = new Map(); // Trace id -> {spanId, value, sent, timeMs} of all that were ever exposed.
    this.server = createServer((request, answer) => {
      this.scrape().then(
        (text) => {
          answer.setHeader('Content-Type', 'application/openmetrics-text; version=1.0.0; charset=utf-8');
          answer.end(text);
        },
        (error) => {
          console.log(`target: ${error.message}`);
          answer.statusCode = 500;
          answer.end();
        },
      );
    });
  }

  async start() {
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done));
    return `127.0.0.1:${this.server.address().port}`;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }

  async scrape() {
    GROWTH.forEach(([, growth], index) => (this.counts[index] += growth));
    if (this.scrapes++ % EVERY === 0) await this.newExemplars();
    const lines = ['# HELP my_prom_hist_seconds How long a request took.', '# TYPE my_prom_hist_seconds histogram', '# UNIT my_prom_hist_seconds seconds'];
    let total = 0;
    GROWTH.forEach(([bound], index) => {
      total += this.counts[index];
      const le = bound === Infinity ? '+Inf' : bound.toFixed(3);
      lines.push(`my_prom_hist_seconds_bucket{name="foo",le="${le}"} ${total}${this.exemplars.get(bound) ?? ''}`);
    });
    lines.push(`my_prom_hist_seconds_count{name="foo"} ${total}`, `my_prom_hist_seconds_sum{name="foo"} ${total * 0.05}`, '# EOF', '');
    return lines.join('\n');
  }

  // The spans arrive before the exemplar that names them is exposed.
  async newExemplars() {
    for (const [bound, { value, sent }] of EXEMPLARS) {
      const timeMs = Date.now();
      const traceId = randomBytes(16).toString('hex');
      const spanId = randomBytes(8).toString('hex');
      if (sent) await this.send(traceId, spanId, value, timeMs);
      this.traces.set(traceId, { spanId, value, sent, timeMs });
      this.exemplars.set(bound, ` # {trace_id="${traceId}",span_id="${spanId}"} ${value} ${(timeMs / 1000).toFixed(3)}`);
    }
  }

  async send(traceId, spanId, value, timeMs) {
    const at = (ms) => String(BigInt(Math.round(ms)) * 1_000_000n);
    const root = { traceId, spanId, name: '/', kind: 2, startTimeUnixNano: at(timeMs - value * 1000), endTimeUnixNano: at(timeMs),
      attributes: [{ key: 'http.method', value: { stringValue: 'GET' } }], status: {} };
    const child = { traceId, spanId: randomBytes(8).toString('hex'), parentSpanId: spanId, name: 'do_work', kind: 1,
      startTimeUnixNano: at(timeMs - value * 900), endTimeUnixNano: at(timeMs),
      events: [{ timeUnixNano: at(timeMs - 1), name: 'worked', attributes: [] }], status: { code: 2, message: 'too much' } };
    const body = { resourceSpans: [{ resource: { attributes: [{ key: 'service.name', value: { stringValue: 'prometheus_exemplars' } }] },
      scopeSpans: [{ scope: { name: 'browser-test' }, spans: [root, child] }] }] };
    const answer = await fetch(this.tracesUrl(), { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`/v1/traces answered ${answer.status}: ${await answer.text()}`);
  }
}
