/** A space that neither breaks nor is as wide as others, between a number and its unit. */
const thin = '\u202f';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** A count for people: 945, 9,450, 94.5k, 9.45M. */
export function compact(count: number): string {
  if (count < 10_000) return whole.format(count);
  const [divisor, unit] = count < 999_950 ? [1000, 'k'] : count < 999_950_000 ? [1e6, 'M'] : [1e9, 'B'];
  const scaled = count / divisor;
  return `${scaled.toFixed(scaled < 10 ? 2 : scaled < 100 ? 1 : 0).replace(/\.0+$/, '')}${unit}`;
}

/** A count in full: 94,512. */
export function exactCount(count: number): string {
  return whole.format(count);
}

/**
 * A share from 0 to 1: 98.4 %, 97.0 %, and a dash where there is none. Below one percent it has two decimals:
 * of complaints 0.08 % are good and 0.30 % are not. Never 100 % or 0 % unless it is exactly that.
 */
export function percent(share: number | null): string {
  if (share === null) return '–';
  const percents = share * 100;
  if (percents === 0 || percents === 100) return `${percents}${thin}%`;
  if (percents < 0.01) return `<${thin}0.01${thin}%`;
  if (percents < 1) return `${percents.toFixed(2)}${thin}%`;
  // Cut off, since 99.97 % delivered is not everything.
  const shown = percents < 100 ? Math.min(percents, 99.9) : percents;
  return `${shown.toFixed(1)}${thin}%`;
}

function signed(text: string, isNegative: boolean): string {
  return `${isNegative ? '−' : '+'}${text}`;
}

/** A change of a count, as a share of what it was: +12 %, −3 %, ×14. */
export function changeOfCount(share: number): string {
  if (share === 0) return `±0${thin}%`;
  if (share >= 9.95) return `×${whole.format(share + 1)}`;
  const percents = Math.abs(share) * 100;
  return signed(`${percents.toFixed(percents < 9.95 ? 1 : 0)}${thin}%`, share < 0);
}

/** A change of a rate, in points: +1.2 points. */
export function changeOfRate(difference: number): string {
  const points = Math.abs(difference) * 100;
  return signed(`${points.toFixed(points < 1 ? 2 : 1)} points`, difference < 0);
}

/** `1 event`, `2 events`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${compact(count)} ${count === 1 ? one : many}`;
}
