import { createStream, nextUint32 } from '../kernel/random.ts';

/** The id of a topic as four 32-bit numbers, the same in every run of the seed. One that would begin with `-` as text is none (Uuid.randomUuid draws again). */
export function topicIdWords(seed: number, name: string): readonly [number, number, number, number] {
  const stream = createStream(seed, `topic id ${name}`);
  const first = nextUint32(stream);
  const startsWithDash = first >>> 26 === 0b111110;
  return [startsWithDash ? (first & 0x7fffffff) >>> 0 : first, nextUint32(stream), nextUint32(stream), nextUint32(stream)];
}
