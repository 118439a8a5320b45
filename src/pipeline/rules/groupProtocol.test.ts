import { describe, expect, test } from 'vitest';
import { newDocument } from '../create.ts';
import type { Config, PipelineDocument } from '../document.ts';
import { validateDocument } from '../validate.ts';

/** producer → topic → two sinks of one group. */
function design(left: Config, right: Config = left, cluster: Config = {}): PipelineDocument {
  const document = newDocument();
  const common = { 'group.id': 'readers', 'service.time.ms': 0 };
  return {
    ...document,
    nodes: [
      { id: 'p', kind: 'producer', name: 'shop', config: {} },
      { id: 't', kind: 'topic', name: 'orders', config: { partitions: 4 } },
      { id: 'l', kind: 'sink', name: 'left', config: { ...common, ...left } },
      { id: 'r', kind: 'sink', name: 'right', config: { ...common, ...right } },
    ],
    edges: [
      { id: 'e1', source: 'p', target: 't' },
      { id: 'e2', source: 't', target: 'l' },
      { id: 'e3', source: 't', target: 'r' },
    ],
    cluster: { config: cluster },
  };
}

const said = (...parts: Parameters<typeof design>) =>
  validateDocument(design(...parts)).map(({ severity, code, node, config }) => [severity, code, node ?? 'cluster', config].join(' '));
const consumer: Config = { 'group.protocol': 'consumer' };

describe('group.protocol', () => {
  test('[CNP-25] what the client refuses is an error at its field', () => {
    expect(said(consumer)).toEqual([]);
    expect(said({ ...consumer, 'session.timeout.ms': 45_000, 'partition.assignment.strategy': 'range' }, consumer)).toEqual([
      'error consumer.protocol-config l partition.assignment.strategy',
      'error consumer.protocol-config l session.timeout.ms',
    ]);
    expect(said({ ...consumer, 'heartbeat.interval.ms': 90_000 }, consumer)).toEqual([
      'error consumer.protocol-config l heartbeat.interval.ms',
    ]);
    expect(said({ 'group.remote.assignor': 'range' }, {})).toEqual(['error consumer.protocol-config l group.remote.assignor']);
    const [finding] = validateDocument(design({ ...consumer, 'session.timeout.ms': 45_000 }, consumer));
    expect(finding!.remedy).toBe('Take it back to its default; group.consumer.session.timeout.ms of the cluster is what counts.');
  });

  test('[CNP-25] nodes of one group agree in the protocol, not in the assignor', () => {
    expect(said(consumer, {})).toEqual(['error group.different-protocols r group.protocol']);
    expect(said({ ...consumer, 'group.remote.assignor': 'range' }, { ...consumer, 'group.remote.assignor': 'uniform' })).toEqual([]);
  });

  test('[CNP-25] assignors that no broker has, and timeouts that no broker takes', () => {
    const config = 'group.consumer.assignors';
    expect(said(consumer, consumer, { [config]: ['uniform', 'sticky'] })).toEqual([
      `error cluster.group-consumer-assignors cluster ${config}`,
    ]);
    expect(said(consumer, consumer, { [config]: [] })).toEqual([`error cluster.group-consumer-assignors cluster ${config}`]);
    expect(said({ ...consumer, 'group.remote.assignor': 'range' }, consumer, { [config]: ['uniform'] })).toEqual([
      'error consumer.unsupported-assignor l group.remote.assignor',
    ]);
    const [session, heartbeat] = ['group.consumer.session.timeout.ms', 'group.consumer.heartbeat.interval.ms'];
    expect(said(consumer, consumer, { [session]: 50_000, [heartbeat]: 15_000 })).toEqual([]);
    expect(said(consumer, consumer, { [session]: 6_000, [heartbeat]: 1_000 })).toEqual([
      `warning cluster.group-consumer-session-timeout cluster ${session}`,
      `warning cluster.group-consumer-heartbeat-interval cluster ${heartbeat}`,
    ]);
    expect(said(consumer, consumer, { [heartbeat]: 45_000 })[0]).toBe(
      `error cluster.group-consumer-heartbeat-interval cluster ${heartbeat}`,
    );
  });

  test('[SHG-13] nodes of one share group agree in what Kafka keeps once for a group', () => {
    const share: Config = { 'group.protocol': 'share' };
    expect(said(share, { ...share, 'share.acquire.mode': 'record_limit' })).toEqual([]);
    expect(said({ ...share, 'share.auto.offset.reset': 'earliest' }, { ...share, 'share.isolation.level': 'read_committed' })).toEqual([
      'error share.different-configs r share.auto.offset.reset',
      'error share.different-configs r share.isolation.level',
    ]);
    const [finding] = validateDocument(design({ ...share, 'share.auto.offset.reset': 'earliest' }, share));
    expect(finding!.message).toContain('"right" has share.auto.offset.reset=latest and "left" has earliest');
  });

  test('[SHG-13] locks are renewed with explicit acknowledgement alone', () => {
    const renewing: Config = { 'group.protocol': 'share', 'share.acknowledgement.renew': true };
    expect(said(renewing, { ...renewing, 'share.acknowledgement.mode': 'explicit' })).toEqual([
      'error share.renew-implicit l share.acknowledgement.renew',
    ]);
  });
});
