/** A simple queue (M/M/1) on the engine's event set and random streams, beside the simjs package doing the same. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { runInThisContext } from 'node:vm';
import { standardExponential } from '../../src/engine/kernel/exponential.ts';
import { createEventSet, schedule, takeNext } from '../../src/engine/kernel/eventSet.ts';
import { createStream } from '../../src/engine/kernel/random.ts';
import type { Figure } from '../figures.ts';
import { ratesInTurn } from '../timing.ts';

const interarrivalUs = 1000;
const serviceUs = 800;
const Kind = { arrive: 0, start: 1, finish: 2 } as const;

/** Serves `customers`; three events each: it arrives, its service starts, its service ends. */
function ownQueue(customers: number, seed: number): number {
  const set = createEventSet();
  const arrivals = createStream(seed, 'arrivals');
  const services = createStream(seed, 'services');
  let waiting = 0;
  let busy = false;
  let arrived = 0;
  let served = 0;
  schedule(set, 0, Kind.arrive, 0, 0);
  while (takeNext(set)) {
    switch (set.kind) {
      case Kind.arrive:
        if (++arrived < customers) schedule(set, set.nowUs + Math.round(interarrivalUs * standardExponential(arrivals)), Kind.arrive, 0, 0);
        waiting++;
        if (!busy) schedule(set, set.nowUs, Kind.start, 0, 0);
        busy = true;
        break;
      case Kind.start:
        waiting--;
        schedule(set, set.nowUs + Math.round(serviceUs * standardExponential(services)), Kind.finish, 0, 0);
        break;
      default:
        served++;
        if (waiting > 0) schedule(set, set.nowUs, Kind.start, 0, 0);
        else busy = false;
    }
  }
  return served;
}

/** What is used of simjs. */
interface SimJs {
  readonly Sim: new () => { addEntity(entity: unknown, name?: string): unknown; simulate(end: number): void };
  readonly Entity: new (...given: never[]) => {
    setTimer(after: number): { done(then: () => void, context?: unknown): unknown };
    useFacility(facility: unknown, duration: number): { done(then: () => void, context?: unknown): unknown };
  };
  readonly Facility: new (name: string) => unknown;
  readonly Random: new (seed: number) => { exponential(rate: number): number };
}

/** The package is a bundle for a script tag that exports nothing; the value of its one expression is the bundle's own `require`. */
function loadSimJs(): SimJs {
  const require = createRequire(import.meta.url);
  const file = require.resolve('simjs');
  const load = runInThisContext(readFileSync(file, 'utf8'), { filename: file }) as (module: number) => SimJs;
  return load(7);
}

function simJsQueue(simJs: SimJs, customers: number, seed: number): number {
  const { Sim, Entity, Facility, Random } = simJs;
  const random = new Random(seed);
  const facility = new Facility('server');
  let arrived = 0;
  let served = 0;
  class Source extends Entity {
    start(): void {
      this.arrive();
    }
    arrive(): void {
      arrived++;
      this.useFacility(facility, random.exponential(1 / serviceUs)).done(() => served++);
      if (arrived < customers) this.setTimer(random.exponential(1 / interarrivalUs)).done(this.arrive, this);
    }
  }
  const sim = new Sim();
  sim.addEntity(Source, 'source');
  sim.simulate(Infinity);
  return served;
}

export function measureQueue(): Figure[] {
  const simJs = loadSimJs();
  const eventsPerCustomer = 3;
  let seed = 1;
  const own = (): number => eventsPerCustomer * ownQueue(1_000_000, seed++);
  const theirs = (): number => eventsPerCustomer * simJsQueue(simJs, 100_000, seed++);
  const [rate, peerRate] = ratesInTurn([own, theirs], 6);
  return [
    {
      name: 'Events of a simple queue (M/M/1)',
      value: rate / 1e6,
      unit: 'M events/s',
      peer: { name: 'simjs, same queue', value: peerRate / 1e6 },
      floor: 3,
      aim: 6,
      moreIsBetter: true,
      note: 'arrival, start and end of service count as events on both sides',
    },
  ];
}
