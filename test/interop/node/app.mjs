// What test/interop/flask/app.py is, in Node: http, prom-client and OpenTelemetry's JS SDK, whose
// spans go by OTLP/HTTP as JSON (`json`) or protobuf (`proto`).
// `node app.mjs json|proto URL PORT_FILE` serves until SIGTERM, then sends the spans it still has.
import { createServer } from 'node:http';
import { renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { context, propagation, ROOT_CONTEXT, SpanKind, trace, TraceFlags } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import client from 'prom-client';

const [encoding, url, portFile] = process.argv.slice(2);
const LONGEST_WORK_S = 2;

const Exporter = encoding === 'json' ? JsonExporter : ProtoExporter;
const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({ 'service.name': `node_${encoding}` }),
  sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(1 / 100) }),
  spanProcessors: [new BatchSpanProcessor(new Exporter({ url }), { scheduledDelayMillis: 500 })],
});
provider.register();
const tracer = trace.getTracer('interop');

const register = new client.Registry();
register.setContentType(client.Registry.OPENMETRICS_CONTENT_TYPE);
const histogram = new client.Histogram({
  name: 'my_prom_hist_seconds',
  help: 'Time that a request worked',
  labelNames: ['name'],
  registers: [register],
  enableExemplars: true,
});

function exemplarOfCurrentSpan() {
  const current = trace.getActiveSpan()?.spanContext();
  if (!current || !(current.traceFlags & TraceFlags.SAMPLED)) return undefined;
  return { trace_id: current.traceId, span_id: current.spanId };
}

async function work() {
  await tracer.startActiveSpan('do_work', async (span) => {
    const pareto = (1 - Math.random()) ** (-1 / 0.75);
    const seconds = Math.min(pareto / 100, LONGEST_WORK_S);
    await sleep(seconds * 1000);
    const exemplarLabels = exemplarOfCurrentSpan();
    histogram.observe({ labels: { name: 'foo' }, value: seconds, exemplarLabels });
    span.end();
  });
}

const server = createServer(async (request, response) => {
  if (request.url === '/metrics') {
    response.setHeader('Content-Type', register.contentType);
    response.end(await register.metrics());
    return;
  }
  const parent = propagation.extract(ROOT_CONTEXT, request.headers);
  const span = tracer.startSpan(request.url, { kind: SpanKind.SERVER }, parent);
  await context.with(trace.setSpan(parent, span), work);
  span.end();
  response.end('done\n');
});

server.listen(0, '127.0.0.1', () => {
  writeFileSync(`${portFile}.part`, String(server.address().port));
  renameSync(`${portFile}.part`, portFile);
});

process.on('SIGTERM', async () => {
  server.close();
  server.closeAllConnections();
  await provider.shutdown();
  process.exit(0);
});
