import { useCallback, useMemo, useState } from 'preact/hooks';
import { createClient } from '../api/client';
import { ClientContext } from '../api/client-context';
import { forgetKey, keepKey, readKey } from '../api/key';
import { Help } from './help';
import { KeyGate } from './key-gate';
import { useShortcuts } from './keyboard';
import { Navigation } from './navigation';
import { OpenAlerts } from './open-alerts';
import { RulesProvider } from './rules-provider';
import { View } from './view';

/** The page: asks for the key, then shows the view that the address names. */
export function App() {
  const [key, setKey] = useState(readKey);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isHelpOpen, setHelpOpen] = useState(false);
  useShortcuts(useCallback(() => setHelpOpen(true), []));

  const leave = useCallback((sentence: string | null) => {
    forgetKey();
    setRefusal(sentence);
    setKey(null);
  }, []);
  const client = useMemo(
    () => (key === null ? null : createClient(key, ({ message }) => leave(message))),
    [key, leave],
  );

  const announcements = <p id="announcements" class="hidden" role="status" aria-live="polite" />;
  if (client === null) {
    return (
      <>
        <KeyGate
          refusal={refusal}
          onKey={(given) => {
            keepKey(given);
            setRefusal(null);
            setKey(given);
          }}
        />
        {announcements}
      </>
    );
  }
  return (
    <ClientContext.Provider value={client}>
      {/* The hash says which view is shown, so this cannot be a link into the page. */}
      <button type="button" class="skip" onClick={() => document.getElementById('content')?.focus()}>
        Skip to the content
      </button>
      <div class="shell">
        <Navigation onHelp={() => setHelpOpen(true)} onLeave={() => leave(null)} />
        <main id="content" tabIndex={-1}>
          <OpenAlerts />
          <RulesProvider>
            <View />
          </RulesProvider>
        </main>
      </div>
      {announcements}
      {isHelpOpen && <Help onClose={() => setHelpOpen(false)} />}
    </ClientContext.Provider>
  );
}
