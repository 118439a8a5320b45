/** Hash code of Kafka's TopicPartition, given its topic's: the sticky assignors look at partitions that have moved in the order of a Java HashSet. */
export function partitionHash(topicHash: number, partition: number): number {
  return (Math.imul(31, 31 + partition) + topicHash) | 0;
}
