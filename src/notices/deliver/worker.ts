import type { httpRequest, httpResponse } from 'codehooks-js';
import * as v from 'valibot';
import { log, reasonOf } from '../../log';
import { connect } from '../../store/connection';
import { runDestination } from './run-destination';

const job = v.object({ payload: v.object({ destination: v.string() }) });

/** Worker of the topic `deliverNotices`. It never throws: retries are the sweep's. */
export async function deliverWorker(request: httpRequest, response: httpResponse): Promise<void> {
  try {
    const parsed = v.safeParse(job, request.body);
    if (parsed.success) await runDestination(await connect(), parsed.output.payload.destination);
    else log.error('job without the id of a destination');
  } catch (error) {
    log.error('deliveries failed, the sweep will retry', { error: reasonOf(error) });
  }
  response.end();
}
