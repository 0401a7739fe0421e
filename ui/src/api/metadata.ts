// GET /api/v1/metadata: type, help and unit of each metric family.

import { asArray, asRecord, asString, optional, type Check } from '../base/json';
import { mapResult, type Result } from '../base/result';
import { getData } from './http';

export interface Metadata {
  readonly type: string;
  readonly help: string;
  readonly unit: string;
}

const entry: Check<Metadata> = (value, path) => {
  const record = asRecord(value, path);
  return {
    type: optional(asString, 'unknown')(record['type'], `${path}.type`),
    help: optional(asString, '')(record['help'], `${path}.help`),
    unit: optional(asString, '')(record['unit'], `${path}.unit`),
  };
};

const check: Check<ReadonlyMap<string, Metadata>> = (value, path) => {
  const families = new Map<string, Metadata>();
  for (const [name, entries] of Object.entries(asRecord(value, path))) {
    const first = asArray(entry)(entries, `${path}.${name}`)[0];
    if (first !== undefined) families.set(name, first);
  }
  return families;
};

// Where targets disagree the first one's word is taken.
export async function fetchMetadata(signal: AbortSignal): Promise<Result<ReadonlyMap<string, Metadata>>> {
  return mapResult(await getData('/api/v1/metadata', [], check, signal), (value) => value.data);
}
