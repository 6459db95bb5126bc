import { useState } from 'preact/hooks';

/** Characters beyond which the browser's own hover text would cover the page. */
const maxOnHover = 600;

/** What is said on hover of a text from outside. */
export function hoverText(text: string): string {
  return text.length > maxOnHover ? `${text.slice(0, maxOnHover)}…` : text;
}

/**
 * Text that came from outside: set apart, so that right-to-left marks in it turn nothing around it, and cut
 * by its column, with the whole on hover.
 */
export function Outside({ text, none = '–' }: { text: string | null; none?: string }) {
  if (text === null || text === '') return <span class="muted">{none}</span>;
  return (
    <bdi class="outside" title={hoverText(text)}>
      {text}
    </bdi>
  );
}

const maxShown = 400;

/** The same where there is room for all of it; only what is very long waits for a click. */
export function OutsideInFull({ text }: { text: string | null }) {
  const [isOpen, setOpen] = useState(false);
  if (text === null || text === '') return <span class="muted">–</span>;
  if (text.length <= maxShown || isOpen) return <bdi class="outside-full">{text}</bdi>;
  return (
    <>
      <bdi class="outside-full">{text.slice(0, maxShown)}…</bdi>{' '}
      <button type="button" class="link" onClick={() => setOpen(true)}>
        Show all {text.length.toLocaleString('en')} characters
      </button>
    </>
  );
}
