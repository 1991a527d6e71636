import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { FaultInjector } from '../faults/fault-injector.ts';
import type { EndpointName, Fault } from '../faults/fault-rule.ts';
import { faultedReply } from '../faults/faulted-reply.ts';
import type { Journal } from '../journal.ts';
import { deliver, reset } from './deliver.ts';
import { BodyTooLarge, type Incoming, receive } from './incoming.ts';
import { emptyReply, type Reply } from './reply.ts';
import type { RoutedRequest, Router } from './routed-request.ts';

export interface ListenerParts {
  readonly router: Router;
  readonly journal: Journal;
  readonly faults: FaultInjector;
  /** Ends delayed answers when the emulator stops. */
  readonly stopping: AbortSignal;
  /** Reports a bug in the emulator. */
  readonly defect: (error: unknown) => void;
}

/** Receives, lists and answers requests, with the faults that apply. */
export function createListener(parts: ListenerParts): RequestListener {
  return (message, response) => {
    serve(message, response, parts).catch((error: unknown) => {
      if (!parts.stopping.aborted) parts.defect(error);
      response.destroy();
    });
  };
}

async function serve(message: IncomingMessage, response: ServerResponse, parts: ListenerParts): Promise<void> {
  const request = await receiveOrRefuse(message, response, parts.stopping);
  if (request === undefined) return;
  const routed = parts.router(request, sourceIp(message));
  const { observed } = routed;
  const signal = parts.stopping;
  if (observed === undefined) {
    await deliver(response, await routed.answer(), { fault: {}, signal });
    return;
  }
  const fault = parts.faults.next({ endpoint: observed.endpoint, action: observed.action });
  const { 'user-agent': userAgent } = request.headers;
  const id = parts.journal.arrived({
    ...observed,
    method: request.method,
    ...(userAgent === undefined ? {} : { userAgent }),
    faulted: fault !== undefined,
  });
  const reply =
    fault === undefined
      ? await routed.answer()
      : await answerWithFault(fault, response, { ...routed, endpoint: observed.endpoint, signal });
  if (reply === undefined) return;
  parts.journal.answered(id, reply);
  await deliver(response, reply, { fault: fault ?? {}, signal });
}

/** The request; undefined if it was too large (answered with 413) or the client broke it off. */
async function receiveOrRefuse(
  message: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<Incoming | undefined> {
  try {
    return await receive(message);
  } catch (error) {
    if (error instanceof BodyTooLarge) {
      await deliver(response, emptyReply(413, { connection: 'close' }), { fault: {}, signal });
    } else response.destroy();
    return undefined;
  }
}

interface FaultedRequest extends Pick<RoutedRequest, 'answer'> {
  readonly endpoint: EndpointName;
  readonly signal: AbortSignal;
}

/** Answer with the fault applied; undefined if none is sent. */
async function answerWithFault(
  fault: Fault,
  response: ServerResponse,
  request: FaultedRequest,
): Promise<Reply | undefined> {
  const { endpoint, signal } = request;
  if (fault.delayMs !== undefined) await wait(fault.delayMs, undefined, { signal });
  if (fault.dropConnection === 'before') {
    reset(response);
    return undefined;
  }
  if (fault.hang) return undefined;
  const reply = faultedReply(endpoint, fault) ?? (await request.answer());
  return { ...reply, headers: { ...reply.headers, ...fault.headers } };
}

/** The client's address. An IPv6 socket shows IPv4 addresses with a prefix, which is removed. */
function sourceIp({ socket }: IncomingMessage): string {
  return (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
}
