// Checks of foreign JSON. A check takes any value and gives it back typed, or throws Mismatch with
// the path of what was wrong; `decode` turns that into a Result, so nothing throws past this file.

import { fail, ok, type Result } from './result';

export class Mismatch extends Error {
  constructor(
    readonly path: string,
    readonly expected: string,
    readonly got: unknown,
  ) {
    super(`${path || 'answer'}: expected ${expected}, got ${describe(got)}`);
  }
}

export type Check<T> = (value: unknown, path: string) => T;

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

export const asString: Check<string> = (value, path) => {
  if (typeof value !== 'string') throw new Mismatch(path, 'a string', value);
  return value;
};

export const asNumber: Check<number> = (value, path) => {
  if (typeof value !== 'number') throw new Mismatch(path, 'a number', value);
  return value;
};

// A number that the sender may have written as text, as Prometheus does with samples: "NaN", "+Inf".
export const asSampleValue: Check<number> = (value, path) => {
  if (typeof value === 'number') return value;
  if (value === '+Inf' || value === 'Inf') return Infinity;
  if (value === '-Inf') return -Infinity;
  if (value === 'NaN') return NaN;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
  if (Number.isNaN(number)) throw new Mismatch(path, 'a number as text', value);
  return number;
};

export const asRecord: Check<Readonly<Record<string, unknown>>> = (value, path) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Mismatch(path, 'an object', value);
  }
  return value as Readonly<Record<string, unknown>>;
};

export function asArray<T>(item: Check<T>): Check<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw new Mismatch(path, 'an array', value);
    return value.map((entry: unknown, index) => item(entry, `${path}[${index}]`));
  };
}

// Absent and null are the fallback; a present value must pass.
export function optional<T>(check: Check<T>, fallback: T): Check<T> {
  return (value, path) => (value === undefined || value === null ? fallback : check(value, path));
}

export const asStringMap: Check<Readonly<Record<string, string>>> = (value, path) => {
  const record = asRecord(value, path);
  for (const [key, entry] of Object.entries(record)) asString(entry, `${path}.${key}`);
  return record as Readonly<Record<string, string>>;
};

export function decode<T>(check: Check<T>, value: unknown, path = ''): Result<T> {
  try {
    return ok(check(value, path));
  } catch (error) {
    if (error instanceof Mismatch) return fail('malformed', error.message);
    throw error;
  }
}
