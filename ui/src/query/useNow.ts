// The moment that a page is drawn at. It moves by refreshing, and never while nobody looks.

import { useCallback, useEffect, useState } from 'react';
import { timeMs, type TimeMs } from '../base/time';

export function useNow(refreshMs: number): readonly [TimeMs, () => void] {
  const [now, setNow] = useState(() => timeMs(Date.now()));
  const tick = useCallback(() => setNow(timeMs(Date.now())), []);
  useEffect(() => {
    if (refreshMs <= 0) return;
    const timer = window.setInterval(() => {
      if (document.visibilityState === 'visible') tick();
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
  }, [refreshMs, tick]);
  return [now, tick];
}
