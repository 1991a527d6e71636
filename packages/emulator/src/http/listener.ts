import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { FaultDesk } from '../faults/fault-desk.ts';
import type { Fault } from '../faults/fault-rule.ts';
import { faultedReply } from '../faults/faulted-reply.ts';
import type { Journal } from '../journal.ts';
import { deliver, reset } from './deliver.ts';
import { BodyTooLarge, type Incoming, receive } from './incoming.ts';
import { emptyReply, jsonReply, type Reply } from './reply.ts';
import type { Site, Visit } from './site.ts';

export interface ListenerParts {
  readonly site: Site;
  readonly journal: Journal;
  readonly faults: FaultDesk;
  /** Ends what is still being delayed when the emulator stops. */
  readonly stopping: AbortSignal;
  /** Tells of a defect of the emulator's own. */
  readonly defect: (error: unknown) => void;
}

/** Takes a request whole, lists it, lets the fault befall it that is due, and answers. */
export function createListener(parts: ListenerParts, secure: boolean): RequestListener {
  return (message, response) => {
    serve(message, response, secure, parts).catch((error: unknown) => {
      if (!parts.stopping.aborted) parts.defect(error);
      response.destroy();
    });
  };
}

async function serve(message: IncomingMessage, response: ServerResponse, secure: boolean, parts: ListenerParts) {
  const request = await arrival(message, response, secure, parts.stopping);
  if (request === undefined) return;
  const visit = parts.site(request, sourceIp(message));
  const { observed } = visit;
  if (observed === undefined) {
    await deliver(response, await visit.answer(), {}, parts.stopping);
    return;
  }
  const fault = parts.faults.next({ endpoint: observed.endpoint, action: observed.action });
  const { 'user-agent': userAgent } = request.headers;
  const answered = parts.journal.arrived({
    ...observed,
    method: request.method,
    ...(userAgent === undefined ? {} : { userAgent }),
    faulted: fault !== undefined,
  });
  const reply = await replyUnder(fault, visit, observed.endpoint, response, parts.stopping);
  if (reply === undefined) return;
  answered(reply.status, reply.code);
  await deliver(response, reply, fault ?? {}, parts.stopping);
}

/** The request; undefined when there is none to answer: too large, or broken off by the client. */
async function arrival(
  message: IncomingMessage,
  response: ServerResponse,
  secure: boolean,
  signal: AbortSignal,
): Promise<Incoming | undefined> {
  try {
    return await receive(message, secure);
  } catch (error) {
    if (error instanceof BodyTooLarge) await deliver(response, emptyReply(413, { connection: 'close' }), {}, signal);
    else response.destroy();
    return undefined;
  }
}

async function replyUnder(
  fault: Fault | undefined,
  visit: Visit,
  endpoint: Parameters<typeof faultedReply>[0],
  response: ServerResponse,
  signal: AbortSignal,
): Promise<Reply | undefined> {
  if (fault === undefined) return visit.answer();
  if (fault.delayMs !== undefined) await wait(fault.delayMs, undefined, { signal });
  if (fault.dropConnection === 'before') {
    reset(response);
    return undefined;
  }
  if (fault.hang) return undefined;
  const reply = faultedReply(endpoint, fault) ?? (await visit.answer());
  return { ...reply, headers: { ...reply.headers, ...fault.headers } };
}

/** IPv4 addresses come as they are written, also on a socket that speaks IPv6. */
function sourceIp({ socket }: IncomingMessage): string {
  return (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
}

export function notFound(path: string): Reply {
  return jsonReply(404, { message: `There is nothing at ${path}.` });
}
