import { useCallback } from 'react';
import type { StreamsView } from '../../workers/protocol.ts';
import { formatBytes, formatCount, formatInstant, formatMilliseconds } from '../format/numbers.ts';
import { readStreams } from '../run/questions.ts';
import { usePolled } from '../run/usePolled.ts';

type StreamsThreadView = StreamsView['threads'][number];
type StreamsTaskView = StreamsThreadView['tasks'][number];

const stateWords: Readonly<Record<StreamsTaskView['state'], { readonly sign: string; readonly words: string; readonly tone: string }>> = {
  running: { sign: '●', words: 'running', tone: 'lj-badge lj-badge-calm' },
  restoring: { sign: '◔', words: 'restoring', tone: 'lj-badge lj-badge-rising' },
  standby: { sign: '○', words: 'standby', tone: 'lj-badge' },
};

function Task({ thread, task }: { readonly thread: StreamsThreadView; readonly task: StreamsTaskView }) {
  const { sign, words, tone } = stateWords[task.state];
  const behind = task.stores.reduce((sum, store) => sum + store.behind, 0);
  const entries = task.stores.reduce((sum, store) => sum + store.entries, 0);
  return (
    <tr>
      <th scope="row">{task.task}</th>
      <td>{thread.name}</td>
      <td>
        <span className={tone}>
          <span aria-hidden="true">{sign}</span> {words}
        </span>
        {behind > 0 && <span className="lj-muted"> {formatCount(behind)} records behind</span>}
      </td>
      <td>{task.streamTimeMs === null ? '–' : formatInstant(task.streamTimeMs * 1_000)}</td>
      <td>{formatCount(task.processed)}</td>
      <td>{formatCount(task.queued)}</td>
      <td>{task.stores.length === 0 ? '–' : formatCount(entries)}</td>
    </tr>
  );
}

function Tasks({ threads }: Pick<StreamsView, 'threads'>) {
  return (
    <table className="lj-table">
      <caption className="lj-visually-hidden">Tasks</caption>
      <thead>
        <tr>
          {['Task', 'Thread', 'State', 'Stream time', 'Processed', 'Queued', 'Entries'].map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {threads.flatMap((thread) =>
          thread.tasks.length === 0
            ? [
                <tr key={thread.member}>
                  <th scope="row">–</th>
                  <td>{thread.name}</td>
                  <td colSpan={5} className="lj-muted">
                    {thread.alive ? 'no task' : '✕ down'}
                  </td>
                </tr>,
              ]
            : thread.tasks.map((task) => <Task key={`${thread.member} ${task.task}`} thread={thread} task={task} />),
        )}
      </tbody>
    </table>
  );
}

/** Restores, the last first: what they took is what a failure costs. */
function Restores({ view }: { readonly view: StreamsView }) {
  if (view.restoreCount === 0) return <p className="lj-muted">No store had to be restored yet.</p>;
  return (
    <table className="lj-table">
      <caption className="lj-visually-hidden">Restores</caption>
      <thead>
        <tr>
          {['Restored', 'Thread', 'From', 'Took', 'Records', 'Read'].map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {[...view.restores].reverse().map(({ member, task, store, startMs, endMs, records, bytes, isPartial }) => (
          <tr key={`${member} ${task} ${store} ${startMs}`}>
            <th scope="row" title={store}>
              {task}
            </th>
            <td>{member}</td>
            <td>{formatInstant(startMs * 1_000)}</td>
            <td>{endMs === null ? 'goes on' : formatMilliseconds(endMs - startMs)}</td>
            <td>
              {formatCount(records)}
              {isPartial && <span className="lj-muted"> of what was missing</span>}
            </td>
            <td>{formatBytes(bytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Messages({ view }: { readonly view: StreamsView }) {
  if (view.messages === 0) return <p className="lj-muted">Every record could be handled.</p>;
  return (
    <>
      <p>
        {formatCount(view.messages)} {view.messages === 1 ? 'message' : 'messages'}
        {view.late > 0 ? `, ${formatCount(view.late)} of them of records too late for their windows` : ''}. The last ones:
      </p>
      <ul className="lj-streams-messages">
        {[...view.lastMessages].reverse().map(({ timeMs, task, topic, partition, offset, text }, at) => (
          <li key={at}>
            <span className="lj-numeral lj-muted">
              {formatInstant(timeMs * 1_000)} task {task}, {topic}-{partition}@{offset}
            </span>{' '}
            {text}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Who does what of a stream processor in the run: threads and tasks, restores, and what could not be handled. */
export function TasksView({ node }: { readonly node: string }) {
  const read = useCallback(() => readStreams(node), [node]);
  const view = usePolled(read);
  if (view === null) return <p className="lj-muted">Threads, tasks and restores show here once the run has begun. Press Space to play.</p>;
  return (
    <div className="lj-tasks">
      <section aria-label="Tasks">
        <h3>
          Tasks{' '}
          <span className="lj-muted">
            {formatCount(view.tasks)} on {formatCount(view.threads.length)} {view.threads.length === 1 ? 'thread' : 'threads'} of{' '}
            {view.applicationId}
          </span>
        </h3>
        <Tasks threads={view.threads} />
      </section>
      <section aria-label="Restores and processing log">
        <h3>
          Restores <span className="lj-muted lj-numeral">{formatCount(view.restoreCount)}</span>
        </h3>
        <Restores view={view} />
        <h3>Processing log</h3>
        <Messages view={view} />
      </section>
    </div>
  );
}
