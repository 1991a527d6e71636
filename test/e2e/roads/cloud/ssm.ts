import {
  ACCOUNT,
  type Answer,
  type Call,
  type Needed,
  REGION,
  type Service,
  type ServiceError,
  unknownCall,
} from './call.ts';
import { jsonAnswer, jsonError, jsonOperation, notFound } from './xml.ts';

/** The Parameter Store, as far as `cdk deploy` reads the version of the bootstrap stack there. */
export class Ssm implements Service {
  readonly parameters = new Map<string, string>();

  owns(host: string): boolean {
    return host === `ssm.${REGION}.amazonaws.com`;
  }

  needs(call: Call): readonly Needed[] {
    return [
      { action: `ssm:${jsonOperation(call)}`, resource: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter${nameIn(call)}` },
    ];
  }

  answer(call: Call): Answer {
    if (jsonOperation(call) !== 'GetParameter') return unknownCall(`ssm:${jsonOperation(call)}`);
    const name = nameIn(call);
    const value = this.parameters.get(name) ?? notFound('ParameterNotFound', name);
    return jsonAnswer({ Parameter: { Name: name, Type: 'String', Value: value } });
  }

  fail(error: ServiceError): Answer {
    return jsonError(error);
  }
}

function nameIn({ body }: Call): string {
  return String(JSON.parse(body.toString()).Name);
}
