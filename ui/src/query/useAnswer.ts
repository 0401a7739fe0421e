// A call to the server as a component sees it: the last good answer stays on show while the next is
// under way or when it fails, so a live chart neither blinks nor forgets.

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Failure, Result } from '../base/result';

export interface Asked<T> {
  readonly value: T | null;
  readonly failure: Failure | null;
  readonly loading: boolean; // Nothing to show yet.
  readonly fetching: boolean;
}

// Answers of a live chart are asked once each and then of no use.
const KEEP_MS = 15_000;

// `subject`: what is asked about; the last answer is kept on show only within one subject.
// `moment`: what changes as time goes on. A newer moment cancels the older call.
export function useAnswer<T>(
  subject: readonly unknown[],
  moment: readonly unknown[],
  ask: (signal: AbortSignal) => Promise<Result<T>>,
  enabled = true,
  freshMs = 0,
): Asked<T> {
  const query = useQuery({
    queryKey: [...subject, ...moment],
    queryFn: ({ signal }) => ask(signal),
    enabled,
    staleTime: freshMs,
    gcTime: Math.max(KEEP_MS, freshMs),
    placeholderData: keepPreviousData,
  });
  const subjectKey = JSON.stringify(subject);
  const good = useRef<{ readonly key: string; readonly value: T } | null>(null);
  const current = query.isPlaceholderData ? undefined : query.data;
  useEffect(() => {
    if (current?.ok === true) good.current = { key: subjectKey, value: current.value };
  }, [current, subjectKey]);
  const held = good.current !== null && good.current.key === subjectKey ? good.current.value : null;
  const value = current?.ok === true ? current.value : held;
  const failure = current?.ok === false ? current.failure : null;
  return { value, failure, loading: enabled && value === null && failure === null, fetching: query.isFetching };
}
