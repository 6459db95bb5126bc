import * as v from 'valibot';
import { auditStep, parts } from '../audit/audit';
import { decodeCursor, encodeCursor } from './page';
import { parseInput, route } from './route';

const body = v.strictObject({
  fix: v.optional(v.boolean(), false),
  cursor: v.optional(v.nullable(v.string()), null),
});
const position = v.object({ part: v.picklist(parts), at: v.string() });

const beginning = { part: parts[0], at: '' };

/** `POST /api/audit {"fix", "cursor"}`: a step of the audit, its differences as items. */
export const postAudit = route(async (connection, request) => {
  const { fix, cursor } = parseInput(body, request.body);
  const from = cursor === null ? beginning : decodeCursor(position, cursor, 'an audit');
  const { differences, checked, skipped, next } = await auditStep(connection, from, fix);
  return {
    items: differences,
    next: encodeCursor(next),
    part: from.part,
    checked,
    skipped,
  };
});
