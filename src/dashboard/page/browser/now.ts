import { useEffect, useState } from 'preact/hooks';

const everySeconds = 10;
const listeners = new Set<(now: number) => void>();
setInterval(() => {
  for (const listener of listeners) listener(Date.now());
}, everySeconds * 1000);

/** The present time in milliseconds, often enough for "2 min ago" to stay true. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    listeners.add(setNow);
    return () => {
      listeners.delete(setNow);
    };
  }, []);
  return now;
}
