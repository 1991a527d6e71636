import { type Answer, type Call, type Needed, REGION, type Service, type ServiceError } from './call.ts';
import { jsonAnswer, jsonError, jsonOperation } from './xml.ts';

/** CloudTrail, in which nothing happened. */
export class CloudTrail implements Service {
  owns(host: string): boolean {
    return host === `cloudtrail.${REGION}.amazonaws.com`;
  }

  needs(call: Call): readonly Needed[] {
    return [{ action: `cloudtrail:${jsonOperation(call)}`, resource: '*' }];
  }

  answer(): Answer {
    return jsonAnswer({ Events: [] });
  }

  fail(error: ServiceError): Answer {
    return jsonError(error);
  }
}
