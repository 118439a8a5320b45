import { spawn } from 'node:child_process';

/**
 * Opens an address in this desktop's browser, where there is a desktop. Not being able to is no error: the address has been printed.
 * `BROWSER=none` or `CI` keeps it from trying.
 * @param {string} url
 */
export function openInBrowser(url) {
  const command = commandFor(process.platform, process.env);
  if (command === null) return;
  const [program, ...parameters] = command;
  const child = spawn(program, [...parameters, url], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}

/**
 * @param {NodeJS.Platform} platform
 * @param {NodeJS.ProcessEnv} environment
 * @returns {string[] | null} the command that opens an address, or null without a display
 */
export function commandFor(platform, environment) {
  if (environment.BROWSER === 'none' || environment.CI) return null;
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['cmd', '/c', 'start', ''];
  return environment.DISPLAY || environment.WAYLAND_DISPLAY ? ['xdg-open'] : null;
}
