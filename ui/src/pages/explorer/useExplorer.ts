// The Explorer's state in the address bar, and every way to change it.

import { useCallback, useMemo } from 'react';
import { MAX_QUERIES, type ExplorerState, type Query } from '../../query/state';
import { decodeState, encodeState } from '../../query/urlState';
import { go } from '../place';

export interface Explorer {
  readonly state: ExplorerState;
  readonly change: (part: Partial<ExplorerState>, replace?: boolean) => void;
  readonly changeQuery: (index: number, part: Partial<Query>, replace?: boolean) => void;
  readonly addQuery: (query: Query) => void;
  readonly deleteQuery: (index: number) => void;
}

export function useExplorer(search: string): Explorer {
  const state = useMemo(() => decodeState(search), [search]);
  const change = useCallback((part: Partial<ExplorerState>, replace = false) => {
    // Read anew: two changes in one event must not undo each other.
    const next = { ...decodeState(window.location.search), ...part };
    go(`${window.location.pathname}?${encodeState(next)}`, replace);
  }, []);
  const changeQueries = useCallback(
    (edit: (queries: readonly Query[]) => readonly Query[], replace = false) =>
      change({ queries: edit(decodeState(window.location.search).queries) }, replace),
    [change],
  );
  return useMemo(
    () => ({
      state,
      change,
      changeQuery: (index, part, replace) =>
        changeQueries((queries) => queries.map((one, at) => (at === index ? { ...one, ...part } : one)), replace),
      addQuery: (query) => changeQueries((queries) => [...queries, query].slice(0, MAX_QUERIES)),
      deleteQuery: (index) => changeQueries((queries) => queries.filter((_, at) => at !== index)),
    }),
    [state, change, changeQueries],
  );
}
