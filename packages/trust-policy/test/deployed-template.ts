/** Parts of a CloudFormation template that its functions refer to. */
interface Template {
  readonly Parameters: Readonly<Record<string, { readonly Default: unknown }>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, { readonly Condition?: string; readonly Properties: unknown }>>;
}

/** Values that AWS CloudFormation supplies. */
export interface Deployment {
  readonly account: string;
  readonly partition: string;
  /** The ARN that a reference to the identity provider gives. */
  readonly providerArn: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** Properties of the resources that a template creates, with every function of the template evaluated. */
export function deployedResources(template: Template, deployment: Deployment): Record<string, unknown> {
  const refer = (name: string): unknown =>
    name === 'AWS::AccountId'
      ? deployment.account
      : name === 'AWS::Partition'
        ? deployment.partition
        : name === 'IdentityProvider'
          ? deployment.providerArn
          : (deployment.parameters?.[name] ?? template.Parameters[name]?.Default);
  const evaluate = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(evaluate);
    if (typeof value !== 'object' || value === null) return value;
    const [[name, argument] = ['', undefined]] = Object.entries(value);
    const operands: readonly unknown[] = Array.isArray(argument) ? argument : [argument];
    switch (name) {
      case 'Ref':
        return refer(String(argument));
      case 'Fn::Sub':
        return String(argument).replace(/\$\{([^}]+)\}/g, (_, reference: string) => String(refer(reference)));
      case 'Fn::Equals':
        return evaluate(operands[0]) === evaluate(operands[1]);
      case 'Fn::If':
        return evaluate(isTrue(String(operands[0])) ? operands[1] : operands[2]);
      default:
        return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, evaluate(member)]));
    }
  };
  const isTrue = (condition: string) => evaluate(template.Conditions[condition]) === true;
  return Object.fromEntries(
    Object.entries(template.Resources)
      .filter(([, { Condition }]) => Condition === undefined || isTrue(Condition))
      .map(([name, { Properties }]) => [name, evaluate(Properties)]),
  );
}
