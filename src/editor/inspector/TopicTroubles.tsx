import type { ReactElement } from 'react';
import { useDocument } from '../stores/documentStore.ts';
import { useSlow } from '../stores/liveStore.ts';

interface TopicTrouble {
  readonly topic: string;
  readonly worst: string;
  readonly sentence: string;
}

/** What is wrong with the replicas of the topics among these nodes, `except` left out. */
export function useTopicTroubles(ids: readonly string[], except: string | null): readonly TopicTrouble[] {
  const nodes = useDocument((state) => state.document.nodes);
  const slow = useSlow((state) => state.nodes);
  return [...new Set(ids)].flatMap((id) => {
    const trouble = id === except ? null : (slow.get(id)?.replication ?? null);
    const topic = nodes.find((node) => node.id === id)?.name;
    return trouble === null || topic === undefined ? [] : [{ topic, worst: trouble.worst, sentence: trouble.sentence }];
  });
}

/** A wire works as well as the topic at its end: what is wrong there, in words. */
export function TopicTroubles({ troubles }: { readonly troubles: readonly TopicTrouble[] }): ReactElement {
  return (
    <>
      {troubles.map(({ topic, worst, sentence }) => (
        <div key={topic} className={`lj-callout lj-callout-${worst === 'under-replicated' ? 'rising' : 'breached'}`} role="note">
          <strong>
            {topic} is {worst === 'offline' ? 'partly offline' : worst}.
          </strong>
          <p>{sentence}</p>
        </div>
      ))}
    </>
  );
}
