// Nothing has arrived yet: how to point something at this glint.

import { CopyButton } from '../../widgets/CopyButton';
import { Link } from '../Link';
import styles from './EmptyState.module.css';

const SCRAPE = `cat > prometheus.yml <<'END'
global:
  scrape_interval: 5s
scrape_configs:
  - job_name: my-service
    static_configs:
      - targets: ['localhost:8080']
END
glint --config prometheus.yml`;

const SDK = `export OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4317
export OTEL_EXPORTER_OTLP_PROTOCOL=grpc
# or, over HTTP:
# export OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318
# export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`;

function Snippet({ title, text, children }: { readonly title: string; readonly text: string; readonly children: React.ReactNode }): JSX.Element {
  return (
    <section className={styles['card']}>
      <h3>{title}</h3>
      <p>{children}</p>
      <div className={styles['code']}>
        <pre>{text}</pre>
        <CopyButton text={text} label={`Copy: ${title}`} size={26} />
      </div>
    </section>
  );
}

export function EmptyState(): JSX.Element {
  return (
    <div className={styles['empty']} data-testid="empty-state">
      <h2>No metrics yet</h2>
      <p className={styles['lead']}>
        glint is running and has nothing to show in this time range. Point a scrape or an SDK at it: this page looks every
        few seconds and fills by itself.
      </p>
      <div className={styles['cards']}>
        <Snippet title="Scrape a service" text={SCRAPE}>
          Any <code>/metrics</code> endpoint; a <code>prometheus.yml</code> that you have works as it is. Exemplars need
          OpenMetrics, which glint asks for first. <Link href="/targets">Targets</Link> tells how each scrape goes.
        </Snippet>
        <Snippet title="Send traces and metrics by OTLP" text={SDK}>
          gRPC on port 4317, HTTP on port 4318. Every OpenTelemetry SDK reads these variables. A dot opens when the spans
          behind it have come this way.
        </Snippet>
      </div>
    </div>
  );
}
