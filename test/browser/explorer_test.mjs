// The Explorer in a real browser, on a real glint: a metric is picked by typing, its heatmap and dots are
// where and what they should be, a click on a dot opens the span whose id the dot carries.
//
// GLINT_BIN: the program. GLINT_TEST_OUT: where the screenshots stay. CHROMIUM: the browser.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Glint } from './glint.mjs';
import { apart, lightness, readPng } from './png.mjs';
import { Target } from './target.mjs';
import { DEADLINE_MS, waitFor } from './wait.mjs';

const { chromium } = createRequire(new URL('../../ui/package.json', import.meta.url))('playwright-core');
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const DOT = { dark: [0xff, 0xb0, 0x20], light: [0xf0, 0x7c, 0x00] };
const NEAR = 14; // Pixels: dots closer than this hide each other's edges.

const out = process.env.GLINT_TEST_OUT === undefined ? null : resolve(process.env.GLINT_TEST_OUT);
const glint = new Glint();
const target = new Target(() => glint.url('/v1/traces', 'otlp_http'));
const profile = mkdtempSync(join(tmpdir(), 'glint-profile-'));
let browser;
let page;

const say = (fact) => console.log(`ok: ${fact}`);
const dots = () => page.evaluate(() => window.__glint?.dots() ?? []);
const id = (name) => page.getByTestId(name);

async function shoot(name) {
  const bytes = await page.screenshot(out === null ? {} : { path: join(out, `${name}.png`) });
  return readPng(bytes);
}

const settled = () =>
  page.locator('[data-testid=result][data-loading=false][data-fetching=false]').first().waitFor({ timeout: DEADLINE_MS });

const alone = (all) => all.filter((one) => all.every((other) => other === one || Math.hypot(other.x - one.x, other.y - one.y) > NEAR));

async function pickByTyping() {
  await page.goto(glint.url('/?range=2m&refresh=1s'));
  await id('metric').click();
  await id('metric-search').pressSequentially('my_prom_hist');
  await page.locator('[data-testid=metric-option][data-metric=my_prom_hist_seconds]').waitFor();
  await page.keyboard.press('Enter');
  await id('heatmap').waitFor();
  assert.match(page.url(), /[?&]metric=my_prom_hist_seconds(&|$)/);
  say('typing my_prom_hist and Enter selects my_prom_hist_seconds');
}

// Live until there is enough to look at, then still: what is measured must not move.
async function waitForDots() {
  await waitFor('dots of stored and of missing traces', async () => {
    const all = alone(await dots());
    return all.filter((one) => one.stored === 'stored').length >= 9 && all.filter((one) => one.stored === 'missing').length >= 3;
  });
  await id('refresh').click();
  await page.getByRole('menuitem', { name: 'Off' }).click();
  await page.mouse.move(5, 5);
  await settled();
  // A call that was under way when refreshing stopped is drawn one frame later.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

async function checkDots(scheme) {
  const picture = await shoot(`heatmap-${scheme}`);
  const all = await dots();
  assert.equal(Number(await id('heatmap').getAttribute('data-dots')) >= all.length, true);
  for (const one of all) {
    const truth = target.traces.get(one.traceId);
    assert.ok(truth, `dot ${one.traceId} was never exposed`);
    assert.equal(one.spanId, truth.spanId);
    // A page that asked before a late trace came is right to show it hollow still.
    if (!truth.late) assert.equal(one.stored, truth.sent ? 'stored' : 'missing', `dot ${one.traceId}`);
  }
  const seen = alone(all);
  for (const one of seen) {
    const distance = apart(picture.at(one.x, one.y), DOT[scheme]);
    if (one.stored === 'stored') assert.ok(distance < 24, `${scheme}: at (${one.x}, ${one.y}) is ${picture.at(one.x, one.y)}, a dot is ${DOT[scheme]}`);
    else assert.ok(distance > 40, `${scheme}: the hollow dot at (${one.x}, ${one.y}) is filled`);
  }
  say(`${seen.length} dots of ${all.length} have their colour at their place (${scheme})`);
}

// "10 ms – 50 ms" -> [0.01, 0.05]
function boundsOf(text) {
  const unit = { ns: 1e-9, µs: 1e-6, ms: 1e-3, s: 1, min: 60 };
  const values = [...text.matchAll(/([\d.]+) (ns|µs|ms|s|min)\b/g)].map(([, number, name]) => Number(number) * unit[name]);
  return text.startsWith('above') ? [values[0], Infinity] : values;
}

async function cellUnder(x, y) {
  await page.mouse.move(x, y);
  const tip = id('cell-tip');
  await tip.waitFor();
  const bounds = boundsOf(await tip.locator('b').first().innerText());
  const count = /([\d,.]+) of/.exec(await tip.innerText());
  const time = await tip.locator('span').first().innerText();
  return { bounds, time, count: count === null ? null : Number(count[1].replace(/,/g, '')) };
}

async function checkCells() {
  const all = alone(await dots());
  for (const layer of ['p50', 'p95', 'p99', 'dots']) await id(`layer-${layer}`).click();
  await waitFor('the dots are gone', async () => (await dots()).length === 0);
  await page.mouse.move(5, 5);
  const picture = await shoot('cells');
  const from = Date.now();
  for (const one of all.slice(0, 6)) {
    const { bounds, time } = await cellUnder(one.x, one.y);
    const truth = target.traces.get(one.traceId);
    assert.ok(truth.value > bounds[0] && truth.value <= bounds[1], `${truth.value} is drawn in ${bounds}`);
    const start = Date.parse(`${time.slice(0, 19).replace(' ', 'T')}Z`);
    assert.ok(truth.timeMs >= start - 1 && truth.timeMs <= start + 10_000 && truth.timeMs < from, `${truth.timeMs} is drawn at ${time}`);
  }
  say('dots stand in the cell of their own time and value');
  const box = await id('heatmap').boundingBox();
  // A column well inside the data: where the middle one of the dots is, or, when a scrape came late
  // there and nothing can be counted, the next one that is not empty.
  const across = [...all].sort((a, b) => a.x - b.x);
  const middle = across[Math.floor(all.length / 2)].x;
  across.sort((a, b) => Math.abs(a.x - middle) - Math.abs(b.x - middle));
  let column = [];
  for (const { x } of across) {
    const cells = new Map();
    for (let y = box.y + 16; y < box.y + box.height - 36; y += 9) {
      const cell = await cellUnder(x, y);
      if (cell.count !== null) cells.set(cell.bounds.join(), { ...cell, light: lightness(picture.at(x, y)) });
    }
    column = [...cells.values()].sort((a, b) => a.count - b.count);
    if (column.length > 0) break;
  }
  assert.ok(column.length >= 6, `only ${column.length} cells under the pointer`);
  for (let i = 1; i < column.length; i++) {
    const [less, more] = [column[i - 1], column[i]];
    if (more.count > less.count * 1.2) assert.ok(more.light > less.light, `${more.count} is not lighter than ${less.count}`);
  }
  assert.deepEqual(column.at(-1).bounds, [0.01, 0.05], 'the fullest cell is the fullest bucket');
  say(`${column.length} cells are the lighter the more they count`);
  for (const layer of ['p50', 'p95', 'p99', 'dots']) await id(`layer-${layer}`).click();
  await waitFor('the dots are back', async () => (await dots()).length > 0);
}

async function openDot() {
  const one = alone(await dots()).filter((dot) => dot.stored === 'stored').at(-2);
  await page.mouse.click(one.x, one.y);
  await page.locator('[data-testid=trace][data-state=shown]').waitFor({ timeout: DEADLINE_MS });
  assert.equal(await id('flyout').getAttribute('data-trace-id'), one.traceId);
  assert.equal(await id('span-details').getAttribute('data-span-id'), one.spanId);
  assert.equal(await page.locator('[data-testid=span-row][data-linked]').getAttribute('data-span-id'), one.spanId);
  assert.match(await id('span-details').innerText(), /prometheus_exemplars[\s\S]*http\.method/);
  assert.match(await id('summary').innerText(), /do_work/);
  await shoot('flyout-dark');
  say('a click on a dot opens the span whose id the dot carries');

  const url = page.url();
  await page.reload();
  await page.locator('[data-testid=trace][data-state=shown]').waitFor({ timeout: DEADLINE_MS });
  await id('heatmap').waitFor();
  assert.equal(page.url(), url);
  assert.equal(await id('span-details').getAttribute('data-span-id'), one.spanId);
  assert.match(await id('metric').innerText(), /my_prom_hist_seconds/);
  say('a reload restores the metric, the chart and the open span');

  await page.goBack();
  await id('flyout').waitFor({ state: 'detached' });
  await id('heatmap').waitFor();
  say('back closes the trace');
}

async function hollowSaysWhy() {
  await settled();
  const one = await waitFor('a hollow dot stands alone', async () => alone(await dots()).filter((dot) => dot.stored === 'missing').at(-1));
  await page.mouse.move(one.x, one.y);
  assert.match(await id('hollow-reason').innerText(), /not stored/);
  await shoot('hollow');
  await page.mouse.click(one.x, one.y);
  await id('trace-missing').waitFor({ timeout: DEADLINE_MS });
  assert.match(await id('trace-missing').innerText(), /not stored here/);
  say('a hollow dot says why, before and after the click');
  target.traces.get(one.traceId).late = true;
  await target.send(one.traceId, one.spanId, 0.9, Date.now());
  await page.locator('[data-testid=trace][data-state=shown]').waitFor({ timeout: DEADLINE_MS });
  assert.equal(await id('span-details').getAttribute('data-span-id'), one.spanId);
  await page.keyboard.press('Escape');
  await id('flyout').waitFor({ state: 'detached' });
  say('a trace that comes late opens by itself');
}

async function byKeyboard() {
  await id('heatmap').focus();
  await page.mouse.move(5, 5);
  await page.keyboard.press('ArrowLeft');
  const traceId = await waitFor('a dot has the focus', () => id('dot-tip').getAttribute('data-trace-id', { timeout: 1000 }).catch(() => null));
  await page.keyboard.press('Enter');
  assert.equal(await id('flyout').getAttribute('data-trace-id'), traceId);
  await id('close-flyout').click();
  say('arrows and Enter open a dot without a mouse');
}

async function lightAndLinear() {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.mouse.move(5, 5);
  await page.locator('html[data-mantine-color-scheme=light]').waitFor({ state: 'attached' });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await checkDots('light');
  const before = await yNumbers();
  await id('y-scale').getByText('linear y').click();
  await waitFor('the URL says linear', () => /[?&]y=linear/.test(page.url()));
  await waitFor('the y axis has other numbers', async () => !before.equals(await yNumbers()));
  await shoot('linear-light');
}

// The strip left of the map, where the axis writes its numbers.
async function yNumbers() {
  const box = await id('heatmap').boundingBox();
  return page.screenshot({ clip: { x: box.x, y: box.y, width: 60, height: box.height - 40 } });
}

async function serverGone() {
  await page.goto(glint.url('/?metric=my_prom_hist_seconds&range=2m&refresh=1s'));
  await waitFor('dots', async () => (await dots()).length > 0);
  await glint.end();
  await id('server-gone').waitFor();
  assert.ok((await dots()).length > 0, 'the chart forgot its data when the server went');
  await shoot('server-gone');
  await glint.start();
  await id('server-gone').waitFor({ state: 'detached' });
  await waitFor('dots from before the restart', async () => (await dots()).length > 0);
  say('a server that goes is told, and forgotten when it is back');
}

async function targets() {
  await page.goto(glint.url('/targets'));
  await page.locator('[data-testid=target][data-health=up]').waitFor({ timeout: DEADLINE_MS });
  await page.locator('[data-testid=target][data-health=down]').waitFor({ timeout: DEADLINE_MS });
  assert.notEqual((await id('target-error').innerText()).trim(), '');
  await shoot('targets');
  say('the targets page shows health and the last error');
}

async function run() {
  if (out !== null) mkdirSync(out, { recursive: true });
  const exposed = await target.start();
  glint.scrape({ 'browser-test': exposed, nobody: '127.0.0.1:1' });
  await glint.start();
  await waitFor('the histogram is stored', async () => (await glint.names()).includes('my_prom_hist_seconds_bucket'));
  browser = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: FLAGS,
    viewport: { width: 1440, height: 900 },
    colorScheme: 'dark',
    timezoneId: 'UTC',
  });
  page = await browser.newPage();
  page.setDefaultTimeout(DEADLINE_MS);
  const faults = [];
  page.on('pageerror', (error) => faults.push(error.message));
  await pickByTyping();
  await waitForDots();
  await checkDots('dark');
  await checkCells();
  await openDot();
  await hollowSaysWhy();
  await byKeyboard();
  await lightAndLinear();
  await targets();
  await serverGone();
  assert.deepEqual(faults, [], 'the page threw');
}

let failed = false;
try {
  await run();
} catch (error) {
  failed = true;
  console.error(error);
  if (page !== undefined) await shoot('failed').catch(() => undefined);
} finally {
  await browser?.close();
  target.stop();
  await glint.stop(failed);
  rmSync(profile, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
