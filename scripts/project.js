import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json: every script works from there, wherever it was started. */
export const projectFolder = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * The absolute path of something in the project.
 * @param {...string} parts Path parts below the project's folder.
 */
export function inProject(...parts) {
  return join(projectFolder, ...parts);
}
