/**
 * The one place that says what the site may do. It goes into the page as a meta tag, into `dist/_headers`, and into what
 * `npm start` and `npm run preview` answer; docs/hosting.md repeats it for other servers and a test compares them.
 *
 * No eval, no inline script or style, no other host. Images may be `blob:` and `data:` because the editor makes thumbnails and
 * downloads in memory. A worker takes the policy of its own response, so the headers belong on every file, not only on the page.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Headers of every response. `frame-ancestors` works only as a header, never in a meta tag. */
export const securityHeaders = {
  'Content-Security-Policy': `${contentSecurityPolicy}; frame-ancestors 'self'`,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

const hashedFilesAreForever = 'public, max-age=31536000, immutable';

/**
 * How long a browser may keep a file without asking: files under assets/ carry a hash of their content in their name, all others may change.
 * @param {string} path The path of the file within the site.
 */
export function cacheControl(path) {
  return path.replace(/^\//, '').startsWith('assets/') ? hashedFilesAreForever : 'no-cache';
}

/** The text of `dist/_headers`, in the format that Netlify and Cloudflare Pages read. */
export function headersFile() {
  const lines = Object.entries(securityHeaders).map(([name, value]) => `  ${name}: ${value}`);
  return ['/*', ...lines, '', '/assets/*', `  Cache-Control: ${hashedFilesAreForever}`, ''].join('\n');
}
