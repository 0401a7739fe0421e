// Made-up metrics, exemplars and traces for working on the UI without a glint. Never in the build.

const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const GROUPS = ['eu-west', 'us-east'].flatMap((region) => ['v1', 'v2'].map((version) => ({ region, version })));
export const STEP_S = 5;

export function hash(text) {
  let value = 2166136261;
  for (const char of String(text)) value = Math.imul(value ^ char.charCodeAt(0), 16777619);
  value ^= value >>> 15;
  value = Math.imul(value, 2246822519);
  value ^= value >>> 13;
  return (value >>> 0) / 2 ** 32;
}

const incident = (group, t) => group.region === 'eu-west' && group.version === 'v2' && t % 1500 > 900 && t % 1500 < 1300;
const scale = (group, t) => (incident(group, t) ? 6 : 1) * (1 + 0.25 * Math.sin(t / 300));
// Pareto(1.1) from 8 ms.
const below = (bound, group, t) => Math.max(0, 1 - (0.008 * scale(group, t) / bound) ** 1.1);

export class Counters {
  constructor(startS) {
    this.t = Math.floor(startS / STEP_S) * STEP_S;
    this.groups = GROUPS.map((group) => ({ group, buckets: BOUNDS.map(() => 0), count: 0, sum: 0 }));
    this.ok = 0;
    this.bad = 0;
  }
  advance(toS) {
    while (this.t + STEP_S <= toS) {
      this.t += STEP_S;
      for (const one of this.groups) {
        const rate = STEP_S * 12 * (1 + 0.4 * Math.sin(this.t / 700)) * (0.8 + 0.4 * hash(this.t + one.group.region));
        BOUNDS.forEach((bound, i) => (one.buckets[i] += rate * below(bound, one.group, this.t)));
        one.count += rate;
        one.sum += rate * 0.05 * scale(one.group, this.t);
        this.ok += rate * 0.97;
        this.bad += rate * 0.03 * (incident(one.group, this.t) ? 8 : 1);
      }
    }
  }
  lines(stamp) {
    const at = stamp ? ` ${stamp}` : '';
    const out = ['# HELP my_prom_hist_seconds Time a request works, from the first byte to the last.', '# TYPE my_prom_hist_seconds histogram'];
    for (const { group, buckets, count, sum } of this.groups) {
      const labels = `name="foo",region="${group.region}",version="${group.version}"`;
      BOUNDS.forEach((bound, i) => out.push(`my_prom_hist_seconds_bucket{${labels},le="${bound}"} ${Math.round(buckets[i])}${at}`));
      out.push(`my_prom_hist_seconds_bucket{${labels},le="+Inf"} ${Math.round(count)}${at}`);
      out.push(`my_prom_hist_seconds_count{${labels}} ${Math.round(count)}${at}`, `my_prom_hist_seconds_sum{${labels}} ${sum.toFixed(3)}${at}`);
    }
    out.push('# HELP http_requests Requests served.', '# TYPE http_requests counter');
    out.push(`http_requests_total{code="200"} ${Math.round(this.ok)}${at}`, `http_requests_total{code="500"} ${Math.round(this.bad)}${at}`);
    out.push('# HELP process_resident_memory_bytes Resident memory.', '# TYPE process_resident_memory_bytes gauge', '# UNIT process_resident_memory_bytes bytes');
    out.push(`process_resident_memory_bytes ${Math.round(9e7 + 2e7 * Math.sin(this.t / 200))}${at}`);
    for (const word of ['go', 'http', 'cart', 'checkout', 'db', 'queue']) {
      for (let i = 0; i < 12; i++) {
        const name = `${word}_${['pool', 'cache', 'retry', 'conn'][i % 4]}_${['size', 'hits', 'wait'][i % 3]}_${i}`;
        out.push(`# HELP ${name} One of many ${word} numbers.`, `# TYPE ${name} gauge`, `${name} ${(50 * hash(name + this.t)).toFixed(2)}${at}`);
      }
    }
    return out;
  }
}

const hex = (seed, digits) => Array.from({ length: digits }, (_, i) => Math.floor(hash(`${seed}:${i}`) * 16).toString(16)).join('');
export const spanOf = (traceId) => hex(`root ${traceId}`, 16);

export function exemplars(startS, endS, limit) {
  const every = Math.max(1, (endS - startS) / limit);
  const bySeries = new Map();
  for (let t = Math.ceil(startS / 5) * 5; t < endS; t += Math.max(5, Math.ceil(every / 5) * 5)) {
    for (const group of GROUPS) {
      if (hash(`${t}${group.region}${group.version}`) > 0.35) continue;
      const u = hash(`value ${t}${group.region}${group.version}`);
      const value = Math.min(14, (0.008 * scale(group, t)) / (1 - u * 0.9995) ** (1 / 1.1));
      const le = BOUNDS.find((bound) => value <= bound) ?? '+Inf';
      const labels = { __name__: 'my_prom_hist_seconds_bucket', name: 'foo', ...group, le: String(le), instance: '127.0.0.1', job: 'fake' };
      const key = JSON.stringify(labels);
      const traceId = hex(`${t} ${key}`, 32);
      const fate = hash(`fate ${traceId}`);
      const list = bySeries.get(key) ?? { seriesLabels: labels, exemplars: [] };
      list.exemplars.push({
        labels: fate > 0.98 ? { note: 'unsampled' } : { trace_id: traceId, span_id: spanOf(traceId) },
        value: String(value),
        timestamp: t + 4 * hash(`offset ${traceId}`),
        trace: fate > 0.98 ? 'none' : fate > 0.88 ? 'missing' : 'stored',
      });
      bySeries.set(key, list);
    }
  }
  return [...bySeries.values()];
}

const base64 = (hexText) => Buffer.from(hexText, 'hex').toString('base64');
const text = (key, value) => ({ key, value: { stringValue: value } });

export function trace(traceId) {
  if (hash(`fate ${traceId}`) > 0.88 && !/^b+$/.test(traceId)) return null;
  const many = /^b+$/.test(traceId);
  const total = 20_000_000 + 400_000_000 * hash(`length ${traceId}`);
  const t0 = BigInt(Date.now() - 600_000) * 1_000_000n;
  const spans = new Map();
  let left = many ? 6000 : 8 + Math.floor(30 * hash(`size ${traceId}`));
  const services = ['web', 'cart', 'pricing', 'inventory', 'db'];
  const names = { web: ['GET /', 'render'], cart: ['GetCart', 'cart.load'], pricing: ['Quote'], inventory: ['Reserve'], db: ['SELECT carts', 'SELECT prices', 'UPDATE stock'] };
  const add = (id, parent, depth, from, length) => {
    left--;
    const service = services[Math.min(4, depth === 0 ? 0 : Math.floor(hash(`svc ${id}`) * 2) + depth - (hash(`svc ${id}`) > 0.9 ? 1 : 0))];
    const list = names[service];
    const failed = depth > 1 && hash(`err ${id}`) > 0.93;
    const span = {
      traceId: base64(traceId), spanId: base64(id), ...(parent && { parentSpanId: base64(parent) }),
      name: depth === 0 ? '/' : list[Math.floor(hash(`name ${id}`) * list.length)],
      kind: depth === 0 ? 'SPAN_KIND_SERVER' : service === 'db' ? 'SPAN_KIND_CLIENT' : 'SPAN_KIND_INTERNAL',
      startTimeUnixNano: String(t0 + BigInt(Math.round(from))), endTimeUnixNano: String(t0 + BigInt(Math.round(from + length))),
      attributes: [text('http.method', 'GET'), { key: 'http.status_code', value: { intValue: failed ? '500' : '200' } }, text('region', 'eu-west'), { key: 'cache.hit', value: { boolValue: hash(id) > 0.5 } }],
      events: failed ? [{ timeUnixNano: String(t0 + BigInt(Math.round(from + length * 0.8))), name: 'exception', attributes: [text('exception.type', 'Timeout'), text('exception.message', 'deadline of 50 ms passed while waiting for a connection')] }] : [],
      links: depth === 0 ? [{ traceId: base64('b'.repeat(32)), spanId: base64(spanOf('b'.repeat(32))), attributes: [] }] : [],
      status: failed ? { code: 'STATUS_CODE_ERROR', message: 'deadline exceeded' } : {},
    };
    spans.set(service, [...(spans.get(service) ?? []), span]);
    let at = from + length * 0.03;
    for (let i = 0; left > 0 && depth < 4 && i < (many ? 60 : 4) && at < from + length * 0.9; i++) {
      const child = hex(`${id} ${i}`, 16);
      const part = Math.min(from + length - at, length * (many ? 0.016 : 0.08 + 0.4 * hash(`part ${child}`)));
      add(child, id, depth + 1, at, part * 0.97);
      at += part * (hash(`gap ${child}`) > 0.7 ? 0.4 : 1.02);
    }
  };
  add(spanOf(traceId), '', 0, 0, total);
  return {
    batches: [...spans].map(([service, list]) => ({
      resource: { attributes: [text('service.name', service), text('service.version', '1.4.2'), text('host.name', 'node-7')] },
      scopeSpans: [{ scope: { name: 'shop.tracing', version: '0.3' }, spans: list }],
    })),
  };
}
