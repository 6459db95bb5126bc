import { describe, expect, it } from 'vitest';
import { changeOfCount, compact, percent } from '../../src/dashboard/page/format/numbers';
import { countTicks, timeTicks } from '../../src/dashboard/page/parts/chart-ticks';

const plain = (text: string) => text.replaceAll('\u202f', ' ');

describe('numbers for people', () => {
  it.each([
    [0.984, '98.4 %'],
    [0.97, '97.0 %'],
    [0.99999, '99.9 %'],
    [1, '100 %'],
    [1.548, '154.8 %'],
    [0.0034, '0.34 %'],
    [0.00003, '< 0.01 %'],
    [0, '0 %'],
    [null, '–'],
  ])('a share of %s is %s', (share, text) => {
    expect(plain(percent(share))).toBe(text);
  });

  it.each([
    [945, '945'],
    [9450, '9,450'],
    [12_345, '12.3k'],
    [999_949, '1000k'],
    [1_234_567, '1.23M'],
    [94_512_000, '94.5M'],
  ])('%s is %s', (count, text) => {
    expect(compact(count)).toBe(text);
  });

  it('a change has its sign', () => {
    expect([0.12, -0.031, 0, 13].map(changeOfCount).map(plain)).toEqual(['+12 %', '−3.1 %', '±0 %', '×14']);
  });
});

describe('marks of an axis', () => {
  it('are round counts', () => {
    expect([0, 3, 7, 9, 23, 1999, 2001].map(countTicks)).toEqual([
      [0, 1, 2, 3, 4],
      [0, 1, 2, 3, 4],
      [0, 2, 4, 6, 8],
      [0, 5, 10],
      [0, 10, 20, 30],
      [0, 500, 1000, 1500, 2000],
      [0, 1000, 2000, 3000],
    ]);
  });

  it('are Mondays in weeks and firsts of months in months', () => {
    const days = (count: number) =>
      Array.from({ length: count }, (_, at) => new Date(Date.UTC(2026, 7, 27 + at)).toISOString());
    const year = new Date().getUTCFullYear() === 2026 ? '' : ' 2026';
    expect(timeTicks(days(20), 'day', 5).map(({ name }) => name)).toEqual(
      ['31 Aug', '7 Sep', '14 Sep'].map((name) => name + year),
    );
    expect(timeTicks(days(90), 'day', 5).map(({ name }) => name)).toEqual(
      ['1 Sep', '1 Oct', '1 Nov'].map((name) => name + year),
    );
  });
});
