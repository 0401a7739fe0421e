// The catalogue of metrics in a range.

import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
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
  readonly refresh: () => void; // Asks anew, as when a person is about to pick.
}

const NONE: readonly string[] = [];
const FRESH_MS = 10_000;
// Names in a range change slowly; asking by whole minutes keeps one answer through a live minute.
const GRAIN_MS = 60_000;

// `eager`: ask at every moment, for a page that waits for the first metric.
export function useCatalog(span: Span, eager: boolean): Catalog {
  const client = useQueryClient();
  const moment = eager ? span.to : 0;
  const from = Math.floor(span.from / GRAIN_MS) * GRAIN_MS;
  const to = Math.ceil(span.to / GRAIN_MS) * GRAIN_MS;
  const asked = { from, to } as Span;
  const names = useAnswer(['names'], [from, to, moment], (signal) => fetchLabelValues('__name__', '', asked, signal), true, FRESH_MS);
  const metadata = useAnswer(['metadata'], [moment], fetchMetadata, true, FRESH_MS);
  const entries = useMemo(
    () => buildCatalog(names.value ?? NONE, metadata.value ?? new Map()),
    [names.value, metadata.value],
  );
  const refresh = useCallback(() => {
    void client.invalidateQueries({ queryKey: ['names'] });
    void client.invalidateQueries({ queryKey: ['metadata'] });
  }, [client]);
  return {
    refresh,
    entries,
    loading: names.loading || metadata.loading,
    failure: names.failure ?? metadata.failure,
  };
}
