// GET /api/v1/status/buildinfo: the version, and a sign of life.

import { asRecord, asString, type Check } from '../base/json';
import { mapResult, type Result } from '../base/result';
import { getData } from './http';

const check: Check<string> = (value, path) => asString(asRecord(value, path)['version'], `${path}.version`);

export async function fetchVersion(signal: AbortSignal): Promise<Result<string>> {
  return mapResult(await getData('/api/v1/status/buildinfo', [], check, signal), (value) => value.data);
}
