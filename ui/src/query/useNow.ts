// The moment that a page is drawn at. It moves by refreshing; never while nobody looks, and not while
// the last refresh is still being answered: a newer call cancels the older one, and a server slower than
// the refresh would never get to show anything.

import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { timeMs, type TimeMs } from '../base/time';

export function useNow(refreshMs: number): readonly [TimeMs, () => void] {
  const [now, setNow] = useState(() => timeMs(Date.now()));
  const client = useQueryClient();
  const tick = useCallback(() => setNow(timeMs(Date.now())), []);
  useEffect(() => {
    if (refreshMs <= 0) return;
    const timer = window.setInterval(() => {
      if (document.visibilityState === 'visible' && client.isFetching() === 0) tick();
    }, refreshMs);
    const onVisible = (): void => {
      if (document.visibilityState === 'visible') tick();
    };
    document.addEventListener('visibilitychange', onVisible);
    tick();
    return () => {
      window.clearInterval(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [refreshMs, tick, client]);
  return [now, tick];
}
