import { describe, expect, test } from 'vitest';
import { effectiveClusterConfig, profileSource } from './effectiveConfig.ts';
import { clusterConfig } from './kinds/cluster.ts';
import { hardwareProfiles } from './kinds/hardwareProfiles.ts';

describe('effectiveClusterConfig', () => {
  test('a profile fills in its figures, what is set by hand stays', () => {
    const cluster = { config: { 'hardware.profile': 'azure-d8s-v5-p30', 'page.cache.bytes': 1 } };
    const effective = effectiveClusterConfig(cluster);
    expect(effective['disk.bytes.per.second']).toBe(200_000_000);
    expect(effective['network.bytes.per.second']).toBe(1_562_500_000);
    expect(effective['page.cache.bytes']).toBe(1);
    expect(effective['request.handler.ms']).toBe(0.1);
    expect(profileSource(cluster, 'disk.bytes.per.second')).toContain('200 MB/s');
    expect(profileSource(cluster, 'request.handler.ms')).toBeNull();
  });

  test.each(Object.entries(hardwareProfiles))('%s has figures within the ranges of their rows, each with a page', (_, { figures }) => {
    for (const [name, { value, source }] of Object.entries(figures)) {
      const row = clusterConfig.find((candidate) => candidate.name === name)!;
      expect(value).toBeGreaterThan(row.min!);
      expect(value).toBeLessThanOrEqual(row.max!);
      expect(source).toMatch(/[a-z]+\.[a-z]+\.?[a-z]*\/[\w/.-]+/);
    }
  });

  test('a name that no profile has changes nothing, whatever it is', () => {
    for (const name of ['custom', '__proto__', 'constructor', 'aws'])
      expect({ ...effectiveClusterConfig({ config: { 'hardware.profile': name } }), 'hardware.profile': '' }).toEqual({
        ...effectiveClusterConfig({ config: {} }),
        'hardware.profile': '',
      });
  });

  test.each([
    [1, 1, 1, 1],
    [2, 2, 2, 2],
    [5, 3, 3, 2],
  ])('%i brokers: %i copies of offsets, %i of transactions, %i in sync', (brokers, offsets, transactions, minimum) => {
    const effective = effectiveClusterConfig({ config: { brokers } });
    expect(effective['offsets.topic.replication.factor']).toBe(offsets);
    expect(effective['transaction.state.log.replication.factor']).toBe(transactions);
    expect(effective['transaction.state.log.min.isr']).toBe(minimum);
  });

  test('copies that are set stay as they are', () => {
    const effective = effectiveClusterConfig({
      config: { brokers: 1, 'offsets.topic.replication.factor': 3, 'transaction.state.log.min.isr': 2 },
    });
    expect(effective['offsets.topic.replication.factor']).toBe(3);
    expect(effective['transaction.state.log.min.isr']).toBe(2);
  });
});
