import * as v from 'valibot';
import { auditStep, parts } from '../audit/audit';
import { ApiError, parseInput, route } from './route';

const body = v.strictObject({
  fix: v.optional(v.boolean(), false),
  cursor: v.optional(v.nullable(v.string()), null),
});
const position = v.object({ part: v.picklist(parts), at: v.string() });

function readCursor(cursor: string | null): v.InferOutput<typeof position> {
  if (cursor === null) return { part: parts[0], at: '' };
  try {
    return v.parse(position, JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw new ApiError(
      400,
      'invalid_parameter',
      'The parameter cursor is not one that an audit has answered.',
    );
  }
}

/** `POST /api/audit {"fix", "cursor"}`: a step of the audit, its differences as items. */
export const postAudit = route(async (connection, request) => {
  const { fix, cursor } = parseInput(body, request.body);
  const { differences, checked, skipped, next } = await auditStep(connection, readCursor(cursor), fix);
  return {
    items: differences,
    next: next === null ? null : Buffer.from(JSON.stringify(next)).toString('base64url'),
    part: readCursor(cursor).part,
    checked,
    skipped,
  };
});
