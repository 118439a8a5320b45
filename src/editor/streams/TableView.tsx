import { RefreshCw } from 'lucide-react';
import { useCallback, useState, type ReactNode } from 'react';
import type { DataSource } from '../../sql/plan/catalogue.ts';
import type { NodePlan, StreamsPlan } from '../../streams/plan.ts';
import { formatCount } from '../format/numbers.ts';
import { useDocument } from '../stores/documentStore.ts';
import { keyText, valueCells, valueColumns } from './rowWords.ts';
import { sampleChangelog, sampleChangelogColumns, sampleRecords } from './sampleRecords.ts';
import { sourceOfTopic, sourceRecord } from './sourceRecords.ts';
import { TablePlayer } from './TablePlayer.tsx';
import type { ChangelogRecord } from './tablePlayer.ts';
import { lastRecords, topicPlaces, type TopicPlace } from './topicRecords.ts';
import { useAsked } from './useAsked.ts';

const mostRecords = 100;
/** Which of the made-up records deletes its row. */
const sampleTombstone = 7;

function changelogOf(records: Awaited<ReturnType<typeof lastRecords>>, source: DataSource | null): ChangelogRecord[] {
  return records.map((view) => {
    const { key, value, window, timestampMs, partition, offset } = sourceRecord(view, source);
    return { key: keyText(source, key, window), columns: valueCells(source, value), timestampMs, partition, offset };
  });
}

/** Made-up records for the columns of a topic, one of them a tombstone. */
function samplesOf(source: DataSource | null): readonly ChangelogRecord[] {
  if (source !== null)
    return sampleRecords([source], null).map(({ key, value, timestampMs, partition, offset }, at) => {
      return {
        key: keyText(source, key),
        columns: at === sampleTombstone ? null : valueCells(source, value),
        timestampMs,
        partition,
        offset,
      };
    });
  return sampleChangelog.map(({ key, columns }, offset) => ({ key, columns, timestampMs: offset * 1_000, partition: 0, offset }));
}

function Topic({ topic, source, picker }: { readonly picker: ReactNode; readonly topic: TopicPlace; readonly source: DataSource | null }) {
  const ask = useCallback(async () => changelogOf(await lastRecords(topic, mostRecords), source), [topic, source]);
  const { asked, again } = useAsked(ask);
  if (asked.kind === 'loading') return <p role="status">Reading the last records of {topic.name} …</p>;
  if (asked.kind === 'failed') return <p className="lj-problem">{asked.reason}</p>;
  const made = asked.answer.length === 0;
  const records = made ? samplesOf(source) : asked.answer;
  return (
    <>
      <p className="lj-streams-words">
        {picker}
        <span>
          {made ? (
            <>
              <b>Sample records:</b> {topic.name} holds none yet.
            </>
          ) : (
            <>
              The last {formatCount(records.length)} records of <b>{topic.name}</b>
              {topic.partitions > 1 ? ', all partitions in the order of their times' : ''}.
            </>
          )}
        </span>
        <span className="lj-muted">Each record says what its key&rsquo;s row is from now on; null deletes it.</span>
        <button type="button" className="lj-icon-button" aria-label="Read the topic again" title="Read the topic again" onClick={again}>
          <RefreshCw size={14} aria-hidden="true" />
        </button>
      </p>
      <TablePlayer
        key={`${topic.id} ${records.length} ${records.at(-1)?.offset ?? 0}`}
        records={records}
        columns={made && source === null ? sampleChangelogColumns : valueColumns(source)}
      />
    </>
  );
}

/** The topic to begin with: the node's result where it is a table, else the first that is compacted, else the first. */
function firstTopic(topics: readonly TopicPlace[], node: NodePlan | undefined): TopicPlace | undefined {
  const result = node?.result === 'table' ? topics.find(({ name }) => name === node.sinkTopic) : undefined;
  return result ?? topics.find(({ isCompacted }) => isCompacted) ?? topics[0];
}

/** A changelog and its table, played side by side. */
export function TableView({ plan, node }: { readonly plan: StreamsPlan; readonly node: NodePlan | undefined }) {
  const document = useDocument((state) => state.document);
  const [chosen, setChosen] = useState<string | null>(null);
  const topics = topicPlaces(document);
  const topic = topics.find(({ id }) => id === chosen) ?? firstTopic(topics, node);
  if (topic === undefined)
    return <p className="lj-muted">There is no topic here yet. A table is what the last record of each key in a topic says.</p>;
  const source = sourceOfTopic(plan.catalogue, topic.name);
  return (
    <div className="lj-duality">
      <Topic
        key={topic.id}
        topic={topic}
        source={source}
        picker={
          <label className="lj-duality-topic">
            Topic{' '}
            <select className="lj-select" value={topic.id} onChange={(event) => setChosen(event.target.value)}>
              {topics.map(({ id, name, isCompacted }) => (
                <option key={id} value={id}>
                  {name}
                  {isCompacted ? ', compacted' : ''}
                </option>
              ))}
            </select>
          </label>
        }
      />
    </div>
  );
}
