import { utf8Bytes, utf8Text } from '../../types/bytes.ts';
import { strict, type ScalarFunction } from '../library.ts';

/** Functions of URLs (`udf.url`), which are read as `java.net.URI` does. */

interface Uri {
  readonly scheme: string | null;
  readonly host: string | null;
  readonly port: number | null;
  readonly path: string | null;
  readonly query: string | null;
  readonly fragment: string | null;
}

const parts = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;
// eslint-disable-next-line no-control-regex
const illegal = /[\u0000-\u0020"<>\\^`{|}\u007f]|%(?![0-9a-fA-F]{2})/;
const authority = /^(?:[^@]*@)?(\[[0-9a-fA-F:.%]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.?)(?::(\d*))?$/;

function invalid(url: string): never {
  throw new Error(`URL input has invalid syntax: ${url}`);
}

/** Octets written as %XX made characters again. */
const decoded = (text: string): string =>
  text.replace(/(?:%[0-9a-fA-F]{2})+/g, (octets) =>
    utf8Text(Uint8Array.from(octets.match(/[0-9a-fA-F]{2}/g)!, (octet) => parseInt(octet, 16))),
  );

const decodedOrNull = (text: string | undefined): string | null => (text === undefined ? null : decoded(text));

/** The parts of a URL. Throws where it is none. */
function parseUri(url: string): Uri {
  if (url === '' || illegal.test(url)) return invalid(url);
  const [, scheme, server, path, query, fragment] = parts.exec(url)!;
  if (scheme !== undefined && !/^[A-Za-z][\w+.-]*$/.test(scheme)) return invalid(url);
  if (scheme !== undefined && server === undefined && path === '' && query === undefined) return invalid(url);
  const isOpaque = scheme !== undefined && server === undefined && !path!.startsWith('/');
  const found = server === undefined ? null : authority.exec(server);
  return {
    scheme: scheme ?? null,
    host: found?.[1] ?? null,
    port: found?.[2] ? Number(found[2]) : null,
    path: isOpaque ? null : decoded(path!),
    query: isOpaque ? null : decodedOrNull(query),
    fragment: decodedOrNull(fragment),
  };
}

function parameter(url: string, name: string): string | null {
  const { query } = parseUri(url);
  for (const pair of query?.split('&') ?? []) {
    const at = pair.indexOf('=');
    if ((at < 0 ? pair : pair.slice(0, at)) === name) return at < 0 ? '' : pair.slice(at + 1);
  }
  return null;
}

/** application/x-www-form-urlencoded: letters, digits and -_.* stay, a space is a plus. */
const encode = (text: string): string =>
  Array.from(utf8Bytes(text), (byte) => {
    const character = String.fromCharCode(byte);
    if (/[A-Za-z0-9\-_.*]/.test(character)) return character;
    return byte === 32 ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');

function decode(text: string): string {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) throw new Error(`URLDecoder: Illegal hex characters in escape (%) pattern: ${text}`);
  return decoded(text.replace(/\+/g, ' '));
}

const part = (name: string, returns: string, of: (uri: Uri) => string | number | null): ScalarFunction =>
  strict(name, 'VARCHAR input', returns, (url: string) => of(parseUri(url)));

export const urlFunctions: readonly ScalarFunction[] = [
  strict('url_decode_param', 'VARCHAR input', 'VARCHAR', decode),
  strict('url_encode_param', 'VARCHAR input', 'VARCHAR', encode),
  strict('url_extract_parameter', 'VARCHAR input, VARCHAR paramToFind', 'VARCHAR', parameter),
  part('url_extract_fragment', 'VARCHAR', ({ fragment }) => fragment),
  part('url_extract_host', 'VARCHAR', ({ host }) => host),
  part('url_extract_path', 'VARCHAR', ({ path }) => path),
  part('url_extract_port', 'INT', ({ port }) => port),
  part('url_extract_protocol', 'VARCHAR', ({ scheme }) => scheme),
  part('url_extract_query', 'VARCHAR', ({ query }) => query),
];
