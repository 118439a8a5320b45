import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { inProject, projectFolder } from './project.js';

/**
 * Arguments for every Chromium that the tests start: no calls home, and nothing that a container without a graphics card lacks.
 * Playwright itself adds the headless mode and, where a sandbox is not asked for, `--no-sandbox`.
 */
export const chromiumArguments = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The environment variable that hands the browser found on to child processes. */
export const browserVariable = 'LOGJAM_CHROMIUM';

const downloadNote = inProject('.cache', 'browser-download-failed');
const downloadRetryMs = 24 * 60 * 60 * 1000;

const namesOnPath = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];

const usualPlaces = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((variable) =>
    ['Google\\Chrome\\Application\\chrome.exe', 'Chromium\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'].map(
      (place) => join(process.env[variable] ?? 'C:\\', place),
    ),
  ),
  linux: ['/usr/bin/chromium', '/usr/bin/google-chrome', '/snap/bin/chromium', '/opt/google/chrome/chrome'],
};

/**
 * The browser that is already here, without installing anything: the one named by LOGJAM_CHROMIUM or CHROME_PATH, Playwright's own,
 * or one of this machine.
 * @returns {Promise<string | undefined>} the path of the executable
 */
export async function findBrowser() {
  const named = namedBrowser();
  if (named !== undefined) return named;
  return (await playwrightBrowser()) ?? machineBrowser();
}

/**
 * As `findBrowser`, and installs one where none of Playwright's own is here: Playwright's download first, then a browser of this
 * machine, then Debian's package. A download that failed is not tried again for a day while the machine has a browser of its own.
 * @returns {Promise<string>}
 * @throws Error with what the reader can do, when no way works
 */
export async function provideBrowser() {
  const named = namedBrowser();
  if (named !== undefined) return named;
  const own = await playwrightBrowser();
  if (own !== undefined) return own;
  const onMachine = machineBrowser();
  if (!(onMachine !== undefined && downloadFailedLately()) && downloadBrowser()) {
    const downloaded = await playwrightBrowser();
    if (downloaded !== undefined) return downloaded;
  }
  if (onMachine !== undefined) return onMachine;
  const packaged = installDebianPackage() ? machineBrowser() : undefined;
  if (packaged !== undefined) return packaged;
  throw new Error(
    'No browser for the browser tests: Playwright could not download its Chromium, no Chromium or Chrome was found on this machine, ' +
      "and Debian's chromium package could not be installed.\n" +
      'Do one of these, then run the command again:\n' +
      '  - with a network: npx playwright install --with-deps chromium\n' +
      '  - on Debian or Ubuntu, as root: apt-get install chromium\n' +
      '  - or set CHROME_PATH to the executable of a Chromium or Chrome.',
  );
}

/** @returns {string | undefined} */
function namedBrowser() {
  for (const variable of [browserVariable, 'CHROME_PATH']) {
    const path = process.env[variable];
    if (path === undefined || path === '') continue;
    if (existsSync(path)) return path;
    throw new Error(`${variable} is "${path}", but there is no such file. Correct it, or unset it to let the tests look for a browser.`);
  }
  return undefined;
}

/**
 * Playwright's own Chromium, if it was downloaded and its system libraries are here.
 * @returns {Promise<string | undefined>}
 */
async function playwrightBrowser() {
  try {
    const { chromium } = await import('playwright');
    const path = chromium.executablePath();
    return existsSync(path) && starts(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** @returns {string | undefined} */
function machineBrowser() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = process.platform === 'win32' ? [] : namesOnPath.flatMap((name) => folders.map((folder) => join(folder, name)));
  const places = process.platform === 'darwin' || process.platform === 'win32' ? usualPlaces[process.platform] : usualPlaces.linux;
  return [...candidates, ...places].find((path) => existsSync(path) && starts(path));
}

/**
 * Whether the executable runs at all: it does not when shared libraries are missing. Not asked on Windows, where Chrome opens a window.
 * @param {string} path
 */
function starts(path) {
  if (process.platform === 'win32') return true;
  return spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

function downloadFailedLately() {
  if (!existsSync(downloadNote)) return false;
  return Date.now() - Number(readFileSync(downloadNote, 'utf8')) < downloadRetryMs;
}

/** Lets Playwright fetch its Chromium, quietly, and gives up soon where there is no way to the network. */
function downloadBrowser() {
  console.log("Fetching Playwright's Chromium for the browser tests …");
  const result = spawnSync(process.execPath, [inProject('node_modules', 'playwright', 'cli.js'), 'install', 'chromium', '--no-shell'], {
    cwd: projectFolder,
    stdio: 'ignore',
    timeout: 180_000,
    env: { ...process.env, PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '5000' },
  });
  if (result.status === 0) return true;
  console.log('It could not be fetched; looking for another browser.');
  mkdirSync(inProject('.cache'), { recursive: true });
  writeFileSync(downloadNote, String(Date.now()));
  return false;
}

/** Debian's package, when this is a Debian or Ubuntu and this user may install without being asked for a password. */
function installDebianPackage() {
  if (process.platform !== 'linux' || !existsSync('/etc/debian_version')) return false;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0) return false;
  console.log("Installing Debian's chromium package …");
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', 'chromium'];
  return asRoot(isRoot, install) || (asRoot(isRoot, ['apt-get', 'update']) && asRoot(isRoot, install));
}

/**
 * @param {boolean} isRoot
 * @param {string[]} command
 */
function asRoot(isRoot, command) {
  const [program, ...parameters] = isRoot ? command : ['sudo', '-n', ...command];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(program, parameters, { stdio: 'ignore', timeout: 300_000, env }).status === 0;
}
