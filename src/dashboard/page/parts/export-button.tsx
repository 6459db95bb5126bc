import { useState } from 'preact/hooks';
import { asProblem } from '../api/api-problem';
import type { Query } from '../api/client';
import { useClient } from '../api/client-context';
import { Icon } from './icons';

interface ExportButtonProps {
  path: readonly string[];
  query?: Query;
  /** Of the file, without its ending. */
  name: string;
  children?: string;
}

/** Saves what is shown, and everything that matches with it, as a table for a spreadsheet. */
export function ExportButton({ path, query = {}, name, children = 'Export CSV' }: ExportButtonProps) {
  const client = useClient();
  const [state, setState] = useState<'ready' | 'busy' | { problem: string }>('ready');
  async function save(): Promise<void> {
    setState('busy');
    try {
      await client.download(path, query, `${name}.csv`);
      setState('ready');
    } catch (error) {
      setState({ problem: asProblem(error).message });
    }
  }
  return (
    <>
      <button type="button" class="button" onClick={save} disabled={state === 'busy'}>
        <Icon name="download" />
        <span class="label">{state === 'busy' ? 'Exporting …' : children}</span>
      </button>
      {typeof state === 'object' && (
        <span class="tone-bad" role="alert">
          {state.problem}
        </span>
      )}
    </>
  );
}
