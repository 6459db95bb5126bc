import * as v from 'valibot';
import { answerErrors, parseInput } from '../api/route';
import { acceptedFormat } from './accepted-format';
import { exposition, formats } from './exposition';
import { readFacts } from './facts';
import { families } from './families';

const noParameters = v.strictObject({});

/** `GET /metrics`: what a Prometheus asks for, in the format that it accepts. */
export const getMetrics = answerErrors(async (connection, request, response) => {
  parseInput(noParameters, request.query);
  const format = acceptedFormat(String(request.headers.accept ?? ''));
  const text = exposition(families, await readFacts(connection), format);
  response.set('content-type', formats[format]);
  response.send(text);
});
