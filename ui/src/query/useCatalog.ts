// The catalogue of metrics in a range.

import { useMemo } from 'react';
import { fetchLabelValues } from '../api/labels';
import { fetchMetadata } from '../api/metadata';
import type { Span } from '../base/range';
import type { Failure } from '../base/result';
import { buildCatalog, type MetricEntry } from './catalog';
import { useAnswer } from './useAnswer';

export interface Catalog {
  readonly entries: readonly MetricEntry[];
  readonly loading: boolean;
  readonly failure: Failure | null;
}

const NONE: readonly string[] = [];
const FRESH_MS = 10_000;
// Names in a range change slowly; asking by whole minutes keeps one answer through a live minute.
const GRAIN_MS = 60_000;

export function useCatalog(span: Span): Catalog {
  const from = Math.floor(span.from / GRAIN_MS) * GRAIN_MS;
  const to = Math.ceil(span.to / GRAIN_MS) * GRAIN_MS;
  const asked = { from, to } as Span;
  const names = useAnswer(['names'], [from, to], (signal) => fetchLabelValues('__name__', '', asked, signal), true, FRESH_MS);
  const metadata = useAnswer(['metadata'], [], fetchMetadata, true, FRESH_MS);
  const entries = useMemo(
    () => buildCatalog(names.value ?? NONE, metadata.value ?? new Map()),
    [names.value, metadata.value],
  );
  return {
    entries,
    loading: names.loading || metadata.loading,
    failure: names.failure ?? metadata.failure,
  };
}
