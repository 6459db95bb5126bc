const units = { s: 1, m: 60, h: 3600 } as const;

/**
 * Reads a duration as a person writes it: `600`, `600s`, `10m` or `2h`.
 * @returns seconds
 * @throws when it is not a time
 */
export function readDuration(text: string): number {
  const found = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(text);
  const [, number, unit] = found ?? [];
  const factor = Object.entries(units).find(([name]) => name === (unit || 's'))?.[1];
  if (number === undefined || factor === undefined)
    throw new Error(`"${text}" is no time: give seconds, or a number with s, m or h, such as 10m.`);
  return Math.round(Number(number) * factor);
}
