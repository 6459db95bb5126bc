/** Longest name of a campaign or an alert in a line, in characters. */
const maxNameLength = 60;

const weekday = new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: 'UTC' });
const month = new Intl.DateTimeFormat('en', { month: 'long', timeZone: 'UTC' });

const exact = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const rounded = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

/** A count for people: 945, 9,451, 94,500, 1,230,000. */
export function countText(count: number): string {
  return count < 10_000 ? exact.format(count) : rounded.format(count);
}

/** `1 address`, `2 addresses`. */
export function counted(count: number, one: string, many: string): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/**
 * A share from 0 to 1 in percent. Below one percent it has two decimals: of complaints 0.08 % are good and 0.30 % are not.
 * Never 0 % or 100 % unless it is exactly that.
 */
export function percentText(share: number | null): string {
  if (share === null) return 'none';
  const percents = share * 100;
  if (percents === 0 || percents === 100) return `${percents} %`;
  if (percents < 0.01) return 'below 0.01 %';
  if (percents < 1) return `${percents.toFixed(2)} %`;
  return `${(percents < 100 ? Math.min(percents, 99.9) : percents).toFixed(1)} %`;
}

/** How a count compares with what is usual: `12 % more than`, `as many as`, `14 times as many as`. */
export function comparedText(count: number, usual: number): string {
  const change = (count - usual) / usual;
  const percents = Math.round(Math.abs(change) * 100);
  if (percents === 0) return 'as many as';
  if (change >= 2) return `${rounded.format(count / usual)} times as many as`;
  return `${percents} % ${change > 0 ? 'more' : 'fewer'} than`;
}

/** A UTC day: `Thursday 26 November 2026`. */
export function dayText(day: string): string {
  const date = new Date(day);
  return `${weekday.format(date)} ${dateText(day)}`;
}

/** The same without the day of the week. */
export function dateText(day: string): string {
  const date = new Date(day);
  return `${date.getUTCDate()} ${month.format(date)} ${date.getUTCFullYear()}`;
}

/** A name that others have given, fit for a line: without control characters, and not too long. */
export function nameText(name: string): string {
  const plain = name.replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  const characters = [...plain];
  return characters.length > maxNameLength ? `${characters.slice(0, maxNameLength).join('')}...` : plain;
}
