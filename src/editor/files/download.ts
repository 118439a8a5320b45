/** Hands files to the person. */

/** Offers a file for download. */
export function download(name: string, content: string | Uint8Array<ArrayBuffer> | Blob, type = 'application/json'): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the content over by the next turn; keeping the URL longer would keep the memory.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A file name made of a document's name: nothing a file system would choke on. */
export function fileNameOf(name: string): string {
  const safe = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80);
  return safe === '' ? 'pipeline' : safe;
}

/** Asks for a file and reads it as text; null when the person changes their mind. */
export function pickTextFile(accept: string): Promise<{ readonly name: string; readonly text: string } | null> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = accept;
    input.hidden = true;
    // Outside the page the field may be gone before the person has chosen: nothing else holds it.
    document.body.append(input);
    input.addEventListener('cancel', () => {
      input.remove();
      resolve(null);
    });
    input.addEventListener('change', () => {
      input.remove();
      const file = input.files?.[0];
      if (file === undefined) resolve(null);
      else void file.text().then((text) => resolve({ name: file.name, text }));
    });
    input.click();
  });
}
