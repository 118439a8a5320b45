/** What is open when the page opens: the example the address asks for, else the last document, else an empty one. */
import { announce, toast } from '../toasts/toastStore.ts';
import { openExample, openLast, openNew } from './documents.ts';
import { examples } from './examples.ts';

/** Takes the example's name out of the address, so that a reload opens the document it has become. */
function takeExampleName(): string | null {
  const address = new URL(window.location.href);
  const name = address.searchParams.get('example');
  if (name === null) return null;
  address.searchParams.delete('example');
  window.history.replaceState(null, '', address);
  return name;
}

/** Opens the first document. */
export async function startUp(): Promise<void> {
  const name = takeExampleName();
  const example = name === null ? undefined : examples.find((candidate) => candidate.id === name);
  if (example !== undefined) {
    if (await openExample(example, true)) announce(`${example.title} is open and running.`);
    else await openNew();
    return;
  }
  if (name !== null)
    toast(`There is no example “${name}”. There are: ${examples.map((candidate) => candidate.id).join(', ')}.`, { tone: 'bad' });
  if (!(await openLast())) await openNew();
}
