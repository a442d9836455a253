import { expect, test } from 'vitest';
import { mainArchive } from './apt-mirror.ts';

test('the main archive is told from the security archive and from vendors of the same suite name', () => {
  const lines = [
    'nodistro main https://vendor.example/node',
    'bookworm stable https://vendor.example/linux/debian',
    'bookworm main https://vendor.example/repo',
    'bookworm-security main http://mirror.example/debian-security',
    'bookworm main http://mirror.example/debian',
    'bookworm-updates main http://mirror.example/debian',
  ].join('\n');
  expect(mainArchive(lines, 'bookworm')).toBe('http://mirror.example/debian');
});

test('an archive of a fixed date is a main archive', () => {
  const site = 'http://snapshot.example/archive/debian/20250520T000000Z';
  expect(mainArchive(`stable main https://vendor.example/repo\nbookworm main ${site}`, 'bookworm')).toBe(site);
});

test('sources without a main archive on the web give none', () => {
  expect(mainArchive('bookworm-security main http://mirror.example/debian-security\n', 'bookworm')).toBeUndefined();
  expect(mainArchive('bookworm main cdrom:[Debian]/', 'bookworm')).toBeUndefined();
});
