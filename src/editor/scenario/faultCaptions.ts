/** Faults in a word or two, for the timeline. */
import type { Fault } from '../../pipeline/index.ts';

const captions: Readonly<Record<Exclude<Fault['action'], 'slow' | 'disk.slow' | 'network.delay' | 'config.set'>, string>> = {
  'member.add': 'member added',
  'member.stop': 'member stopped',
  'member.crash': 'crash',
  'member.restart': 'restart',
  'outage.start': 'outage',
  'outage.end': 'back',
  'offsets.reset': 'offsets reset',
  'consumer.pause': 'paused',
  'consumer.resume': 'resumed',
  'consumer.seek': 'seek',
  'broker.kill': 'broker killed',
  'broker.stop': 'broker stopped',
  'broker.restart': 'broker starts',
  'zone.loss': 'zone lost',
  'zone.return': 'zone back',
  'controller.loss': 'controller lost',
  'disk.full': 'disk full',
  'disk.freed': 'disk freed',
  'network.cut': 'network cut',
  'network.heal': 'network healed',
  'leaders.prefer': 'preferred leaders',
  'leader.unclean': 'unclean leader',
  'partition.reassign': 'reassignment',
  'partitions.add': 'partitions added',
};

export function faultCaption(fault: Fault): string {
  switch (fault.action) {
    case 'slow':
      return fault.factor === 1 ? 'usual speed' : `slow ×${fault.factor}`;
    case 'disk.slow':
      return fault.factor === 1 ? 'usual disk' : `disk ×${fault.factor}`;
    case 'network.delay':
      return fault.addedMs === 0 ? 'usual latency' : `+${fault.addedMs} ms`;
    case 'config.set':
      return fault.config;
    default:
      return captions[fault.action];
  }
}
