import { ACCOUNT, type Answer, type Call, type Needed, REGION, type Service, type ServiceError } from './call.ts';
import { forward } from './forward.ts';
import { jsonError, jsonOperation, QueryCall } from './xml.ts';

/** SQS, by fauxqs, an independent simulation. */
export class Sqs implements Service {
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  owns(host: string): boolean {
    return host === `sqs.${REGION}.amazonaws.com` || host === `${REGION}.queue.amazonaws.com`;
  }

  needs(call: Call): readonly Needed[] {
    const operation = jsonOperation(call) || new QueryCall(call).action;
    const [, name = '*'] = /"(?:QueueName|QueueUrl)":"(?:[^"]*\/)?([^"/]+)"/.exec(call.body.toString()) ?? [];
    return [{ action: `sqs:${operation}`, resource: `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}` }];
  }

  answer(call: Call): Promise<Answer> {
    return forward(call, this.#port);
  }

  fail(error: ServiceError): Answer {
    return jsonError(error);
  }
}
