// The program's pages behind one address bar.

import { MantineProvider } from '@mantine/core';
import '@mantine/core/styles.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { ExplorerPage } from './explorer/ExplorerPage';
import { usePlace } from './place';
import { ServerBanner } from './ServerBanner';
import { Shell } from './Shell';
import { TargetsPage } from './targets/TargetsPage';
import { theme } from './theme';
import { TracePage } from './trace/TracePage';

// A failed call is shown at once and asked again by the next refresh, not behind one's back.
const client = new QueryClient({ defaultOptions: { queries: { retry: false, refetchOnWindowFocus: false } } });

function Page(): JSX.Element {
  const place = usePlace();
  const traceId = /^\/trace\/([^/]+)\/?$/.exec(place.path)?.[1];
  if (traceId !== undefined) return <TracePage traceId={decodeURIComponent(traceId)} search={place.search} />;
  if (/^\/targets\/?$/.test(place.path)) return <TargetsPage />;
  if (place.path === '/' || place.path === '/explore') return <ExplorerPage search={place.search} />;
  return (
    <Shell page="none">
      <p style={{ padding: 32 }}>
        There is no page at <code>{place.path}</code>. The Explorer is at <a href="/">/</a>.
      </p>
    </Shell>
  );
}

export function App(): JSX.Element {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <ServerBanner />
        <Page />
      </QueryClientProvider>
    </MantineProvider>
  );
}
