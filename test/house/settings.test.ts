import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { noticeSettings } from '../../src/settings/notices';
import { planSettings } from '../../src/settings/plan';
import { describeSetting } from '../../src/settings/setting';
import {
  alertSettings,
  digestSettings,
  mailgunSettings,
  searchSettings,
  suppressionSettings,
  webhookSettings,
} from '../../src/settings/settings';

const settings = [
  webhookSettings,
  mailgunSettings,
  noticeSettings,
  digestSettings,
  searchSettings,
  suppressionSettings,
  alertSettings,
  planSettings,
].flatMap(({ entries }) => Object.values(entries).map(describeSetting));

it('.env.example has every setting of the app with its default, and no other', () => {
  const [, app = ''] = readFileSync('.env.example', 'utf8').split(/^# --- .* ---$/m);
  const lines = [...app.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => ({
    name,
    default: value,
  }));
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
  expect(lines.sort(byName)).toEqual(settings.sort(byName));
});

it('README has every setting with its default', () => {
  const section = readFileSync('README.md', 'utf8').split('## Settings')[1]?.split('\n## ')[0] ?? '';
  const rows = new Map(
    [...section.matchAll(/^\| `([A-Z_]+)` +\| (\S+(?: [^\s|]+)*) +\|/gm)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );
  for (const { name, default: value } of settings) {
    expect(rows.has(name), `README has no row for ${name}`).toBe(true);
    // A setting without a default has a word in its place.
    if (value !== '') expect(rows.get(name)).toBe(`\`${value}\``);
    else expect(rows.get(name)).toMatch(/^(none|all)$/);
  }
});
