/** Looking into a partition's log, and taking it out as Kafka's files. Blocks that are not in memory are brought back first. */
import { Zip, ZipPassThrough } from 'fflate';
import { batchBytesOf, batchesOf, indexesOf, partitionLogView, type Run } from '../../engine/index.ts';
import {
  beginPartitionExport,
  type CompressRecords,
  exportNotes,
  missingBlockForFiles,
  provideBlock,
  releaseExported,
  segmentFiles,
} from '../../engine/host.ts';
import type { LogCommands, PartitionArchive, PartitionRequest } from '../protocol.ts';
import { gzip } from './gzip.ts';
import type { Keeper } from './keeper.ts';
import { blockFromStorage, bringBack } from './keeping.ts';
import { readable, type Session, type SimulationHost } from './session.ts';

const batchesAnswered = 1_000;
/** Bytes put into the archive before commands are let in. */
const bytesAtOnce = 1_048_576;
/** A fixed date: the same run gives the same archive. */
const archiveDate = new Date(2026, 0, 1);

const compress: CompressRecords = (codec, records) => (codec === 'gzip' ? gzip(records) : null);

interface Place {
  readonly run: Run;
  readonly keeper: Keeper;
  /** Number of the partition in the run. */
  readonly partition: number;
}

/** Where a partition is in the loaded run; null when there is none. */
export function placeOf(session: Session, { topicNode, partition }: PartitionRequest): Place | null {
  const { run, keeper } = readable(session);
  // An internal topic has no node of its own: it is known by its name.
  const topics = run?.ctx.topics.filter(({ internal }) => internal !== true) ?? [];
  const topic =
    topics.find(({ node }) => node === topicNode) ?? topics.find(({ owner, name }) => owner !== undefined && name === topicNode);
  if (!run || !keeper || !topic || !(partition >= 0 && partition < topic.partitionCount)) return null;
  return { run, keeper, partition: topic.firstPartition + partition };
}

/** Asks until no block is missing. */
export async function whenResident<T extends object>(
  host: SimulationHost,
  { keeper, partition }: Place,
  ask: () => T | { readonly missing: number },
): Promise<T> {
  for (;;) {
    const answer = ask();
    if (!('missing' in answer)) return answer as T;
    await bringBack(host, keeper, { partition, block: answer.missing });
  }
}

export function logCommands(session: Session, host: SimulationHost): LogCommands {
  return {
    async segments(request) {
      const place = placeOf(session, request);
      return place && partitionLogView(place.run, place.partition);
    },
    async batches(request) {
      const place = placeOf(session, request);
      if (!place) return null;
      const wanted = { ...request, limit: Math.min(request.limit, batchesAnswered) };
      return (await whenResident(host, place, () => batchesOf(place.run, place.partition, wanted))).page;
    },
    async segmentIndexes(request) {
      const place = placeOf(session, request);
      if (!place) return null;
      return (await whenResident(host, place, () => indexesOf(place.run, place.partition, request.segmentBase))).indexes;
    },
    async batchBytes(request) {
      const place = placeOf(session, request);
      if (!place) return null;
      return (await whenResident(host, place, () => batchBytesOf(place.run, place.partition, request.baseOffset, compress))).batch;
    },
    async partitionFiles(request) {
      const place = placeOf(session, request);
      return place && archiveOf(host, place);
    },
  };
}

/** The directory as a zip, made segment by segment, so that no more than one of them is in memory at a time. */
async function archiveOf(host: SimulationHost, { run, keeper, partition }: Place): Promise<PartitionArchive> {
  const exported = beginPartitionExport(run, partition, compress);
  const { directory, log, encoding } = exported;
  const archive = createArchive(host);
  const files: { name: string; bytes: number }[] = [];
  const uncompressed = new Map<Parameters<CompressRecords>[0], number>();
  const add = async (name: string, bytes: Uint8Array<ArrayBuffer>) => {
    files.push({ name, bytes: bytes.length });
    await archive.add(`${directory}/${name}`, bytes);
  };
  for (const segment of log.segments) {
    for (let block = missingBlockForFiles(log, segment); block >= 0; block = missingBlockForFiles(log, segment))
      provideBlock(log, block, await blockFromStorage(host, keeper, { partition, block }));
    const made = segmentFiles(log, segment, encoding);
    releaseExported(exported, segment);
    for (const [codec, batches] of made.uncompressed) uncompressed.set(codec, (uncompressed.get(codec) ?? 0) + batches);
    for (const { name, bytes } of made.files) await add(name, bytes);
  }
  for (const { name, bytes } of exported.stateFiles) await add(name, bytes);
  return { name: `${directory}.zip`, archive: archive.end(), files, notes: exportNotes(uncompressed) };
}

interface Archive {
  add(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  end(): Blob;
}

/** Files stand in it as they are: the archive never leaves this machine by itself, and deflating piece by piece is not reliable in fflate 0.8. */
function createArchive({ yieldNow }: SimulationHost): Archive {
  const parts: Blob[] = [];
  let failure: Error | null = null;
  const zip = new Zip((error, chunk) => {
    failure ??= error;
    // As blobs, parts may leave the memory.
    parts.push(new Blob([new Uint8Array(chunk)]));
  });
  const check = () => {
    if (failure !== null) throw failure;
  };
  return {
    async add(path, bytes) {
      const file = new ZipPassThrough(path);
      file.mtime = archiveDate;
      zip.add(file);
      for (let at = 0; ; at += bytesAtOnce) {
        const isLast = at + bytesAtOnce >= bytes.length;
        file.push(bytes.subarray(at, at + bytesAtOnce), isLast);
        check();
        if (isLast) return;
        await yieldNow();
      }
    },
    end() {
      zip.end();
      check();
      return new Blob(parts, { type: 'application/zip' });
    },
  };
}
