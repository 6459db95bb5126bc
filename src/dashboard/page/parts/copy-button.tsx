import { useState } from 'preact/hooks';
import { announce } from './announce';

/** Copies a text; says so. */
export function CopyButton({ text, name }: { text: string; name: string }) {
  const [isDone, setDone] = useState(false);
  async function copy(): Promise<void> {
    await navigator.clipboard?.writeText(text);
    setDone(true);
    announce(`${name} copied`);
  }
  return (
    <button type="button" class="button small" onClick={copy} onBlur={() => setDone(false)}>
      {isDone ? 'Copied' : 'Copy'}
      <span class="hidden"> {name}</span>
    </button>
  );
}
