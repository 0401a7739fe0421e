// `npm run dev:fake`: the UI on made-up data. A Prometheus of the distribution (PROMETHEUS, promtool beside
// it) answers PromQL over three hours of history and goes on scraping; exemplars and traces come from
// fabricate.mjs. FAKE_PORT, or a free port, is where the page is.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createServer as createVite } from 'vite';
import { Counters, STEP_S, exemplars, trace } from './fabricate.mjs';

const prometheus = process.env.PROMETHEUS ?? '/usr/bin/prometheus';
const folder = mkdtempSync(join(tmpdir(), 'glint-fake-'));
const now = () => Date.now() / 1000;
const counters = new Counters(now() - 3 * 3600);

// promtool wants each family in one run.
const families = new Map();
for (let t = counters.t + STEP_S; t < now(); t += STEP_S) {
  counters.advance(t);
  for (const line of counters.lines(t)) {
    if (line.startsWith('#')) continue;
    const name = line.split(/[{ ]/)[0];
    if (!families.has(name)) families.set(name, []);
    families.get(name).push(line);
  }
}
const withJob = (line) => (line.includes('{') ? line.replace('{', '{job="fake",instance="127.0.0.1",') : line.replace(/^(\S+) /, '$1{job="fake",instance="127.0.0.1"} '));
writeFileSync(join(folder, 'history.om'), [...families.values()].flat().map(withJob).join('\n') + '\n# EOF\n');
execFileSync(join(dirname(prometheus), 'promtool'), ['tsdb', 'create-blocks-from', 'openmetrics', join(folder, 'history.om'), join(folder, 'data')], { stdio: 'ignore' });

const listen = (server) => new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)));
const exposition = createServer((_, answer) => {
  counters.advance(now());
  answer.setHeader('Content-Type', 'application/openmetrics-text; version=1.0.0');
  answer.end(counters.lines(null).join('\n') + '\n# EOF\n');
});
const scraped = await listen(exposition);
const probe = createServer();
const apiPort = await listen(probe);
probe.close();
writeFileSync(
  join(folder, 'prometheus.yml'),
  `global: {scrape_interval: 5s}\nscrape_configs:\n- job_name: fake\n  static_configs: [{targets: ["127.0.0.1:${scraped}"], labels: {instance: "127.0.0.1"}}]\n- job_name: nobody\n  static_configs: [{targets: ["127.0.0.1:1"]}]\n`,
);
const child = spawn(prometheus, [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=127.0.0.1:${apiPort}`], { stdio: 'ignore' });

const json = (answer, body, status = 200) => {
  answer.statusCode = status;
  answer.setHeader('Content-Type', 'application/json');
  answer.end(typeof body === 'string' ? body : JSON.stringify(body));
};
const fabricated = {
  name: 'fabricated-answers',
  configureServer(server) {
    server.middlewares.use((request, answer, next) => {
      const url = new URL(request.url, 'http://localhost');
      if (url.pathname === '/api/glint/v1/exemplars') {
        const number = (name) => Number(url.searchParams.get(name));
        if (!url.searchParams.get('query').includes('my_prom_hist')) return json(answer, { status: 'success', data: [] });
        return json(answer, { status: 'success', data: exemplars(number('start'), Math.min(number('end'), now()), number('limit')) });
      }
      const id = /^\/api\/traces\/([0-9a-f]+)/.exec(url.pathname)?.[1];
      if (id === undefined) return next();
      const body = trace(id);
      return body === null ? json(answer, `trace ${id} is not stored`, 404) : json(answer, body);
    });
  },
};
const vite = await createVite({ plugins: [fabricated], server: { port: Number(process.env.FAKE_PORT ?? 5173), proxy: { '/api': `http://127.0.0.1:${apiPort}` } } });
await vite.listen();
vite.printUrls();

const stop = () => {
  child.kill();
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
