import { isObject } from '../json.ts';
import { ShapeError } from '../shape-error.ts';
import type { Incoming } from './incoming.ts';
import { jsonReply, type Reply } from './reply.ts';

/** Deepest nesting of a body. Code that walks a value recursively would overflow the stack at some depth. */
const MAX_DEPTH = 100;

/** Parses the body as JSON and answers it; 400 with the path of what is wrong. An empty body is undefined. */
export async function answerJson(request: Incoming, answer: (body: unknown) => Reply | Promise<Reply>): Promise<Reply> {
  let body: unknown;
  try {
    body = request.body.length === 0 ? undefined : JSON.parse(request.body.toString('utf8'));
  } catch {
    return jsonReply(400, { message: 'The body is not JSON.' });
  }
  if (isDeeperThan(body, MAX_DEPTH)) {
    return jsonReply(400, { message: `The body is nested deeper than ${MAX_DEPTH} levels.` });
  }
  try {
    return await answer(body);
  } catch (error) {
    if (error instanceof ShapeError) return jsonReply(400, { message: error.message });
    throw error;
  }
}

function isDeeperThan(value: unknown, depth: number): boolean {
  let level = [value];
  for (let n = 0; n <= depth; n++) {
    level = level.flatMap((item) => (Array.isArray(item) ? item : isObject(item) ? Object.values(item) : []));
    if (level.length === 0) return false;
  }
  return true;
}
