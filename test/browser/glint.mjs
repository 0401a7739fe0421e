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
  async start(targets) {
    const binary = process.env.GLINT_BIN ?? resolve(dirname(fileURLToPath(import.meta.url)), '../../build/release/src/server/glint');
    if (!existsSync(binary)) throw new Error(`${binary} is not there: build it, or set GLINT_BIN`);
    const config = join(this.folder, 'prometheus.yml');
    const jobs = Object.entries(targets).map(([job, target]) => `- job_name: ${job}\n  static_configs: [{targets: ['${target}']}]\n`);
    writeFileSync(config, `global: {scrape_interval: 500ms, scrape_timeout: 500ms}\nscrape_configs:\n${jobs.join('')}`);
    const ports = join(this.folder, 'ports.json');
    const log = openSync(this.log, 'a');
    const any = '127.0.0.1:0';
    this.process = spawn(
      binary,
      ['--listen', any, '--otlp-grpc', any, '--otlp-http', any, '--data', join(this.folder, 'data'), '--config', config, '--port-file', ports],
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

  async stop(failed) {
    if (this.process !== undefined && this.process.exitCode === null) {
      const ended = new Promise((done) => this.process.once('exit', done));
      this.process.kill('SIGTERM');
      const timer = setTimeout(() => this.process.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(timer);
    }
    if (failed && existsSync(this.log)) {
      console.log("--- the last lines of glint's log");
      console.log(readFileSync(this.log, 'utf8').split('\n').slice(-LAST_LINES).join('\n'));
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
