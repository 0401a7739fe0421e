// Where the address bar stands, and how to go elsewhere.

import { useSyncExternalStore } from 'react';

export interface Place {
  readonly path: string;
  readonly search: string;
}

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
  };
}

export function usePlace(): Place {
  const href = useSyncExternalStore(subscribe, () => window.location.pathname + window.location.search);
  const cut = href.indexOf('?');
  return cut < 0 ? { path: href, search: '' } : { path: href.slice(0, cut), search: href.slice(cut) };
}

// `replace`: the step is too small to come back to, like a letter typed.
export function go(href: string, replace = false): void {
  if (href === window.location.pathname + window.location.search) return;
  if (replace) window.history.replaceState(null, '', href);
  else window.history.pushState(null, '', href);
  for (const listener of listeners) listener();
}
