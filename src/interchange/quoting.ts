/** Users' texts made harmless for the files they go into: a hostile name stays a name. */

/** One word for a POSIX shell, whatever it contains. NUL cannot be passed to a program and becomes U+FFFD. */
export function shellWord(text: string): string {
  return `'${text.replaceAll('\0', '\uFFFD').replaceAll("'", "'\\''")}'`;
}

/** Text for a one-line comment: nothing in it can end the line. */
export function commentText(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are exactly what is replaced here
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').slice(0, 300);
}

/**
 * A value for a Java properties file, as `java.util.Properties.load` reads it back from an input stream (ISO-8859-1): everything beyond
 * printable ASCII as \uXXXX, leading blanks and the separators escaped.
 */
export function propertiesValue(text: string): string {
  let escaped = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]!;
    const code = text.charCodeAt(index);
    if ('\\=:#!'.includes(character) || (character === ' ' && index === 0)) escaped += `\\${character}`;
    else if (code < 32 || code > 126) escaped += `\\u${code.toString(16).padStart(4, '0')}`;
    else escaped += character;
  }
  return escaped;
}

/** Letters, digits, `-`, `_` and `.` of a text, never empty, never beginning with a dot, never a device name of Windows. */
function fileStem(text: string): string {
  const stem = text
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, 80);
  return stem === '' || /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(stem) ? `node-${stem}` : stem;
}

/** A name of Kubernetes (RFC 1123 subdomain), at most 240 characters so that a number still fits. */
function resourceName(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/\.(?=[.-])|(?<=-)\./g, '-')
    .slice(0, 240)
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
  return name === '' ? 'topic' : name;
}

function uniqueBy(make: (text: string) => string): (text: string) => string {
  const taken = new Set<string>();
  return (text) => {
    const stem = make(text);
    let name = stem;
    for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${stem}-${number}`;
    taken.add(name.toLowerCase());
    return name;
  };
}

/** Gives each text a file name of its own, different also where case does not count. */
export function fileNames(): (text: string) => string {
  return uniqueBy(fileStem);
}

/** Gives each text a Kubernetes resource name of its own. */
export function resourceNames(): (text: string) => string {
  return uniqueBy(resourceName);
}

/** Letters, digits and `-`, beginning and ending with a letter or digit, at most 63: a Compose project or a Kubernetes label. */
export function labelValue(text: string, otherwise: string): string {
  const label = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  return label === '' ? otherwise : label;
}
