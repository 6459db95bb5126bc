import { useEffect } from 'preact/hooks';

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, select, textarea, dialog') !== null;
}

/** Moves the focus to the next or previous line of the list that is shown. */
function moveFocus(step: 1 | -1): void {
  const lines = [...document.querySelectorAll<HTMLElement>('main [data-line]')];
  const present = lines.findIndex((line) => line.matches(':focus'));
  const next = present === -1 ? lines[step === 1 ? 0 : lines.length - 1] : lines[present + step];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

/** Views by the key that leads to them after `g`. */
const viewKeys: Readonly<Record<string, string>> = {
  o: '',
  c: 'campaigns',
  a: 'addresses',
  s: 'suppressions',
  e: 'events',
  m: 'messages',
  l: 'alerts',
  t: 'trouble',
};

/** What the page does on single keys; the help names the same. */
export const shortcuts = [
  ['g o', 'Go to the overview'],
  ['g c', 'Go to the campaigns'],
  ['g a', 'Go to the addresses'],
  ['g s', 'Go to the suppressions'],
  ['g e', 'Go to the events'],
  ['g m', 'Go to the messages'],
  ['g l', 'Go to the alerts'],
  ['g t', 'Go to the trouble'],
  ['/', 'Search'],
  ['j', 'Next line'],
  ['k', 'Previous line'],
  ['Enter', 'Open the line'],
  ['Esc', 'Leave the search, close a dialog'],
  ['?', 'This help'],
] as const;

export function useShortcuts(openHelp: () => void): void {
  useEffect(() => {
    let isGoing = false;
    function onKey(event: KeyboardEvent): void {
      const wasGoing = isGoing;
      isGoing = false;
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (isTyping(event.target)) {
        const { target } = event;
        if (
          event.key === 'Escape' &&
          target instanceof HTMLInputElement &&
          target.closest('dialog') === null
        ) {
          target.blur();
          // The browser would empty the field.
          event.preventDefault();
        }
        return;
      }
      if (wasGoing && Object.hasOwn(viewKeys, event.key)) location.hash = `#/${viewKeys[event.key]}`;
      else if (event.key === 'g') isGoing = true;
      else if (event.key === '/') document.querySelector<HTMLInputElement>('main input[data-main]')?.focus();
      else if (event.key === 'j') moveFocus(1);
      else if (event.key === 'k') moveFocus(-1);
      else if (event.key === '?') openHelp();
      else return;
      event.preventDefault();
    }
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [openHelp]);
}
