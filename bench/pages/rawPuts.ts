/** Raw puts in a worker of their own: buffers of given sizes and contents, in transactions of about 16 MB, with relaxed durability. */

export interface RawPutsRequest {
  readonly images: readonly ArrayBuffer[];
  /** Bytes to write at least. */
  readonly bytes: number;
}

export interface RawPutsAnswer {
  readonly bytes: number;
  readonly seconds: number;
}

const transactionBytes = 16 * 1024 * 1024;
const transactionsAtOnce = 2;

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const request = indexedDB.open('bench-raw', 1);
    request.onupgradeneeded = () => void request.result.createObjectStore('blocks');
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error ?? new Error('The database could not be opened.'));
  });
}

function putAll(database: IDBDatabase, puts: readonly { key: number; image: ArrayBuffer }[]): Promise<void> {
  return new Promise((done, failed) => {
    const transaction = database.transaction('blocks', 'readwrite', { durability: 'relaxed' });
    for (const { key, image } of puts) transaction.objectStore('blocks').put(image, key);
    transaction.oncomplete = () => done();
    transaction.onerror = () => failed(transaction.error ?? new Error('The transaction failed.'));
  });
}

async function work({ images, bytes }: RawPutsRequest): Promise<RawPutsAnswer> {
  const database = await openDatabase();
  await new Promise<void>((done) => {
    const transaction = database.transaction('blocks', 'readwrite');
    transaction.objectStore('blocks').clear();
    transaction.oncomplete = () => done();
  });
  const start = performance.now();
  const underWay: Promise<void>[] = [];
  let written = 0;
  let key = 0;
  while (written < bytes) {
    const puts: { key: number; image: ArrayBuffer }[] = [];
    for (let size = 0; size < transactionBytes; size += puts[puts.length - 1].image.byteLength) {
      const image = images[key % images.length];
      puts.push({ key: key++, image });
      written += image.byteLength;
    }
    underWay.push(putAll(database, puts));
    if (underWay.length >= transactionsAtOnce) await underWay.shift();
  }
  await Promise.all(underWay);
  const seconds = (performance.now() - start) / 1000;
  database.close();
  return { bytes: written, seconds };
}

self.addEventListener('message', (event: MessageEvent<RawPutsRequest>) => {
  void work(event.data).then((answer) => self.postMessage(answer));
});
