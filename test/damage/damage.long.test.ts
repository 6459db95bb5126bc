import { readFileSync } from 'node:fs';
import { expect, inject, it } from 'vitest';
import { runDamageCampaign, shortDamage } from './campaign';

it('starts whole on a damaged folder, or says in a sentence which file is damaged and what to do', async () => {
  const bundle = readFileSync(inject('bundleFile'), 'utf8');
  const { cases, whole, refused, broken } = await runDamageCampaign({ ...shortDamage, bundle, seed: 4 });
  expect(broken).toEqual([]);
  expect(cases).toBe(shortDamage.storageCases + shortDamage.startCases);
  expect(whole + refused).toBe(cases);
}, 120_000);
