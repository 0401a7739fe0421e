// GET /api/traces/<id>: one trace in Tempo's JSON, which is OTLP's with ids in base64.

import { hexId } from '../base/ids';
import { asArray, asRecord, asString, Mismatch, optional, type Check } from '../base/json';
import { fail, type Result } from '../base/result';
import type { Attribute, AttributeValue, Span, SpanEvent, SpanLink, SpanStatus } from '../base/span';
import { timeNs, type TimeNs } from '../base/time';
import { traceTree, type Trace } from '../base/traceTree';
import { getJson } from './http';

// Nested values deeper than this are shown as nothing: no recursion without a limit.
const MAX_DEPTH = 16;

const text = optional(asString, '');

const nanos: Check<TimeNs> = (value, path) => {
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) return timeNs(BigInt(value));
  if (typeof value === 'number' && Number.isFinite(value)) return timeNs(BigInt(Math.round(value)));
  throw new Mismatch(path, 'nanoseconds as text', value);
};

function attributeValue(depth: number): Check<AttributeValue> {
  return (value, path) => {
    const record = asRecord(value ?? {}, path);
    const has = (key: string): boolean => record[key] !== undefined && record[key] !== null;
    if (has('stringValue')) return { kind: 'string', value: asString(record['stringValue'], path) };
    if (has('intValue')) return { kind: 'int', value: String(record['intValue']) };
    if (has('doubleValue')) return { kind: 'double', value: Number(record['doubleValue']) };
    if (has('boolValue')) return { kind: 'bool', value: record['boolValue'] === true };
    if (has('bytesValue')) return { kind: 'bytes', value: asString(record['bytesValue'], path) };
    if (depth >= MAX_DEPTH) return { kind: 'empty' };
    if (has('arrayValue')) {
      const list = asRecord(record['arrayValue'], path)['values'] ?? [];
      return { kind: 'array', value: asArray(attributeValue(depth + 1))(list, path) };
    }
    if (has('kvlistValue')) {
      const list = asRecord(record['kvlistValue'], path)['values'] ?? [];
      return { kind: 'map', value: asArray(attribute(depth + 1))(list, path) };
    }
    return { kind: 'empty' };
  };
}

function attribute(depth: number): Check<Attribute> {
  return (value, path) => {
    const record = asRecord(value, path);
    return { key: asString(record['key'], `${path}.key`), value: attributeValue(depth)(record['value'], `${path}.value`) };
  };
}

const attributes = optional(asArray(attribute(0)), []);

function id(bytes: 8 | 16): Check<string> {
  return (value, path) => {
    const hex = hexId(text(value, path), bytes);
    if (hex === null) throw new Mismatch(path, `an id of ${bytes} bytes in base64 or hex`, value);
    return hex;
  };
}

const event: Check<SpanEvent> = (value, path) => {
  const record = asRecord(value, path);
  return {
    time: nanos(record['timeUnixNano'] ?? '0', `${path}.timeUnixNano`),
    name: text(record['name'], `${path}.name`),
    attributes: attributes(record['attributes'], `${path}.attributes`),
  };
};

const link: Check<SpanLink> = (value, path) => {
  const record = asRecord(value, path);
  return {
    traceId: id(16)(record['traceId'], `${path}.traceId`),
    spanId: id(8)(record['spanId'], `${path}.spanId`),
    attributes: attributes(record['attributes'], `${path}.attributes`),
  };
};

const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer'];

function kindOf(value: unknown): string {
  if (typeof value === 'number') return KINDS[value] ?? '';
  if (typeof value !== 'string') return '';
  const name = value.replace(/^SPAN_KIND_/, '').toLowerCase();
  return KINDS.includes(name) ? name : '';
}

function statusOf(code: unknown): SpanStatus {
  if (code === 2 || code === 'STATUS_CODE_ERROR') return 'error';
  return code === 1 || code === 'STATUS_CODE_OK' ? 'ok' : 'unset';
}

interface Origin {
  readonly service: string;
  readonly resource: readonly Attribute[];
  readonly scope: string;
}

function span(origin: Origin): Check<Span> {
  return (value, path) => {
    const record = asRecord(value, path);
    const status = asRecord(record['status'] ?? {}, `${path}.status`);
    const start = nanos(record['startTimeUnixNano'], `${path}.startTimeUnixNano`);
    const end = nanos(record['endTimeUnixNano'], `${path}.endTimeUnixNano`);
    return {
      traceId: id(16)(record['traceId'], `${path}.traceId`),
      spanId: id(8)(record['spanId'], `${path}.spanId`),
      parentId: id(8)(record['parentSpanId'], `${path}.parentSpanId`).replace(/^0+$/, ''),
      name: text(record['name'], `${path}.name`),
      kind: kindOf(record['kind']),
      start,
      end: end < start ? start : end,
      status: statusOf(status['code']),
      statusMessage: text(status['message'], `${path}.status.message`),
      attributes: attributes(record['attributes'], `${path}.attributes`),
      events: optional(asArray(event), [])(record['events'], `${path}.events`),
      links: optional(asArray(link), [])(record['links'], `${path}.links`),
      ...origin,
    };
  };
}

// Tempo calls them batches and scopeSpans, OTLP resourceSpans; both are read.
export const asSpans: Check<readonly Span[]> = (value, path) => {
  const record = asRecord(value, path);
  const batches = record['batches'] ?? record['resourceSpans'] ?? [];
  return asArray((batch, batchPath) => {
    const fields = asRecord(batch, batchPath);
    const resource = attributes(asRecord(fields['resource'] ?? {}, batchPath)['attributes'], `${batchPath}.resource`);
    const name = resource.find((one) => one.key === 'service.name')?.value;
    const service = name?.kind === 'string' && name.value !== '' ? name.value : 'unknown service';
    const scopes = fields['scopeSpans'] ?? fields['instrumentationLibrarySpans'] ?? [];
    return asArray((part, partPath) => {
      const inner = asRecord(part, partPath);
      const scope = asRecord(inner['scope'] ?? {}, `${partPath}.scope`);
      const title = [text(scope['name'], partPath), text(scope['version'], partPath)].filter((one) => one !== '').join(' ');
      return asArray(span({ service, resource, scope: title }))(inner['spans'] ?? [], `${partPath}.spans`);
    })(scopes, `${batchPath}.scopeSpans`).flat();
  })(batches, `${path}batches`).flat();
};

export async function fetchTrace(traceId: string, signal: AbortSignal): Promise<Result<Trace>> {
  const answer = await getJson(`/api/traces/${encodeURIComponent(traceId)}`, [], asSpans, signal);
  if (!answer.ok) return answer;
  const trace = traceTree(traceId, answer.value);
  return trace === null
    ? fail('notFound', `the server knows trace ${traceId} but gave no spans of it`)
    : { ok: true, value: trace };
}
