import { describe, expect, test } from 'vitest';
import { firstMissingPackage } from './install.js';

const wanted = {
  packages: {
    '': { version: '0.1.0' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/binary-of-another-platform': { version: '2.0.0', optional: true },
  },
};

describe('what is missing from node_modules', () => {
  test('nothing, when each package is there in its version; optional ones may be absent', () => {
    expect(firstMissingPackage(wanted, { packages: { 'node_modules/a': { version: '1.0.0' } } })).toBeNull();
  });

  test('a package that is absent or of another version', () => {
    expect(firstMissingPackage(wanted, { packages: {} })).toBe('node_modules/a');
    expect(firstMissingPackage(wanted, { packages: { 'node_modules/a': { version: '1.0.1' } } })).toBe('node_modules/a');
  });

  test('an optional package of another version', () => {
    const installed = {
      packages: { 'node_modules/a': { version: '1.0.0' }, 'node_modules/binary-of-another-platform': { version: '1.9.0', optional: true } },
    };
    expect(firstMissingPackage(wanted, installed)).toBe('node_modules/binary-of-another-platform');
  });
});
