/** "broker 1", "brokers 1, 2 and 3". */
export function brokerNames(brokers: readonly number[]): string {
  if (brokers.length === 0) return 'no broker';
  if (brokers.length === 1) return `broker ${brokers[0]}`;
  return `brokers ${brokers.slice(0, -1).join(', ')} and ${brokers.at(-1)!}`;
}
