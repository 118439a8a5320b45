import { describe, expect, test } from 'vitest';
import type { Fault } from '../../pipeline/document.ts';
import { createBench, printAt, shop } from './testBench.ts';

const second = 1_000_000;

describe('time', () => {
  test('played as fast as possible to the end, the run is that of the engine alone', async () => {
    const bench = createBench();
    const answer = await bench.load(shop());
    expect(answer).toMatchObject({ ok: true, timeUs: 0, resumed: false, notResumed: null });
    await bench.simulation.setSpeed('max');
    await bench.simulation.play();
    const status = await bench.until('finished');
    expect(status.timeUs).toBe(20 * second);
    expect(status.fingerprint).toBe(printAt(shop(), 20 * second));
  });

  test('pauses and steps in between change nothing', async () => {
    const bench = createBench();
    await bench.load(shop());
    await bench.simulation.setSpeed('max');
    for (let i = 1; i <= 5; i++) {
      await bench.simulation.play();
      await bench.when(() => bench.status().timeUs >= i * second, `${i} s`);
      await bench.simulation.pause();
      expect(bench.status().phase).toBe('paused');
      const before = bench.status().events;
      await bench.simulation.step();
      await bench.simulation.step();
      expect(bench.status().events).toBe(before + 2);
    }
    await bench.simulation.play();
    expect((await bench.until('finished')).fingerprint).toBe(printAt(shop(), 20 * second));
  });

  test('objectives set during a run are judged from then on, also after going back, and the run is the same', async () => {
    const bench = createBench();
    await bench.load(shop());
    await bench.simulation.runUntil(8 * second);
    await bench.until('paused');
    expect((await bench.simulation.report()).objectives).toEqual([]);
    const objective = {
      id: 'o',
      name: 'Archived',
      node: 'b',
      metric: 'records.total',
      statistic: 'total',
      comparison: '>=',
      value: 1,
    } as const;
    await bench.simulation.setObjectives([objective]);
    expect((await bench.simulation.report()).objectives).toMatchObject([{ id: 'o', pass: true }]);
    expect(bench.status()).toMatchObject({ timeUs: 8 * second, fingerprint: printAt(shop(), 8 * second) });
    await bench.simulation.reset();
    expect((await bench.simulation.report()).objectives).toMatchObject([{ id: 'o', value: 0, pass: false }]);
  });

  test('a paused run stands still, also when it is paused again', async () => {
    const bench = createBench();
    await bench.load(shop());
    await bench.simulation.setSpeed('max');
    await bench.simulation.play();
    await bench.when(() => bench.status().timeUs > second, 'a second');
    await bench.simulation.pause();
    await bench.simulation.pause();
    const { timeUs, events } = bench.status();
    await bench.simulation.save();
    expect(bench.status()).toMatchObject({ phase: 'paused', timeUs, events });
  });

  test('at a speed, virtual time follows real time', async () => {
    const bench = createBench({ tickMs: 0.1 });
    await bench.load(shop());
    await bench.simulation.setSpeed(10);
    await bench.simulation.play();
    await bench.when(() => bench.status().timeUs > 12 * second, '12 s');
    expect(bench.status().speedReached).toBeGreaterThan(9);
    expect(bench.status().speedReached).toBeLessThan(11);
    expect((await bench.until('finished')).fingerprint).toBe(printAt(shop(), 20 * second));
  });

  test('a run to a moment goes forwards and backwards to the state the engine has there', async () => {
    const bench = createBench({ limits: { pastSpacingMs: 100 } });
    await bench.load(shop());
    for (const seconds of [3, 12, 7.5, 0, 11, 10.999, 2, 20]) {
      await bench.simulation.runUntil(seconds * second);
      const status = await bench.until('paused', 'finished');
      expect(status).toMatchObject({ timeUs: seconds * second, fingerprint: printAt(shop(), seconds * second) });
    }
  });

  test('a run to a moment shows its progress and can be cancelled', async () => {
    const bench = createBench();
    await bench.load(shop());
    await bench.simulation.runUntil(20 * second);
    await bench.when(() => (bench.status().progress ?? 0) > 0.2, 'a fifth of the way');
    await bench.simulation.pause();
    expect(bench.status()).toMatchObject({ phase: 'paused', progress: null });
    expect(bench.status().timeUs).toBeLessThan(20 * second);
  });

  test('at the end there is nothing to play or to step', async () => {
    const bench = createBench();
    await bench.load(shop());
    await bench.simulation.runUntil(20 * second);
    const end = await bench.until('finished');
    await bench.simulation.step();
    await bench.simulation.play();
    expect(bench.status()).toMatchObject({ phase: 'finished', timeUs: end.timeUs, events: end.events });
    const refused = await bench.simulation.intervene({ action: 'member.add', node: 'a' });
    expect(refused.fault).toBeNull();
    expect(refused.refusal).toContain('at its end');
  });

  test('steps reach the end and stop there', async () => {
    const bench = createBench();
    const document = shop({ durationMs: 40 });
    await bench.load(document);
    for (let i = 0; i < 2_000 && bench.status().phase !== 'finished'; i++) await bench.simulation.step();
    expect(bench.status()).toMatchObject({ phase: 'finished', timeUs: 40_000, fingerprint: printAt(document, 40_000) });
  });

  test('reset begins anew, also while the run is on', async () => {
    const bench = createBench();
    await bench.load(shop());
    await bench.simulation.setSpeed('max');
    await bench.simulation.play();
    await bench.when(() => bench.status().timeUs > 3 * second, '3 s');
    await bench.simulation.reset();
    expect(bench.status()).toMatchObject({ phase: 'paused', timeUs: 0 });
    expect((await bench.simulation.events(0)).total).toBe(0);
    expect(bench.messages.findLast((message) => message.type === 'events')).toEqual({ type: 'events', total: 0 });
    await bench.simulation.play();
    expect((await bench.until('finished')).fingerprint).toBe(printAt(shop(), 20 * second));
  });
});

describe('loading', () => {
  test('a design that cannot run leaves the run that is on as it is', async () => {
    const bench = createBench();
    await bench.load(shop());
    await bench.simulation.setSpeed('max');
    await bench.simulation.play();
    await bench.when(() => bench.status().timeUs > second, 'a second');
    const broken = { ...shop(), edges: [{ id: 'e', source: 'p', target: 'nobody' }] };
    const answer = await bench.load(broken);
    expect(answer.ok).toBe(false);
    expect(answer.findings.length).toBeGreaterThan(0);
    expect((await bench.until('finished')).fingerprint).toBe(printAt(shop(), 20 * second));
  });

  test('of two loads at once the last one stays', async () => {
    const bench = createBench();
    const other = shop({ durationMs: 5_000 });
    const answers = await Promise.all([bench.load(shop(), { resume: true }), bench.load(other)]);
    expect(answers.map((answer) => answer.ok)).toEqual([true, true]);
    await bench.simulation.runUntil(20 * second);
    expect(await bench.until('finished')).toMatchObject({ timeUs: 5 * second, fingerprint: printAt(other, 5 * second) });
  });

  test('a run loaded and played at once while another one runs is not touched by it', async () => {
    const bench = createBench();
    await bench.load(shop());
    await bench.simulation.setSpeed('max');
    await bench.simulation.play();
    await bench.when(() => bench.status().timeUs > second, 'a second');
    const other = { ...shop(), scenario: { ...shop().scenario, seed: 8 } };
    await bench.load(other);
    await bench.simulation.play();
    expect((await bench.until('finished')).fingerprint).toBe(printAt(other, 20 * second));
  });

  test('a frame and its layout come with the answer', async () => {
    const bench = createBench();
    const { layout } = await bench.load(shop());
    const types = bench.messages.map((message) => message.type);
    expect(types.indexOf('layout')).toBeLessThan(types.indexOf('frame'));
    expect(layout?.members.map(({ node, member }) => `${node}-${member}`)).toEqual(['s-0', 's-1', 'a-0', 'b-0']);
  });
});

describe('what people do', () => {
  test('is recorded, and a fresh run of the document with it gives the same fingerprint', async () => {
    const bench = createBench();
    const planned: Fault = { atMs: 15_000, action: 'outage.start', node: 'b' };
    await bench.load(shop({ faults: [planned] }));
    await bench.simulation.setSpeed('max');
    const faults: Fault[] = [planned];
    const actions = [
      { action: 'member.add', node: 'a' },
      { action: 'member.crash', node: 's', member: 1 },
      { action: 'config.set', node: 'p', config: 'workload.rate', value: 900 },
      { action: 'slow', node: 'a', factor: 3 },
      { action: 'member.restart', node: 's', member: 1 },
      { action: 'member.stop', node: 'a', member: 1 },
      { action: 'outage.start', node: 's' },
      { action: 'outage.end', node: 's' },
    ] as const;
    for (const [i, action] of actions.entries()) {
      // Now while it runs, now while it is paused.
      await bench.simulation.play();
      await bench.when(() => bench.status().timeUs >= (i + 1) * second, `${i + 1} s`);
      if (i % 2 === 0) await bench.simulation.pause();
      const { fault, refusal } = await bench.simulation.intervene(action);
      expect(refusal).toBeNull();
      faults.push(fault!);
    }
    await bench.simulation.play();
    const { fingerprint } = await bench.until('finished');
    expect(fingerprint).toBe(printAt(shop({ faults }), 20 * second));
    expect(fingerprint).not.toBe(printAt(shop({ faults: [planned] }), 20 * second));
    // Back to before some of it happened, and forwards again: it happens again.
    await bench.simulation.runUntil(4.5 * second);
    await bench.until('paused');
    await bench.simulation.runUntil(20 * second);
    expect((await bench.until('finished')).fingerprint).toBe(fingerprint);
    await bench.simulation.reset();
    await bench.simulation.play();
    expect((await bench.until('finished')).fingerprint).toBe(fingerprint);
  });

  test('shows at once while the run is paused', async () => {
    const bench = createBench();
    await bench.load(shop());
    await bench.simulation.runUntil(2 * second);
    await bench.until('paused');
    await bench.simulation.intervene({ action: 'member.add', node: 'a' });
    const layout = bench.messages.findLast((message) => message.type === 'layout');
    expect(layout?.layout.members.some(({ node, member }) => node === 'a' && member === 1)).toBe(true);
  });

  test('what cannot be done is refused with a sentence', async () => {
    const bench = createBench();
    expect(await bench.simulation.intervene({ action: 'member.add', node: 'a' })).toEqual({ fault: null, refusal: 'No run is loaded.' });
    await bench.load(shop());
    expect((await bench.simulation.intervene({ action: 'member.crash', node: 'a', member: 9 })).refusal).toBe('index has no member 9.');
    expect((await bench.simulation.intervene({ action: 'member.add', node: 'x' })).refusal).toContain('no node "x"');
  });
});
