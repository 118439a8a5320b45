/** The oldest Node that every tool in the lockfile supports; package.json says the same under `engines`. */
export const minimumNodeVersion = '20.19.0';

/**
 * Whether a version is at least the minimum. Only major, minor and patch count; a leading `v` and a pre-release tag do not.
 * @param {string} version
 * @param {string} minimum
 */
export function isAtLeast(version, minimum) {
  const have = numbersOf(version);
  const need = numbersOf(minimum);
  for (let index = 0; index < 3; index += 1) {
    if (have[index] !== need[index]) return have[index] > need[index];
  }
  return true;
}

/** Ends the process with a sentence that says what to do when this Node is too old. */
export function requireNode() {
  if (isAtLeast(process.versions.node, minimumNodeVersion)) return;
  console.error(
    'Logjam needs Node ' +
      minimumNodeVersion +
      ' or newer; this is Node ' +
      process.versions.node +
      ' (' +
      process.execPath +
      ').\n' +
      'Install a current Node (for example from https://nodejs.org, or with `nvm install`), then run the command again.',
  );
  process.exit(1);
}

/** @param {string} version */
function numbersOf(version) {
  const parts = version.replace(/^v/, '').split('-')[0].split('.');
  return [0, 1, 2].map((index) => Number(parts[index] || 0));
}
