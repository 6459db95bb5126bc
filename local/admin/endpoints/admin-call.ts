import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HostedSpace } from '../../host/hosted-space';

/** An admitted request of the owner to one endpoint of a space. */
export interface AdminCall {
  readonly space: HostedSpace;
  readonly raw: IncomingMessage;
  readonly response: ServerResponse;
  /** The rest of the path: the collection, or empty. */
  readonly collection: string;
  /** What stands after the question mark, still encoded. */
  readonly queryString: string;
}

/** Serves one endpoint. What it throws is answered by its caller. */
export type AdminEndpoint = (call: AdminCall) => Promise<void>;
