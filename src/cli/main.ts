/** Entry point of `npm run logjam`. */
import process from 'node:process';
import type { Io } from './io.ts';
import { logjam } from './program.ts';

const progressEveryMs = 200;

/** Progress on one line of the terminal, seldom enough to cost nothing. */
function terminalProgress(): (text: string) => void {
  let shownAtMs = 0;
  let shown = false;
  return (text) => {
    const nowMs = Date.now();
    if (text === '' ? !shown : nowMs - shownAtMs < progressEveryMs) return;
    shownAtMs = nowMs;
    shown = text !== '';
    process.stderr.write(`\r\u001b[K${text}`);
  };
}

// npm changes into the project's folder and leaves the folder of the call in INIT_CWD; paths mean the latter.
const workingFolder = process.env['npm_lifecycle_event'] === 'logjam' ? (process.env['INIT_CWD'] ?? process.cwd()) : process.cwd();
const interruption = new AbortController();
// Once: a second Ctrl-C ends the process at once, as ever.
process.once('SIGINT', () => interruption.abort());
const io: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  workingFolder,
  interrupt: interruption.signal,
  ...(process.stderr.isTTY ? { progress: terminalProgress() } : {}),
};
// A closed pipe (`| head`) ends the output and is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await logjam(process.argv.slice(2), io);
