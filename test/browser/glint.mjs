// A glint of the test's own: free ports, data in a temporary folder, ended with the test.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from './wait.mjs';

const LAST_LINES = 30;

export class Glint {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'glint-browser-'));
    this.log = join(this.folder, 'glint.log');
  }

  // `targets`: job name -> host:port, scraped twice a second.
  scrape(targets) {
    const jobs = Object.entries(targets).map(([job, target]) => `- job_name: ${job}\n  static_configs: [{targets: ['${target}']}]\n`);
    this.config = join(this.folder, 'prometheus.yml');
    writeFileSync(this.config, `global: {scrape_interval: 500ms, scrape_timeout: 500ms}\nscrape_configs:\n${jobs.join('')}`);
  }

  // Started again it takes the ports that it had, so that a page finds it.
  async start() {
    const binary = process.env.GLINT_BIN ?? resolve(dirname(fileURLToPath(import.meta.url)), '../../build/release/src/server/glint');
    if (!existsSync(binary)) throw new Error(`${binary} is not there: build it, or set GLINT_BIN`);
    const ports = join(this.folder, 'ports.json');
    const log = openSync(this.log, 'a');
    rmSync(ports, { force: true });
    const at = (part) => this.ports?.[part] ?? '127.0.0.1:0';
    this.process = spawn(
      binary,
      ['--listen', at('listen'), '--otlp-grpc', at('otlp_grpc'), '--otlp-http', at('otlp_http'), '--data', join(this.folder, 'data'), '--config', this.config, '--port-file', ports],
      { stdio: ['ignore', log, log] },
    );
    const alive = () => {
      if (this.process.exitCode !== null) throw new Error(`glint ended with ${this.process.exitCode}`);
      return true;
    };
    this.ports = await waitFor('glint writes its port file', () => {
      alive();
      const text = existsSync(ports) ? readFileSync(ports, 'utf8') : '';
      return text !== '' && JSON.parse(text);
    });
    await waitFor('/-/ready answers 200', async () => alive() && (await fetch(this.url('/-/ready')).catch(() => null))?.status === 200);
  }

  url(path, part = 'listen') {
    return `http://${this.ports[part]}${path}`;
  }

  async names() {
    const answer = await fetch(this.url('/api/v1/label/__name__/values'));
    return (await answer.json()).data ?? [];
  }

  async end() {
    if (this.process === undefined || this.process.exitCode !== null) return;
    const ended = new Promise((done) => this.process.once('exit', done));
    this.process.kill('SIGTERM');
    const timer = setTimeout(() => this.process.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(timer);
  }

  async stop(failed) {
    await this.end();
    if (failed && existsSync(this.log)) {
      console.log("--- the last lines of glint's log");
      console.log(readFileSync(this.log, 'utf8').split('\n').slice(-LAST_LINES).join('\n'));
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
