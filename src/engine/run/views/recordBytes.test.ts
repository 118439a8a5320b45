import { expect, test } from 'vitest';
import { decodeBatch, isBatchFault } from '../../log/decodeBatch.ts';
import { segmentFiles } from '../../log/partitionFiles.ts';
import type { Run } from '../build.ts';
import { documentOf, finished } from '../harness.ts';
import { recordResolver } from './recordBytes.ts';
import { readPage } from './records.ts';

const decoder = new TextDecoder();

/** Records of a partition as they stand in the files of its segments, and whether any batch has another size than was counted. */
function recordsInFiles(run: Run, partition: number) {
  const { log } = run.ctx.partitions[partition]!;
  const encoding = { resolve: recordResolver(run, partition), compress: () => null };
  return log.segments.flatMap((segment) => {
    const { files, sizeMismatches } = segmentFiles(log, segment, encoding);
    expect(sizeMismatches).toEqual([]);
    const { bytes } = files[0]!;
    const records = [];
    for (let at = 0; at < bytes.length;) {
      const batch = decodeBatch(bytes, at);
      if (isBatchFault(batch)) throw new Error(batch.detail);
      records.push(...batch.records);
      at += batch.sizeBytes;
    }
    return records;
  });
}

test('[FIL-10] every batch of a run has in the file the size the run counted: wide letters in keys and values, null values, headers, maps', () => {
  const template = '{"n":{{sequence}},"who":{{key}},"city":{{oneOf "Zürich" "São Paulo" "🙂"}},"price":{{number 1 900 2}}}';
  const run = finished(
    documentOf({
      seconds: 2,
      nodes: {
        source: {
          kind: 'producer',
          config: {
            'key.shape': 'list',
            'key.list': ['a', 'größer', '"quoted"'],
            'value.template': template,
            'value.null.share': 0.1,
            'record.headers': ['trace=4bf9=2', 'größe=', 'flag'],
            'linger.ms': 5,
          },
          to: ['in'],
        },
        in: { kind: 'topic', config: { partitions: 1 }, to: ['shape'] },
        shape: { kind: 'map', config: { fields: ['city = value.city', 'twice = value.n * 2'] }, to: ['out'] },
        out: { kind: 'topic', config: { partitions: 1 }, to: ['sink'] },
        sink: { kind: 'sink' },
      },
    }),
  );
  const written = recordsInFiles(run, 0);
  expect(written.length).toBe(run.ctx.partitions[0]!.log.logEndOffset);
  const withValue = written.find(({ value }) => value !== null)!;
  const first = JSON.parse(decoder.decode(withValue.value!)) as { n: number; who: string };
  expect(first.n).toBe(written.indexOf(withValue));
  expect(first.who).toBe(decoder.decode(withValue.key!));
  expect(new Set(written.map(({ key }) => decoder.decode(key!)))).toEqual(new Set(['a', 'größer', '"quoted"']));
  expect(written.filter(({ value }) => value === null).length).toBeGreaterThan(0);
  const shaped = recordsInFiles(run, 1);
  const shapedFirst = JSON.parse(decoder.decode(shaped.find(({ value }) => value !== null)!.value!)) as { twice: number };
  expect(shapedFirst.twice).toBe(2 * first.n);
  // Headers go through a processor with their record.
  for (const { headers } of [...written, ...shaped]) {
    expect(headers.map(({ key, value }) => [decoder.decode(key), decoder.decode(value!)])).toEqual(headers3);
  }
  const page = readPage(run, { partition: 1, offset: 0, limit: 1 });
  expect('page' in page && page.page.records[0]!.headers).toEqual(headers3.map(([key, value]) => ({ key, value })));
});

/** What is written before the first `=` is the name, all after it the value. */
const headers3 = [
  ['trace', '4bf9=2'],
  ['größe', ''],
  ['flag', ''],
];

test('[FIL-1] keys, values and headers are UTF-8; half of a surrogate pair is ? in a key, U+FFFD in a value, as sizes count it', () => {
  const run = finished(
    documentOf({
      seconds: 1,
      nodes: {
        source: {
          kind: 'producer',
          config: { 'workload.shape': 'replay', 'workload.csv': 'at_ms,key,value\n0,k\ud800,v\udc00€\n1,🙂,🙂\n' },
          to: ['topic'],
        },
        topic: { kind: 'topic', config: { partitions: 1 }, to: ['sink'] },
        sink: { kind: 'sink' },
      },
    }),
  );
  expect(recordsInFiles(run, 0).map(({ key, value }) => [decoder.decode(key!), decoder.decode(value!)])).toEqual([
    ['k?', 'v\ufffd€'],
    ['🙂', '🙂'],
  ]);
});
