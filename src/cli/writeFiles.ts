import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { refusal } from './refusal.ts';

/** Writes a text file, making its folder where needed. Throws Refusal. */
export async function writeText(path: string, text: string, shown: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (error) {
    throw refusal(
      'file.not-written',
      `The file cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
      'Choose another place.',
      shown,
    );
  }
}

/** A path below a folder; one that would leave it is a bug of the exporter, and stops here. */
export function below(folder: string, path: string): string {
  const full = resolve(folder, path);
  const inside = relative(folder, full);
  if (inside === '' || inside.startsWith('..') || isAbsolute(inside)) throw new Error(`"${path}" leads out of ${folder}.`);
  return full;
}
