// Says that the server is gone, asks for it every two seconds, and goes away by itself.

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { fetchVersion } from '../api/buildInfo';
import styles from './ServerBanner.module.css';

const CALM_MS = 10_000;
const LOST_MS = 2_000;

export function ServerBanner(): JSX.Element | null {
  const client = useQueryClient();
  const alive = useQuery({
    queryKey: ['alive'],
    queryFn: ({ signal }) => fetchVersion(signal),
    refetchInterval: (query) => (isLost(query.state.data) ? LOST_MS : CALM_MS),
  });
  const lost = isLost(alive.data);
  const was = useRef(false);
  useEffect(() => {
    // What failed meanwhile is asked again.
    if (was.current && !lost) void client.invalidateQueries();
    was.current = lost;
  }, [lost, client]);
  if (!lost) return null;
  return (
    <div className={styles['banner']} role="status" data-testid="server-gone">
      glint does not answer at {window.location.host}. What you see is the last it said; trying again every{' '}
      {LOST_MS / 1000} seconds.
    </div>
  );
}

function isLost(answer: Awaited<ReturnType<typeof fetchVersion>> | undefined): boolean {
  return answer?.ok === false && answer.failure.kind === 'unreachable';
}
