import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Client } from './client';

export const ClientContext = createContext<Client | null>(null);

/** The client with the key of this tab. */
export function useClient(): Client {
  const client = useContext(ClientContext);
  if (client === null) throw new Error('There is no key yet.');
  return client;
}
