/** The middle one of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

/** The number below which a share of all numbers lies. */
export function quantile(numbers: Float64Array, share: number): number {
  const sorted = Float64Array.from(numbers).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** A number with as many digits as a reader needs. */
export function rounded(number: number): number {
  if (!Number.isFinite(number)) return Number.NaN;
  return Math.abs(number) >= 100 ? Math.round(number) : Number(number.toPrecision(3));
}
