// The one place that calls fetch. Every endpoint's file goes through here and checks what comes back.

import { asArray, asRecord, asString, decode, optional, type Check } from '../base/json';
import { fail, ok, type Failure, type Result } from '../base/result';

export type Params = readonly (readonly [name: string, value: string])[];

// Longer queries go as a form, past any limit that a proxy sets on the length of a URL.
const MAX_URL = 2_000;

export function urlOf(path: string, params: Params): string {
  const text = new URLSearchParams(params.map(([name, value]) => [name, value])).toString();
  return text === '' ? path : `${path}?${text}`;
}

// A cancelled call throws AbortError, as TanStack Query wants it; all else is a Result.
export async function getText(
  path: string,
  params: Params,
  signal: AbortSignal,
): Promise<Result<string>> {
  const url = urlOf(path, params);
  try {
    const answer = await (url.length <= MAX_URL
      ? fetch(url, { signal, headers: { Accept: 'application/json' } })
      : fetch(path, {
          signal,
          method: 'POST',
          headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
          body: new URLSearchParams(params.map(([name, value]) => [name, value])),
        }));
    const text = await answer.text();
    if (answer.ok) return ok(text);
    return fail(kindOf(answer.status, text), reasonOf(text, answer.status), answer.status);
  } catch (error) {
    if (signal.aborted) throw error;
    return fail('unreachable', 'glint does not answer. Is it running?');
  }
}

// A proxy in front that finds nobody behind says so by 502 to 504 and a page or nothing; glint itself gives
// its reasons, as when a query takes too long, in words.
function kindOf(status: number, text: string): Failure['kind'] {
  const wordless = text.trim() === '' || text.trimStart().startsWith('<');
  if (status === 502 || ((status === 503 || status === 504) && wordless)) return 'unreachable';
  return status === 404 ? 'notFound' : 'refused';
}

function reasonOf(text: string, status: number): string {
  const body = parseJson(text);
  if (body.ok) {
    const envelope = decode(asRecord, body.value);
    if (envelope.ok && typeof envelope.value['error'] === 'string') return envelope.value['error'];
  }
  const plain = text.trim();
  return plain !== '' && !plain.startsWith('<') ? plain.slice(0, 2_000) : `the server answered ${status}`;
}

function parseJson(text: string): Result<unknown> {
  try {
    return ok(JSON.parse(text) as unknown);
  } catch {
    return fail('malformed', `the answer is not JSON: ${text.slice(0, 80)}`);
  }
}

export async function getJson<T>(
  path: string,
  params: Params,
  check: Check<T>,
  signal: AbortSignal,
): Promise<Result<T>> {
  const text = await getText(path, params, signal);
  if (!text.ok) return text;
  const body = parseJson(text.value);
  if (!body.ok) return body;
  return decode(check, body.value);
}

// What Prometheus wraps its answers in.
export interface Answer<T> {
  readonly data: T;
  readonly warnings: readonly string[];
}

export function getData<T>(
  path: string,
  params: Params,
  check: Check<T>,
  signal: AbortSignal,
): Promise<Result<Answer<T>>> {
  const envelope: Check<Answer<T>> = (value) => {
    const record = asRecord(value, '');
    const notes = optional(asArray(asString), []);
    return {
      data: check(record['data'], 'data'),
      warnings: [...notes(record['warnings'], 'warnings'), ...notes(record['infos'], 'infos')],
    };
  };
  return getJson(path, params, envelope, signal);
}
