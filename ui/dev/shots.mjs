// Pictures of the pages for looking at: node dev/shots.mjs BASE_URL FOLDER [NAME...]. Chromium by CHROMIUM.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [base, folder, ...names] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const profile = mkdtempSync(join(tmpdir(), 'glint-shots-'));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  viewport: { width: 1440, height: 900 },
});
const metric = 'metric=my_prom_hist_seconds';
const scenes = {
  heat: [`/?${metric}&range=15m`],
  hour: [`/?${metric}&range=1h`],
  linear: [`/?${metric}&range=30m&y=linear&colour=sqrt`],
  tip: [`/?${metric}&range=15m`, async (page) => page.getByTestId('heatmap').hover({ position: { x: 600, y: 300 } })],
  dot: [`/?${metric}&range=15m`, async (page) => {
    const dot = await page.evaluate(() => window.__glint.dots().filter((one) => one.stored === 'missing').at(-3));
    await page.mouse.move(dot.x, dot.y);
  }],
  trace: [`/?${metric}&range=15m`, async (page) => {
    const dot = await page.evaluate(() => window.__glint.dots().filter((one) => one.stored === 'stored').sort((a, b) => b.y - a.y)[4]);
    await page.mouse.click(dot.x, dot.y);
    await page.locator('[data-testid=trace][data-state=shown]').waitFor();
    await page.mouse.move(600, 20);
  }],
  group: [`/?${metric}&range=1h&by=region&by=version`],
  picker: ['/', async (page) => {
    await page.getByTestId('metric').click();
    await page.getByTestId('metric-search').pressSequentially('pool');
  }],
  start: ['/'],
  lines: ['/?metric=http_requests_total&range=1h&by=code'],
  table: [`/?${metric}&range=15m&view=both`],
  code: [`/?mode=code&code=${encodeURIComponent('sum by (le) (increase(my_prom_hist_seconds_bucket{region="eu-west"}[1m]))')}&range=1h&step=1m`],
  big: [`/trace/${'b'.repeat(32)}`],
  targets: ['/targets'],
  two: [`/?${metric}&filter=region%3Deu-west&b.metric=http_requests_total&b.by=code&range=1h`],
};
for (const scheme of ['dark', 'light']) {
  for (const name of names.length > 0 ? names : Object.keys(scenes)) {
    const [path, act] = scenes[name];
    const page = await browser.newPage();
    await page.emulateMedia({ colorScheme: scheme });
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && console.log(name, message.text()));
    page.on('pageerror', (error) => console.log(name, error.message));
    await page.goto(base + path);
    try {
      if (path.includes('metric=')) await page.locator('[data-testid=result][data-loading=false][data-fetching=false]').first().waitFor({ timeout: 15000 });
      if (path.includes('my_prom')) await page.waitForFunction(() => window.__glint?.dots().length > 0, undefined, { timeout: 15000 });
      if (path.startsWith('/trace')) await page.locator('[data-testid=trace][data-state=shown]').waitFor({ timeout: 15000 });
      if (act) await act(page);
    } catch (error) {
      console.log(name, error.message.split('\n')[0]);
    }
    await page.waitForTimeout(400);
    await page.screenshot({ path: join(folder, `${name}-${scheme}.png`) });
    await page.close();
  }
}
await browser.close();
rmSync(profile, { recursive: true, force: true });
