/**
 * One tab writes a document, the others follow. The right to write is a Web Lock, so it is given back when a tab closes or crashes; what was
 * saved is told over a BroadcastChannel.
 */
export type TabRole = 'writer' | 'follower';

export interface WriterLock {
  /** Takes the right to write from whichever tab has it. */
  takeOver(): void;
  /** Tells the followers that there is something new to read. */
  tellSaved(): void;
  release(): void;
}

export interface WriterLockOptions {
  readonly key: string;
  readonly onRole: (role: TabRole) => void;
  /** The writer saved: read the document again. */
  readonly onSaved: () => void;
}

/** Asks for the right to write a document. Without Web Locks this tab writes: nothing better can be known. */
export function holdWriterLock({ key, onRole, onSaved }: WriterLockOptions): WriterLock {
  const name = `logjam-document-${key}`;
  const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(name);
  const queue = new AbortController();
  let released = false;
  let letGo: () => void = () => undefined;

  const hold = () => {
    if (released) return undefined;
    onRole('writer');
    return new Promise<void>((resolve) => (letGo = resolve));
  };
  const waitInLine = () => {
    if (released) return;
    // Granted when the writer's tab goes away; a lock stolen from us ends here too, and we follow again.
    navigator.locks.request(name, { signal: queue.signal }, hold).catch(follow);
  };
  const follow = () => {
    if (released) return;
    onRole('follower');
    waitInLine();
  };
  if (channel !== null) channel.onmessage = () => onSaved();
  if (typeof navigator === 'undefined' || navigator.locks === undefined) onRole('writer');
  else {
    navigator.locks
      .request(name, { ifAvailable: true }, (lock) => {
        if (lock !== null) return hold();
        follow();
        return undefined;
      })
      .catch(follow);
  }
  return {
    takeOver() {
      navigator.locks.request(name, { steal: true }, hold).catch(follow);
    },
    tellSaved: () => channel?.postMessage('saved'),
    release() {
      released = true;
      queue.abort();
      letGo();
      channel?.close();
    },
  };
}
