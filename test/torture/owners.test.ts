import { expect, inject, it } from 'vitest';
import { tryHooks } from './hooks/campaign';
import { tryPeople } from './people/campaign';
import { tryRetention } from './retention/campaign';

/** Long enough for a machine that is busy with other things, in milliseconds. */
const patience = 300_000;

it(
  "an owner's function that throws or takes its time harms no number, and its events come back",
  async () => {
    expect((await tryHooks(1, 0.03)).failures).toEqual([]);
  },
  patience,
);

it(
  'days are closed without losing a number, whatever call fails meanwhile',
  async () => {
    expect((await tryRetention(inject('bundleFile'), 1, 0.1)).failures).toEqual([]);
  },
  patience,
);

it(
  'a person is erased or made good again, whatever call fails meanwhile',
  async () => {
    expect((await tryPeople(inject('bundleFile'), 1, 0.3)).failures).toEqual([]);
  },
  patience,
);
