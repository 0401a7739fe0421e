// The outcome of a call that may fail. A failure is a value, shown where its data would be.

export interface Failure {
  readonly kind: 'unreachable' | 'refused' | 'notFound' | 'malformed';
  readonly message: string;
  readonly status?: number;
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail<T>(
  kind: Failure['kind'],
  message: string,
  status?: number,
): Result<T> {
  return { ok: false, failure: status === undefined ? { kind, message } : { kind, message, status } };
}

export function mapResult<T, U>(result: Result<T>, map: (value: T) => U): Result<U> {
  return result.ok ? ok(map(result.value)) : result;
}

// For a switch that must name every kind: the compiler refuses a forgotten one.
export function unreachable(value: never): never {
  throw new Error(`a kind without a case: ${JSON.stringify(value)}`);
}
