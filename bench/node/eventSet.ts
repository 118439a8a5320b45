/** Event-set operations a second in the hold model: take the earliest, schedule another later. Beside the textbook's heap of objects. */
import { createEventSet, schedule, takeNext } from '../../src/engine/kernel/eventSet.ts';
import { standardExponential } from '../../src/engine/kernel/exponential.ts';
import { createStream } from '../../src/engine/kernel/random.ts';
import type { Figure } from '../figures.ts';
import { ratesInTurn, type Work } from '../timing.ts';

const holds = 1_000_000;
const incrementMask = 65535;

function makeIncrements(): Float64Array {
  const stream = createStream(1, 'increments');
  return Float64Array.from({ length: incrementMask + 1 }, () => Math.round(1_000_000 * standardExponential(stream)));
}

function ownHold(size: number, increments: Float64Array): Work {
  const set = createEventSet();
  for (let i = 0; i < size; i++) schedule(set, increments[i & incrementMask], 0, i, 0);
  return () => {
    for (let i = 0; i < holds; i++) {
      takeNext(set);
      schedule(set, set.nowUs + increments[i & incrementMask], 0, set.a, 0);
    }
    return 2 * holds;
  };
}

interface HeapEvent {
  timeUs: number;
  sequence: number;
  a: number;
}

const before = (x: HeapEvent, y: HeapEvent): boolean => x.timeUs < y.timeUs || (x.timeUs === y.timeUs && x.sequence < y.sequence);

function push(heap: HeapEvent[], event: HeapEvent): void {
  let hole = heap.push(event) - 1;
  while (hole > 0) {
    const parent = (hole - 1) >> 1;
    if (!before(event, heap[parent])) break;
    heap[hole] = heap[parent];
    hole = parent;
  }
  heap[hole] = event;
}

function pop(heap: HeapEvent[]): HeapEvent {
  const top = heap[0];
  const last = heap.pop()!;
  if (heap.length === 0) return top;
  let hole = 0;
  for (let child = 1; child < heap.length; child = 2 * hole + 1) {
    if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child++;
    if (!before(heap[child], last)) break;
    heap[hole] = heap[child];
    hole = child;
  }
  heap[hole] = last;
  return top;
}

function objectHold(size: number, increments: Float64Array): Work {
  const heap: HeapEvent[] = [];
  let sequence = 0;
  for (let i = 0; i < size; i++) push(heap, { timeUs: increments[i & incrementMask], sequence: sequence++, a: i });
  return () => {
    for (let i = 0; i < holds; i++) {
      const { timeUs, a } = pop(heap);
      push(heap, { timeUs: timeUs + increments[i & incrementMask], sequence: sequence++, a });
    }
    return 2 * holds;
  };
}

export function measureEventSet(): Figure[] {
  const increments = makeIncrements();
  return [1_000, 100_000].map((size) => {
    const [rate, peerRate] = ratesInTurn([ownHold(size, increments), objectHold(size, increments)], 6);
    return {
      name: `Event set, ${size.toLocaleString('en')} events waiting`,
      value: rate / 1e6,
      unit: 'M operations/s',
      peer: { name: 'a binary heap of objects', value: peerRate / 1e6 },
      floor: null,
      aim: null,
      moreIsBetter: true,
      note: 'hold model: take the earliest, schedule one later; each counts',
    };
  });
}
