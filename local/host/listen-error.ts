import { StartError } from '../start-error';

/** What an error of `listen` means, as a sentence; other errors as they are. */
export function explainListenError(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new StartError(`Port ${port} is in use by another program; set PORT to a free one.`);
  }
  if (code === 'EACCES') {
    return new StartError(`Port ${port} needs more rights than you have; set PORT to one above 1023.`);
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new StartError(`HOST is "${host}", which is no address of this machine.`);
  }
  return error;
}
