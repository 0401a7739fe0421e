// A trace at its own address: /trace/<id>?span=<id>.

import { useEffect } from 'react';
import { isTraceId } from '../../base/ids';
import { go } from '../place';
import { Shell } from '../Shell';
import { traceHref, TraceView } from './TraceView';

interface Props {
  readonly traceId: string;
  readonly search: string;
}

export function TracePage({ traceId, search }: Props): JSX.Element {
  const params = new URLSearchParams(search);
  const zone = params.get('tz') === 'utc' ? 'utc' : 'local';
  useEffect(() => {
    document.title = `trace ${traceId.slice(0, 8)} · glint`;
    return () => {
      document.title = 'glint';
    };
  }, [traceId]);
  return (
    <Shell page="trace">
      {isTraceId(traceId) ? (
        <TraceView
          key={traceId}
          traceId={traceId.toLowerCase()}
          spanId={params.get('span') ?? ''}
          zone={zone}
          where="page"
          onSpan={(span) => go(traceHref(traceId, span, zone), true)}
          onTrace={(id, span) => go(traceHref(id, span, zone))}
          onClose={null}
        />
      ) : (
        <p style={{ padding: 32 }}>
          <code>{traceId}</code> is no trace id: those are 32 hexadecimal digits, not all of them zero.
        </p>
      )}
    </Shell>
  );
}
